"""Function `settle`: the only one that writes to the ledger.

Actions: `settle` pays one shard of an approved run, `withdraw` returns the payments of a file that
the bank did not get, `return` those that the bank did not make, `close` closes a year.
"""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.ledger_calls import LedgerCall, perform

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: LedgerCall, _context: LambdaContext) -> dict[str, object]:
    return perform(event, cloud.ledger_ports)
