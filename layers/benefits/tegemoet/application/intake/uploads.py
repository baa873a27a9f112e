"""Uploads and the batches that come of them: announcing a file, finding one's drops, seeing what became of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tegemoet.application.intake.keys import CASES, MAX_BYTES, Refused, batch_id, parse_key
from tegemoet.application.ports import Batch, Batches, Clock, Objects
from tegemoet.domain.problems import Fault, Invalid, NoPremiumForYear, NotFound
from tegemoet.schemes.registry import data_of, scheme_named
from tegemoet.schemes.scheme import Data

_NAME = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
READS = 40
"""Pages that one filtered list reads at most; a list that goes on after them says where."""


class Forms(Protocol):
    """Upload rights: forms that write one object, of one size, once they are filled in."""

    def form(self, key: str, size: int, batch: str) -> Mapping[str, Any]:
        """`url` and `fields` of a presigned POST for that key and exactly that many bytes, naming the batch in its policy."""
        ...


class Links(Protocol):
    """Short-lived addresses of outputs."""

    def link(self, key: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a partner wants to upload: `size` in bytes, `year` for every kind but `cases`."""

    scheme: str
    year: int | None
    kind: str
    name: str
    size: int


def announce(upload: Announcement, *, partner: str, key: str, batches: Batches, clock: Clock) -> Batch:
    """Record the batch of an upload to come; `key` is the Idempotency-Key.

    Raises NotFound `scheme-unknown` and `no-flow-for-year`, NoPremiumForYear, Invalid `kind-unknown`, `name-invalid`, `year-required`,
    `size-out-of-range`.
    """
    place = key_of(upload, partner)
    now = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    batch = Batch(
        id=batch_id(now, partner, place, key),
        partner=partner,
        scheme=upload.scheme,
        kind=upload.kind,
        year=upload.year,
        key=place,
        version=None,
        written_at=now,
        sequencer="",
        size=upload.size,
        state="awaiting-upload",
        detail={},
    )
    batches.create(batch)  # there already: the first attempt of this very call
    return batch


def key_of(upload: Announcement, partner: str) -> str:
    """The key of the inbox that the upload is for. Raises as `announce` does."""
    scheme_named(upload.scheme)
    if not 1 <= upload.size <= MAX_BYTES:
        raise _invalid("/size", "size-out-of-range", f"A file has 1 to {MAX_BYTES} bytes.")
    if not _NAME.fullmatch(upload.name):
        raise _invalid("/name", "name-invalid", "A name has 1 to 64 of a-z, 0-9 and hyphens.")
    if upload.kind == CASES:
        key = f"in/{partner}/{upload.scheme}/{CASES}/{upload.name}.jsonl"
    elif upload.year is None:
        raise _invalid("/year", "year-required", "This kind of file is for a year.")
    else:
        key = f"in/{partner}/{upload.scheme}/{upload.year}/{upload.kind}/{upload.name}.csv"
    try:
        parse_key(key)
    except Refused as refused:
        if refused.code == "no-premium-for-year":
            raise NoPremiumForYear(upload.year or 0) from None
        if refused.code == "no-flow-for-year":
            raise NotFound(str(refused), refused.code) from None
        raise _invalid("/kind", "kind-unknown", "The scheme takes no such kind of file.") from None
    return key


def _invalid(path: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, code, (Fault(path, code),))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which batches a list is to hold; `since` is a day or a moment (ISO), None = whatever."""

    scheme: str | None = None
    state: str | None = None
    since: str | None = None

    def takes(self, batch: Batch) -> bool:
        return self.scheme in (None, batch.scheme) and self.state in (None, batch.state)

    def is_past(self, batch: Batch) -> bool:
        """Whether the batch, and with it every older one, is from before `since`: ids begin with the moment of the drop."""
        return self.since is not None and batch.id < self.since.replace("-", "").replace(":", "")


def batches_of(
    partner: str, wanted: Wanted, limit: int, cursor: str | None, batches: Batches
) -> tuple[list[Batch], str | None]:
    """One page of the partner's batches, newest first, and where the next begins. A page may be short and still have a next one."""
    found: list[Batch] = []
    for _ in range(READS):
        # Never more than what is still wanted, so that the place where reading stopped is the place where the page ends.
        held, cursor = batches.of_partner(partner, limit - len(found), cursor)
        for batch in held:
            if wanted.is_past(batch):
                return found, None
            if wanted.takes(batch):
                found.append(batch)
        if cursor is None or len(found) == limit:
            break
    return found, cursor


def batch_of(batch: str, partner: str | None, batches: Batches) -> Batch:
    """The batch, when it is the partner's or a person asks (`partner` None). Raises NotFound `batch-unknown`."""
    found = batches.get(batch)
    if found is None or partner not in (None, found.partner):
        raise NotFound("There is no such batch.", "batch-unknown")
    return found


def progress_of(batch: Batch, work: Mapping[Data, Objects]) -> tuple[int, int | None]:
    """Chunks that are worked off, and of how many; None before they are counted."""
    total = batch.detail.get("chunks")
    if batch.state != "loading":
        return total or 0, total
    done = work[data_of(batch.scheme)].keys(f"batches/{batch.id}/results/")
    return sum(key.endswith(".json") for key in done), total
