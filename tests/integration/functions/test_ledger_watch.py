"""A change of the ledger raises the alarm and names nobody."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.support.machines import CONTEXT, ROOT, load

EVENT = json.loads((ROOT / "events" / "ledger-changed.json").read_text())


def watched(event: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[Any]:
    # a name of its own: loggers outlive a test, and what they write to does not
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"ledger_watch-{uuid4()}")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tegemoet")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "ledger_watch")
    load("ledger_watch").handler(event, CONTEXT)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(("name", "changed"), [("INSERT", 0), ("MODIFY", 1), ("REMOVE", 1)])
def test_a_new_entry_is_silent_and_a_change_or_removal_is_counted(
    name: str, changed: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {**EVENT["Records"][0], "eventName": name}
    lines = watched({"Records": [record]}, monkeypatch, capsys)
    (metric,) = [line for line in lines if "_aws" in line]
    assert metric["LedgerChanged"] == [float(changed)]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Tegemoet"
    assert [line["change"] for line in lines if line.get("level") == "ERROR"] == [name] * changed


def test_no_line_holds_a_key_or_an_amount(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    record = EVENT["Records"][0]
    text = str(watched({"Records": [{**record, "eventName": "MODIFY"}]}, monkeypatch, capsys))
    assert record["dynamodb"]["Keys"]["sk"]["S"] not in text
    assert record["dynamodb"]["NewImage"]["amount"]["N"] not in text
