"""Files that lie in the inbox and have no batch yet: nothing has taken them in.

S3 sends its message after it has written an object, mostly within seconds, and the file is read
later still. A run that looked only at batches would go on without a file that was there before it.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from tegemoet.application.intake.keys import FileRefusedError, parse_key
from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Objects
from tegemoet.schemes.convention_premium import SLUG

UNREAD = "unread"
"""What a run says of such a file in the place of the state of its batch."""
PATIENCE = timedelta(days=1)
"""How old an unread file may be to be waited for.

Its message is tried five times within two hours, and lies among the dead letters then: what nobody
repaired in a day holds no run up, but is listed among the files that the run does not use.
"""


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """An object of the inbox that has no batch. `written_at` as in `ObjectVersion`."""

    partner: str
    kind: str
    key: str
    version: str
    etag: str
    written_at: str


class FileUnreadError(Exception):
    """Files of before the cut-off are not taken in yet; the message has their keys."""

    def __init__(self, files: Iterable[UnreadFile]) -> None:
        super().__init__(", ".join(file.key for file in files))


def brought(year: int, kinds: Container[str], cut_off: str, grants: Grants, inbox: Objects) -> list[UnreadFile]:
    """Every file of these kinds that partners wrote before the cut-off.

    Of one key the newest comes first. Partners that never had a right to bring a file of the
    premium are left out: theirs are refused.
    """
    found = []
    for partner in filter(partial(_ever_granted, grants), grants.partners):
        for written in inbox.written(f"in/{partner}/{SLUG}/{year}/"):
            kind = _kind_of(written.key)
            if kind in kinds and written.written_at < cut_off:
                found.append(UnreadFile(partner, kind, written.key, written.version, written.etag, written.written_at))
    return found


def not_taken_in(files: Iterable[UnreadFile], taken_in: Container[str | None]) -> list[UnreadFile]:
    """The files of which no version is among those that batches were taken in from.

    A message without a version stands for the newest with its ETag, so older ones of the same bytes
    are taken in with it.
    """
    found, with_it = list[UnreadFile](), set[tuple[str, str]]()
    for file in files:
        if file.version in taken_in:
            with_it.add((file.key, file.etag))
        elif (file.key, file.etag) not in with_it:
            found.append(file)
    return found


def require_read(files: Iterable[UnreadFile], now: datetime) -> None:
    """Raise FileUnreadError while one of the files may still be taken in by itself."""
    if young := [file for file in files if now - datetime.fromisoformat(file.written_at) < PATIENCE]:
        raise FileUnreadError(young)


def _ever_granted(grants: Grants, partner: str) -> bool:
    return any(grant.scheme == SLUG for version in grants.versions(partner) for grant in version.grants)


def _kind_of(key: str) -> str:
    """The kind of file that the key names; empty where the contract has no such key."""
    try:
        return parse_key(key).kind_name
    except FileRefusedError:
        return ""
