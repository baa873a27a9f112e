"""Fetching and withdrawing a file for the bank: of two persons at once, one comes first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import pytest

from tegemoet.application.premium_year.bank_file_record import (
    RecordPorts,
    ReleasedFile,
    bank_files,
    confirm_withdrawal,
    entries_of_file,
    propose_withdrawal,
    record_fetch,
    released_files,
    require_file,
    require_unwithdrawn,
)
from tegemoet.application.premium_year.bank_files import BANK_FILES
from tegemoet.application.records import BankFileEvent, Entry, Person, Run
from tegemoet.domain.identity import shard_of
from tegemoet.domain.problems import ConflictError, NoPremiumForYearError, NotFoundError, ProblemError
from tests.support.premium_world import DECEMBER, YEAR, World, account, office, provider, riziv, two_shards

OPERATOR, SECOND, THIRD = (Person(name, f"Name of {name}") for name in ("operator", "second", "third"))


@pytest.fixture
def world() -> Iterator[World]:
    """A released run with two files: four nurses and an office with two pharmacies."""
    with two_shards():
        made = World()
        made.pay_from(transfers_per_file=3, persons_per_account=9)
        for number in range(4):
            made.drop([*provider(f"v1-{number}", riziv(400_001 + number), s1=20_000), account(f"v1-{number}")])
        made.drop([office("O1")])
        for number in (210_001, 210_002):
            rows = provider(f"v1-p{number}", riziv(number), "pharmacist", pharmacy_id=f"P{number}", tariff_office="O1")
            made.drop(rows)
        made.run(1, DECEMBER)
        assert len(made.bank_files()) == 2
        yield made


@dataclass
class RunsOfTwo:
    """The runs, of which somebody else changes a file right before an event is put."""

    runs: Any
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.runs, name)

    def add_bank_file_event(self, *values: Any) -> bool:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        added: bool = self.runs.add_bank_file_event(*values)
        return added


@dataclass
class Desk:
    """What a person does with the files; `withdrawn` = what the function `settle` was asked."""

    world: World
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    runs: Any = None

    @property
    def ports(self) -> RecordPorts:
        return RecordPorts(self.runs or self.world.runs, self.world.work, self.world.clock, self.withdraw)

    def withdraw(self, run: str, message_id: str) -> None:
        self.withdrawn.append((run, message_id))

    def fetch(self, message_id: str, by: Person = THIRD) -> int:
        return record_fetch(YEAR, message_id, by=by, ports=self.ports)

    def propose(self, message_id: str, by: Person = OPERATOR, reason: str = "lost") -> int:
        return propose_withdrawal(YEAR, message_id, reason, by=by, ports=self.ports)

    def confirm(self, message_id: str, proposal: int, fetches: int = 0, by: Person = SECOND) -> ReleasedFile:
        return confirm_withdrawal(YEAR, message_id, proposal, fetches, by=by, ports=self.ports)

    def at_once(self, *meanwhile: Callable[[], object]) -> "Desk":
        """The same desk, whose next events come after these of others."""
        return Desk(self.world, self.withdrawn, RunsOfTwo(self.world.runs, list(meanwhile)))


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def first(world: World) -> str:
    return world.bank_files()[0].message_id


def events(world: World, message_id: str) -> list[tuple[str, str]]:
    found = require_file(YEAR, message_id, world.runs, world.work).events
    return [(event.kind, event.by.subject) for event in found]


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ProblemError) as refused:
        act()
    code = refused.value.code
    assert code is not None
    return code


# --- files ----------------------------------------------------------------------------------------


def run_of(world: World) -> Run:
    [run] = world.runs.of_phase(YEAR, 1)
    return run  # type: ignore[no-any-return]


def test_the_files_of_the_released_runs_are_told_in_order(world: World) -> None:
    run = run_of(world)
    found = list(released_files(YEAR, world.runs, world.work))
    assert [(each.run.id, each.file.number, each.state, each.fetches) for each in found] == [
        (run.id, 1, "released", 0),
        (run.id, 2, "released", 0),
    ]
    assert [each.file for each in found] == bank_files(run, world.work)


def test_a_run_that_is_not_released_has_no_file(world: World) -> None:
    world.drop([*provider("v1-9", riziv(400_010), s1=20_000), account("v1-9")])
    run = world.evaluate(world.start(1, DECEMBER, "second"))
    assert bank_files(run, world.work) == []
    world.approve(run)
    for shard in range(world.shards):
        world.settle_shard(run, shard)
    assert (bank_files(world.now(run), world.work), len(world.bank_files())) == ([], 2)
    world.release(run)
    assert len(world.bank_files()) == 3


def test_a_run_that_an_earlier_version_released_has_no_file(world: World) -> None:
    step = world.folder(run_of(world)).released
    commit = orjson.loads(world.work.get(step.commit_key))
    del commit["files"][BANK_FILES]
    world.work.put(step.commit_key, orjson.dumps(commit))
    assert world.bank_files() == []


def test_every_entry_is_in_one_file_and_in_the_order_of_the_transfers(world: World) -> None:
    run = run_of(world)
    by_file = [list(entries_of_file(run, file.message_id, world.work)) for file in world.bank_files()]
    for file, entries in zip(world.bank_files(), by_file, strict=True):
        names = list(dict.fromkeys(entry["end_to_end_id"] for entry in entries))
        body = world.bank.get(file.key).decode()
        assert [part.split("<")[0] for part in body.split("<EndToEndId>")[1:]] == names
        assert sum(entry["cents"] for entry in entries) == file.cents
    ids = [entry["entry_id"] for entries in by_file for entry in entries]
    assert sorted(ids) == sorted(entry.entry_id for entry in world.entries())
    assert len(ids) == 6
    assert list(entries_of_file(run, "TGM-unknown", world.work)) == []


def test_what_was_not_written_is_in_no_file() -> None:
    with two_shards():
        world = World()
        world.pay_from(transfers_per_file=2)
        for number in range(4):
            iban = ("BE68539007547034", "BE71096123456769")[number % 2]
            world.drop([*provider(f"v1-{number}", riziv(400_001 + number), s1=20_000), account(f"v1-{number}", iban)])
        run = world.evaluate(world.start(1, DECEMBER))
        world.approve(run)
        taken = Entry("v1-1", 1, "payment", 1, "99999999", "nurse", 1, None, "another-run", "2023-other")
        world.ledger.append(YEAR, shard_of("v1-1", world.shards), taken)
        run = world.pay(run)
        found = [[e["person"] for e in entries_of_file(run, f.message_id, world.work)] for f in world.bank_files()]
    assert [len(persons) for persons in found] == [1, 2]
    assert sorted(person for persons in found for person in persons) == ["v1-0", "v1-2", "v1-3"]


@pytest.mark.parametrize("find", [require_file, require_unwithdrawn])
def test_a_file_that_the_year_does_not_have_is_unknown(world: World, first: str, find: Callable[..., Any]) -> None:
    assert find(YEAR, first, world.runs, world.work).file.message_id == first
    with pytest.raises(NotFoundError) as refused:
        find(YEAR, f"{first}0", world.runs, world.work)
    assert refused.value.code == "bank-file-unknown"
    with pytest.raises(NoPremiumForYearError):
        find(1999, first, world.runs, world.work)


# --- fetching -------------------------------------------------------------------------------------


def test_each_fetch_is_recorded_with_who_and_when(world: World, desk: Desk, first: str) -> None:
    world.clock.at += timedelta(microseconds=999)
    now = world.clock.now().isoformat(timespec="seconds")
    assert [desk.fetch(first), desk.fetch(first, SECOND)] == [1, 2]
    found = require_file(YEAR, first, world.runs, world.work)
    assert found.events == [BankFileEvent("fetched", THIRD, now), BankFileEvent("fetched", SECOND, now)]
    assert (found.state, found.fetches) == ("fetched", 2)
    other = require_file(YEAR, world.bank_files()[1].message_id, world.runs, world.work)
    assert (other.state, other.events) == ("released", ())


def test_of_two_fetches_at_once_both_are_recorded(world: World, desk: Desk, first: str) -> None:
    racing = desk.at_once(lambda: desk.fetch(first, SECOND))
    assert racing.fetch(first, THIRD) == 2
    assert events(world, first) == [("fetched", "second"), ("fetched", "third")]


# --- withdrawing ----------------------------------------------------------------------------------


def test_two_persons_withdraw_a_file(world: World, desk: Desk, first: str) -> None:
    desk.fetch(first)
    number = desk.propose(first)
    assert number == 2
    assert require_file(YEAR, first, world.runs, world.work).state == "fetched"
    assert desk.withdrawn == []
    found = desk.confirm(first, number, 1)
    assert (found.state, found.fetches) == ("withdrawn", 1)
    assert [(event.kind, event.reason, event.proposal) for event in found.events] == [
        ("fetched", None, None),
        ("withdrawal-proposed", "lost", None),
        ("withdrawn", None, 2),
    ]
    assert desk.withdrawn == [(run_of(world).id, first)]
    assert [each.state for each in released_files(YEAR, world.runs, world.work)] == ["withdrawn", "released"]


def test_who_proposed_does_not_confirm(world: World, desk: Desk, first: str) -> None:
    number = desk.propose(first)
    assert code_of(lambda: desk.confirm(first, number, by=OPERATOR)) == "confirmed-by-proposer"
    # also not on the proposal of another person
    other = desk.propose(first, SECOND)
    assert code_of(lambda: desk.confirm(first, other, by=SECOND)) == "confirmed-by-proposer"
    assert desk.confirm(first, other, by=OPERATOR).state == "withdrawn"


@pytest.mark.parametrize("number", [-1, 0, 1, 3])
def test_only_a_proposal_can_be_confirmed(world: World, desk: Desk, first: str, number: int) -> None:
    desk.fetch(first)
    desk.propose(first)
    assert code_of(lambda: desk.confirm(first, number, 1)) == "proposal-unknown"
    assert (len(events(world, first)), desk.withdrawn) == (2, [])


@pytest.mark.parametrize(("late", "lapsed"), [(0, False), (1, True)])
def test_a_proposal_lapses_a_second_after_seven_days(
    world: World, desk: Desk, first: str, late: int, lapsed: bool
) -> None:
    number = desk.propose(first)
    world.clock.at += timedelta(days=7, seconds=late)
    if lapsed:
        assert code_of(lambda: desk.confirm(first, number)) == "proposal-lapsed"
        assert desk.withdrawn == []
        number = desk.propose(first)  # it can be proposed again
    assert desk.confirm(first, number).state == "withdrawn"


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_who_confirms_has_seen_every_fetch(desk: Desk, first: str, seen: int) -> None:
    desk.fetch(first)
    number = desk.propose(first)
    desk.fetch(first)
    assert code_of(lambda: desk.confirm(first, number, seen)) == "fetches-differ"
    assert desk.withdrawn == []
    assert desk.confirm(first, number, 2).state == "withdrawn"


def test_a_file_that_is_withdrawn_is_neither_fetched_nor_withdrawn_again(world: World, desk: Desk, first: str) -> None:
    earlier = desk.propose(first)
    desk.confirm(first, desk.propose(first, reason="the bank refused it"))
    recorded = events(world, first)
    for act in (
        lambda: desk.fetch(first),
        lambda: desk.propose(first, reason="too late"),
        lambda: desk.confirm(first, earlier),
        lambda: desk.confirm(first, earlier + 1, by=THIRD),
    ):
        assert code_of(act) == "file-withdrawn"
    with pytest.raises(ConflictError):
        require_unwithdrawn(YEAR, first, world.runs, world.work)
    assert events(world, first) == recorded
    assert len(desk.withdrawn) == 1


def test_ones_own_confirmation_may_be_repeated(world: World, desk: Desk, first: str) -> None:
    number = desk.propose(first)
    desk.confirm(first, number)
    world.clock.at += timedelta(days=30)  # also once the proposal has lapsed
    recorded = events(world, first)
    assert desk.confirm(first, number, 7).state == "withdrawn"
    assert events(world, first) == recorded
    assert desk.withdrawn == [(run_of(world).id, first)] * 2, "returns are written again, which changes nothing"


def test_a_confirmation_that_died_before_the_returns_is_repeated(
    desk: Desk, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.propose(first)

    def dies(*_: str) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(Desk, "withdraw", dies)
        with pytest.raises(ConnectionError):
            desk.confirm(first, number)
    assert code_of(lambda: desk.fetch(first)) == "file-withdrawn"
    desk.confirm(first, number)
    assert len(desk.withdrawn) == 1


# --- two persons at once --------------------------------------------------------------------------


def test_a_fetch_that_comes_right_before_the_confirmation_stops_it(world: World, desk: Desk, first: str) -> None:
    number = desk.propose(first)
    racing = desk.at_once(lambda: desk.fetch(first))
    assert code_of(lambda: racing.confirm(first, number)) == "fetches-differ"
    assert events(world, first) == [("withdrawal-proposed", "operator"), ("fetched", "third")]
    assert desk.withdrawn == []


def test_a_confirmation_that_comes_right_before_a_fetch_stops_it(world: World, desk: Desk, first: str) -> None:
    number = desk.propose(first)
    racing = desk.at_once(lambda: desk.confirm(first, number))
    assert code_of(lambda: racing.fetch(first)) == "file-withdrawn"
    assert events(world, first) == [("withdrawal-proposed", "operator"), ("withdrawn", "second")]


def test_of_two_confirmations_at_once_one_withdraws(world: World, desk: Desk, first: str) -> None:
    number = desk.propose(first)
    racing = desk.at_once(lambda: desk.confirm(first, number, by=THIRD))
    assert code_of(lambda: racing.confirm(first, number)) == "file-withdrawn"
    assert events(world, first)[1:] == [("withdrawn", "third")]
    assert len(desk.withdrawn) == 1


def test_the_same_confirmation_twice_at_once_is_recorded_once(world: World, desk: Desk, first: str) -> None:
    number = desk.propose(first)
    racing = desk.at_once(lambda: desk.confirm(first, number))
    assert racing.confirm(first, number).state == "withdrawn"
    assert events(world, first)[1:] == [("withdrawn", "second")]


def test_of_two_proposals_at_once_each_can_be_confirmed(world: World, desk: Desk, first: str) -> None:
    racing = desk.at_once(lambda: desk.propose(first, SECOND))
    assert racing.propose(first) == 2
    assert events(world, first) == [("withdrawal-proposed", "second"), ("withdrawal-proposed", "operator")]
    assert desk.confirm(first, 1, by=THIRD).state == "withdrawn"


def test_the_same_proposal_twice_at_once_is_recorded_once(world: World, desk: Desk, first: str) -> None:
    racing = desk.at_once(lambda: desk.propose(first))
    assert racing.propose(first) == 1
    assert events(world, first) == [("withdrawal-proposed", "operator")]


def test_a_proposal_right_after_a_withdrawal_is_refused(world: World, desk: Desk, first: str) -> None:
    number = desk.propose(first)
    racing = desk.at_once(lambda: desk.confirm(first, number))
    assert code_of(lambda: racing.propose(first, THIRD)) == "file-withdrawn"
    assert len(events(world, first)) == 2


def test_another_proposal_between_does_not_stop_a_confirmation(world: World, desk: Desk, first: str) -> None:
    number = desk.propose(first)
    racing = desk.at_once(lambda: desk.propose(first, THIRD))
    assert racing.confirm(first, number).state == "withdrawn"
    assert events(world, first)[1:] == [("withdrawal-proposed", "third"), ("withdrawn", "second")]
