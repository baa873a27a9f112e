"""Function `answer`: makes codes from incomes and ends the work on a delivery of incomes.

Actions: `join` and `answer` (one shard each) and `finish`.
"""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.exchange.answer import answer_shard, finish_answer
from tegemoet.application.exchange.incomes import join_shard

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    year, delivery = event["year"], event["delivery"]
    objects, seals = cloud.exchange_files, cloud.seals
    # The results of a step are counts, but they are not
    # logged: nothing that is derived from an income is.
    logger.info(event["action"], year=year, delivery=delivery, shard=event.get("shard"))
    match event["action"]:
        case "join":
            join_shard(year, delivery, event["shard"], objects=objects, seals=seals)
        case "answer":
            answer_shard(year, delivery, event["shard"], objects=objects, seals=seals)
        case "finish":
            batches, exchanges = cloud.batches, cloud.exchanges
            return dict(
                finish_answer(year, delivery, objects=objects, batches=batches, exchanges=exchanges, seals=seals)
            )
        case _:
            raise ValueError("unknown action")
    return {"year": year}
