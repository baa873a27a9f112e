"""The ports of `application/ports.py` in memory, promises kept: the world outside the use cases, without a cloud."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from secrets import token_bytes
from typing import Any

from tegemoet.adapters.batches import read_detail, write_detail
from tegemoet.adapters.exchanges import read_notes, write_note
from tegemoet.adapters.seals import AesSeal
from tegemoet.application.ports import (
    Batch,
    BatchDetail,
    BatchState,
    Entry,
    EvaluationNote,
    Exchange,
    Fact,
    FactKind,
    Notes,
    ObjectVersion,
    PharmacyTakenError,
    Phase,
    Run,
    RunDetail,
    RunState,
    Sink,
    Step,
    StepNote,
    Wait,
    Year,
)
from tegemoet.domain.manual_review import YearException

BLOCK = 1 << 20


@dataclass
class Written:
    """One version of an object in `FakeObjects`."""

    stored: ObjectVersion
    body: bytes


class FakeObjects:
    """A bucket, with versions or without. `now` is S3's clock: each put is a second later unless a test sets it."""

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
        return iter(sorted(key for key in self.versions if key.startswith(prefix)))

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.versions.pop(key, None)

    @property
    def bodies(self) -> dict[str, bytes]:
        """Every object as it is now, by key."""
        return {key: versions[-1].body for key, versions in self.versions.items()}


class FakeFacts:
    def __init__(self) -> None:
        self.items: dict[tuple[int, FactKind, int, tuple[str, ...], str], str] = {}
        """(year, kind, shard, key, batch) → body; identities and offices lie in shard 0."""
        self.writes = 0

    @property
    def stored(self) -> list[Fact]:
        """Every fact of every year."""
        return [Fact(kind, shard, key, batch, body) for (_, kind, shard, key, batch), body in self.items.items()]

    def put(self, year: int, facts: Iterable[Fact]) -> None:
        for kind, shard, key, batch, body in facts:
            self.items[year, kind, 0 if kind in ("identity", "office") else shard, key, batch] = body
            self.writes += 1

    def _read(self, year: int, shard: int, *kinds: FactKind, prefix: str = "") -> Iterator[Fact]:
        places = [at for at in self.items if at[:3] in [(year, kind, shard) for kind in kinds]]
        return (Fact(*at[1:], self.items[at]) for at in sorted(places) if at[3][0].startswith(prefix))

    def of_kind(self, year: int, kind: FactKind, shard: int = 0) -> Iterator[Fact]:
        return self._read(year, shard, kind)

    def of_numbers(self, year: int, shard: int) -> Iterator[Fact]:
        return self._read(year, shard, "practice", "convention", "activity-s1", "activity-year")

    def practices_of(self, year: int, shard: int, number: str) -> Iterator[Fact]:
        return self._read(year, shard, "practice", prefix=number)

    def accounts_of(self, year: int, shard: int, person: str) -> Iterator[Fact]:
        return (fact for fact in self._read(year, shard, "account") if fact.key[0] == person)


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

    def update(
        self, batch_id: str, *, state: BatchState, detail: BatchDetail, expected: tuple[BatchState, ...]
    ) -> bool:
        batch = self.items.get(batch_id)
        if batch is None or batch.state not in expected:
            return False
        # through JSON and back, as it is stored
        self.items[batch_id] = replace(batch, state=state, detail=read_detail(write_detail(detail)))
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

    def delete(self, batch: Batch) -> None:
        self.items.pop(batch.id, None)


class FakeExchanges:
    """Exchanges. Notes go through JSON and back, as they are stored."""

    def __init__(self) -> None:
        self.items: dict[int, Exchange] = {}
        self.late: dict[int, dict[str, str]] = {}

    def create(self, exchange: Exchange) -> bool:
        if exchange.year in self.items:
            return False
        self.items[exchange.year] = exchange
        return True

    def get(self, year: int) -> Exchange | None:
        exchange = self.items.get(year)
        return replace(exchange, late=Counter(self.late.get(year, {}).values())) if exchange else None

    def advance(self, year: int, expected: Step, step: Step, note: StepNote, token: str | None = None) -> bool:
        exchange = self.items.get(year)
        if exchange is None or exchange.step != expected:
            return False
        notes: Notes = {**exchange.notes, **read_notes({expected: write_note(note)})}
        self.items[year] = replace(exchange, step=step, notes=notes, token=token or exchange.token)
        return True

    def wait(self, year: int, step: Wait, token: str) -> bool:
        exchange = self.items.get(year)
        if exchange is None or exchange.step != step:
            return False
        self.items[year] = replace(exchange, token=token)
        return True

    def note_evaluation(self, year: int, note: EvaluationNote) -> bool:
        exchange = self.items.get(year)
        if exchange is None:
            return False
        notes: Notes = {**exchange.notes, **read_notes({"evaluation": write_note(note)})}
        self.items[year] = replace(exchange, notes=notes)
        return True

    def count_late(self, year: int, kind: str, batch_id: str) -> None:
        self.late.setdefault(year, {})[batch_id] = kind

    def delete(self, year: int) -> None:
        self.items.pop(year, None)
        self.late.pop(year, None)


