"""Function `ledger_watch`: raises the alarm when an entry of the ledger changes or disappears."""

import hashlib
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
metrics = Metrics(namespace="Tegemoet")


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count the records of the ledger's stream that are not new entries.

    Keys name persons, so they are logged as hashes.
    """
    changed = [record for record in event["Records"] if record["eventName"] != "INSERT"]
    for record in changed:
        keys = record["dynamodb"]["Keys"]
        place = f"{keys['pk']['S']} {keys['sk']['S']}"
        logger.error(
            "ledger changed",
            change=record["eventName"],
            place=hashlib.sha256(place.encode()).hexdigest()[:16],
            sequence=record["dynamodb"].get("SequenceNumber"),
        )
    metrics.add_metric(name="LedgerChanged", unit=MetricUnit.Count, value=len(changed))
    return {"changed": len(changed)}
