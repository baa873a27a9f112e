"""Function `approve`: answers a run for an approver, and seals an approval.

Only `operations` calls it, with the person who is signed in.
"""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.approval import AnswerCall, perform

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: AnswerCall, _context: LambdaContext) -> dict[str, object]:
    result = perform(event, cloud.approval_ports)
    logger.info("answered", run=event["run"], approve=event["approve"], problem=result.get("code"))
    return result
