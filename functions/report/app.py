"""Function `report`: the report of a run, its approval and its release.

Actions: `propose`, `ask`, `expire`, `refuse` and `release`. It also receives the event with which
Step Functions reports a failed execution.
"""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.running import ExecutionFailed, mark_failed
from tegemoet.application.premium_year.steps import ReportCall, perform

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: ReportCall | ExecutionFailed, context: LambdaContext) -> dict[str, object]:
    if "source" not in event:
        return perform(event, context.aws_request_id, cloud.report_ports)
    failure = mark_failed(event["detail"], runs=cloud.runs)
    logger.error("failed", run=failure.run, error=failure.error, marked=failure.marked)
    return {"marked": failure.marked}
