"""A premium is paid once, whatever is corrected between two runs."""

from collections.abc import Iterator
from typing import Any

import pytest

from tegemoet.application.premium_year.holders import candidate
from tegemoet.application.premium_year.invariants import Check
from tegemoet.application.premium_year.year_check import check_year
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    YEAR,
    World,
    account,
    activity,
    convention,
    identity,
    practice,
    provider,
    riziv,
    two_shards,
)

NURSE, MIDWIFE = 94595, 97549
N1, N2 = riziv(400_001), riziv(420_002)


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        yield World()


def broken(world: World) -> list[Check]:
    checks = check_year(
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
    return [check for check in checks if not check.holds]


def paid_twice(world: World) -> None:
    """Phase 2 on full amounts of the year, run twice."""
    world.drop([activity(N1, 40_000, whole_year=True)])
    world.run(2, JUNE)
    world.run(2, JUNE, "again")


def on_number(world: World, number: str) -> int:
    return sum(entry.amount for entry in world.entries() if entry.riziv_number == number[:8])


# --- identities -----------------------------------------------------------------------------------


def test_a_corrected_identity_does_not_pay_a_number_again(world: World) -> None:
    world.drop([*provider("v1-b", N1, s1=20_000), account("v1-b", day="2023-05-01")])
    world.drop([identity("v1-a", "v1-b")])
    world.run(1, DECEMBER)
    assert world.paid() == {"v1-a": [NURSE]}
    world.drop([identity("v1-a", "v1-c")])  # a became c, not b
    paid_twice(world)
    assert world.paid() == {"v1-a": [NURSE]}
    assert world.exceptions()[f"paid-to-another.{N1[:8]}.{NURSE}"] == {"riziv_number": N1, "paid": "945.95"}
    assert broken(world) == []


def test_who_was_paid_as_another_is_not_paid_again_under_another_number(world: World) -> None:
    world.drop([*provider("v1-b", N1, s1=20_000), account("v1-b", day="2023-05-01")])
    world.drop([identity("v1-a", "v1-b")])
    world.run(1, DECEMBER)
    world.drop([identity("v1-a", "v1-c"), *provider("v1-b", N2, "midwife", s1=10)])
    world.drop([activity(N2, 900, whole_year=True)])
    paid_twice(world)
    assert world.paid() == {"v1-a": [NURSE], "v1-b": [MIDWIFE - NURSE]}
    assert broken(world) == []


@pytest.mark.parametrize(
    ("joined", "parted"),
    [
        # joined under the key that comes first, then each on its own
        ([identity("v1-a", "v1-b")], [identity("v1-a", "v1-z")]),
        ([identity("v1-z", "v1-a"), identity("v1-a", "v1-b")], [identity("v1-a", "v1-y")]),
        ([identity("v1-z", "v1-a"), identity("v1-a", "v1-b")], [identity("v1-z", "v1-y")]),
        # the payment lies under the key of somebody in the middle of a chain
        ([identity("v1-x", "v1-y"), identity("v1-y", "v1-b")], [identity("v1-y", "v1-w"), identity("v1-x", "v1-b")]),
        # joined to what was paid before
        ([identity("v1-b", "v1-a")], [identity("v1-b", "v1-b")]),
    ],
)
@pytest.mark.parametrize("late", [False, True], ids=["parted", "joined again"])
def test_a_chain_that_is_joined_and_parted_pays_a_number_once(
    world: World, joined: list[Any], parted: list[Any], late: bool
) -> None:
    world.drop([*provider("v1-b", N1, s1=20_000), account("v1-b", day="2023-05-01")])
    world.drop(joined)
    world.run(1, DECEMBER)
    assert on_number(world, N1) == NURSE
    world.drop(parted)
    world.drop([activity(N1, 40_000, whole_year=True)])
    world.run(2, JUNE)
    if late:
        world.drop(joined)
    world.run(2, JUNE, "again")
    assert on_number(world, N1) == NURSE
    assert broken(world) == []


def test_a_number_that_was_paid_before_its_person_was_joined_and_parted_is_paid_once(world: World) -> None:
    world.drop([*provider("v1-b", N1, s1=20_000), account("v1-b", day="2023-05-01")])
    world.run(1, DECEMBER)
    world.drop([identity("v1-a", "v1-b"), activity(N1, 40_000, whole_year=True)])
    world.run(2, JUNE)
    world.drop([identity("v1-a", "v1-c")])
    world.run(2, JUNE, "again")
    assert world.paid() == {"v1-b": [NURSE]}
    assert broken(world) == []


# --- rows of practices ----------------------------------------------------------------------------


def choose(world: World, number: str, person: str) -> None:
    world.choose(f"identity-conflict.{number[:8]}", candidate(number[:8], person))


def test_a_number_that_moved_to_another_person_and_back_is_paid_once(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=20_000), account("v1-a"), account("v1-b")])
    world.run(1, DECEMBER)
    world.drop([practice("v1-b", N1), activity(N1, 40_000, whole_year=True)])
    world.run(2, JUNE)
    choose(world, N1, "v1-b")
    world.run(2, JUNE, "second")
    assert world.paid() == {"v1-a": [NURSE]}
    world.drop([practice("v1-a", N1)])
    choose(world, N1, "v1-a")
    world.run(2, JUNE, "third")
    assert world.paid() == {"v1-a": [NURSE]}
    assert broken(world) == []


