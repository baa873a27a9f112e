"""Function `freeze`: what a run stands on. Actions `plan`, `join` (one shard of numbers) and `pharmacies`."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.facts import DynamoFacts
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.application.premium_year.freezing import assign_pharmacies, join_numbers, make_plan
from tegemoet.application.premium_year.phases import SCHEME, parameters_of
from tegemoet.application.premium_year.run_files import run_of
from tegemoet.schemes.registry import scheme_named

logger = Logger()
dynamodb = boto3.client("dynamodb")
work = S3Objects(boto3.client("s3"), os.environ["WORK_BUCKET"])
facts = DynamoFacts(dynamodb, os.environ["FACTS_TABLE"])
ledger = DynamoLedger(dynamodb, os.environ["LEDGER_TABLE"])
batches = DynamoBatches(dynamodb, os.environ["CONTROL_TABLE"])
runs = DynamoRuns(dynamodb, os.environ["CONTROL_TABLE"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    run = run_of(event)
    parameters = parameters_of(run.year)
    match event["action"]:
        case "plan":
            plan = make_plan(run, parameters=parameters, batches=batches, facts=facts, runs=runs, work=work)
            return {"shards": list(range(plan["shards"]))}
        case "join":
            join_numbers(run, event["shard"], facts=facts, work=work)
        case "pharmacies":
            scheme = scheme_named(SCHEME)
            assign_pharmacies(run, scheme=scheme, parameters=parameters, facts=facts, ledger=ledger, work=work)
    return {"run": run.id}
