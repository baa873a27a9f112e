"""Function `intake`: ingests the objects that S3 reports as dropped, one message each."""

import json
import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.application.exchange.steps import ended
from tegemoet.application.intake.ingest import Created, take_in

logger = Logger()
cloud = Cloud(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Ingest what the messages are about (the queue delivers one at a time).

    A message that fails is delivered again, and then kept for manual review.
    """
    for record in event["Records"]:
        take(json.loads(record["body"]))


def take(event: dict[str, Any]) -> None:
    """Ingest the object that an event is about; events about anything else are ignored."""
    if event.get("detail-type") != "Object Created":
        return
    found = event["detail"]["object"]
    place = cloud.inbox_of(event["detail"]["bucket"]["name"])
    created = Created(found["key"], found["etag"], found["sequencer"], found.get("version-id"), place)
    batches, workflows = cloud.batches, cloud.batch_workflows
    with TemporaryDirectory() as scratch:
        batch = take_in(
            created,
            inbox=cloud.inboxes,
            work=cloud.batch_files,
            batches=batches,
            runs=cloud.runs,
            secrets=cloud.person_secrets,
            seals=cloud.seals,
            workflows=workflows,
            scratch=Path(scratch),
            ended=partial(ended, exchanges=cloud.exchanges, batches=batches, workflows=workflows),
        )
    if batch is None:
        logger.info("gone before it was taken in")
        return
    logger.info("taken in", batch=batch.id, kind=batch.kind, state=batch.state, reason=batch.detail.get("reason"))
