"""Function `conclude`: the outputs of a batch and its last state.

A batch ends as done or refused, or as failed when a step of its workflow failed.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.intake.finish import finish_batch, mark_failed, year_of_answers

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, str | int | None]:
    if "error" in event:
        logger.error("failed", batch=event["batch"], error=event["error"])
        batch = mark_failed(event["batch"], event["error"], cloud.batches, cloud.outboxes)
    else:
        with TemporaryDirectory() as scratch:
            batch = finish_batch(event["batch"], cloud.finish_ports, Path(scratch))
        logger.info("finished", batch=batch.id, state=batch.state)
    return {"batch": batch.id, "state": batch.state, "answers": year_of_answers(batch)}
