"""Function `exchange`: the steps of an exchange that need no income, and its waits.

Actions: `wait` and `renew`; `plan`, the first of every work; `select`, `gather` and `count` (one
shard each); `ask` and `report`. Of an evaluation: `compare`, the first; `match` and `evaluate` (one
shard each); `tell`.
"""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.exchange.ask import ask, ask_shard
from tegemoet.application.exchange.evaluate import evaluate_shard, match_shard, plan_evaluation, publish_evaluation
from tegemoet.application.exchange.report import finish_report, report_shard
from tegemoet.application.exchange.select import select_shard
from tegemoet.application.exchange.waits import begin_wait, plan

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    result = (evaluate if "evaluation" in event else perform)(event, event["year"])
    logger.info(
        event["action"], **{name: event[name] for name in ("year", "wait", "sending", "shard") if name in event}
    )
    return result


def perform(event: dict[str, Any], year: int) -> dict[str, Any]:
    objects, exchanges = cloud.exchange_files, cloud.exchanges
    match event["action"]:
        case "wait":
            begin_wait(
                year,
                event["wait"],
                event["token"],
                exchanges=exchanges,
                batches=cloud.batches,
                workflows=cloud.exchange_workflows,
            )
        case "renew":
            cloud.exchange_workflows.start("exchange", following(event["execution"]), {"year": year})
        case "plan":
            return dict(plan(year, event["wait"], objects=objects, work=cloud.work, exchanges=exchanges))
        case "select":
            select_shard(year, event["shard"], objects=objects)
        case "gather":
            ask_shard(year, event["sending"], event["shard"], objects=objects)
        case "ask":
            ask(year, objects=objects, exchanges=exchanges)
        case "count":
            report_shard(year, event["shard"], objects=objects)
        case "report":
            finish_report(year, objects=objects, exchanges=exchanges)
        case _:
            raise ValueError("unknown action")
    return {"year": year}


def evaluate(event: dict[str, Any], year: int) -> dict[str, Any]:
    objects = cloud.exchange_files
    match event["action"]:
        case "compare":
            return dict(plan_evaluation(year, event["evaluation"], objects=objects, work=cloud.work))
        case "match":
            match_shard(year, event["evaluation"], event["shard"], objects=objects)
        case "evaluate":
            evaluate_shard(year, event["evaluation"], event["shard"], objects=objects)
        case "tell":
            publish_evaluation(year, event["evaluation"], objects=objects, exchanges=cloud.exchanges)
        case _:
            raise ValueError("unknown action")
    return {"year": year}


def following(execution: str) -> str:
    """The name of the execution that continues this one: `<run>`, `<run>_2`, `<run>_3`, …"""
    run, _, number = execution.partition("_")
    return f"{run}_{int(number or 1) + 1}"
