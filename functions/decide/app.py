"""Function `decide`: decides one chunk of cases."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.intake.decide import decide_chunk
from tegemoet.application.intake.results import ChunkCounts

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> ChunkCounts:
    result = decide_chunk(
        event["batch"],
        event["chunk"],
        work=cloud.case_files,
        decisions=cloud.decisions,
        registrations=cloud.registrations,
        secrets=cloud.secrets,
    )
    logger.info("decided", batch=event["batch"], **result)
    return result
