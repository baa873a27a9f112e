"""Function `store`: writes the facts of one chunk of a batch."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.intake.results import ChunkCounts
from tegemoet.application.intake.store import store_chunk

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> ChunkCounts:
    result = store_chunk(event["batch"], event["chunk"], work=cloud.work, facts=cloud.facts)
    logger.info("stored", batch=event["batch"], **result)
    return result
