"""Function `report`: what a run shows, and how it ends. Actions `propose`, `ask`, `expire`, `refuse` and `release`.

It also receives the event with which Step Functions tells that an execution failed.
"""

import os
from typing import Any

import boto3
import orjson
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.events import BusEvents
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.application.premium_year.report import ask, expire, propose, record_failure, refuse
from tegemoet.application.premium_year.run_files import run_of
from tegemoet.application.premium_year.settlement import release

logger = Logger()
s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
work = S3Objects(s3, os.environ["WORK_BUCKET"])
output = S3Objects(s3, os.environ["OUTPUT_BUCKET"])
runs = DynamoRuns(dynamodb, os.environ["CONTROL_TABLE"])
ledger = DynamoLedger(dynamodb, os.environ["LEDGER_TABLE"])
events = BusEvents(boto3.client("events"), os.environ["EVENT_BUS_NAME"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    if event.get("source") == "aws.states":
        return failed(event["detail"])
    run = run_of(event)
    match event["action"]:
        case "propose":
            return {"approved": propose(run, runs=runs, work=work, output=output)}
        case "ask":
            ask(run, event["token"], runs=runs, work=work, events=events)
        case "expire":
            return {"approved": expire(run, runs=runs)}
        case "refuse":
            refuse(run, runs=runs, events=events)
        case "release":
            release(run.id, runs=runs, ledger=ledger, work=work, output=output, events=events)
    return {"run": run.id}


def failed(detail: dict[str, Any]) -> dict[str, Any]:
    """Mark the run of a failed, aborted or timed-out execution. Its cause may quote data, so the name of the error is all we keep."""
    run = str(orjson.loads(detail["input"])["run"])
    error = str(detail.get("error") or detail["status"])
    marked = record_failure(run, detail["name"], error, runs=runs)
    logger.error("failed", run=run, error=error, marked=marked)
    return {"marked": marked}
