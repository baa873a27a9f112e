"""Function `freeze`: freezes the inputs of a run.

Actions: `plan`, `join` (one shard of numbers) and `pharmacies`.
"""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.freezing.steps import FreezeCall, perform

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: FreezeCall, context: LambdaContext) -> dict[str, object]:
    return perform(event, context.aws_request_id, cloud.freeze_ports)
