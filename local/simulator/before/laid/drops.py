"""The inbox of the earlier version: files as bytes, and messages about them.

It stands in the place of `histories/drops.py` of the present version.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from local.simulator.histories.csv_files import COLUMNS
from local.simulator.histories.people import YEAR
from local.simulator.histories.population import SLUG, File
from local.simulator.histories.stage import Stage

INBOX = "InboxBucket"


@dataclass(slots=True)
class Drops:
    stage: Stage
    random: Random
    dropped: list[tuple[str, File]] = field(default_factory=list)
    """The version of every object, and what it says."""
    messages: list[Callable[[], object]] = field(default_factory=list)
    taken_over: dict[str, str] = field(default_factory=dict)
    """Nobody: no call let a partner bring what another one had brought."""

    def bring(self, file: File, send: Callable[[Callable[[], object]], object] | None = None) -> None:
        stage, name = self.stage, f"the-{len(self.dropped)}-of-many"
        key = f"in/{file.partner}/{SLUG}/{YEAR}/{file.kind}/{name}.csv"
        lines = (";".join(row) + "\n" for row in (COLUMNS[file.kind], *file.rows))
        put = stage.direct("s3").put_object(Bucket=INBOX, Key=key, Body="".join(lines).encode())
        self.dropped.append((put["VersionId"], file))
        found = {"key": key, "etag": put["ETag"].strip('"'), "sequencer": put["VersionId"][-16:]}
        detail = {"bucket": {"name": INBOX}, "object": {**found, "version-id": put["VersionId"]}}
        message = json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": detail})
        event = {"Records": [{"messageId": put["VersionId"], "body": message}]}
        self.messages.append(lambda: stage.lambdas.handle("intake", event))
        (send or stage.deliver)(self.messages[-1])

    def batches(self) -> Mapping[str, Any]:
        found = self.stage.quietly(lambda: self.stage.cloud.batches.of_year(YEAR))
        return {batch.version: batch for batch in found if batch.version is not None}

    @property
    def brought(self) -> list[tuple[str, File]]:
        batches = self.batches()
        return [(batches[version].id if version in batches else "", file) for version, file in self.dropped]

    def failed(self) -> list[File]:
        batches = self.batches()
        states = ((batches[version].state if version in batches else None, file) for version, file in self.dropped)
        return [file for state, file in states if state in (None, "failed")]

    def check(self) -> None:
        """What became of rows was right in the earlier version too."""
