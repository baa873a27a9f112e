"""Buckets and decisions in memory."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

from tegemoet.application.ports import Sink
from tegemoet.application.records import Kept, KeptDecision, NewDecision, ObjectVersion, WrittenVersion

BLOCK = 1 << 20


@dataclass
class Written:
    """One version of an object in `FakeObjects`."""

    stored: ObjectVersion
    body: bytes


class FakeObjects:
    """A bucket, with versions or without.

    `now` is S3's clock: each put is a second later unless a test sets it. `encryption` = the key of
    an object of which no put says another.
    """

    encryption: str | None = "key:identity"

    def __init__(self, versioned: bool = True) -> None:
        self.versioned = versioned
        self.versions: dict[str, list[Written]] = {}
        self.now = datetime(2023, 11, 2, 8, 0, 0, tzinfo=UTC)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> None:
        self.now += timedelta(seconds=1)
        versions = self.versions.setdefault(key, [])
        if not self.versioned:
            versions.clear()
        stored = ObjectVersion(
            key,
            f"v{len(versions) + 1}" if self.versioned else None,
            hashlib.md5(body, usedforsecurity=False).hexdigest(),
            len(body),
            self.now.isoformat().replace("+00:00", "Z"),
            metadata or {},
            self.encryption,
        )
        versions.append(Written(stored, body))

    def put_once(self, key: str, body: bytes) -> bool:
        if key in self.versions:
            return False
        self.put(key, body)
        return True

    @contextmanager
    def writer(self, key: str, once: bool = False) -> Iterator[Sink]:
        buffer = BytesIO()
        yield buffer
        if once:
            self.put_once(key, buffer.getvalue())
        else:
            self.put(key, buffer.getvalue())

    def _find(self, key: str, version: str | None = None, etag: str | None = None) -> Written:
        for written in reversed(self.versions.get(key, [])):
            if version in (None, written.stored.version) and etag in (None, written.stored.etag):
                return written
        raise KeyError(key)

    def head(self, key: str, version: str | None = None, etag: str | None = None) -> ObjectVersion:
        return self._find(key, version, etag).stored

    def get(self, key: str) -> bytes:
        return self._find(key).body

    def stream(self, key: str, version: str | None = None) -> Iterator[bytes]:
        body = self._find(key, version).body
        return (body[at : at + BLOCK] for at in range(0, len(body), BLOCK))

    def get_range(self, key: str, start: int, stop: int) -> bytes:
        return self._find(key).body[start:stop]

    def exists(self, key: str) -> bool:
        return key in self.versions

    def keys(self, prefix: str) -> Iterator[str]:
        return (key for key, _ in self.sizes(prefix))

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        return iter(sorted((key, len(body)) for key, body in self.bodies.items() if key.startswith(prefix)))

    def written(self, prefix: str) -> Iterator[WrittenVersion]:
        for key in sorted(key for key in self.versions if key.startswith(prefix)):
            for stored in (written.stored for written in reversed(self.versions[key])):
                yield WrittenVersion(key, stored.version or "null", stored.etag, stored.written_at)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.versions.pop(key, None)

    @property
    def bodies(self) -> dict[str, bytes]:
        """Every object as it is now, by key."""
        return {key: versions[-1].body for key, versions in self.versions.items()}


class FakeDecisions:
    def __init__(self) -> None:
        self.single: dict[str, KeptDecision] = {}
        self.of_runs: dict[tuple[int, int, str, str], bytes] = {}
        self.superseding: dict[str, str] = {}
        """Superseded decision → the one that supersedes it."""

    def put(self, new: NewDecision) -> Kept:
        known = self.single.get(new.id)
        if new.supersedes and self.superseding.setdefault(new.supersedes, new.id) != new.id:
            return "superseded-already"
        if known is not None and known.case != new.case:
            if new.supersedes:
                del self.superseding[new.supersedes]
            return "case-differs"
        self.single.setdefault(new.id, KeptDecision(new.partner, new.case, new.decision, new.by))
        return "kept"

    def put_many(self, items: Iterable[NewDecision]) -> Mapping[str, Kept]:
        outcomes = {new.id: self.put(new) for new in items}
        return {decision_id: kept for decision_id, kept in outcomes.items() if kept != "kept"}

    def superseded_by(self, decision_id: str) -> str | None:
        return self.superseding.get(decision_id)

    def get(self, decision_id: str) -> KeptDecision | None:
        return self.single.get(decision_id)

    def put_run(self, year: int, shard: int, items: Iterable[tuple[str, str, bytes]]) -> None:
        for person, run, decision in items:
            self.of_runs[(year, shard, person, run)] = decision

    def of_person(self, year: int, shard: int, person: str) -> list[tuple[str, bytes]]:
        return [(key[3], d) for key, d in self.of_runs.items() if key[:3] == (year, shard, person)]

    def delete_runs(self, year: int, shards: int) -> Iterator[int]:
        for key in [key for key in self.of_runs if key[0] == year]:
            del self.of_runs[key]
            yield 1
