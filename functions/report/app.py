"""Function `report`: the report of a run, its approval and its release.

Actions: `propose`, `ask`, `expire`, `refuse` and `release`. It also receives the event with which
Step Functions reports a failed execution.
"""

import os
from typing import Any

import orjson
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.approval import expire, publish_refusal, request_approval
from tegemoet.application.premium_year.report import propose
from tegemoet.application.premium_year.running import record_failure, run_of
from tegemoet.application.premium_year.settlement import release

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    if event.get("source") == "aws.states":
        return failed(event["detail"])
    run, runs, work = run_of(event), cloud.runs, cloud.work
    match event["action"]:
        case "propose":
            return {"approved": propose(run, runs=runs, work=work, output=cloud.output)}
        case "ask":
            request_approval(run, event["token"], runs=runs, work=work, events=cloud.events)
        case "expire":
            return {"approved": expire(run, runs=runs)}
        case "refuse":
            publish_refusal(run, runs=runs, events=cloud.events)
        case "release":
            release(run.id, runs=runs, ledger=cloud.ledger, work=work, output=cloud.output, events=cloud.events)
        case _:
            raise ValueError("unknown action")
    return {"run": run.id}


def failed(detail: dict[str, Any]) -> dict[str, Any]:
    """Mark the run of a failed, aborted or timed-out execution.

    Only the name of the error is kept: its cause may quote data.
    """
    run = str(orjson.loads(detail["input"])["run"])
    error = str(detail.get("error") or detail["status"])
    marked = record_failure(run, detail["name"], error, runs=cloud.runs)
    logger.error("failed", run=run, error=error, marked=marked)
    return {"marked": marked}
