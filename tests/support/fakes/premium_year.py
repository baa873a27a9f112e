"""The ports of a premium year in memory: facts, runs and the ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from tegemoet.application.records import (
    UNAPPROVED,
    BankFileEvent,
    Closing,
    ClosingProposal,
    Confirmation,
    Entry,
    Fact,
    FactKind,
    Phase,
    Run,
    RunDetail,
    RunState,
    Year,
)
from tegemoet.domain.manual_review import Choice, ReviewedException, YearException

Key = TypeVar("Key")


def delete_one_by_one(items: dict[Key, Any], keys: Iterable[Key]) -> Iterator[int]:
    """Portions of one, so that a deletion can stop anywhere."""
    for key in keys:
        del items[key]
        yield 1


class FakeFacts:
    def __init__(self) -> None:
        self.items: dict[tuple[int, FactKind, int, tuple[str, ...], str], str] = {}
        """(year, kind, shard, key, batch) → body; what lies together is in shard 0."""
        self.writes = 0

    @property
    def stored(self) -> list[Fact]:
        """Every fact of every year."""
        return [Fact(kind, shard, key, batch, body) for (_, kind, shard, key, batch), body in self.items.items()]

    def put(self, year: int, facts: Iterable[Fact]) -> None:
        for kind, shard, key, batch, body in facts:
            self.items[year, kind, 0 if kind in ("identity", "office", "answer", "credit") else shard, key, batch] = (
                body
            )
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

    def delete_year(self, year: int, shards: int) -> Iterator[int]:
        return delete_one_by_one(self.items, [at for at in self.items if at[0] == year])


class FakeRuns:
    def __init__(self) -> None:
        self.years: dict[int, Year] = {}
        self.items: dict[str, Run] = {}
        self.found: dict[int, dict[str, YearException]] = {}
        self.choices: dict[tuple[int, str], list[Choice]] = {}
        self.proposals: dict[str, ClosingProposal] = {}
        self.bank_files: dict[tuple[int, str], list[BankFileEvent]] = {}
        self.confirmed: dict[tuple[int, str], list[Confirmation]] = {}

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

    def update(
        self,
        run_id: str,
        *,
        state: RunState,
        detail: RunDetail,
        expected: Sequence[RunState],
        attempt: int | None = None,
    ) -> bool:
        run = self.items.get(run_id)
        if run is None or run.state not in expected or attempt not in (None, run.detail.attempt):
            return False
        if state in UNAPPROVED and run.detail.approved_by:
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

    def propose_closing(self, proposal: ClosingProposal) -> bool:
        return self.proposals.setdefault(proposal.id, proposal) is proposal

    def closing_proposals(self, year: int) -> list[ClosingProposal]:
        found = (proposal for proposal in self.proposals.values() if proposal.year == year)
        return sorted(found, key=lambda proposal: (proposal.at, proposal.id))

    def closing_proposal(self, year: int, proposal_id: str) -> ClosingProposal | None:
        found = self.proposals.get(proposal_id)
        return found if found is not None and found.year == year else None

    def close(self, year: int, closing: Closing) -> bool:
        state = self.years[year]
        if state.open_run or state.closed:
            return False
        self.years[year] = replace(state, closed=True, closed_on=date.fromisoformat(closing.closed_on), closing=closing)
        return True

    def delete_records(self, year: int) -> Iterator[int]:
        yield from delete_one_by_one(self.items, [run.id for run in self.items.values() if run.year == year])
        yield from delete_one_by_one(self.found, [at for at in self.found if at == year])

    def keep_exceptions(self, year: int, exceptions: Iterable[YearException]) -> None:
        kept = self.found.setdefault(year, {})
        for each in exceptions:
            kept[each.id] = each

    def exceptions(self, year: int) -> list[ReviewedException]:
        return [
            ReviewedException(f.id, f.kind, f.facts, f.run, tuple(self.choices.get((year, f.id), ())))
            for f in self.found.get(year, {}).values()
        ]

    def choose(self, year: int, exception_id: str, number: int, choice: Choice) -> bool:
        made = self.choices.setdefault((year, exception_id), [])
        if number <= len(made):
            return False
        made.append(choice)
        return True

    def choose_for_all(self, year: int, numbers: Mapping[str, int], choice: Choice) -> bool:
        if any(number <= len(self.choices.get((year, name), ())) for name, number in numbers.items()):
            return False
        for name, number in numbers.items():
            self.choose(year, name, number, choice)
        return True

    def confirmations(self, year: int) -> Mapping[str, Sequence[Confirmation]]:
        return {value: list(made) for (at, value), made in self.confirmed.items() if at == year}

    def confirm(self, year: int, value_id: str, number: int, confirmation: Confirmation) -> bool:
        made = self.confirmed.setdefault((year, value_id), [])
        if number <= len(made):
            return False
        assert number == len(made) + 1
        made.append(confirmation)
        return True

    def bank_file_events(self, year: int) -> Mapping[str, Sequence[BankFileEvent]]:
        return {message: list(made) for (at, message), made in self.bank_files.items() if at == year}

    def add_bank_file_event(self, year: int, message_id: str, number: int, event: BankFileEvent) -> bool:
        made = self.bank_files.setdefault((year, message_id), [])
        if number <= len(made):
            return False
        made.append(event)
        return True


class FakeLedger:
    def __init__(self) -> None:
        self.items: dict[tuple[int, int, str, int], Entry] = {}
        self.claimed: dict[tuple[int, str], tuple[str, str]] = {}
        self.closed: set[int] = set()

    def entries(self, year: int, shard: int) -> Iterator[Entry]:
        return iter([e for key, e in sorted(self.items.items(), key=lambda item: item[0]) if key[:2] == (year, shard)])

    def entries_of(self, year: int, shard: int, person: str) -> list[Entry]:
        return [e for e in self.entries(year, shard) if e.person == person]

    def append(self, year: int, shard: int, *entries: Entry) -> list[Entry | None]:
        return [self._append(year, shard, entry) for entry in entries]

    def _append(self, year: int, shard: int, entry: Entry) -> Entry | None:
        key = (year, shard, entry.person, entry.number)
        if key in self.items:
            return self.items[key]
        if entry.pharmacy_id:
            holder = self.claimed.setdefault((year, entry.pharmacy_id), (entry.person, entry.riziv_number))
            if holder != (entry.person, entry.riziv_number):
                return None
        self.items[key] = entry
        return entry

    def claims(self, year: int) -> Mapping[str, tuple[str, str]]:
        return {pharmacy: holder for (at, pharmacy), holder in self.claimed.items() if at == year}

    def close(self, year: int, run: str) -> None:
        self.closed.add(year)

    def is_closed(self, year: int) -> bool:
        return year in self.closed
