"""Function `exchange`: the steps of an exchange that need no income, and its waits.

Actions: `wait` and `renew`; `plan`, the first of every work; `select`, `gather` and `count` (one
shard each); `ask` and `report`. Of an evaluation: `compare`, the first; `match` and `evaluate` (one
shard each); `tell`.
"""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.exchange.work import Call, perform

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: Call, _context: LambdaContext) -> dict[str, object]:
    result = perform(event, cloud.exchange_ports)
    logged = {name: event.get(name) for name in ("year", "wait", "sending", "shard") if name in event}
    logger.info(event["action"], extra=logged)
    return result
