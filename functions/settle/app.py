"""Function `settle`: the only one that writes to the ledger.

Actions: `settle` pays one shard of an approved run, `close` closes a year.
"""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.settlement import close_ledger, settle_shard

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    runs, ledger = cloud.runs, cloud.ledger
    match event["action"]:
        case "settle":
            settle_shard(
                event["run"],
                event["shard"],
                runs=runs,
                ledger=ledger,
                work=cloud.work,
                seal=cloud.approval_seal,
            )
            return {"run": event["run"]}
        case "close":
            close_ledger(event["year"], runs=runs, ledger=ledger)
            return {"closed": event["year"]}
        case _:
            raise ValueError("unknown action")
