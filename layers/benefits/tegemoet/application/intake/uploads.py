"""Announcing an upload: its batch, and the key that it will have."""

import re
from dataclasses import dataclass

from tegemoet.application.intake.keys import CASES, MAX_BYTES, FileRefusedError, YearUnknownError, batch_id, parse_key
from tegemoet.application.intake.kinds.table import KINDS
from tegemoet.application.partners.grants import require_granted
from tegemoet.application.ports import Batches, Clock, Registrations
from tegemoet.application.records import Batch, Person
from tegemoet.domain.identity import holds_insz
from tegemoet.domain.problems import Fault, InvalidError
from tegemoet.schemes.registry import scheme_named

_NAME = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A file that a partner announces: `size` in bytes, `year` for every kind but `cases`."""

    scheme: str
    year: int | None
    kind: str
    name: str
    size: int


def announce(
    upload: Announcement,
    *,
    partner: str,
    key: str,
    batches: Batches,
    registrations: Registrations,
    clock: Clock,
    sender: Person | None = None,
) -> Batch:
    """Record the batch of an upload.

    `key` = the Idempotency-Key of the call, `sender` = the person who sends it, if it is a person.

    Raises NotFoundError `scheme-unknown`, the kind's own one for a year without parameters,
    InvalidError `kind-unknown`, `name-invalid`, `name-holds-identity-number`, `year-required`,
    `size-out-of-range`, NotGrantedError.
    """
    place = key_of(upload, partner)
    require_granted(partner, upload.scheme, upload.kind, upload.year, registrations)
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
        sent_by=sender,
    )
    batches.create(batch)  # False: an earlier attempt of the same call created it
    return batch


def key_of(upload: Announcement, partner: str) -> str:
    """The key of the announced object in its inbox. Raises as `announce` does."""
    scheme_named(upload.scheme)
    if not 1 <= upload.size <= MAX_BYTES:
        raise _invalid("/size", "size-out-of-range", f"A file must have 1 to {MAX_BYTES} bytes.")
    if not _NAME.fullmatch(upload.name):
        raise _invalid("/name", "name-invalid", "A name must have 1 to 64 characters of a-z, 0-9 and hyphens.")
    if holds_insz(upload.name):
        raise _invalid("/name", "name-holds-identity-number", "A name must not contain an identity number.")
    if upload.kind == CASES:
        key = f"in/{partner}/{upload.scheme}/{CASES}/{upload.name}.jsonl"
    elif upload.year is None:
        raise _invalid("/year", "year-required", "This kind of file requires `year`.")
    else:
        kind = KINDS.get((upload.scheme, upload.kind))
        extension = kind.extension if kind else "csv"
        key = f"in/{partner}/{upload.scheme}/{upload.year}/{upload.kind}/{upload.name}.{extension}"
    try:
        parse_key(key)
    except YearUnknownError as unknown:
        raise unknown.problem from None
    except FileRefusedError:
        raise _invalid("/kind", "kind-unknown", "The scheme has no such kind of file.") from None
    return key


def _invalid(path: str, code: str, detail: str) -> InvalidError:
    return InvalidError(detail, code, (Fault(path, code),))
