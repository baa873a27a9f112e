"""A pharmacy whose id may have changed after it was paid: nobody is paid for it a second time."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.domain.problems import ProblemError
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    Json,
    World,
    activity,
    convention,
    identity,
    office,
    practice,
    provider,
    riziv,
    two_shards,
)

PHARMACY = 179_000
B, A, C = riziv(200_001, 1), riziv(200_005, 1), riziv(200_009, 1)
"""In order of number: of several titulars of one pharmacy the first is its payee."""
ASKED = "pharmacy-id-changed.P1~P2"


def says(person: str, number: str, pharmacy: str) -> Json:
    """A row that names the pharmacy of a titular."""
    return practice(person, number, "pharmacist", pharmacy_id=pharmacy, tariff_office="O1")


def titular(person: str, number: str, pharmacy: str) -> list[Json]:
    """A titular who is fully conventioned."""
    return provider(person, number, "pharmacist", pharmacy_id=pharmacy, tariff_office="O1")


@pytest.fixture
def world() -> Iterator[World]:
    """Titular A was paid for pharmacy P1."""
    with two_shards():
        made = World()
        made.drop([*titular("v1-a", A, "P1"), office("O1")])
        made.run(1, DECEMBER)
        assert made.paid() == {"v1-a": [PHARMACY]}
        yield made


def paid(world: World) -> dict[str, int]:
    """Cents per person."""
    return {person: sum(amounts) for person, amounts in world.paid().items()}


def recoveries(world: World, run: Any) -> list[str]:
    body = world.output.get(output_prefix(run) + "recoveries.csv")
    return [row["recovery"] for row in csv.DictReader(io.StringIO(body.decode()), delimiter=";")]


def rules(world: World, run: Any, person: str) -> dict[str, str]:
    return {step["rule"]: step["outcome"] for step in world.decision(run, person)["explanation"]}


def undecided(world: World) -> list[str]:
    return [found.id for found in world.reviewed() if found.choice is None]


# --- until somebody has chosen --------------------------------------------------------------------


def test_nobody_is_paid_and_nothing_is_recovered_before_a_choice(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    run = world.run(2, JUNE)
    assert paid(world) == {"v1-a": PHARMACY}
    assert recoveries(world, run) == []
    assert world.folder(run).pharmacies().payees == {"P1": A[:8]}
    assert world.exceptions() == {
        ASKED: {
            "pharmacy_paid": "P1",
            "paid_to": A[:8],
            "phase": 1,
            "pharmacy": "P2",
            "riziv_numbers": [B[:8], A[:8]],
        }
    }
    for person in ("v1-a", "v1-b"):
        assert world.decision(run, person)["outcome"] == "pending"
        assert rules(world, run, person)["pharmacy-id-changed"] == "unknown"
    assert {world.dossier(number).state for number in (A, B)} == {"open"}


def test_phase_1_asks_as_well(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.run(1, DECEMBER, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED])


def test_a_question_stays_until_it_is_answered(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    world.run(2, JUNE, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED])


def test_the_choices_are_whether_it_is_the_same_pharmacy(world: World) -> None:
    world.drop([says("v1-a", A, "P2")])
    world.run(2, JUNE)
    with pytest.raises(ProblemError) as refused:
        world.choose(ASKED, "seen")
    assert refused.value.code == "choice-unknown"
    for choice in ("same-pharmacy", "other-pharmacy"):
        world.choose(ASKED, choice)


def test_whoever_sent_the_rows_does_not_decide(world: World) -> None:
    world.drop([says("v1-a", A, "P2")], sent_by="sender")
    world.run(2, JUNE)
    with pytest.raises(ProblemError) as refused:
        world.choose(ASKED, "other-pharmacy", "sender")
    assert refused.value.code == "own-file"


def test_a_correction_before_the_payment_raises_nothing() -> None:
    with two_shards():
        world = World()
        world.drop([*titular("v1-a", A, "P1"), office("O1")])
        world.drop([says("v1-a", A, "P2"), *titular("v1-c", C, "P1")])
        world.run(1, DECEMBER)
        world.run(2, JUNE)
        assert (paid(world), world.exceptions()) == ({"v1-a": PHARMACY, "v1-c": PHARMACY}, {})


# --- the same pharmacy ----------------------------------------------------------------------------


def test_the_same_pharmacy_keeps_its_payee_under_the_other_id(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, "same-pharmacy")
    run = world.run(2, JUNE, "again")
    assert (paid(world), undecided(world), recoveries(world, run)) == ({"v1-a": PHARMACY}, [], [])
    assert world.decision(run, "v1-a")["outcome"] == "granted"
    assert rules(world, run, "v1-b")["pharmacy"] == "not-met"
    assert {world.dossier(number).state for number in (A, B)} == {"closed"}


@pytest.mark.parametrize("pharmacy", ["P1", "P2"])
def test_who_comes_later_is_not_paid_for_the_same_pharmacy(world: World, pharmacy: str) -> None:
    world.drop([says("v1-a", A, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, "same-pharmacy")
    world.drop(titular("v1-b", B, pharmacy))
    world.run(2, JUNE, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [])


def test_the_same_pharmacy_is_not_paid_again_when_its_payee_is_no_longer_entitled(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, "same-pharmacy")
    world.drop([convention(A, "none", "2023-06-01")])
    run = world.run(2, JUNE, "again")
    assert paid(world) == {"v1-a": PHARMACY}
    assert recoveries(world, run) == ["1790.00"]


def test_another_choice_may_follow(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, "same-pharmacy")
    world.choose(ASKED, "other-pharmacy")
    world.run(2, JUNE, "again")
    assert paid(world) == {"v1-a": PHARMACY, "v1-b": PHARMACY}


# --- another pharmacy -----------------------------------------------------------------------------


def test_another_pharmacy_is_paid_to_its_own_titular(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, "other-pharmacy")
    run = world.run(2, JUNE, "again")
    assert paid(world) == {"v1-a": PHARMACY, "v1-b": PHARMACY}
    assert recoveries(world, run) == ["1790.00"], "what a titular was paid who is no longer the payee of any"


def test_a_titular_who_moved_is_not_paid_twice(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-c", C, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, "other-pharmacy")
    run = world.run(2, JUNE, "again")
    assert (paid(world), recoveries(world, run)) == ({"v1-a": PHARMACY}, [])


# --- relatives ------------------------------------------------------------------------------------


def test_nobody_else_is_there_yet(world: World) -> None:
    world.drop([says("v1-a", A, "P2")])
    run = world.run(2, JUNE)
    assert (paid(world), undecided(world), recoveries(world, run)) == ({"v1-a": PHARMACY}, [ASKED], [])
    world.drop(titular("v1-b", B, "P2"))
    world.run(2, JUNE, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED])


def test_somebody_else_at_the_paid_id_does_not_answer_the_question(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P1"), *titular("v1-c", C, "P2")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED])


@pytest.mark.parametrize("choice", ["same-pharmacy", "other-pharmacy"])
def test_a_third_id_is_another_question(world: World, choice: str) -> None:
    world.drop([says("v1-a", A, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, choice)
    world.drop([says("v1-a", A, "P3"), *titular("v1-b", B, "P3")])
    world.run(2, JUNE, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, ["pharmacy-id-changed.P1~P3"])


def test_an_id_that_the_titular_named_in_between_is_asked_about(world: World) -> None:
    world.drop([says("v1-a", A, "P2")])
    world.drop([says("v1-a", A, "P3"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED, "pharmacy-id-changed.P1~P3"])


def test_ids_are_followed_over_several_titulars(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.drop([says("v1-b", B, "P3")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED, "pharmacy-id-changed.P1~P3"])
    world.choose(ASKED, "other-pharmacy")
    world.run(2, JUNE, "again")
    assert paid(world) == {"v1-a": PHARMACY, "v1-b": PHARMACY}


def test_an_id_that_was_corrected_back_is_asked_about_for_whoever_names_it(world: World) -> None:
    world.drop([says("v1-a", A, "P2")])
    world.drop([says("v1-a", A, "P1")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, []), "nobody names the other id"
    world.drop(titular("v1-b", B, "P2"))
    run = world.run(2, JUNE, "again")
    assert (paid(world), undecided(world), recoveries(world, run)) == ({"v1-a": PHARMACY}, [ASKED], [])


def test_one_wrong_file_that_was_corrected_does_not_connect_every_pharmacy(world: World) -> None:
    """4,000 pharmacies that were paid and 1,000 others would be 4,000,000 questions."""
    world.drop([*titular("v1-b", B, "P2"), says("v1-c", C, "P3"), convention(C, "none")])
    world.run(1, DECEMBER, "again")
    everybody = (("v1-a", A, "P1"), ("v1-b", B, "P2"), ("v1-c", C, "P3"))
    new = ("v1-d", riziv(200_013, 1), "P4")
    world.drop(says(person, number, "P9") for person, number, _ in (*everybody, new))
    world.drop(says(*each) for each in (*everybody, new))
    world.drop([convention(C), convention(new[1])])
    run = world.run(2, JUNE)
    assert paid(world) == dict.fromkeys(("v1-a", "v1-b", "v1-c", "v1-d"), PHARMACY)
    assert (undecided(world), recoveries(world, run)) == ([], [])


def test_what_a_wrong_file_named_is_asked_about_where_it_was_paid(world: World) -> None:
    world.drop([says("v1-c", C, "P3")])
    world.drop([says("v1-c", C, "P1")])
    world.drop([*titular("v1-c", C, "P3")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, ["pharmacy-id-changed.P1~P3"])


def test_an_id_of_the_same_pharmacy_is_followed_also_when_it_was_taken_back(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, "same-pharmacy")
    world.drop([says("v1-a", A, "P1"), says("v1-b", B, "P3")])
    world.run(2, JUNE, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, ["pharmacy-id-changed.P1~P3"])


def test_the_same_pharmacy_stays_the_same_when_what_led_to_it_is_taken_back(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.drop([says("v1-b", B, "P3")])
    world.run(2, JUNE)
    world.choose("pharmacy-id-changed.P1~P3", "same-pharmacy")
    world.drop([says("v1-a", A, "P1")])
    world.run(2, JUNE, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [])


def test_an_id_is_followed_past_what_was_taken_back(world: World) -> None:
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P2")])
    world.drop([says("v1-b", B, "P9")])
    world.drop([says("v1-b", B, "P2")])
    world.drop([says("v1-b", B, "P3")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED, "pharmacy-id-changed.P1~P3"])


def test_the_id_is_corrected_on_the_row_of_another_titular(world: World) -> None:
    world.drop(titular("v1-b", B, "P1"))
    world.drop([says("v1-b", B, "P2")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED])


def test_a_third_id_on_the_row_of_another_titular_is_another_question(world: World) -> None:
    world.drop(titular("v1-b", B, "P1"))
    world.drop([says("v1-b", B, "P2")])
    world.run(2, JUNE)
    world.choose(ASKED, "other-pharmacy")
    world.drop([says("v1-b", B, "P3")])
    world.run(2, JUNE, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, ["pharmacy-id-changed.P1~P3"])


def test_the_number_that_was_paid_is_another_partners_and_another_persons(world: World) -> None:
    world.drop([says("v1-x", A, "P2")], "other")
    world.run(2, JUNE)
    (owner,) = undecided(world)
    world.choose(owner, "other")
    world.drop(titular("v1-b", B, "P2"))
    world.run(2, JUNE, "again")
    assert paid(world) == {"v1-a": PHARMACY}
    assert undecided(world) == [ASKED, f"recovery.{A[:8]}.{PHARMACY}"], "the former holder has no practice"


def test_the_new_id_comes_with_another_code_of_the_number(world: World) -> None:
    world.drop([says("v1-a", riziv(200_005, 2), "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED, f"several-pharmacies.{A[:8]}"])


def test_the_new_id_comes_with_another_number_of_the_person(world: World) -> None:
    world.drop([practice("v1-a", A, "nurse"), activity(A, 1, whole_year=True)])
    world.drop([identity("v1-old", "v1-a"), *titular("v1-old", C, "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED])


def test_two_titulars_who_were_paid_change_places(world: World) -> None:
    world.drop(titular("v1-b", B, "P2"))
    world.run(1, DECEMBER, "again")
    world.drop([says("v1-a", A, "P2"), says("v1-b", B, "P1")])
    run = world.run(2, JUNE)
    assert paid(world) == {"v1-a": PHARMACY, "v1-b": PHARMACY}
    assert recoveries(world, run) == ["1790.00", "1790.00"], "a person looks at each"


def test_two_titulars_change_places_of_whom_one_was_paid(world: World) -> None:
    world.drop([practice("v1-b", B, "pharmacist", pharmacy_id="P2", tariff_office="O1")])
    world.run(1, DECEMBER, "again")
    world.drop([says("v1-a", A, "P2"), *titular("v1-b", B, "P1"), *titular("v1-c", C, "P2")])
    world.run(2, JUNE)
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY}, [ASKED])


def test_two_paid_pharmacies_become_one(world: World) -> None:
    world.drop(titular("v1-c", C, "P0"))
    world.run(1, DECEMBER, "again")
    world.drop([says("v1-a", A, "P2"), says("v1-c", C, "P2"), *titular("v1-b", B, "P2")])
    world.run(2, JUNE)
    asked = ["pharmacy-id-changed.P0~P2", ASKED]
    assert undecided(world) == asked
    world.choose(asked[0], "same-pharmacy")
    world.run(2, JUNE, "again")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY, "v1-c": PHARMACY}, [ASKED])
    world.choose(ASKED, "same-pharmacy")
    run = world.run(2, JUNE, "a third time")
    assert (paid(world), undecided(world)) == ({"v1-a": PHARMACY, "v1-c": PHARMACY}, [f"recovery.{C[:8]}.{PHARMACY}"])
    assert world.decision(run, "v1-a")["outcome"] == "granted"


def test_ids_with_points_are_told_apart(world: World) -> None:
    world.drop([*titular("v1-c", C, "P1.P2")])
    world.run(1, DECEMBER, "again")
    world.drop([says("v1-a", A, "P2.P3"), says("v1-c", C, "P3")])
    world.run(2, JUNE)
    assert undecided(world) == ["pharmacy-id-changed.P1.P2~P3", "pharmacy-id-changed.P1~P2.P3"]
