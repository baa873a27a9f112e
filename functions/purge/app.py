"""Function `purge`: deletes what is past its last day, and refused files of incomes, every day."""

import os
from datetime import date
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.exchange.purge import purge, sweep
from tegemoet.application.premium_year.expiry import expire_in_time

logger = Logger()
cloud = Cloud(os.environ)

RESERVED = 60_000
"""Milliseconds before the end of the call in which no further portion begins."""


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Purge as of the day in the event's `time` (`2027-01-01T03:00:00Z`).

    A day that was missed can so be purged later. A premium year that is too large for one call goes
    on with the next.
    """
    on = date.fromisoformat(event["time"][:10])
    objects, batches, exchanges = cloud.exchange_files, cloud.batches, cloud.exchanges
    sweep(objects=objects, batches=batches, exchanges=exchanges, data_keys=cloud.data_keys)
    result = purge(on, objects=objects, batches=batches, exchanges=exchanges)
    expired = expire_in_time(on, cloud.expiry_ports, lambda: context.get_remaining_time_in_millis() >= RESERVED)
    logger.info("purged", extra={"on": on.isoformat(), **result, **expired})
    return {**result, **expired}
