"""Payments that come back: written once, whatever happens meanwhile, and payable again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year.entries import FEW, WITHDRAWN, entry_id_of
from tegemoet.application.premium_year.invariants import Check, InvariantViolationError
from tegemoet.application.premium_year.plan import highest_premiums
from tegemoet.application.premium_year.returns import (
    NotWithdrawnError,
    PaymentUnknownError,
    Returned,
    return_of,
    withdraw_file,
    write_returns,
)
from tegemoet.application.premium_year.transfers import TRANSFER_ENTRIES
from tegemoet.application.premium_year.year_check import check_year
from tegemoet.application.records import BankFileEvent, Entry, Person, Run
from tegemoet.domain.identity import shard_of
from tegemoet.domain.problems import ConflictError
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    YEAR,
    World,
    account,
    activity,
    office,
    provider,
    riziv,
    told,
    two_shards,
)

NURSE, MIDWIFE, PHARMACY = 94_595, 97_549, 179_000
IBANS = ("BE68539007547034", "BE71096123456769", "BE43068999999501")
EVERYBODY = ("v1-0", "v1-1", "v1-2", "v1-t", "v1-u")


def nurses(world: World, many: int) -> None:
    for number in range(many):
        rows = provider(f"v1-{number}", riziv(400_001 + number), s1=20_000)
        world.drop([*rows, account(f"v1-{number}", IBANS[number % 3])])


def filled(world: World) -> World:
    """Three nurses and an office with two pharmacies."""
    nurses(world, 3)
    world.drop([office("O1")])
    for person in "tu":
        number = riziv(210_000 + ord(person))
        world.drop(provider(f"v1-{person}", number, "pharmacist", pharmacy_id=f"P{person}", tariff_office="O1"))
    return world


@pytest.fixture
def world() -> Iterator[World]:
    """A released run that paid them all, in one file."""
    with two_shards():
        made = World()
        made.pay_from()
        filled(made).run(1, DECEMBER)
        yield made


def payment_of(world: World, person: str) -> Entry:
    return next(entry for entry in world.entries() if entry.person == person and entry.kind == "payment")


def returned(world: World, person: str, cause: str = "AC04") -> Returned:
    return Returned(shard_of(person, world.shards), person, payment_of(world, person).entry_id, cause)


def kinds(world: World, *persons: str) -> dict[str, list[str]]:
    return {person: [entry.kind for entry in world.entries() if entry.person == person] for person in persons}


def everybody(*has: str) -> dict[str, list[str]]:
    """What `kinds` says if each person has entries of these kinds."""
    return {person: list(has) for person in EVERYBODY}


def write(world: World, *returns: Returned) -> int:
    return write_returns(YEAR, returns, world.ledger)


# --- an entry of its own --------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["v1-0", "v1-t"])
def test_a_return_is_an_entry_that_names_the_whole_payment(world: World, person: str) -> None:
    paid = payment_of(world, person)
    assert paid.payee_mac
    assert write(world, returned(world, person)) == 1
    [_, back] = [entry for entry in world.entries() if entry.person == person]
    expected: Any = {"number": 2, "kind": "return", "entry_id": entry_id_of(YEAR, person, 2), "payee_mac": None}
    assert back == replace(paid, corrects=paid.entry_id, cause="AC04", **expected)
    assert (back.run, back.amount, back.signed) == (paid.run, paid.amount, -paid.amount)


def test_a_return_is_written_once_however_often_it_is_told(world: World) -> None:
    first, again = returned(world, "v1-0"), returned(world, "v1-0", "MS03")
    assert write(world, first, returned(world, "v1-t"), first, again) == 2
    written = world.entries()
    assert write(world, again, returned(world, "v1-t")) == 0
    assert world.entries() == written
    assert kinds(world, "v1-0", "v1-t", "v1-1") == {
        "v1-0": ["payment", "return"],
        "v1-t": ["payment", "return"],
        "v1-1": ["payment"],
    }


def test_what_was_paid_again_can_come_back_again(world: World) -> None:
    write(world, returned(world, "v1-0"))
    again = replace(payment_of(world, "v1-0"), number=3, entry_id=entry_id_of(YEAR, "v1-0", 3))
    shard = shard_of("v1-0", world.shards)
    world.ledger.append(YEAR, shard, again)
    second = Returned(shard, "v1-0", again.entry_id, "AC04")
    assert [write(world, second), write(world, second)] == [1, 0]
    assert kinds(world, "v1-0") == {"v1-0": ["payment", "return", "payment", "return"]}
    assert invariants.corrected_once(world.entries()).holds


def test_several_payments_of_a_person_come_back_at_once(world: World) -> None:
    first, shard = payment_of(world, "v1-0"), shard_of("v1-0", world.shards)
    second = replace(first, number=2, entry_id=entry_id_of(YEAR, "v1-0", 2), amount=1)
    world.ledger.append(YEAR, shard, second)
    assert write(world, *(Returned(shard, "v1-0", entry.entry_id, "AC04") for entry in (second, first))) == 2
    backs = [entry for entry in world.entries() if entry.kind == "return"]
    assert [(entry.number, entry.corrects, entry.amount) for entry in backs] == [
        (3, second.entry_id, 1),
        (4, first.entry_id, NURSE),
    ]


@pytest.mark.parametrize("many", [FEW, FEW + 1, FEW + 5])
def test_few_persons_of_a_shard_are_read_one_by_one_and_many_together(
    many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with two_shards():
        world = World()
        nurses(world, 3 * FEW)
        world.run(1, DECEMBER)
        chosen = [person for person in world.paid() if shard_of(person, world.shards) == 1][:many]
        assert len(chosen) == many
        readings, entries_of = list[str](), world.ledger.entries_of

        def one(year: int, shard: int, person: str) -> Any:
            readings.append(person)
            return entries_of(year, shard, person)

        monkeypatch.setattr(world.ledger, "entries_of", one)
        assert write(world, *(returned(world, person) for person in chosen)) == many
        assert bool(readings) == (many <= FEW)
        assert {entry.person for entry in world.entries() if entry.kind == "return"} == set(chosen)


@pytest.mark.parametrize("name", ["no entry", "a return", "of another person"])
def test_what_is_no_payment_of_the_person_cannot_come_back(world: World, name: str) -> None:
    write(world, returned(world, "v1-1"))
    back = next(entry for entry in world.entries() if entry.kind == "return")
    entry_id = {
        "no entry": "2023-unknown",
        "a return": back.entry_id,
        "of another person": payment_of(world, "v1-2").entry_id,
    }[name]
    before = world.entries()
    with pytest.raises(PaymentUnknownError):
        write(world, Returned(shard_of("v1-1", world.shards), "v1-1", entry_id, "AC04"))
    assert world.entries() == before


def test_a_pharmacy_that_somebody_else_has_is_no_pharmacy_that_was_paid(world: World) -> None:
    world.ledger.claimed[YEAR, "Pt"] = ("v1-z", "99999999")
    with pytest.raises(PaymentUnknownError):
        write(world, returned(world, "v1-t"))
    assert kinds(world, "v1-t") == {"v1-t": ["payment"]}


# --- at once, and half done -----------------------------------------------------------------------


@dataclass
class LedgerOfTwo:
    """The ledger, to which somebody else writes right before the next entries."""

    ledger: Any
    meanwhile: list[Callable[[], object]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    def append(self, *values: Any) -> list[Entry | None]:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        present: list[Entry | None] = self.ledger.append(*values)
        return present


def test_of_two_calls_at_once_one_writes_the_return(world: World) -> None:
    first, again = returned(world, "v1-0"), returned(world, "v1-0", "MS03")
    counts: list[int] = []
    racing = LedgerOfTwo(world.ledger, [lambda: counts.append(write(world, again))])
    assert write_returns(YEAR, [first], racing) == 0
    assert counts == [1]
    assert [(e.kind, e.cause) for e in world.entries() if e.person == "v1-0"] == [("payment", None), ("return", "MS03")]


def test_a_return_whose_number_a_payment_took_meanwhile_gets_the_next_one(world: World) -> None:
    shard, paid = shard_of("v1-0", world.shards), payment_of(world, "v1-0")
    difference = replace(paid, number=2, amount=2954, run="another-run", entry_id=entry_id_of(YEAR, "v1-0", 2))
    racing = LedgerOfTwo(world.ledger, [lambda: world.ledger.append(YEAR, shard, difference)])
    assert write_returns(YEAR, [returned(world, "v1-0")], racing) == 1
    assert kinds(world, "v1-0") == {"v1-0": ["payment", "payment", "return"]}
    assert [entry.number for entry in world.entries() if entry.person == "v1-0"] == [1, 2, 3]


@pytest.mark.parametrize("done", range(len(EVERYBODY)))
def test_returns_that_died_in_between_are_finished(world: World, monkeypatch: pytest.MonkeyPatch, done: int) -> None:
    returns, written, append_one = [returned(world, person) for person in EVERYBODY], 0, world.ledger._append

    def dying(*values: Any) -> Any:
        nonlocal written
        if written == done:
            raise ConnectionError
        written += 1
        return append_one(*values)

    with monkeypatch.context() as patched:
        patched.setattr(world.ledger, "_append", dying)
        with pytest.raises(ConnectionError):
            write(world, *returns)
    assert write(world, *returns) == len(EVERYBODY) - done
    assert kinds(world, *EVERYBODY) == everybody("payment", "return")


# --- a file that was withdrawn --------------------------------------------------------------------


def of_withdrawal(world: World, run: str, message_id: str) -> int:
    return withdraw_file(run, message_id, runs=world.runs, ledger=world.ledger, work=world.work)


def test_a_withdrawn_file_returns_what_it_would_have_paid_and_nothing_else() -> None:
    with two_shards():
        world = World()
        world.pay_from(transfers_per_file=2)
        run = filled(world).run(1, DECEMBER)
        [kept, lost] = world.bank_files()
        world.withdraw(lost.message_id)
        backs = [entry for entry in world.entries() if entry.kind == "return"]
        assert sum(entry.amount for entry in backs) == lost.cents == NURSE + 2 * PHARMACY
        assert {entry.cause for entry in backs} == {WITHDRAWN}
        assert of_withdrawal(world, run.id, lost.message_id) == 0
        with pytest.raises(NotWithdrawnError):
            of_withdrawal(world, run.id, kept.message_id)


def test_only_what_two_persons_withdrew_comes_back(world: World) -> None:
    [run] = world.runs.of_phase(YEAR, 1)
    [file] = world.bank_files()
    for name in (run.id, "no-such-run"):
        with pytest.raises(NotWithdrawnError):
            of_withdrawal(world, name, file.message_id)
    proposed = BankFileEvent("withdrawal-proposed", Person("operator", "An Operator"), "2023-12-01T09:00:00Z", "lost")
    world.runs.add_bank_file_event(YEAR, file.message_id, 1, proposed)
    with pytest.raises(NotWithdrawnError):
        of_withdrawal(world, run.id, file.message_id)
    assert kinds(world, *EVERYBODY) == everybody("payment")


def checked(world: World) -> dict[str, Check]:
    """Every check of the year, by its name without the run."""
    found = check_year(
        YEAR,
        batches=world.batches,
        registrations=world.registrations,
        facts=world.facts,
        runs=world.runs,
        ledger=world.ledger,
        output=world.output,
        digest_secret=world.secrets.digest_secret(),
        seal=world.seal,
    )
    checks = list(found)
    broken = {check.check.partition(" ")[0]: check for check in checks if not check.holds}
    return {check.check.partition(" ")[0]: check for check in checks} | broken


def broken(world: World) -> set[str]:
    return {name for name, check in checked(world).items() if not check.holds}


def test_the_next_run_pays_again_what_a_withdrawn_file_did_not_and_once(world: World) -> None:
    [file] = world.bank_files()
    world.withdraw(file.message_id)
    second = world.run(1, DECEMBER, "second")
    assert second.state == "released"
    assert kinds(world, *EVERYBODY) == everybody("payment", "return", "payment")
    [_, again] = world.bank_files()
    assert (again.cents, again.transfers) == (file.cents, file.transfers)
    third = world.run(1, DECEMBER, "third")
    assert (third.state, len(world.bank_files()), len(world.entries())) == ("released", 2, 15)
    assert broken(world) == set()
    assert {name: holder[0] for name, holder in world.ledger.claims(YEAR).items()} == {"Pt": "v1-t", "Pu": "v1-u"}


def test_what_was_withdrawn_after_the_year_was_closed_is_returned_and_not_paid(world: World) -> None:
    for number in range(3):
        world.drop([activity(riziv(400_001 + number), 20_000, whole_year=True)])
    world.run(2, JUNE)
    world.close()
    assert world.ledger.is_closed(YEAR)
    [file] = world.bank_files()
    world.withdraw(file.message_id)
    assert kinds(world, *EVERYBODY) == everybody("payment", "return")
    with pytest.raises(ConflictError) as refused:
        world.start(2, JUNE, "after the close")
    assert refused.value.code == "year-closed"
    assert broken(world) == set()


# --- while another run pays -----------------------------------------------------------------------


def another_run(world: World) -> Run:
    """A run that is approved and pays a fourth nurse."""
    world.drop([*provider("v1-9", riziv(400_010), s1=20_000), account("v1-9", IBANS[2])])
    run = world.evaluate(world.start(1, DECEMBER, "second"))
    world.approve(run)
    return world.now(run)


def settle(world: World, run: Run) -> None:
    for shard in range(world.shards):
        world.settle_shard(run, shard)


@pytest.mark.parametrize("when", ["before settling", "after settling", "while it settles again"])
def test_a_return_that_is_written_while_another_run_settles_does_not_stop_it(world: World, when: str) -> None:
    run = another_run(world)
    if when == "before settling":
        write(world, *(returned(world, person) for person in EVERYBODY))
    settle(world, run)
    if when != "before settling":
        write(world, *(returned(world, person) for person in EVERYBODY))
    if when == "while it settles again":
        for shard in range(world.shards):
            world.work.delete([world.folder(run).settled_key(shard)])
        settle(world, run)
    world.release(run)
    assert world.now(run).state == "released"
    assert kinds(world, "v1-9", *EVERYBODY) == {
        "v1-9": ["payment"],
        **everybody("payment", "return"),
    }
    assert broken(world) == set()


def test_a_return_of_what_a_run_pays_does_not_stop_it_when_it_settles_again(world: World) -> None:
    """A call of settling goes on late, after the run was released and its payment came back."""
    run = another_run(world)
    settle(world, run)
    write(world, returned(world, "v1-9"))
    for shard in range(world.shards):
        world.work.delete([world.folder(run).settled_key(shard)])
    settle(world, run)
    world.release(run)
    assert world.now(run).state == "released"
    assert kinds(world, "v1-9") == {"v1-9": ["payment", "return"]}


@pytest.mark.parametrize(("person", "of_run"), [("v1-9", True), ("v1-0", True), ("v1-9", False)])
def test_a_payment_that_nobody_decided_still_stops_the_run(world: World, person: str, of_run: bool) -> None:
    run = another_run(world)
    write(world, returned(world, "v1-0"))
    settle(world, run)
    number = 1 + len([entry for entry in world.entries() if entry.person == person])
    stray = replace(payment_of(world, person), number=number, entry_id=entry_id_of(YEAR, person, number), amount=1)
    world.ledger.append(YEAR, shard_of(person, world.shards), replace(stray, run=run.id if of_run else "another-run"))
    for shard in range(world.shards):
        world.work.delete([world.folder(run).settled_key(shard)])
    with pytest.raises(InvariantViolationError):
        settle(world, run)
    assert world.now(run).state == "approved"


def test_a_return_that_takes_the_number_of_a_payment_leaves_it_to_the_next_run(world: World) -> None:
    world.drop(provider("v1-0", riziv(420_001), "midwife", s1=20_000))
    run = another_run(world)
    assert [payment["cents"] for payment in proposed_to(world, run, "v1-0")] == [MIDWIFE - NURSE]
    write(world, returned(world, "v1-0", WITHDRAWN))
    run = world.pay(run)
    assert run.state == "released"
    assert kinds(world, "v1-0", "v1-9") == {"v1-0": ["payment", "return"], "v1-9": ["payment"]}
    assert f"entry-taken.{riziv(420_001)[:8]}" in world.exceptions()
    third = world.evaluate(world.start(1, DECEMBER, "third"))
    assert [payment["cents"] for payment in proposed_to(world, third, "v1-0")] == [MIDWIFE]


def proposed_to(world: World, run: Run, person: str) -> list[Any]:
    entries = world.folder(run).proposed.lines(TRANSFER_ENTRIES)
    return [entry for entry in entries if entry["person"] == person]


# --- checks of the year ---------------------------------------------------------------------------


def test_every_check_holds_for_a_year_with_returns(world: World) -> None:
    name = f"TGM-{payment_of(world, 'v1-0').entry_id}"
    world.answer(told(name, "rejected", reason="AC04"))
    write(world, returned(world, "v1-t"))
    found = checked(world)
    assert broken(world) == set()
    assert {"corrected-once", "released-sums", "within-premium", "payment-file", "payees"} <= set(found)
    in_file = f"{(3 * NURSE + 2 * PHARMACY) / 100:.2f}"
    assert (found["payment-file"].left, found["payment-file"].right) == (in_file, in_file)


def put(world: World, old: Entry, new: Entry) -> None:
    [key] = [key for key, entry in world.ledger.items.items() if entry == old]
    world.ledger.items[key] = new


def test_a_return_that_does_not_correct_a_payment_once_is_seen(world: World) -> None:
    write(world, returned(world, "v1-0"), returned(world, "v1-1"))
    backs = [entry for entry in world.entries() if entry.kind == "return"]
    for change in ({"amount": NURSE - 1}, {"corrects": "2023-unknown"}, {"corrects": backs[1].corrects}):
        put(world, backs[0], replace(backs[0], **change))
        assert broken(world) == {"corrected-once"}, change
        put(world, replace(backs[0], **change), backs[0])
    assert broken(world) == set()


def test_money_that_comes_back_twice_is_seen(world: World) -> None:
    write(world, returned(world, "v1-0"))
    again = return_of(YEAR, payment_of(world, "v1-0"), 3, "AC04")
    world.ledger.append(YEAR, shard_of("v1-0", world.shards), again)
    assert broken(world) == {"within-premium", "corrected-once"}


def test_what_is_paid_again_without_a_return_is_seen(world: World) -> None:
    write(world, returned(world, "v1-1"))
    for person, holds in (("v1-1", True), ("v1-0", False)):
        entry = payment_of(world, person)
        number = 1 + len([each for each in world.entries() if each.person == person])
        again = replace(entry, number=number, entry_id=entry_id_of(YEAR, person, number), run="another-run")
        world.ledger.append(YEAR, shard_of(person, world.shards), again)
        found = invariants.within_premium(world.entries(), highest_premiums(world.parameters).__getitem__)
        assert found.holds == holds


def test_a_return_is_no_part_of_what_a_run_released(world: World) -> None:
    runs = world.runs.of_phase(YEAR, 1)
    write(world, returned(world, "v1-0"))
    assert invariants.released_sums(world.entries(), runs).holds
    paid = payment_of(world, "v1-1")
    put(world, paid, replace(paid, kind="return", corrects=paid.entry_id))
    assert not invariants.released_sums(world.entries(), runs).holds
