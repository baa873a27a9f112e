"""Function `bank`: takes in what the bank answered on the payments of a premium year."""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.taking_answers import take_answers

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, int], _context: LambdaContext) -> dict[str, int]:
    taken = take_answers(event["year"], cloud.taking_ports)
    logger.info("taken", year=event["year"], failed=taken.failed, exceptions=taken.exceptions)
    return {"year": event["year"], "failed": taken.failed, "exceptions": taken.exceptions}