class FakeSeals:
    """Data keys that are really drawn and really lost: what a destroyed one sealed cannot be read any more."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, str], bytes] = {}

    def open(self, year: int, name: str, create: bool = False) -> AesSeal:
        if create:
            self.held.setdefault((year, name), token_bytes(32))
        return AesSeal(self.held[year, name], name)

    def destroy(self, year: int, name: str) -> None:
        self.held.pop((year, name), None)


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


class FakeDecisions:
    def __init__(self) -> None:
        self.single: dict[str, tuple[str, bytes, bytes]] = {}
        self.of_runs: dict[tuple[int, int, str, str], bytes] = {}

    def put(self, decision_id: str, partner: str, case: bytes, decision: bytes) -> None:
        self.single[decision_id] = (partner, case, decision)

    def put_many(self, items: Iterable[tuple[str, str, bytes, bytes]]) -> None:
        for decision_id, partner, case, decision in items:
            self.put(decision_id, partner, case, decision)

    def get(self, decision_id: str) -> tuple[str, bytes, bytes] | None:
        return self.single.get(decision_id)

    def put_run(self, year: int, shard: int, items: Iterable[tuple[str, str, bytes]]) -> None:
        for person, run, decision in items:
            self.of_runs[(year, shard, person, run)] = decision

    def of_person(self, year: int, shard: int, person: str) -> list[tuple[str, bytes]]:
        return [(key[3], d) for key, d in self.of_runs.items() if key[:3] == (year, shard, person)]


class FakeLedger:
    def __init__(self) -> None:
        self.items: dict[tuple[int, int, str, int], Entry] = {}
        self.claimed: dict[tuple[int, str], tuple[str, str]] = {}
        self.closed: set[int] = set()

    def entries(self, year: int, shard: int) -> Iterator[Entry]:
        return iter([e for key, e in sorted(self.items.items(), key=lambda item: item[0]) if key[:2] == (year, shard)])

    def entries_of(self, year: int, shard: int, person: str) -> list[Entry]:
        return [e for e in self.entries(year, shard) if e.person == person]

    def append(self, year: int, shard: int, entry: Entry) -> Entry:
        key = (year, shard, entry.person, entry.number)
        if key in self.items:
            return self.items[key]
        if entry.pharmacy_id:
            holder = self.claimed.setdefault((year, entry.pharmacy_id), (entry.person, entry.riziv_number))
            if holder != (entry.person, entry.riziv_number):
                raise PharmacyTakenError
        self.items[key] = entry
        return entry

    def claims(self, year: int) -> Mapping[str, tuple[str, str]]:
        return {pharmacy: holder for (at, pharmacy), holder in self.claimed.items() if at == year}

    def close(self, year: int, run: str) -> None:
        self.closed.add(year)

    def is_closed(self, year: int) -> bool:
        return year in self.closed


class FakeRuns:
    def __init__(self) -> None:
        self.years: dict[int, Year] = {}
        self.items: dict[str, Run] = {}
        self.found: dict[int, dict[str, YearException]] = {}

    def year(self, year: int) -> Year | None:
        return self.years.get(year)

    def begin_year(self, year: int, key_version: str) -> Year:
        return self.years.setdefault(year, Year(year, key_version, None, (), False, False))

    def open(self, run: Run) -> bool:
        state = self.years[run.year]
        if state.open_run == run.id:
            return True
        wrong_phase = state.phase_2_begun if run.phase == 1 else 1 not in state.released
        if state.open_run or state.closed or wrong_phase or run.id in self.items:
            return False
        self.years[run.year] = replace(state, open_run=run.id, phase_2_begun=state.phase_2_begun or run.phase == 2)
        self.items[run.id] = run
        return True

    def get(self, run_id: str) -> Run | None:
        return self.items.get(run_id)

    def of_phase(self, year: int, phase: Phase) -> list[Run]:
        return [r for r in self.items.values() if (r.year, r.phase) == (year, phase)]

    def update(self, run_id: str, *, state: RunState, detail: RunDetail, expected: Sequence[RunState]) -> bool:
        run = self.items.get(run_id)
        if run is None or run.state not in expected:
            return False
        merged: Any = {**run.detail.known(), **detail.known()}
        self.items[run_id] = replace(run, state=state, detail=RunDetail(**merged))
        return True

    def finish(self, run_id: str, *, state: RunState, detail: RunDetail, expected: Sequence[RunState]) -> bool:
        if not self.update(run_id, state=state, detail=detail, expected=expected):
            return False
        run = self.items[run_id]
        year = self.years[run.year]
        released = {*year.released, run.phase} if state == "released" else year.released
        self.years[run.year] = replace(year, open_run=None, released=tuple(sorted(released)))
        return True

    def close(self, year: int) -> bool:
        state = self.years[year]
        if state.open_run:
            return False
        self.years[year] = replace(state, closed=True)
        return True

    def keep_exceptions(self, year: int, exceptions: Iterable[YearException]) -> None:
        kept = self.found.setdefault(year, {})
        for each in exceptions:
            known = kept.get(each.id)
            kept[each.id] = (
                replace(each, choice=known.choice, reason=known.reason, chosen_by=known.chosen_by) if known else each
            )

    def exceptions(self, year: int) -> list[YearException]:
        return list(self.found.get(year, {}).values())

    def choose(self, year: int, exception_id: str, choice: str, reason: str, by: str) -> bool:
        known = self.found.get(year, {}).get(exception_id)
        if known is None:
            return False
        self.found[year][exception_id] = replace(known, choice=choice, reason=reason, chosen_by=by)
        return True
