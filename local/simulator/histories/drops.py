"""Files that partners put into the inbox as bytes, and what must have become of each in the end."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from local.simulator.histories.csv_files import Expected, Written, refused, spelled
from local.simulator.histories.people import PARTNERS, YEAR
from local.simulator.histories.population import SLUG, File
from local.simulator.histories.stage import Stage
from local.simulator.s3.buckets import Version
from tegemoet.application.intake.uploads import Announcement, announce
from tegemoet.application.partners.grants import Grants
from tegemoet.domain.problems import NotGrantedError

INBOX = "InboxBucket"
DAY = timedelta(days=1)
ENDED = ("done", "refused", "failed", "abandoned")


def object_created(bucket: str, key: str, put: Mapping[str, Any], sequencer: str) -> Mapping[str, Any]:
    """What the queue delivers of an object that was written; `put` = the answer to its writer."""
    version = {"version-id": put["VersionId"]} if "VersionId" in put else {}
    found = {"key": key, "etag": put["ETag"].strip('"'), "sequencer": sequencer, **version}
    detail = {"bucket": {"name": bucket}, "object": found}
    body = json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": detail})
    return {"Records": [{"messageId": sequencer, "body": body}]}


@dataclass(frozen=True, slots=True)
class Dropped:
    """An object of the inbox, and what must become of it. `file` = None where it is refused."""

    version: str
    file: File | None
    expected: Expected


@dataclass(slots=True)
class Drops:
    """The inbox of a history: what partners put there goes through the whole intake."""

    stage: Stage
    random: Random
    dropped: list[Dropped] = field(default_factory=list)
    messages: list[Callable[[], object]] = field(default_factory=list)
    """What takes in each message, which may come again."""
    taken_over: dict[str, str] = field(default_factory=dict)
    """Partner → the one that brings its files now."""
    _send: Callable[[Callable[[], object]], object] = field(init=False)

    def __post_init__(self) -> None:
        self.stage.watch.unread = self.unread

    def bring(self, file: File, send: Callable[[Callable[[], object]], object] | None = None) -> None:
        """Put the file into the inbox, at times after a form of it that is refused.

        `send` = what happens with the message instead of its delivery.
        """
        draw, self._send = self.random, send or self.stage.deliver
        keys = PARTNERS[file.partner].keys or None
        if draw.random() < 0.1:
            self._drop(file, refused(file, draw), None)
        self._drop(file, spelled(file, draw, spoil=draw.random() < 0.6, keys=keys), file)

    def _drop(self, file: File, written: Written, wanted: File | None) -> None:
        draw, number = self.random, len(self.dropped)
        partner = self.taken_over.get(file.partner, file.partner)
        name = f"file-{draw.randrange(3)}" if draw.random() < 0.3 else f"the-{number}-of-many"
        key = f"in/{partner}/{SLUG}/{YEAR}/{file.kind}/{name}.csv"
        metadata = {}
        if draw.random() < 0.3:
            announced = self.stage.quietly(lambda: self._announced(file, partner, name, len(written.body)))
            metadata = {} if announced is None else {"batch": announced}
        self._put(key, written, metadata, wanted)
        if metadata and draw.random() < 0.2:  # the form is used twice
            self._put(key, written, metadata, wanted)

    def _put(self, key: str, written: Written, metadata: Mapping[str, str], wanted: File | None) -> None:
        """Write an object, of which S3 sends a message."""
        stage = self.stage
        put = stage.direct("s3").put_object(Bucket=INBOX, Key=key, Body=written.body, Metadata=metadata)
        self.dropped.append(Dropped(put["VersionId"], wanted, written.expected))
        event = object_created(INBOX, key, put, put["VersionId"][-16:])
        self.messages.append(lambda: stage.lambdas.handle("intake", event))
        self._send(self.messages[-1])

    def batches(self) -> Mapping[str, Any]:
        """The batch of each version of an object, as far as there is one."""
        found = self.stage.quietly(lambda: self.stage.cloud.batches.of_year(YEAR))
        return {batch.version: batch for batch in found if batch.version is not None}

    @property
    def brought(self) -> list[tuple[str, File]]:
        """The batch of every file that is to be used, as far as it has one, and the file."""
        batches = self.batches()
        files = ((batches.get(each.version), each.file) for each in self.dropped)
        return [("" if batch is None else batch.id, file) for batch, file in files if file is not None]

    def unread(self) -> list[tuple[str, str]]:
        """Kind and moment of the files that are to be used, have no batch and are not a day old."""
        batches, now = self.batches(), self.stage.clock.now()
        found = []
        for each in self.dropped:
            version = self._lying(each.version) if each.file is not None and each.version not in batches else None
            if each.file is not None and version is not None and now - version.written < DAY:
                found.append((each.file.kind, f"{version.written:%Y-%m-%dT%H:%M:%SZ}"))
        return found

    def failed(self) -> list[File]:
        """The files of which nothing is used, though nothing is wrong with them."""
        batches = self.batches()
        given_up = (None, "failed", "abandoned", "refused")
        return [
            each.file
            for each in self.dropped
            if each.file is not None and (found := batches.get(each.version), found and found.state)[1] in given_up
        ]

    def _announced(self, file: File, partner: str, name: str, size: int) -> str | None:
        """The batch of an upload that the API announced; None where it was refused."""
        cloud = self.stage.cloud
        try:
            return announce(
                Announcement(SLUG, YEAR, file.kind, name, max(1, size)),
                partner=partner,
                key=f"upload-{len(self.dropped)}",
                batches=cloud.batches,
                registrations=cloud.registrations,
                clock=cloud.clock,
            ).id
        except NotGrantedError:
            return None

    # --- in the end

    def check(self) -> None:
        """Every file has come to an end, and so has every row of it."""
        stage = self.stage
        stored = Counter(
            item["sk"]["S"].rpartition("|")[2]
            for page in stage.direct("dynamodb").get_paginator("scan").paginate(TableName="FactsTable")
            for item in page["Items"]
        )
        batches = self.batches()
        for each in self.dropped:
            batch = batches.get(each.version)
            if batch is None or batch.state not in ENDED:
                if batch is not None or self._lying(each.version) is not None:
                    stage.watch.found("every-file-comes-to-an-end", f"{each.version} {batch and batch.state}")
            elif batch.state == "refused" or (batch.state == "done" and each.expected.refusal is not None):
                code = batch.detail.refusal and batch.detail.refusal.code
                if code != each.expected.refusal and not (code == "kind-not-granted" and self._is_taken_over(batch)):
                    stage.watch.found("a-file-is-refused-for-what-is-wrong", f"{batch.id} {code}")
            elif batch.state == "done":
                self._check_rows(batch, each.expected, stored[batch.id])

    def _is_taken_over(self, batch: Any) -> bool:
        """Whether another partner had taken over the partner when it wrote its file."""
        grants = self.stage.quietly(lambda: Grants(self.stage.cloud.registrations.all()))
        return grants.successor_of(batch.partner, batch.written_at) is not None

    def _lying(self, version: str) -> Version | None:
        """The version of an object, while it has not expired."""
        kept = self.stage.s3.buckets[INBOX].objects.values()
        return next((one for versions in kept for one in versions if one.id == version), None)

    def _check_rows(self, batch: Any, expected: Expected, stored: int) -> None:
        counts = batch.detail.counts
        found = (counts.rows, counts.accepted, counts.rejected, counts.duplicates, stored)
        due = (expected.rows, expected.accepted, len(expected.rejected), len(expected.duplicates), expected.accepted)
        if found != due:
            self.stage.watch.found("every-row-ends-once", f"{batch.id} {found} not {due}")
        place = f"out/{batch.partner}/{SLUG}/{batch.id}"
        rejected, summary = (self._read(f"{place}/{name}") for name in ("rejected.csv", "summary.json"))
        named = dict(line.split(";", 3)[::2] for line in rejected.decode().splitlines()[1:])
        if named != {str(line): code for line, code in expected.rejected.items()}:
            self.stage.watch.found("a-rejected-row-is-named", f"{batch.id} {named} not {expected.rejected}")
        if json.loads(summary)["accepted"] != expected.accepted:
            self.stage.watch.found("every-row-ends-once", f"{batch.id} in its summary")

    def _read(self, key: str) -> bytes:
        body: bytes = self.stage.direct("s3").get_object(Bucket="OutputBucket", Key=key)["Body"].read()
        return body
