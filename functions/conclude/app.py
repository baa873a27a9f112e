"""Function `conclude`: what a partner gets to see of a batch, and its last state.

A batch ends as done, or as failed when the workflow failed.
"""

import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.exchange.steps import arrived, ended
from tegemoet.application.intake.finish import conclude, give_up

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    waiting: Any = {"exchanges": cloud.exchanges, "batches": cloud.batches, "workflows": cloud.answer_only_workflows}
    if "error" in event:
        logger.error("given up", batch=event["batch"], error=event["error"])
        return give_up(event["batch"], event["error"], batches=cloud.batches, ended=partial(ended, **waiting))
    with TemporaryDirectory() as scratch:
        result = conclude(
            event["batch"],
            work=cloud.batch_files,
            output=cloud.output_files,
            batches=cloud.batches,
            runs=cloud.runs,
            events=cloud.events,
            scratch=Path(scratch),
            arrived=partial(arrived, objects=cloud.exchange_files, seals=cloud.destroy_only_seals, **waiting),
        )
    logger.info("concluded", **result)
    return result
