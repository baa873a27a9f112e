"""The real state machine of a phase with the real handlers."""

import json
from typing import Any

import pytest

from tegemoet.application.premium_year.running import resume_run
from tests.support.fakes.partners import OPERATOR
from tests.support.machines import ROOT, wait_until
from tests.support.moto_cloud import Cloud, cloud, execution_of
from tests.support.premium_world import DECEMBER, JUNE, account, activity, provider

NURSE, MIDWIFE = 94595, 97549


def waiting(found: Cloud, run_id: str) -> None:
    """Until the run waits and has told so."""
    wait_until(lambda: any(kind == "run.waiting" and told["run"] == run_id for kind, told in found.published[-1:]))
    assert found.world.runs.get(run_id).state == "waiting"


def ended(run_id: str) -> str:
    wait_until(lambda: execution_of(run_id)["status"] != "RUNNING")
    return str(execution_of(run_id)["status"])


def test_two_phases_from_start_to_release() -> None:
    with cloud(workflow=True) as found:
        world = found.world
        world.drop([*provider("v1-a", "41234502401", s1=11_800), account("v1-a")])
        world.drop([*provider("v1-b", "42234590402", "midwife", s1=10), account("v1-b")])
        first = world.start(1, DECEMBER)
        waiting(found, first.id)
        assert found.published == [
            (
                "run.waiting",
                {
                    "run": first.id,
                    "year": 2023,
                    "phase": 1,
                    "control_sum": "945.95",
                    "payments": 1,
                    "exceptions": 0,
                    "changes": 2,
                },
            )
        ]
        assert world.entries() == []
        world.approve(first)
        assert ended(first.id) == "SUCCEEDED"
        assert world.now(first).state == "released"
        assert world.paid() == {"v1-a": [NURSE]}

        world.drop([activity("41234502401", 30_000, whole_year=True), activity("42234590402", 2_000, whole_year=True)])
        second = world.start(2, JUNE)
        waiting(found, second.id)
        world.approve(second)
        assert ended(second.id) == "SUCCEEDED"
        assert world.paid() == {"v1-a": [NURSE], "v1-b": [MIDWIFE]}
        assert [kind for kind, _ in found.published] == ["run.waiting", "run.released"] * 2


def one_nurse(found: Cloud) -> None:
    found.world.drop([*provider("v1-a", "41234502401", s1=11_800), account("v1-a")])


def test_a_refused_run_ends_without_an_entry_and_says_so() -> None:
    with cloud(workflow=True) as found:
        one_nurse(found)
        run = found.world.start(1, DECEMBER)
        waiting(found, run.id)
        found.world.approve(run, approve=False, reason="wrong day")
        assert ended(run.id) == "SUCCEEDED"
        assert found.published[-1] == ("run.refused", {"run": run.id, "year": 2023, "phase": 1, "state": "refused"})
        assert found.world.entries() == []


def test_no_answer_in_time_counts_as_a_refusal() -> None:
    with cloud(workflow=True, approval_seconds=1) as found:
        one_nurse(found)
        run = found.world.start(1, DECEMBER)
        assert ended(run.id) == "SUCCEEDED"
        assert found.world.now(run).state == "expired"
        assert found.published[-1][1]["state"] == "expired"
        assert found.world.entries() == []


class GoneError(Exception):
    """The cloud is away."""


def away(found: Cloud, function: str, action: str | None) -> None:
    """The function fails for that action from now on."""
    real = found.handlers[function]

    def handler(event: dict[str, Any], context: object) -> Any:
        if event.get("action") == action:
            raise GoneError
        return real(event, context)

    found.handlers[function] = handler


def failed_event(run_id: str, execution: str) -> dict[str, Any]:
    """What Step Functions tells, as in `events/`."""
    event: dict[str, Any] = json.loads((ROOT / "events" / "run-failed.json").read_text())
    event["detail"] |= {"name": execution, "input": execution_of(execution)["input"], "error": "GoneError"}
    assert json.loads(event["detail"]["input"])["run"] == run_id
    return event


@pytest.mark.parametrize(
    ("function", "action"),
    [
        ("freeze", "plan"),
        ("freeze", "join"),
        ("freeze", "pharmacies"),
        ("evaluate", None),
        ("report", "propose"),
        ("report", "ask"),
    ],
)
def test_a_run_that_fails_before_its_approval_goes_on_where_it_stopped(function: str, action: str | None) -> None:
    with cloud(workflow=True) as found:
        one_nurse(found)
        world, real = found.world, found.handlers[function]
        away(found, function, action)
        run = world.start(1, DECEMBER)
        assert ended(run.id) == "FAILED"
        found.invoke("report", failed_event(run.id, run.id))
        assert (world.now(run).state, world.now(run).detail.failure) == ("failed", "GoneError")
        found.handlers[function] = real
        one_nurse(found)  # what is dropped meanwhile does not reach the run
        plan = world.work.exists(f"runs/{run.id}/batches.json")
        again = resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows)
        waiting(found, run.id)
        assert len(freezing_plan(found, run.id)["batches"]) == (4 if plan else 8)
        world.approve(run)
        assert ended(str(again.detail.execution)) == "SUCCEEDED"
        assert world.paid() == {"v1-a": [NURSE]}


def freezing_plan(found: Cloud, run_id: str) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(found.world.work.get(f"runs/{run_id}/batches.json"))
    return plan


@pytest.mark.parametrize(("function", "action"), [("settle", "settle"), ("report", "release")])
def test_a_run_that_fails_after_its_approval_is_continued_without_a_second_one(function: str, action: str) -> None:
    with cloud(workflow=True) as found:
        one_nurse(found)
        world, real = found.world, found.handlers[function]
        away(found, function, action)
        run = world.start(1, DECEMBER)
        waiting(found, run.id)
        world.approve(run)
        assert ended(run.id) == "FAILED"
        found.invoke("report", failed_event(run.id, run.id))
        found.handlers[function] = real
        again = resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows)
        assert ended(str(again.detail.execution)) == "SUCCEEDED"
        assert (world.now(run).state, world.paid()) == ("released", {"v1-a": [NURSE]})


def test_payments_that_changed_after_the_approval_fail_the_run_at_once() -> None:
    with cloud(workflow=True) as found:
        one_nurse(found)
        run = found.world.start(1, DECEMBER)
        waiting(found, run.id)
        for key in list(found.world.work.keys(f"runs/{run.id}/evaluated/")):
            if key.endswith("payments.jsonl"):
                found.world.work.put(key, found.world.work.get(key).replace(b"94595", b"94596"))
        found.world.approve(run)
        assert ended(run.id) == "FAILED"
        assert execution_of(run.id)["error"] == "NotApprovedError"
        assert found.world.entries() == []


def test_the_state_machine_carries_no_rows() -> None:
    with cloud(workflow=True) as found:
        one_nurse(found)
        run = found.world.start(1, DECEMBER)
        waiting(found, run.id)
        found.world.approve(run)
        assert ended(run.id) == "SUCCEEDED"
        answer = execution_of(run.id)
        assert len(answer["input"]) + len(answer["output"]) < 1_000
        assert "v1-a" not in answer["input"] + answer["output"]
        assert "41234502" not in answer["input"] + answer["output"]
