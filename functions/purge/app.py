"""Function `purge`: deletes expired exchanges and refused files of incomes, every day."""

import os
from datetime import date
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.exchange.purge import purge, sweep

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Purge as of the day in the event's `time` (`2027-01-01T03:00:00Z`).

    A day that was missed can so be purged later.
    """
    on = date.fromisoformat(event["time"][:10])
    objects, batches, exchanges = cloud.exchange_files, cloud.batches, cloud.exchanges
    sweep(objects=objects, batches=batches, exchanges=exchanges, data_keys=cloud.data_keys)
    result = purge(on, objects=objects, work=cloud.work, batches=batches, exchanges=exchanges)
    logger.info("purged", on=on.isoformat(), years=result["years"], objects=result["objects"])
    return dict(result)
