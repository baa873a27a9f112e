"""The interpreter of state machines: retries, catchers, maps, time-outs and tasks that wait."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from local.simulator.clock import WorldClock
from local.simulator.histories.functions import definitions
from local.simulator.histories.machines import WAITS, Machines, TaskFailedError, UnknownStateError
from local.simulator.histories.scheduler import Scheduler
from local.simulator.workflows import Execution, Workflows
from local.simulator.world import World

ARN = "arn:aws:states:eu-west-1:1:stateMachine:m"


class Play:
    """One machine whose functions are `work`."""

    def __init__(self, definition: Mapping[str, Any], work: Callable[[str, Any], Any]) -> None:
        self.clock = WorldClock()
        self.scheduler = Scheduler(Random(1), self.clock)
        self.store = Workflows(frozenset({ARN}), self.clock)
        self.calls: list[tuple[str, Any]] = []
        self.failures: list[str] = []

        def invoke(name: str, event: Any) -> Any:
            self.calls.append((name, event))
            return work(name, event)

        Machines(self.scheduler, {ARN: definition}, invoke, self.store, lambda _, error: self.failures.append(error))
        self.execution = Execution(ARN + ":x", ARN, "x", json.dumps({"run": "r"}), self.clock.now())

    def run(self) -> str:
        self.store.started(self.execution)
        self.scheduler.drain()
        return self.execution.state


def task(**more: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "f", "End": True, **more}}}


def fails(times: int, error: str = "Oops") -> Callable[[str, Any], Any]:
    """Work that fails that often before it succeeds."""
    left = [times]

    def work(_name: str, _event: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise TaskFailedError(error)
        return {"done": True}

    return work


RETRY = [
    {"ErrorEquals": ["Never"], "MaxAttempts": 0},
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 3},
]


@pytest.mark.parametrize(("times", "state", "seconds"), [(0, "SUCCEEDED", 0), (3, "SUCCEEDED", 14), (4, "FAILED", 14)])
def test_a_task_is_retried_as_often_and_as_late_as_it_says(times: int, state: str, seconds: int) -> None:
    play = Play(task(Retry=RETRY), fails(times))
    began = play.clock.now()
    assert play.run() == state
    assert play.clock.now() - began == timedelta(seconds=seconds)
    assert play.failures == ([] if state == "SUCCEEDED" else ["Oops"])


def test_the_first_retrier_that_names_the_error_decides() -> None:
    play = Play(task(Retry=RETRY), fails(1, "Never"))
    assert play.run() == "FAILED"
    assert len(play.calls) == 1


def test_a_catcher_goes_on_elsewhere_with_the_name_of_the_error() -> None:
    definition = task(Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "B"}])
    definition["States"]["B"] = {
        "Type": "Task",
        "Resource": "g",
        "Parameters": {"error.$": "$.failure.Error", "run.$": "$.run"},
        "End": True,
    }
    play = Play(definition, lambda name, event: fails(1)(name, event) if name == "f" else event)
    assert play.run() == "SUCCEEDED"
    assert play.calls[-1] == ("g", {"error": "Oops", "run": "r"})


def mapped() -> dict[str, Any]:
    return {
        "StartAt": "Plan",
        "States": {
            "Plan": {"Type": "Task", "Resource": "plan", "ResultPath": "$.plan", "Next": "All"},
            "All": {
                "Type": "Map",
                "ItemsPath": "$.plan.shards",
                "ItemSelector": {"shard.$": "$$.Map.Item.Value", "run.$": "$.run"},
                "ItemProcessor": {
                    "StartAt": "One",
                    "States": {"One": {"Type": "Task", "Resource": "one", "End": True}},
                },
                "ResultPath": None,
                "End": True,
            },
        },
    }


def test_a_map_does_every_item() -> None:
    play = Play(mapped(), lambda name, _: {"shards": [0, 1, 2]} if name == "plan" else {})
    assert play.run() == "SUCCEEDED"
    assert sorted(event["shard"] for name, event in play.calls if name == "one") == [0, 1, 2]
    assert all(event["run"] == "r" for name, event in play.calls if name == "one")


def test_a_map_fails_when_one_item_does_and_a_redrive_begins_at_that_state() -> None:
    broken = [True]

    def work(name: str, event: Any) -> Any:
        if name == "plan":
            return {"shards": [0, 1]}
        if event["shard"] == 1 and broken[0]:
            raise TaskFailedError("Oops")
        return {}

    play = Play(mapped(), work)
    assert play.run() == "FAILED"
    broken[0] = False
    play.store.redriven(play.execution)
    play.scheduler.drain()
    assert play.execution.state == "SUCCEEDED"
    assert [name for name, _ in play.calls].count("plan") == 1


def waiting() -> dict[str, Any]:
    parameters = {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}
    definition = task(
        Resource=WAITS,
        Parameters=parameters,
        TimeoutSeconds=60,
        Catch=[{"ErrorEquals": ["States.Timeout"], "ResultPath": None, "Next": "Late"}],
    )
    definition["States"]["A"] = {**definition["States"]["A"], "ResultPath": "$.answer", "Next": "Answered"}
    del definition["States"]["A"]["End"]
    definition["States"] |= {
        "Answered": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.answer.approved", "BooleanEquals": True, "Next": "Yes"}],
            "Default": "No",
        },
        "Yes": {"Type": "Task", "Resource": "yes", "End": True},
        "No": {"Type": "Task", "Resource": "no", "End": True},
        "Late": {"Type": "Task", "Resource": "late", "End": True},
    }
    return definition


@pytest.mark.parametrize(
    ("answer", "after", "then"), [(True, 59, "yes"), (False, 59, "no"), (True, 61, "late"), (None, 0, "late")]
)
def test_a_task_waits_for_its_answer_until_its_time_is_over(answer: bool | None, after: int, then: str) -> None:
    play = Play(waiting(), lambda *_: {})

    def answers() -> None:
        play.scheduler.sleep(timedelta(seconds=after))
        token = play.calls[0][1]["token"]
        if play.store.tasks[token]:
            play.store.tasks[token] = False
            play.store.answered(token, json.dumps({"approved": answer}))

    if answer is not None:
        play.scheduler.spawn("answers", answers)
    assert play.run() == "SUCCEEDED"
    assert play.calls[-1][0] == then


def test_what_it_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownStateError):
        Machines(
            Scheduler(Random(1), WorldClock()),
            {ARN: {"StartAt": "A", "States": {"A": {"Type": "Parallel"}}}},
            lambda *_: None,
            Workflows(frozenset({ARN}), WorldClock()),
            lambda *_: None,
        )._enter({"Type": "Parallel"}, {}, "x", {})


def states_of(definition: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for state in definition["States"].values():
        yield state
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])


def test_it_knows_every_state_that_the_definitions_have() -> None:
    every = [state for definition in definitions(World().stack).values() for state in states_of(definition)]
    assert {state["Type"] for state in every} <= {"Task", "Map", "Choice", "Pass", "Succeed", "Fail"}
    choices = [choice for state in every for choice in state.get("Choices", ())]
    known = {"IsPresent", "IsNumeric", "BooleanEquals", "StringEquals", "Variable", "Next"}
    assert choices
    assert set[str]().union(*choices) <= known


@pytest.mark.parametrize(("answers", "then"), [(2023, "T"), (None, "S"), (True, "S")])
def test_a_choice_tells_a_number_from_none(answers: object, then: str) -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.n", "IsNumeric": True, "Next": "T"}], "Default": "S"},
        "T": {"Type": "Task", "Resource": "f", "End": True},
        "S": {"Type": "Succeed"},
    }
    play = Play({"StartAt": "A", "States": states}, lambda *_: None)
    play.execution = replace(play.execution, input=json.dumps({"n": answers}))
    assert play.run() == "SUCCEEDED"
    assert len(play.calls) == (then == "T")
