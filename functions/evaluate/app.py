"""Function `evaluate`: decides one shard of persons and proposes their payments."""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.evaluation import evaluate
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.running import ShardCall, run_of
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.registry import scheme_named

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: ShardCall, context: LambdaContext) -> dict[str, str]:
    run = run_of(event)
    evaluate(
        run,
        event["shard"],
        attempt=context.aws_request_id,
        scheme=scheme_named(SLUG),
        parameters=parameters_of(run.year),
        facts=cloud.facts,
        ledger=cloud.ledger,
        decisions=cloud.ordinary_decisions,
        digest_secret=cloud.secrets.digest_secret(),
        work=cloud.work,
    )
    return {"run": run.id}
