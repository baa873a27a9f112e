"""Function `intake`: ingests the objects that S3 reports as dropped, one message each."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.intake.channels import object_created
from tegemoet.application.intake.ingest import ingest

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Ingest what the messages are about (the queue delivers one at a time).

    A message that fails is delivered again, and then kept for manual review.
    """
    for record in event["Records"]:
        created = object_created(record["body"], cloud.inbox_of)
        if created is None:
            continue
        with TemporaryDirectory() as scratch:
            batch = ingest(created, cloud.ingest_ports, Path(scratch))
        if batch is None:
            logger.info("gone before it was ingested")
        else:
            reason = batch.detail.refusal and batch.detail.refusal.code
            logger.info("ingested", batch=batch.id, kind=batch.kind, state=batch.state, reason=reason)
