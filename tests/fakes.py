"""The ports of `application/ports.py` in memory, promises kept: the world outside the use cases, without a cloud."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import orjson

from tegemoet.application.ports import Batch, Fact, Sink, Stored

BLOCK = 1 << 20


@dataclass
class Written:
    """One version of an object in `FakeObjects`."""

    stored: Stored
    body: bytes


class FakeObjects:
    """A versioned bucket. `now` is S3's clock: each put is a second later unless a test sets it."""

    def __init__(self) -> None:
        self.versions: dict[str, list[Written]] = {}
        self.now = datetime(2023, 11, 2, 8, 0, 0, tzinfo=UTC)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> None:
        self.now += timedelta(seconds=1)
        versions = self.versions.setdefault(key, [])
        stored = Stored(
            key,
            f"v{len(versions) + 1}",
            hashlib.md5(body, usedforsecurity=False).hexdigest(),
            len(body),
            self.now.isoformat().replace("+00:00", "Z"),
            metadata or {},
        )
        versions.append(Written(stored, body))

    def put_once(self, key: str, body: bytes) -> bool:
        if key in self.versions:
            return False
        self.put(key, body)
        return True

    @contextmanager
    def writer(self, key: str) -> Iterator[Sink]:
        buffer = BytesIO()
        yield buffer
        self.put(key, buffer.getvalue())

    def _find(self, key: str, version: str | None = None, etag: str | None = None) -> Written:
        for written in reversed(self.versions.get(key, [])):
            if version in (None, written.stored.version) and etag in (None, written.stored.etag):
                return written
        raise KeyError(key)

    def head(self, key: str, version: str | None = None, etag: str | None = None) -> Stored:
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
        return iter(sorted(key for key in self.versions if key.startswith(prefix)))

    @property
    def bodies(self) -> dict[str, bytes]:
        """Every object as it is now, by key."""
        return {key: versions[-1].body for key, versions in self.versions.items()}


class FakeFacts:
    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.writes = 0

    def put(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.items[(fact.pk, fact.sk)] = fact.body
            self.writes += 1

    def read(self, pk: str, prefix: str = "") -> Iterator[Fact]:
        found = sorted(sk for (at, sk) in self.items if at == pk and sk.startswith(prefix))
        return iter([Fact(pk, sk, self.items[(pk, sk)]) for sk in found])


class FakeBatches:
    def __init__(self) -> None:
        self.items: dict[str, Batch] = {}

    def create(self, batch: Batch) -> bool:
        if batch.id in self.items:
            return False
        self.items[batch.id] = batch
        return True

    def get(self, batch_id: str) -> Batch | None:
        return self.items.get(batch_id)

    def update(self, batch_id: str, *, state: str, detail: Mapping[str, Any], expected: tuple[str, ...]) -> bool:
        batch = self.items.get(batch_id)
        if batch is None or batch.state not in expected:
            return False
        # Through JSON and back, as it is stored: a detail that cannot be written fails here too.
        self.items[batch_id] = replace(batch, state=state, detail=orjson.loads(orjson.dumps(dict(detail))))
        return True

    def replace_upload(self, batch: Batch) -> bool:
        known = self.items.get(batch.id)
        if known is None or known.state != "awaiting-upload":
            return False
        self.items[batch.id] = batch
        return True

    def of_partner(self, partner: str, limit: int, cursor: str | None) -> tuple[list[Batch], str | None]:
        own = sorted((b for b in self.items.values() if b.partner == partner), key=lambda b: b.id, reverse=True)
        rest = [b for b in own if cursor is None or b.id < cursor]
        return rest[:limit], rest[limit - 1].id if len(rest) > limit else None

    def of_year(self, year: int) -> list[Batch]:
        return [b for b in self.items.values() if b.year == year]


@dataclass
class FakeWorkflows:
    started: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def start(self, workflow: str, name: str, payload: Mapping[str, Any]) -> None:
        self.started.setdefault((workflow, name), payload)

    def answer(self, token: str, payload: Mapping[str, Any]) -> bool:
        if token not in self.waiting:
            return False
        self.waiting.remove(token)
        self.answers[token] = payload
        return True


@dataclass
class FakeEvents:
    published: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def publish(self, kind: str, detail: Mapping[str, Any]) -> None:
        self.published.append((kind, detail))


@dataclass
class FakeSecrets:
    """Secrets of tests; they protect nothing."""

    secrets: dict[str, str] = field(
        default_factory=lambda: {"v1": "the first secret of the tests", "v2": "the second one"}
    )
    current: str = "v1"

    def person_secrets(self) -> Mapping[str, str]:
        return self.secrets

    def current_version(self) -> str:
        return self.current

    def digest_secret(self) -> bytes:
        return b"the digest secret of the tests"


@dataclass
class FakeClock:
    at: datetime = datetime(2023, 12, 1, 9, 0, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at
