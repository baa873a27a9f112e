"""Queries about batches: a partner's list, one batch, and how far it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from tegemoet.application.intake.results import results_done
from tegemoet.application.ports import Batches, Clock, Objects
from tegemoet.application.records import Abandonment, Batch, BatchState, Person
from tegemoet.domain.problems import ConflictError, NotFoundError
from tegemoet.schemes.registry import data_of
from tegemoet.schemes.scheme import Data

MAX_PAGES = 40
"""Pages that one filtered list reads at most; a list that continues after them returns a cursor."""


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """Which batches a list contains; None = no restriction.

    `since` = a day or a moment (ISO, UTC).
    """

    scheme: str | None = None
    state: BatchState | None = None
    since: str | None = None
    kind: str | None = None

    def matches(self, batch: Batch) -> bool:
        return (
            self.scheme in (None, batch.scheme)
            and self.state in (None, batch.state)
            and self.kind in (None, batch.kind)
        )

    def is_older(self, batch: Batch) -> bool:
        """Whether the batch, and with it every older one, is from before `since`: ids begin with
        the moment of the upload."""
        return self.since is not None and batch.id < self.since.replace("-", "").replace(":", "")


def list_batches(
    partners: Collection[str], wanted: BatchFilter, limit: int, cursor: str | None, batches: Batches
) -> tuple[list[Batch], str | None]:
    """One page of the batches of these partners, newest first, and the cursor of the next.

    A page may be short and still have a next one.
    """
    found: list[Batch] = []
    for _ in range(MAX_PAGES):
        # never more than the page still needs, so that reading stops where the page ends
        page, cursor = _page(partners, limit - len(found), cursor, batches)
        for batch in page:
            if wanted.is_older(batch):
                return found, None
            if wanted.matches(batch):
                found.append(batch)
        if cursor is None or len(found) == limit:
            break
    return found, cursor


def _page(
    partners: Collection[str], limit: int, cursor: str | None, batches: Batches
) -> tuple[list[Batch], str | None]:
    """The next batches of all these partners together: an id is a place in the list of each."""
    pages = [batches.of_partner(partner, limit, cursor) for partner in partners]
    found = sorted((batch for page, _ in pages for batch in page), key=lambda batch: batch.id, reverse=True)
    more = len(found) > limit or any(following is not None for _, following in pages)
    return found[:limit], found[:limit][-1].id if found and more else None


def require_batch(batch_id: str, partners: Collection[str] | None, batches: Batches, kind: str | None = None) -> Batch:
    """The batch, when it is of one of these partners and of that kind; None = of any.

    Raises NotFoundError `batch-unknown`.
    """
    batch = batches.get(batch_id)
    if batch is None or (partners is not None and batch.partner not in partners) or kind not in (None, batch.kind):
        raise NotFoundError("There is no such batch.", "batch-unknown")
    return batch


def abandon_batch(batch_id: str, reason: str, *, by: Person, batches: Batches, clock: Clock) -> Batch:
    """Abandon a batch that is loading: it is never complete again, whatever attempt goes on.

    Repeating one's own call changes nothing. Raises NotFoundError `batch-unknown`, ConflictError
    `batch-ended` for a batch that is not loading.
    """
    batch = require_batch(batch_id, None, batches)
    abandonment = Abandonment(by, clock.now().isoformat(timespec="seconds"), reason)
    detail = replace(batch.detail, abandonment=abandonment)
    batches.update(batch_id, state="abandoned", detail=detail, expected=("loading",))
    now = require_batch(batch_id, None, batches)
    made = now.detail.abandonment
    if made is None or made.by.subject != by.subject:
        raise ConflictError("The batch is not loading.", "batch-ended")
    return now


def progress_of(batch: Batch, work: Mapping[Data, Objects]) -> tuple[int, int | None]:
    """How many chunks are finished, and of how many; None before they are counted."""
    total = batch.detail.chunks
    if batch.state != "loading":
        return total or 0, total
    return results_done(batch.id, work[data_of(batch.scheme)]), total
