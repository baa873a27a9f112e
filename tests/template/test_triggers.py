"""The events in events/ are what the rules let through,
and the watch on the ledger does its one thing.
"""

import json
from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.support.machines import load
from tests.template.stack import ROOT, Stack

CONTEXT = SimpleNamespace(
    function_name="tegemoet-ledger_watch",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-west-1:111122223333:function:tegemoet-ledger_watch",
    aws_request_id="1",
)


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return found


def lets_through(pattern: Any, value: Any) -> bool:
    """EventBridge's matching, as far as our rules
    use it; a reference stands for whatever there is.
    """
    if isinstance(pattern, Mapping):
        return all(name in value and lets_through(part, value[name]) for name, part in pattern.items())
    for wanted in pattern:
        if isinstance(wanted, Mapping) and "Ref" in wanted:
            return isinstance(value, str)
        if isinstance(wanted, Mapping) and "prefix" in wanted:
            if value.startswith(wanted["prefix"]):
                return True
        elif wanted == value:
            return True
    return False


@pytest.mark.parametrize(("rule", "name"), [("DropRule", "s3-object-created"), ("FailedRunRule", "run-failed")])
def test_a_rule_lets_through_the_event_it_is_for_and_no_other(stack: Stack, rule: str, name: str) -> None:
    pattern = stack.of("AWS::Events::Rule")[rule]["EventPattern"]
    through = {other for other in ("s3-object-created", "run-failed") if lets_through(pattern, event(other))}
    assert through == {name}


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "PENDING_REDRIVE"])
def test_a_run_that_goes_on_or_went_well_is_not_reported_as_failed(stack: Stack, status: str) -> None:
    started = event("run-failed")
    started["detail"]["status"] = status
    assert not lets_through(stack.of("AWS::Events::Rule")["FailedRunRule"]["EventPattern"], started)


def test_a_file_outside_the_folder_of_drops_is_left_alone(stack: Stack) -> None:
    other = event("s3-object-created")
    other["detail"]["object"]["key"] = "inventory/2023.csv"
    assert not lets_through(stack.of("AWS::Events::Rule")["DropRule"]["EventPattern"], other)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "tegemoet-ledger_watch")
    return load("ledger_watch")


def test_a_changed_entry_counts_in_the_metric_of_the_alarm_and_names_nobody(
    stack: Stack, watch: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = event("ledger-changed")
    assert watch.handler(changed, CONTEXT) == {"changed": 1}
    written = capsys.readouterr().out
    [metric] = [json.loads(line) for line in written.splitlines() if "_aws" in line]
    alarm = stack.of("AWS::CloudWatch::Alarm")["LedgerChangedAlarm"]
    [told] = metric["_aws"]["CloudWatchMetrics"]
    assert told["Namespace"] == alarm["Namespace"]
    assert [each["Name"] for each in told["Metrics"]] == [alarm["MetricName"]]
    assert told["Dimensions"] == [[dimension["Name"] for dimension in alarm["Dimensions"]]]
    assert metric[alarm["MetricName"]] == [alarm["Threshold"]]
    assert metric["service"] == "tegemoet-ledger_watch"
    assert changed["Records"][0]["dynamodb"]["Keys"]["sk"]["S"].partition("#")[0] not in written


def test_a_new_entry_raises_no_alarm(watch: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    new = event("ledger-changed")
    new["Records"][0]["eventName"] = "INSERT"
    assert watch.handler(new, CONTEXT) == {"changed": 0}
    [metric] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert metric["LedgerChanged"] == [0]
