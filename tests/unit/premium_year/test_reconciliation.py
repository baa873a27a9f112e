"""Where the money of a year is: every side of every equality, and what does not fit by its id."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import orjson
import pytest

from tegemoet.application.attempts import Step
from tegemoet.application.files import json_lines
from tegemoet.application.premium_year import invariants, releasing
from tegemoet.application.premium_year.answers import Answer, AnsweredTransfer, Answers, answered_files
from tegemoet.application.premium_year.bank_files import BANK_FILES, BankFile, write_bank_files
from tegemoet.application.premium_year.closing import confirm_closing, propose_closing
from tegemoet.application.premium_year.exceptions import choices_for
from tegemoet.application.premium_year.plan import highest_premiums
from tegemoet.application.premium_year.reconciliation import ReconciliationPorts, reconcile
from tegemoet.application.premium_year.returns import return_of
from tegemoet.application.premium_year.transfers import TRANSFER_ENTRIES
from tegemoet.application.premium_year.where_money_is import (
    MOST_NAMED,
    Comparison,
    Misfit,
    Money,
    Reconciliation,
    WaitingFile,
    by_age,
)
from tegemoet.application.records import BatchDetail, Entry, Person, RowCounts, Run, RunDetail
from tegemoet.domain.identity import shard_of
from tegemoet.domain.money import euro, from_cents
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

NURSE, OTHER = riziv(400_001), riziv(400_002)
PREMIUM, PHARMACIES = 94_595, 358_000


@pytest.fixture
def world() -> Iterator[World]:
    """A released phase 1: two nurses and two pharmacies of one tariff office, in one file."""
    with two_shards():
        made = World()
        made.pay_from()
        yield _filled(made)


@pytest.fixture
def without_account() -> Iterator[World]:
    """The same year of a body that has no account that pays."""
    with two_shards():
        yield _filled(World())


def _filled(world: World) -> World:
    world.drop([*provider("v1-a", NURSE, s1=20_000), account("v1-a")])
    world.drop([*provider("v1-b", OTHER, s1=20_000), account("v1-b", iban="BE71096123456769")])
    for person, number, pharmacy in (("v1-t", riziv(200_001), "P1"), ("v1-u", riziv(200_002), "P2")):
        world.drop(provider(person, number, "pharmacist", pharmacy_id=pharmacy, tariff_office="O1"))
    world.drop([office("O1")])
    world.run(1, DECEMBER)
    return world


def reconciled(world: World) -> Reconciliation:
    ports = ReconciliationPorts(world.batches, world.facts, world.runs, world.ledger, world.work)
    return reconcile(YEAR, ports)


def broken(world: World) -> dict[str, Sequence[Misfit]]:
    """What does not fit, by the check that found it, without its run."""
    return {c.check.check.partition(" ")[0]: c.misfits for c in reconciled(world).compared if not c.check.holds}


def transfers(world: World) -> dict[str, AnsweredTransfer]:
    """The latest transfer to the same persons, by these."""
    answers = Answers.of_year(YEAR, facts=world.facts, batches=world.batches)
    return {
        "+".join(entry["person"] for entry in transfer.entries): transfer
        for file in answered_files(YEAR, answers, runs=world.runs, work=world.work)
        for transfer in file.transfers
    }


def released(world: World) -> Run:
    [run] = world.runs.of_phase(YEAR, 1)
    return run  # type: ignore[no-any-return]


# --- where it is ----------------------------------------------------------------------------------


def test_money_without_an_answer_is_on_its_way(world: World) -> None:
    found = reconciled(world)
    all_of_it = 2 * PREMIUM + PHARMACIES
    assert found.holds
    assert found.money == Money(decided=all_of_it, in_ledger=all_of_it, in_files=all_of_it, unanswered=all_of_it)
    [run] = found.runs
    assert (run.run, run.phase, run.has_files, run.money) == (released(world).id, 1, True, found.money)
    assert [(phase.phase, phase.money) for phase in found.phases] == [(1, found.money), (2, Money())]


def test_every_state_of_a_transfer_has_its_place(world: World) -> None:
    names = {persons: transfer.end_to_end_id for persons, transfer in transfers(world).items()}
    world.answer(
        told(names["v1-a"], "accepted"),
        told(names["v1-b"], "rejected", reason="AC04"),
        told(names["v1-t+v1-u"], "pending"),
    )
    found = reconciled(world)
    assert found.holds
    money = found.money
    assert (money.accepted, money.rejected, money.pending, money.unanswered) == (PREMIUM, PREMIUM, PHARMACIES, 0)
    assert [(file.transfers, file.cents) for file in found.waiting] == [(1, PHARMACIES)]


def test_what_came_back_and_was_paid_again_is_told_with_the_run_that_paid_it_first(world: World) -> None:
    name = transfers(world)["v1-t+v1-u"].end_to_end_id
    world.answer(told(name, "rejected", reason="AC04"))
    world.run(2, JUNE)
    [held] = [found.id for found in world.reviewed() if found.kind == "payment-returned"]
    world.choose(held, "pay-it")
    world.run(2, JUNE, "again")
    found = reconciled(world)
    assert found.holds
    first, _, second = found.runs
    assert (first.money.rejected, first.money.paid_again) == (PHARMACIES, PHARMACIES)
    assert (second.money.decided, second.money.paid_again) == (PHARMACIES, 0)
    assert found.money == first.money + second.money


def test_a_withdrawn_file_has_left_the_bank(world: World) -> None:
    [file] = world.bank_files()
    world.withdraw(file.message_id)
    found = reconciled(world)
    assert found.holds
    assert (found.money.withdrawn, found.money.in_files) == (file.cents, file.cents)
    assert found.waiting == []


def test_a_run_without_an_account_that_pays_has_no_files_and_holds(without_account: World) -> None:
    found = reconciled(without_account)
    assert found.holds
    assert not found.runs[0].has_files
    assert (found.money.without_file, found.money.in_files) == (found.money.in_ledger, 0)
    assert not [c for c in found.compared if c.check.check.startswith(("files-", "states-"))]


def test_what_was_not_written_is_told_apart(world: World) -> None:
    """Somebody else has the number of an entry: it is not written, nor in a file."""
    world.drop([*provider("v1-c", riziv(400_003)), activity(riziv(400_003), 20_000, whole_year=True)])
    world.drop([account("v1-c", iban="BE43068999999501")])
    run = world.evaluate(world.start(2, JUNE))
    world.approve(run)
    shard = shard_of("v1-c", world.shards)
    taken = replace(_entry_of(world, "v1-a"), person="v1-c", number=1, entry_id="other", run="elsewhere")
    world.ledger.append(YEAR, shard, taken)
    world.pay(run)
    found = reconciled(world)
    assert found.runs[1].money.not_written == PREMIUM
    assert broken(world) == {"entries-of-released-runs": [Misfit("other", "945.95", "0.00")]}


def test_money_that_was_paid_back_is_counted(world: World) -> None:
    entry = _entry_of(world, "v1-a")
    back = replace(entry, number=2, kind="recovered", amount=100, entry_id="back", payee_mac=None, cause="m1")
    world.ledger.append(YEAR, shard_of("v1-a", world.shards), back)
    assert (reconciled(world).money.recovered, broken(world)) == (100, {})
    elsewhere = replace(back, number=3, run="", entry_id="back-2")
    world.ledger.append(YEAR, shard_of("v1-a", world.shards), elsewhere)
    assert (reconciled(world).money.recovered, broken(world)) == (200, {})


# --- each side of each equality, broken by a cent -------------------------------------------------


def _entry_of(world: World, person: str) -> Entry:
    return next(entry for entry in world.entries() if entry.person == person)


def _replace(world: World, entry: Entry, changed: Entry | None) -> None:
    """Have the ledger say something else, which no call can do."""
    key = (YEAR, shard_of(entry.person, world.shards), entry.person, entry.number)
    if changed is None:
        del world.ledger.items[key]
    else:
        world.ledger.items[key] = changed


def _rewrite(world: World, step: Step, name: str, change: Callable[[list[Any]], None]) -> None:
    """Change the lines of a committed file as if those had been committed."""
    one = name.endswith(".json")
    lines = step.json(name) if one else list(step.lines(name))
    change(lines)
    body = orjson.dumps(lines) if one else b"".join(json_lines(lines))
    world.work.put(step.key(name), body)
    commit = orjson.loads(world.work.get(step.commit_key))
    commit["files"][name] = sha256(body).hexdigest()
    world.work.put(step.commit_key, orjson.dumps(commit))


@pytest.mark.parametrize(("more", "text"), [(1, "945.96"), (-1, "945.94")])
def test_a_cent_more_or_less_in_the_ledger_is_named_by_its_entry(world: World, more: int, text: str) -> None:
    entry = _entry_of(world, "v1-a")
    _replace(world, entry, replace(entry, amount=entry.amount + more))
    assert broken(world) == {
        "ledger-equals-decided": [Misfit(entry.entry_id, text, "945.95")],
        "files-equal-ledger": [Misfit(entry.entry_id, "945.95", text)],
    }


def test_an_entry_that_is_gone_is_named(world: World) -> None:
    entry = _entry_of(world, "v1-t")
    _replace(world, entry, None)
    assert broken(world) == {
        "ledger-equals-decided": [Misfit(entry.entry_id, "0.00", "1790.00")],
        "files-equal-ledger": [Misfit(entry.entry_id, "1790.00", "0.00")],
    }


def test_an_entry_that_nobody_decided_is_named(world: World) -> None:
    more = replace(_entry_of(world, "v1-a"), number=2, amount=1, entry_id="more")
    _replace(world, more, more)
    assert broken(world) == {
        "ledger-equals-decided": [Misfit("more", "0.01", "0.00")],
        "files-equal-ledger": [Misfit("more", "0.00", "0.01")],
    }


def test_errors_that_make_up_for_one_another_are_both_named(world: World) -> None:
    for person, more in (("v1-a", 1), ("v1-b", -1)):
        entry = _entry_of(world, person)
        _replace(world, entry, replace(entry, amount=entry.amount + more))
    found = next(c for c in reconciled(world).compared if c.check.check.startswith("ledger-equals-decided"))
    assert (found.check.holds, found.check.left) == (False, found.check.right)
    assert {misfit.left for misfit in found.misfits} == {"945.96", "945.94"}


@pytest.mark.parametrize(("more", "text"), [(1, "945.96"), (-1, "945.94")])
def test_a_cent_more_or_less_in_what_was_decided_is_named(world: World, more: int, text: str) -> None:
    entry = _entry_of(world, "v1-a")

    def change(lines: list[Any]) -> None:
        line = next(line for line in lines if line["entry_id"] == entry.entry_id)
        line["cents"] += more

    run, [file] = released(world), world.bank_files()
    shard = shard_of("v1-a", world.shards)
    approved = world.folder(run).approved_proposal(run.detail.payments_sha256).shards[shard].cents
    _rewrite(world, world.folder(run).proposed, TRANSFER_ENTRIES, change)
    assert broken(world) == {
        "decided-equals-approval": [Misfit(f"shard-{shard}", _euro(approved + more), _euro(approved))],
        "ledger-equals-decided": [Misfit(entry.entry_id, "945.95", text)],
        "files-equal-ledger": [Misfit(entry.entry_id, text, "945.95")],
        "states-equal-files": [Misfit(file.message_id, _euro(file.cents + more), _euro(file.cents))],
    }


@pytest.mark.parametrize("more", [1, -1])
def test_another_sum_than_was_approved_is_named_by_its_run(world: World, more: int) -> None:
    run = released(world)
    control_sum = _euro(2 * PREMIUM + PHARMACIES + more)
    world.runs.update(run.id, state="released", detail=RunDetail(control_sum=control_sum), expected=("released",))
    assert broken(world) == {"decided-equals-approval": [Misfit(run.id, _euro(-more), "0.00")]}


@pytest.mark.parametrize("more", [1, -1])
def test_a_cent_more_or_less_in_a_file_for_the_bank_is_named_by_the_file(world: World, more: int) -> None:
    [file] = world.bank_files()

    def change(files: list[Any]) -> None:
        files[0]["cents"] += more

    _rewrite(world, world.folder(released(world)).released, BANK_FILES, change)
    assert broken(world) == {
        "states-equal-files": [Misfit(file.message_id, _euro(file.cents), _euro(file.cents + more))]
    }


def test_a_payment_that_is_in_no_file_is_named_by_its_entry(world: World) -> None:
    def change(files: list[Any]) -> None:
        files[0]["transfers"] -= 1
        files[0]["cents"] -= PHARMACIES

    _rewrite(world, world.folder(released(world)).released, BANK_FILES, change)
    left = sorted(_entry_of(world, person).entry_id for person in ("v1-t", "v1-u"))
    assert broken(world) == {"files-equal-ledger": [Misfit(entry, "0.00", "1790.00") for entry in left]}


@pytest.mark.parametrize("more", [1, -1])
def test_a_row_more_or_less_is_named_by_its_batch(world: World, more: int) -> None:
    batch = world.batches.of_year(YEAR)[0]
    for rows, holds in ((10, True), (10 + more, False)):
        counts = RowCounts(rows, 7, 2, 1)
        world.batches.items[batch.id] = replace(batch, detail=BatchDetail(counts=counts))
        assert reconciled(world).rows == counts
        assert reconciled(world).runs[0].rows == reconciled(world).phases[0].rows == counts
        assert broken(world) == ({} if holds else {"rows-add-up": [Misfit(batch.id, str(rows), "10")]})


# --- returns --------------------------------------------------------------------------------------


def test_a_failed_answer_without_its_return_is_named(world: World) -> None:
    entry = _entry_of(world, "v1-a")
    world.answer(told(transfers(world)["v1-a"].end_to_end_id, "rejected", reason="AC04"))
    assert broken(world) == {}
    back = next(e for e in world.entries() if e.kind == "return")
    _replace(world, back, None)
    assert broken(world) == {"returns-equal-answers": [Misfit(entry.entry_id, "0.00", "945.95")]}
    _replace(world, back, replace(back, amount=back.amount - 1))
    assert broken(world) == {"returns-equal-answers": [Misfit(entry.entry_id, "945.94", "945.95")]}


@pytest.mark.parametrize("answer", ["accepted", "pending", None])
def test_a_return_that_no_answer_explains_is_named(world: World, answer: str | None) -> None:
    if answer:
        world.answer(told(transfers(world)["v1-a"].end_to_end_id, answer))
    entry = _entry_of(world, "v1-a")
    back = return_of(YEAR, entry, 2, "AC04")
    world.ledger.append(YEAR, shard_of("v1-a", world.shards), back)
    assert broken(world) == {"returns-equal-answers": [Misfit(entry.entry_id, "945.95", "0.00")]}


def test_a_return_of_an_unknown_payment_is_named(world: World) -> None:
    back = replace(return_of(YEAR, _entry_of(world, "v1-a"), 2, "AC04"), corrects="unknown")
    world.ledger.append(YEAR, shard_of("v1-a", world.shards), back)
    assert broken(world) == {"returns-equal-answers": [Misfit("unknown", "945.95", "0.00")]}


def test_a_return_without_files_for_the_bank_is_named(without_account: World) -> None:
    entry = _entry_of(without_account, "v1-a")
    back = return_of(YEAR, entry, 2, "AC04")
    without_account.ledger.append(YEAR, shard_of("v1-a", without_account.shards), back)
    assert broken(without_account) == {"returns-equal-answers": [Misfit(entry.entry_id, "945.95", "0.00")]}


def test_a_payment_that_counts_as_made_after_its_return_is_named(world: World) -> None:
    """The ledger says that it came back, and a person says that it was paid: money is lost."""
    entry, name = _entry_of(world, "v1-a"), transfers(world)["v1-a"].end_to_end_id
    world.answer(told(name, "returned", reference="r1"))
    world.answer(told(name, "rejected", reason="AC04"))
    assert (reconciled(world).money.unclear, broken(world)) == (PREMIUM, {})
    question = f"answers-differ.{name.removeprefix('TGM-')}"
    world.choose(question, "paid")
    assert broken(world) == {"returns-equal-answers": [Misfit(entry.entry_id, "945.95", "0.00")]}
    world.choose(question, "returned")
    assert broken(world) == {}


def test_only_so_many_misfits_are_named_and_the_others_counted() -> None:
    comparison = Comparison("check")
    for number in range(MOST_NAMED + 3):
        comparison.add(str(number), 1, 0)
    found = comparison.finish()
    assert (len(found.misfits), found.others) == (MOST_NAMED, 3)
    assert (found.check.holds, found.check.left, found.check.right) == (False, "1.03", "0.00")


# --- what waits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "age"), [(-1, 0), (0, 1), (2, 1), (3, 2), (10, 2), (11, 3), (30, 3), (31, 4), (400, 4)]
)
def test_money_without_a_final_answer_is_told_by_age(days: int, age: int) -> None:
    waiting = WaitingFile("m", "2023-12-05", "2024-01-04", 3, 500)
    ages = by_age([waiting, waiting], date(2023, 12, 5) + timedelta(days=days))
    assert [each.cents for each in ages] == [1000 if place == age else 0 for place in range(5)]
    assert ages[age].transfers == 6


# --- release --------------------------------------------------------------------------------------


def _summary(world: World, run: Run) -> Any:
    return world.folder(run).released.json("summary.json")


def test_a_release_says_where_the_money_of_the_year_is(world: World) -> None:
    world.answer(told(transfers(world)["v1-a"].end_to_end_id, "accepted"))
    before = _summary(world, released(world))["money"]
    assert (before["in_files"], before["unanswered"], before["accepted"]) == ("5471.90", "5471.90", "0.00")
    world.drop([*provider("v1-c", riziv(400_003)), activity(riziv(400_003), 20_000, whole_year=True)])
    world.drop([account("v1-c", iban="BE43068999999501")])
    run = world.run(2, JUNE)
    money = {name: amount for name, amount in _summary(world, run)["money"].items() if amount != "0.00"}
    assert money == {
        **dict.fromkeys(("decided", "in_ledger", "in_files"), "6417.85"),
        "accepted": "945.95",
        "unanswered": "5471.90",
    }
    now = reconciled(world).money
    assert {name: _euro(getattr(now, name)) for name in money} == money


def test_a_release_without_an_account_that_pays_says_so(without_account: World) -> None:
    money = _summary(without_account, released(without_account))["money"]
    assert (money["without_file"], money["in_files"], money["unanswered"]) == ("5471.90", "0.00", "0.00")


def test_a_misfit_of_an_earlier_run_is_on_the_report_and_holds_up_nobody(world: World) -> None:
    entry = _entry_of(world, "v1-a")
    _replace(world, entry, replace(entry, amount=entry.amount - 1))
    run = world.run(2, JUNE)
    checks = {check["check"]: check for check in _summary(world, run)["checks"]}
    assert checks["reconciled-before"] == {"check": "reconciled-before", "holds": False, "left": "2", "right": "0"}


def test_a_return_that_is_not_written_yet_is_no_misfit_of_a_release(world: World) -> None:
    world.answer(told(transfers(world)["v1-b"].end_to_end_id, "rejected", reason="AC04"))
    back = next(e for e in world.entries() if e.kind == "return")
    _replace(world, back, None)
    assert set(broken(world)) == {"returns-equal-answers"}
    checks = {check["check"]: check["holds"] for check in _summary(world, world.run(2, JUNE))["checks"]}
    assert checks["reconciled-before"]


def test_a_run_whose_files_do_not_pay_what_the_ledger_has_is_not_released(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.drop([*provider("v1-c", riziv(400_003)), activity(riziv(400_003), 20_000, whole_year=True)])
    world.drop([account("v1-c", iban="BE43068999999501")])
    run = world.evaluate(world.start(2, JUNE))
    world.approve(run)

    def a_cent_less(*arguments: Any) -> list[BankFile]:
        return [replace(file, cents=file.cents - 1) for file in write_bank_files(*arguments)]

    monkeypatch.setattr(releasing, "write_bank_files", a_cent_less)
    with pytest.raises(invariants.InvariantViolationError, match=r"bank-files-equal-entries: 945.94 / 945.95"):
        world.pay(run)
    assert not world.folder(run).released.is_committed()


# --- closing --------------------------------------------------------------------------------------


def _close_at(world: World, day: str) -> str:
    """The refusal to close the year at the end of that day; empty where it is closed."""
    world.clock.at = datetime.fromisoformat(f"{day}T23:59:59+00:00")
    operator, second = Person("operator", "An Operator"), Person("second", "A Second Person")
    undecided = world.year_exceptions.undecided()
    try:
        proposal = propose_closing(YEAR, undecided, "paid", by=operator, key=day, ports=world.closing)
        confirm_closing(YEAR, proposal.id, by=second, ports=world.closing)
    except ConflictError as refused:
        return refused.code
    return ""


@pytest.fixture
def paid(world: World) -> World:
    """The year with its second phase released: nobody gets more."""
    world.drop([activity(NURSE, 20_000, whole_year=True), activity(OTHER, 20_000, whole_year=True)])
    world.run(2, JUNE)
    return world


@pytest.mark.parametrize("answer", [None, "pending"])
def test_a_year_waits_for_the_bank_up_to_the_last_day_of_a_file(paid: World, answer: str | None) -> None:
    [file] = paid.bank_files()
    assert date.fromisoformat(file.answer_by) - date.fromisoformat(file.execution) == timedelta(days=30)
    if answer:
        paid.answer(told(None, answer, message_id=file.message_id))
    assert _close_at(paid, file.answer_by) == "files-unanswered"
    day_after = date.fromisoformat(file.answer_by) + timedelta(days=1)
    assert _close_at(paid, day_after.isoformat()) == ""


def test_a_year_whose_files_are_all_answered_is_closed_at_once(paid: World) -> None:
    [file] = paid.bank_files()
    paid.answer(told(None, "accepted", message_id=file.message_id))
    assert _close_at(paid, file.execution) == ""


def test_a_year_of_which_a_cent_does_not_fit_is_not_closed(paid: World) -> None:
    [file] = paid.bank_files()
    paid.answer(told(None, "accepted", message_id=file.message_id))
    entry = _entry_of(paid, "v1-a")
    _replace(paid, entry, replace(entry, amount=entry.amount - 1))
    assert _close_at(paid, "2024-07-01") == "not-reconciled"
    _replace(paid, entry, entry)
    assert _close_at(paid, "2024-07-01") == ""


# --- any year -------------------------------------------------------------------------------------


@dataclass
class _MadeUpYear:
    """A year in which the bank answers in any order, accounts change and files are withdrawn."""

    world: World
    random: Random
    held: list[Answer] = field(default_factory=list)
    changes: int = 0

    def answer_something(self) -> None:
        """Answer some transfers or a whole file; some answers come later than those after them."""
        files = list(answered_files(YEAR, Answers.of([]), runs=self.world.runs, work=self.world.work))
        told_now: list[Answer] = []
        for file in files:
            chosen = self.random.sample(list(file.transfers), len(file.transfers) // 2)
            told_now += (self._answer(transfer.end_to_end_id, transfer.cents) for transfer in chosen)
            if self.random.random() < 0.2:
                state = self.random.choice(["accepted", "pending", "rejected"])
                told_now.append(told(None, state, message_id=file.released.file.message_id))
        self.random.shuffle(told_now)
        cut = self.random.randint(0, len(told_now))
        now, self.held = [*self.held[: len(self.held) // 2], *told_now[:cut]], told_now[cut:]
        self.world.answer(*now)

    def _answer(self, name: str, cents: int) -> Answer:
        state = self.random.choice(["accepted", "accepted", "pending", "rejected", "returned"])
        if state in ("accepted", "pending"):
            return told(name, state)
        amount = self.random.choice([None, cents, cents, cents - 1])
        return told(name, state, reason="AC04", cents=amount, reference=f"r{self.random.randint(0, 3)}")

    def decide(self) -> None:
        """Decide every open question as the ledger has it, and whatever else is asked anyhow."""
        returned = {entry.corrects for entry in self.world.entries()}
        came_back = {
            transfer.end_to_end_id.removeprefix("TGM-")
            for file in answered_files(YEAR, Answers.of([]), runs=self.world.runs, work=self.world.work)
            for transfer in file.transfers
            if any(entry["entry_id"] in returned for entry in transfer.entries)
        }
        for asked in self.world.reviewed():
            if asked.choice is None:
                choices = [c for c in choices_for(asked) if c != "paid" or asked.id.partition(".")[2] not in came_back]
                self.world.choose(asked.id, self.random.choice(choices))
        self.world.take_answers()

    def change_accounts(self, persons: Sequence[str]) -> None:
        for person in self.random.sample(list(persons), len(persons) // 2):
            self.changes += 1
            iban = self.random.choice(["BE71096123456769", "BE43068999999501", "BE43068999999501"])
            self.world.drop([account(person, iban=iban, day=f"2023-11-{self.changes:02}")])

    def check(self) -> None:
        entries = self.world.entries()
        highest = highest_premiums(self.world.parameters)
        found = reconciled(self.world)
        assert not broken(self.world)
        assert invariants.within_premium(entries, highest.__getitem__).holds
        assert invariants.numbered_without_gap(entries).holds
        assert invariants.corrected_once(entries).holds
        money = found.money
        assert money.decided == money.not_written + money.in_ledger
        assert money.in_ledger == money.in_files + money.without_file
        on_its_way = money.accepted + money.pending + money.unanswered + money.unclear
        assert money.in_files == on_its_way + money.rejected + money.returned + money.withdrawn


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_bank_answers_every_cent_has_its_place(seed: int) -> None:
    with two_shards():
        random_, world = Random(seed), World()
        world.pay_from(transfers_per_file=random_.choice([2, 3, 10_000]))
        year, persons = _MadeUpYear(world, random_), [f"v1-{letter}" for letter in "abcdefg"]
        for number, person in enumerate(persons, 400_001):
            world.drop([*provider(person, riziv(number), s1=20_000), account(person)])
            world.drop([activity(riziv(number), random_.choice([5_000, 20_000]), whole_year=True)])
        for number in range(200_001, 200_001 + random_.randint(1, 4)):
            pharmacy, by = f"P{number}", random_.choice(["O1", "O2"])
            rows = provider(f"v1-p{number}", riziv(number), "pharmacist", pharmacy_id=pharmacy, tariff_office=by)
            world.drop(rows)
        world.drop([office("O1"), office("O2", iban="BE71096123456769")])
        for phase, on in ((1, DECEMBER), (2, JUNE), (2, JUNE)):
            world.run(phase, on, key=f"{phase} {world.drops}")
            for _ in range(3):
                if random_.random() < 0.3 and (files := world.bank_files()):
                    _withdraw_unless_withdrawn(world, random_.choice(files).message_id)
                year.answer_something()
                year.check()
                year.decide()
                year.check()
            year.change_accounts(persons)
        world.close()
        year.answer_something()
        year.check()


def _withdraw_unless_withdrawn(world: World, message_id: str) -> None:
    with suppress(ConflictError):
        world.withdraw(message_id)


def _euro(amount: int) -> str:
    return euro(from_cents(amount))
