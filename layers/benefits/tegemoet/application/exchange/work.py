"""The calls of the state machine to the function `exchange`: every step that needs no income."""

from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict, final

from tegemoet.application.exchange.ask import ask, ask_shard
from tegemoet.application.exchange.evaluate import (
    EvaluationInput,
    evaluate_shard,
    match_shard,
    plan_evaluation,
    publish_evaluation,
)
from tegemoet.application.exchange.records import Sending
from tegemoet.application.exchange.report import finish_report, report_shard
from tegemoet.application.exchange.select import select_shard
from tegemoet.application.exchange.waits import begin_wait, plan
from tegemoet.application.ports import Batches, Exchanges, Objects, Registrations, Workflows
from tegemoet.application.records import Wait


@final
class ExchangeCall(TypedDict):
    """A call for an exchange.

    `wait` and `plan` have a `wait`; `wait` has the `token` of its task, `renew` the name of the
    `execution` that ends, and the calls for one shard have a `shard`.
    """

    action: Literal["wait", "renew", "plan", "select", "gather", "ask", "count", "report"]
    year: int
    wait: NotRequired[Wait]
    token: NotRequired[str]
    execution: NotRequired[str]
    sending: NotRequired[Sending]
    shard: NotRequired[int]


@final
class ComparisonCall(TypedDict):
    """The first call for an evaluation."""

    action: Literal["compare"]
    year: int
    evaluation: EvaluationInput


@final
class EvaluationCall(TypedDict):
    """A later call for an evaluation, by its name."""

    action: Literal["match", "evaluate", "tell"]
    year: int
    evaluation: str
    shard: NotRequired[int]


Call = ExchangeCall | ComparisonCall | EvaluationCall


@dataclass(frozen=True, slots=True)
class ExchangePorts:
    """What the calls need. `objects` = the bucket of exchanges."""

    objects: Objects
    exchanges: Exchanges
    batches: Batches
    registrations: Registrations
    workflows: Workflows


def perform(call: Call, ports: ExchangePorts) -> dict[str, object]:
    """Do what the call asks. Returns the shards of a plan, or else the year.

    Raises ValueError for an unknown action, and what the step raises.
    """
    if "evaluation" in call:
        return _evaluate(call, ports)
    year, objects, exchanges = call["year"], ports.objects, ports.exchanges
    batches, registrations, workflows = ports.batches, ports.registrations, ports.workflows
    match call["action"]:
        case "wait":
            wait, token = call["wait"], call["token"]
            begin_wait(
                year,
                wait,
                token,
                exchanges=exchanges,
                batches=batches,
                registrations=registrations,
                workflows=workflows,
            )
        case "renew":
            workflows.start("exchange", following(call["execution"]), {"year": year})
        case "plan":
            wait = call["wait"]
            return {
                **plan(year, wait, objects=objects, exchanges=exchanges, batches=batches, registrations=registrations)
            }
        case "select":
            select_shard(year, call["shard"], objects=objects)
        case "gather":
            ask_shard(year, call["sending"], call["shard"], objects=objects)
        case "ask":
            ask(year, objects=objects, exchanges=exchanges)
        case "count":
            report_shard(year, call["shard"], objects=objects)
        case "report":
            finish_report(year, objects=objects, exchanges=exchanges)
        case _:
            raise ValueError("unknown action")
    return {"year": year}


def _evaluate(call: ComparisonCall | EvaluationCall, ports: ExchangePorts) -> dict[str, object]:
    year, objects = call["year"], ports.objects
    match call["action"]:
        case "compare":
            return {**plan_evaluation(year, call["evaluation"], objects=objects)}
        case "match":
            match_shard(year, call["evaluation"], call["shard"], objects=objects)
        case "evaluate":
            evaluate_shard(year, call["evaluation"], call["shard"], objects=objects)
        case "tell":
            publish_evaluation(year, call["evaluation"], objects=objects, exchanges=ports.exchanges)
        case _:
            raise ValueError("unknown action")
    return {"year": year}


def following(execution: str) -> str:
    """The name of the execution that continues this one: `<run>`, `<run>_2`, `<run>_3`, …"""
    run, _, number = execution.partition("_")
    return f"{run}_{int(number or 1) + 1}"