def test_a_number_is_paid_once_when_rows_and_identities_change_together(world: World) -> None:
    """Today a row names one person; a replaced row named another, and identities knew both."""
    world.drop([*provider("v1-a", N1, s1=20_000), account("v1-a")])
    world.drop([identity("v1-x", "v1-a")])
    world.run(1, DECEMBER)
    assert world.paid() == {"v1-x": [NURSE]}
    world.drop([practice("v1-x", N1), identity("v1-x", "v1-y"), account("v1-a", day="2023-06-02")])
    choose_after = f"identity-conflict.{N1[:8]}"
    world.drop([activity(N1, 40_000, whole_year=True)])
    world.run(2, JUNE)
    world.choose(choose_after, candidate(N1[:8], "v1-a"))
    world.run(2, JUNE, "again")
    assert on_number(world, N1) == NURSE
    assert broken(world) == []


def test_two_numbers_that_were_exchanged_are_paid_once_each(world: World) -> None:
    other = riziv(400_005)
    world.drop([*provider("v1-a", N1, s1=20_000), account("v1-a"), *provider("v1-b", other, s1=10), account("v1-b")])
    world.run(1, DECEMBER)
    assert world.paid() == {"v1-a": [NURSE]}
    world.drop([practice("v1-b", N1), practice("v1-a", other)])
    world.drop([activity(number, 40_000, whole_year=True) for number in (N1, other)])
    world.run(2, JUNE)
    choose(world, N1, "v1-b")
    choose(world, other, "v1-a")
    world.run(2, JUNE, "again")
    assert (on_number(world, N1), on_number(world, other)) == (NURSE, 0)
    assert broken(world) == []


# --- choices on amounts ---------------------------------------------------------------------------


def test_a_settled_recovery_does_not_hide_a_larger_one(world: World) -> None:
    dentist = riziv(310_003)
    world.drop([*provider("v1-p", N1, s1=20_000), account("v1-p")])
    world.drop(provider("v1-p", dentist, "dentist", s1=27_000, specialism="general-dentistry"))
    world.run(1, DECEMBER)
    world.drop([activity(N1, 40_000, whole_year=True), activity(dentist, 60_000, whole_year=True)])
    world.drop([convention(dentist, "none", "2023-01-01")])
    run = world.run(2, JUNE)
    (first,) = [found for found in world.exceptions() if found.startswith("recovery")]
    world.settle_recovery(first)
    world.drop([convention(N1, "none", "2023-01-01")])
    run = world.run(2, JUNE, "again")
    opened = [found.id for found in world.reviewed() if found.choice is None and found.run == run.id]
    assert opened == [f"recovery.{dentist[:8]}.170731"]
    world.settle_recovery(opened[0])
    run = world.run(2, JUNE, "third")
    assert world.folder(run).run_exceptions().index.counts() == {}


def test_a_choice_on_a_year_amount_answers_that_amount(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), activity(N1, 9_000, whole_year=True), account("v1-a")])
    world.run(1, DECEMBER)
    run = world.run(2, JUNE)
    world.choose(f"year-amount-lower.{N1[:8]}.1180000.900000", "first-semester-counts")
    run = world.run(2, JUNE, "again")
    assert world.folder(run).run_exceptions().index.counts() == {}
    world.drop([activity(N1, 8_999, whole_year=True)])
    run = world.run(2, JUNE, "third")
    assert world.folder(run).run_exceptions().find(f"year-amount-lower.{N1[:8]}.1180000.899900") is not None
