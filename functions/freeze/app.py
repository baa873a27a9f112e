"""Function `freeze`: freezes the inputs of a run.

Actions: `plan`, `join` (one shard of numbers) and `pharmacies`.
"""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.freezing.numbers import assign_pharmacies, join_numbers
from tegemoet.application.premium_year.plan import make_plan, parameters_of
from tegemoet.application.premium_year.running import run_of
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.registry import scheme_named

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    run = run_of(event)
    facts, work, parameters = cloud.facts, cloud.work, parameters_of(run.year)
    match event["action"]:
        case "plan":
            plan = make_plan(run, parameters=parameters, batches=cloud.batches, facts=facts, runs=cloud.runs, work=work)
            return {"shards": list(range(plan.shards))}
        case "join":
            join_numbers(run, event["shard"], facts=facts, work=work)
        case "pharmacies":
            scheme = scheme_named(SLUG)
            assign_pharmacies(run, scheme=scheme, parameters=parameters, facts=facts, ledger=cloud.ledger, work=work)
        case _:
            raise ValueError("unknown action")
    return {"run": run.id}
