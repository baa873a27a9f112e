"""Function `answer`: makes codes from incomes and ends the work on a sending of incomes.

Actions: `join` and `answer` (one shard each) and `finish`.
"""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.exchange.answering import AnswerCall, perform

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: AnswerCall, context: LambdaContext) -> dict[str, object]:
    # The results of a step are counts, but they are not
    # logged: nothing that is derived from an income is.
    logger.info(event["action"], year=event["year"], delivery=event["delivery"], shard=event.get("shard"))
    return perform(event, context.aws_request_id, cloud.answer_ports)
