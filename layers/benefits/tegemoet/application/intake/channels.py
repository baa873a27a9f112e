"""What differs between kinds of data on the way in and on the way out, so that `ingest` and
`finish` treat every file alike.

An inbox and an outbox each hold a bucket and react to how a file ends. Ordinary and health data
need no reaction; an exchange waits for its files, and nothing of a refused one may stay.

`adapters/cloud.py` builds them: an outbox for each kind of data, and an inbox for ordinary data and
one for an exchange. Health data has no inbox of its own: its files arrive in the ordinary one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import orjson

from tegemoet.application.intake.keys import Drop, FileRefusedError, parse_key, recorded_key
from tegemoet.application.ports import Batches, Objects, Workflows
from tegemoet.application.records import Batch, BatchDetail, ObjectVersion
from tegemoet.schemes.scheme import Data

Notify = Callable[[Batch], object]
"""Notifies an exchange of what became of one of its files."""


@dataclass(frozen=True, slots=True)
class ObjectCreated:
    """S3's message that an object was written.

    `version` = None where the message has none; `inbox` = the inbox it names.
    """

    key: str
    etag: str
    sequencer: str
    version: str | None = None
    inbox: Data = "ordinary"


def object_created(message: str, inbox_of: Callable[[str], Data]) -> ObjectCreated | None:
    """The object that a message of S3 is about; None for a message about anything else.

    `inbox_of` returns the inbox of a bucket's name.
    """
    event = orjson.loads(message)
    if event.get("detail-type") != "Object Created":
        return None
    found, bucket = event["detail"]["object"], event["detail"]["bucket"]["name"]
    return ObjectCreated(found["key"], found["etag"], found["sequencer"], found.get("version-id"), inbox_of(bucket))


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox of ordinary and health data, which keeps every version of an object.

    `key` = the ARN of the KMS key that its objects are encrypted under, `case_key` = that of files
    of cases.
    """

    receives: ClassVar[frozenset[Data]] = frozenset({"ordinary", "health"})
    """The kinds of data whose files belong here."""
    objects: Objects
    key: str
    case_key: str

    def is_ours(self, drop: Drop, version: ObjectVersion) -> bool:
        """Whether the object is encrypted under the key that its kind of file requires."""
        return version.encryption == (self.key if drop.kind else self.case_key)

    def object_missing(self, created: ObjectCreated) -> None:
        """The object of a message is not there yet.

        Raises KeyError, so that the message comes again.
        """
        raise KeyError(created.key)

    def refused(self, batch: Batch) -> None:
        """A file is refused: its object stays."""


@dataclass(frozen=True, slots=True)
class ExchangeInbox(Inbox):
    """The inbox of an exchange, which keeps no versions: an object that is missing was replaced or
    deleted.

    `notify_ended` notifies the exchange of a file that ends without rows, because the exchange may
    be waiting for it.
    """

    receives: ClassVar[frozenset[Data]] = frozenset({"exchange"})
    batches: Batches
    workflows: Workflows
    notify_ended: Notify

    def object_missing(self, created: ObjectCreated) -> None:
        """End what was begun of the object: a batch whose chunks are written continues, one that
        has none is refused."""
        try:
            drop = parse_key(created.key)
        except FileRefusedError:
            return
        for batch in self.batches.of_year(drop.year or 0):
            if (batch.key, batch.sequencer) != (recorded_key(created.key), created.sequencer):
                continue
            if batch.state == "loading" and batch.detail.chunks is not None:
                self.workflows.start("batch", batch.id, drop.workflow_input(batch.id, []))
            elif batch.state in ("loading", "refused"):
                gone = BatchDetail(refusal=FileRefusedError("object-gone").refusal)
                self.batches.update(batch.id, state="refused", detail=gone, expected=("loading",))
                self.notify_ended(batch)

    def refused(self, batch: Batch) -> None:
        """A file is refused: nothing of it is used, so its object is deleted, and the exchange is
        notified."""
        self.objects.delete([batch.key])
        self.notify_ended(batch)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The bucket of the outputs of ordinary or health data."""

    objects: Objects

    def done(self, batch: Batch) -> None:
        """The batch is done: its event is enough."""

    def failed(self, batch: Batch) -> None:
        """The batch failed: nobody waits for it."""


@dataclass(frozen=True, slots=True)
class ExchangeOutbox(Outbox):
    """The bucket of the outputs of an exchange, which is notified of each file that it may be
    waiting for."""

    notify_arrived: Notify
    notify_ended: Notify

    def done(self, batch: Batch) -> None:
        self.notify_arrived(batch)

    def failed(self, batch: Batch) -> None:
        self.notify_ended(batch)
