"""Recoveries: money that comes back by its communication, in parts, and what a person settles."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tegemoet.application.premium_year import recovering
from tegemoet.application.premium_year.recoveries import Recovered, YearRecovery, communication_of
from tegemoet.domain.problems import ConflictError
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    YEAR,
    World,
    account,
    activity,
    convention,
    provider,
    riziv,
    two_shards,
)

NURSE, OTHER, MIDWIFE = riziv(400_001), riziv(400_002), riziv(500_001, 501)
NUMBER = NURSE[:8]
PAID = 94_595
ENOUGH = 20_000


@pytest.fixture
def world() -> Iterator[World]:
    """Phase 2 found that of two nurses who were paid one has to pay it back."""
    with two_shards():
        made = World()
        made.drop([*provider("v1-a", NURSE, s1=ENOUGH), account("v1-a")])
        made.drop([*provider("v1-b", OTHER, s1=ENOUGH), account("v1-b")])
        made.run(1, DECEMBER)
        made.drop([activity(number, 2 * ENOUGH, whole_year=True) for number in (NURSE, OTHER)])
        made.drop([convention(NURSE, "none")])
        made.run(2, JUNE, "second")
        yield made


def credit(cents: int, reference: str = "r1", number: str = NUMBER, year: int = YEAR, **more: Any) -> dict[str, Any]:
    return {
        "cents": cents,
        "on": "2024-08-01",
        "structured": communication_of(year, number),
        "reference": reference,
        **more,
    }


def only(world: World) -> YearRecovery:
    [found] = world.recoveries().listed()
    return found


def came_back(world: World) -> list[int]:
    return [entry.amount for entry in world.entries() if entry.kind == "recovered"]


def asked(world: World) -> list[object]:
    """Why money is not matched."""
    return [found.facts["why"] for found in world.reviewed() if found.kind == "recovered-unmatched"]


def test_a_recovery_is_listed_with_its_communication(world: World) -> None:
    found = only(world)
    assert (found.found.riziv_number, found.cents, found.remaining, found.state) == (NUMBER, PAID, PAID, "open")
    digits = communication_of(YEAR, NUMBER)
    assert digits[:10] == f"{NUMBER}23"
    assert int(digits[10:]) == (int(digits[:10]) % 97 or 97)


def test_a_part_is_an_entry_and_the_rest_remains(world: World) -> None:
    before = world.entries()
    world.receive(credit(50_000))
    found = only(world)
    assert (found.cents, found.recovered, found.remaining, found.state) == (PAID, 50_000, PAID - 50_000, "open")
    [entry] = [entry for entry in world.entries() if entry not in before]
    assert set(before) < set(world.entries())
    assert (entry.kind, entry.amount, entry.cause) == ("recovered", 50_000, "2024-08-01 r1")
    assert entry.corrects in {each.entry_id for each in before}
    world.receive(credit(PAID - 50_000, "r2"))
    assert (only(world).remaining, only(world).state) == (0, "recovered")
    assert asked(world) == []


@pytest.mark.parametrize(("cents", "written"), [(PAID - 1, True), (PAID, True), (PAID + 1, False)])
def test_money_is_never_matched_with_more_than_remains(world: World, cents: int, written: bool) -> None:
    world.receive(credit(cents))
    assert came_back(world) == ([cents] if written else [])
    assert asked(world) == ([] if written else ["more-than-remains"])


def test_of_two_parts_the_one_that_is_too_much_is_seen_by_a_person(world: World) -> None:
    world.receive(credit(50_000, "r1"), credit(50_000, "r2"))
    assert (came_back(world), asked(world)) == ([50_000], ["more-than-remains"])


@pytest.mark.parametrize("backwards", [False, True])
def test_the_order_of_files_changes_nothing(world: World, backwards: bool) -> None:
    told = [credit(10_000, "r1"), credit(20_000, "r2"), credit(10_000, "r3")]
    for each in reversed(told) if backwards else told:
        world.receive(each)
    assert sorted(came_back(world)) == [10_000, 10_000, 20_000]
    assert (only(world).remaining, asked(world)) == (PAID - 40_000, [])


def test_the_same_movement_in_two_files_is_one_entry(world: World) -> None:
    for _ in range(2):
        world.receive(credit(50_000))
    world.take_answers()
    assert (came_back(world), asked(world)) == ([50_000], [])


def test_one_movement_with_two_amounts_is_seen_by_a_person(world: World) -> None:
    world.receive(credit(50_000), credit(40_000))
    assert (came_back(world), asked(world)) == ([], ["amounts-differ"] * 2)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"number": OTHER[:8]}, ["unknown"]),
        ({"number": riziv(400_009)[:8]}, ["unknown"]),
        ({"year": 2024}, []),
        ({"number": "12345678"}, []),
        ({"structured": None}, []),
    ],
    ids=["no recovery", "unknown number", "other year", "other form", "no communication"],
)
def test_only_an_unknown_communication_of_our_form_is_an_exception(
    world: World, told: dict[str, Any], found: list[str]
) -> None:
    world.receive(credit(50_000, **told))
    assert (came_back(world), asked(world)) == ([], found)


def test_a_file_that_was_not_taken_in_to_its_end_counts_for_nothing(world: World) -> None:
    world.receive(credit(PAID + 1))
    [batch] = [batch for batch in world.batches.of_year(YEAR) if batch.kind == "returns"]
    world.batches.items[batch.id] = replace(batch, state="abandoned")
    assert recovering.credits_of(YEAR, facts=world.facts, batches=world.batches) == []


def test_money_still_comes_back_after_the_year_was_closed(world: World) -> None:
    world.close()
    world.receive(credit(50_000))
    assert (came_back(world), only(world).remaining) == ([50_000], PAID - 50_000)


# --- the next run ---------------------------------------------------------------------------------


def test_what_came_back_is_never_paid_again_and_the_rest_is_asked(world: World) -> None:
    world.receive(credit(50_000))
    run = world.run(2, JUNE, "third")
    assert world.summary(run)["recoveries"] == {"count": 1, "amount": "445.95"}
    assert (only(world).cents, only(world).remaining) == (PAID, PAID - 50_000)
    world.receive(credit(PAID - 50_000, "r2"))
    run = world.run(2, JUNE, "fourth")
    assert world.summary(run)["recoveries"] == {"count": 0, "amount": "0.00"}
    assert [entry.kind for entry in world.entries() if entry.person == "v1-a"] == ["payment", "recovered", "recovered"]
    assert (only(world).remaining, only(world).state) == (0, "recovered")
    world.receive(credit(1, "r3"))
    assert asked(world) == ["more-than-remains"]


def test_what_is_due_again_after_it_came_back_is_paid(world: World) -> None:
    world.receive(credit(PAID))
    world.drop([convention(NURSE, "full")])
    world.run(2, JUNE, "third")
    own = [entry for entry in world.entries() if entry.person == "v1-a"]
    assert [(entry.kind, entry.amount) for entry in own][-1] == ("payment", PAID)
    assert sum(entry.signed for entry in own) == PAID


def test_what_stays_due_cannot_be_recovered(world: World) -> None:
    """A midwife, whose premium was the higher one, keeps that of a nurse."""
    world.drop([*provider("v1-m", riziv(400_007), s1=ENOUGH), *provider("v1-m", MIDWIFE, "midwife", s1=30_000)])
    world.drop([account("v1-m"), *(activity(n, 60_000, whole_year=True) for n in (MIDWIFE, riziv(400_007)))])
    world.run(2, JUNE, "third")
    world.drop([convention(MIDWIFE, "none")])
    world.run(2, JUNE, "fourth")
    number = min(MIDWIFE, riziv(400_007))[:8]
    found = world.recoveries().of_number(number)
    assert found is not None
    assert (found.found.paid, found.found.due, found.remaining) == (97_549, 94_595, 2_954)
    world.receive(credit(2_955, "r5", number))
    assert asked(world) == ["more-than-remains"]
    world.receive(credit(2_954, "r6", number))
    found = world.recoveries().of_number(number)
    assert found is not None
    assert (found.remaining, found.state) == (0, "recovered")


# --- the writer -----------------------------------------------------------------------------------


def test_the_writer_takes_back_no_more_than_a_payment_leaves(world: World) -> None:
    [standing] = only(world).standing
    part = Recovered(standing.shard, "v1-a", standing.entry.entry_id, 94_000, 595, "m1")
    for cents, stays in ((94_001, 595), (94_000, 596), (0, 0)):
        with pytest.raises(recovering.RecoveredTooMuchError):
            recovering.write_recovered(YEAR, [replace(part, cents=cents, stays=stays)], world.ledger)
    assert recovering.write_recovered(YEAR, [part, part], world.ledger) == 1
    with pytest.raises(recovering.RecoveredTooMuchError):
        recovering.write_recovered(YEAR, [replace(part, cause="m2", cents=1)], world.ledger)
    assert came_back(world) == [94_000]


# --- without money --------------------------------------------------------------------------------


def test_two_persons_close_a_recovery_without_money(world: World) -> None:
    name = f"recovery.{NUMBER}.{PAID}"
    world.choose(name, "settled", "operator")
    assert only(world).state == "open"
    [exception] = [found for found in world.reviewed() if found.id == name]
    assert (exception.choice, len(exception.choices_made)) == (None, 1)
    with pytest.raises(ConflictError) as refused:
        world.choose(name, "settled", "operator")
    assert refused.value.code == "confirmed-by-proposer"
    world.choose(name, "settled", "second-operator")
    assert only(world).state == "closed"
    world.receive(credit(1))
    assert (came_back(world), asked(world)) == ([], ["closed"])


def test_a_proposal_of_one_person_settles_nothing_in_the_next_run(world: World) -> None:
    name = f"recovery.{NUMBER}.{PAID}"
    world.choose(name, "settled", "operator")
    world.run(2, JUNE, "third")
    assert name in {found.id for found in world.reviewed() if found.choice is None}
    world.receive(credit(1))
    world.run(2, JUNE, "less")
    assert name not in {found.id for found in world.reviewed()}, "another amount is asked about"
    world.choose(f"recovery.{NUMBER}.{PAID - 1}", "settled", "operator")
    world.run(2, JUNE, "third again")
    world.choose(f"recovery.{NUMBER}.{PAID - 1}", "settled", "second-operator")
    world.run(2, JUNE, "fourth")
    assert only(world).state == "closed"
