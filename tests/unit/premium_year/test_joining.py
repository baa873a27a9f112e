"""What stands of each key, and which rows are one practice."""

from itertools import permutations
from typing import Any

import pytest

from tegemoet.application.premium_year.authority import IdentityRow
from tegemoet.application.premium_year.case_json import PracticeCase
from tegemoet.application.premium_year.holders import candidate
from tegemoet.application.premium_year.identities import Identities
from tegemoet.application.premium_year.joining import JoinedShard, join
from tegemoet.application.premium_year.ownership import RankedFact, ranked
from tegemoet.application.premium_year.records import Plan, PlannedBatch
from tegemoet.application.records import Fact
from tegemoet.domain.manual_review import YearException
from tests.support.premium_world import activity, convention, fact_of, identity, practice, riziv

A, B = riziv(400_001, 401), riziv(400_001, 402)
OTHER = riziv(400_002)
FUND_AND_RIVAL = "8f886244"
"""A short hash of the names of both partners."""
Drop = tuple[str, list[dict[str, Any]]]


def facts_of(drops: list[Drop]) -> list[Fact]:
    """Facts of drops in the order of their rank: (partner, rows)."""
    return [fact_of(row, 2, f"b{number}", partner) for number, (partner, rows) in enumerate(drops) for row in rows]


def planned(roots: dict[str, str] | None = None, choices: dict[str, str] | None = None, drops: int = 5) -> Plan:
    """The plan of a run on the drops `b0`, `b1`, … of one day each."""
    batches = [PlannedBatch(f"b{n}", "practices", "fund", f"2023-11-{n + 1:02}") for n in range(drops)]
    return Plan("run", 2, {"version": "1", "sha256": ""}, batches, roots or {}, [], choices or {})


def joined(*drops: Drop, roots: dict[str, str] | None = None, choices: dict[str, str] | None = None) -> JoinedShard:
    return join(facts_of(list(drops)), planned(roots, choices))


def practice_of(found: JoinedShard) -> PracticeCase:
    (line,) = found.lines
    return line["practice"]


def test_rows_of_a_batch_that_the_run_does_not_stand_on_do_not_count() -> None:
    fact = facts_of([("fund", [practice("p", A)])])[0]
    assert join([fact._replace(batch="later")], planned()).lines == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_latest_drop_stands_in_whatever_order_the_facts_are_read(order: tuple[int, ...]) -> None:
    drops: list[Drop] = [
        ("fund", [practice("p", A, "nurse")]),
        ("fund", [practice("p", A, "midwife")]),
        ("fund", [practice("p", A, "optician")]),
    ]
    facts = facts_of(drops)
    found = join([facts[n] for n in order], planned())
    assert practice_of(found)["profession"] == "optician"


def test_the_partner_of_the_earliest_row_owns_the_key_and_others_are_reported() -> None:
    found = joined(("fund", [practice("p", A, "nurse")]), ("rival", [practice("q", A, "dentist")]))
    assert practice_of(found)["profession"] == "nurse"
    assert found.lines[0]["person"] == "p"
    assert found.exceptions == [
        YearException(
            f"key-of-another-partner.practice.{A}.{FUND_AND_RIVAL}",
            "key-of-another-partner",
            {
                "kind": "practice",
                "riziv_number": A,
                "partners": ["fund", "rival"],
                "claims": [{"partner": "fund", "batch": "b0"}, {"partner": "rival", "batch": "b1"}],
            },
        )
    ]


def test_numbers_with_equal_eight_digits_profession_and_specialism_are_one_practice() -> None:
    found = joined(
        (
            "fund",
            [
                practice("p", A, number_granted_on="2023-03-01", medical_house_weekly_hours="10.00"),
                practice("p", B, number_granted_on="2023-05-01", medical_house_weekly_hours="12.00"),
                activity(A, 5_000),
                activity(B, 7_000),
                activity(B, 300, setting="day-hospital"),
                convention(A, first="2022-01-01", until="2023-04-30"),
                convention(B, first="2023-05-01"),
            ],
        )
    )
    assert practice_of(found) == {
        "riziv_number": B,
        "profession": "nurse",
        "number_granted_on": "2023-03-01",
        "medical_house_weekly_hours": "12.00",
        "conventions": [{"status": "full", "from": "2022-01-01"}],
        "activity-s1": {"ambulatory": "12000.00", "day-hospital": "300.00"},
    }


def test_a_number_granted_before_the_year_is_the_earliest() -> None:
    found = joined(
        ("fund", [practice("p", A, number_granted_on=None), practice("p", B, number_granted_on="2023-05-01")])
    )
    assert "number_granted_on" not in practice_of(found)


def test_another_profession_under_the_same_eight_digits_is_another_practice() -> None:
    found = joined(("fund", [practice("p", A, "nurse"), practice("p", B, "midwife"), activity(B, 900)]))
    assert {line["practice"]["riziv_number"]: line["practice"].get("activity-s1") for line in found.lines} == {
        A: None,
        B: {"ambulatory": "900.00"},
    }


def test_a_titular_has_one_practice_per_pharmacy() -> None:
    rows = [
        practice("p", number, "pharmacist", pharmacy_id=name, tariff_office="T")
        for number, name in ((A, "P1"), (B, "P2"))
    ]
    assert [line["pharmacy_id"] for line in joined(("fund", rows)).lines] == ["P1", "P2"]


def test_the_pharmacies_that_a_number_named_are_kept_in_turn() -> None:
    def says(*pharmacies: str | None) -> list[tuple[str, list[Any]]]:
        shops = ({"pharmacy_id": name, "tariff_office": name and "T"} for name in pharmacies)
        return [
            ("fund", [practice("p", A, "pharmacist" if shop["pharmacy_id"] else "nurse", **shop)]) for shop in shops
        ]

    assert joined(*says("P2", "P2", "P1", "P2")).renamed == {A: ["P2", "P1", "P2"]}
    assert joined(*says("P1", "P1")).renamed == {}
    assert joined(*says("P1", None, "P2")).renamed == {A: ["P1", "P2"]}
    assert joined(*says("P1", None)).renamed == joined(*says(None)).renamed == {}
    another = ("other", [practice("p", A, "pharmacist", pharmacy_id="P2", tariff_office="T")])
    assert joined(*says("P1"), another).renamed == {}, "the row of another partner is not used"


def test_rows_on_a_code_without_practice_go_to_the_only_practice_of_the_eight_digits() -> None:
    found = joined(("fund", [practice("p", A), activity(B, 900), convention(B)]))
    assert practice_of(found)["activity-s1"] == {"ambulatory": "900.00"}
    assert practice_of(found)["conventions"] == [{"status": "full", "from": "2020-01-01"}]
    assert found.exceptions == []


@pytest.mark.parametrize("rows", [[], [practice("p", A, "nurse"), practice("p", riziv(400_001, 403), "midwife")]])
def test_rows_of_which_the_practice_is_missing_or_not_the_only_one_wait_for_a_person(rows: list[Any]) -> None:
    found = joined(("fund", [*rows, activity(B, 900)]))
    assert [e.id for e in found.exceptions] == [f"practice-missing.{B}"]
    assert all("activity-s1" not in line["practice"] for line in found.lines)


def test_a_later_drop_wins_for_the_days_that_it_covers() -> None:
    found = joined(
        ("fund", [practice("p", A), convention(A, "full", "2023-01-01")]),
        ("fund", [convention(A, "partial", "2023-06-01", "2023-06-30")]),
    )
    assert practice_of(found)["conventions"] == [
        {"status": "full", "from": "2023-01-01", "until": "2023-05-31"},
        {"status": "partial", "from": "2023-06-01", "until": "2023-06-30"},
        {"status": "full", "from": "2023-07-01"},
    ]


def test_an_earlier_drop_that_is_processed_later_changes_nothing_of_those_days() -> None:
    found = joined(
        ("fund", [convention(A, "none", "2023-06-01", "2023-06-30")]),
        ("fund", [practice("p", A), convention(A, "full", "2023-01-01")]),
    )
    assert practice_of(found)["conventions"] == [{"status": "full", "from": "2023-01-01"}]


def test_a_partner_speaks_only_for_the_days_of_which_nobody_spoke_before() -> None:
    found = joined(
        ("fund", [practice("p", A), convention(A, "none", "2023-03-01", "2023-03-31")]),
        ("rival", [convention(A, "full", "2023-01-01")]),
    )
    assert practice_of(found)["conventions"] == [
        {"status": "full", "from": "2023-01-01", "until": "2023-02-28"},
        {"status": "none", "from": "2023-03-01", "until": "2023-03-31"},
        {"status": "full", "from": "2023-04-01"},
    ]
    assert [e.id for e in found.exceptions] == [f"key-of-another-partner.convention.{A}.{FUND_AND_RIVAL}"]


def test_two_persons_on_one_number_are_held_with_each_of_them() -> None:
    found = joined(("fund", [practice("p", A)]), ("fund", [practice("q", A)]))
    assert [(line["person"], line["practice"]["held"], line["others"]) for line in found.lines] == [
        ("p", "identity-conflict", ["q"]),
        ("q", "identity-conflict", ["p"]),
    ]
    (exception,) = found.exceptions
    assert exception.id == f"identity-conflict.{A[:8]}"
    assert exception.facts["candidates"] == [
        {
            "choice": candidate(A[:8], person),
            "riziv_number": A,
            "partner": "fund",
            "batch": batch,
            "delivered_on": day,
        }
        for person, batch, day in (("p", "b0", "2023-11-01"), ("q", "b1", "2023-11-02"))
    ]


def test_two_persons_on_two_codes_of_one_number_are_held_too() -> None:
    found = joined(("fund", [practice("p", A), practice("q", B)]))
    assert {line["person"] for line in found.lines if line["practice"]["held"]} == {"p", "q"}


def test_the_first_number_of_a_person_stands_when_identities_say_that_both_are_one() -> None:
    found = joined(("fund", [practice("p", A)]), ("fund", [practice("q", A)]), roots={"q": "p"})
    assert [(line["person"], line["practice"].get("held")) for line in found.lines] == [("p", None)]


@pytest.mark.parametrize("person", ["p", "q"])
def test_an_operator_parts_two_persons(person: str) -> None:
    choices = {f"identity-conflict.{A[:8]}": candidate(A[:8], person)}
    found = joined(("fund", [practice("p", A)]), ("fund", [practice("q", A)]), choices=choices)
    (line,) = found.lines
    assert line["person"] == person
    assert line["others"] == ["q" if person == "p" else "p"]
    assert found.exceptions == []


def test_a_choice_keeps_its_meaning_when_an_object_written_earlier_is_processed_late() -> None:
    choices = {f"identity-conflict.{A[:8]}": candidate(A[:8], "p")}
    (line,) = joined(("fund", [practice("q", A)]), ("fund", [practice("p", A)]), choices=choices).lines
    assert line["person"] == "p"


def test_candidates_of_one_file_are_told_apart_by_their_numbers() -> None:
    (exception,) = joined(("fund", [practice("p", A), practice("q", B)])).exceptions
    candidates: Any = exception.facts["candidates"]
    assert {found["choice"]: found["riziv_number"] for found in candidates} == {
        candidate(A[:8], "p"): A,
        candidate(A[:8], "q"): B,
    }


@pytest.mark.parametrize("choice", ["candidate-1", "candidate-2", "p"])
def test_a_choice_of_a_place_in_a_list_answers_nothing_any_more(choice: str) -> None:
    choices = {f"identity-conflict.{A[:8]}": choice}
    found = joined(("fund", [practice("p", A)]), ("fund", [practice("q", A)]), choices=choices)
    assert [e.kind for e in found.exceptions] == ["identity-conflict"]
    assert all(line["practice"]["held"] for line in found.lines)


def test_a_candidate_has_another_name_for_another_number() -> None:
    assert candidate(A[:8], "p") != candidate(OTHER[:8], "p")


def test_a_third_person_asks_a_new_question() -> None:
    choices = {f"identity-conflict.{A[:8]}": candidate(A[:8], "q")}
    drops: list[Drop] = [("fund", [practice(person, A)]) for person in "pqr"]
    found = joined(*drops, choices=choices)
    assert [e.id for e in found.exceptions] == [f"identity-conflict.{A[:8]}.3"]
    assert len(found.lines) == 3


def test_a_choice_keeps_its_meaning_when_two_candidates_prove_to_be_one_person() -> None:
    choices = {f"identity-conflict.{A[:8]}.3": candidate(A[:8], "r")}
    drops: list[Drop] = [("fund", [practice(person, A)]) for person in "pqr"]
    (line,) = joined(*drops, roots={"q": "p"}, choices=choices).lines
    assert line["person"] == "r"


def identities(*drops: list[dict[str, Any]]) -> Identities:
    rows: list[RankedFact[IdentityRow]] = list(
        ranked(facts_of([("fund", rows) for rows in drops]), planned().ranks().get)
    )
    return Identities(rows, rows)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_root_is_the_first_key_of_a_chain_in_whatever_order_it_was_told(order: tuple[int, ...]) -> None:
    rows = [identity("a", "b"), identity("b", "c"), identity("c", "d")]
    found = identities(*([rows[n]] for n in order))
    assert {found.roots.get(person, person) for person in "abcd"} == {"a"}
    assert found.connected == [["a", "b", "c", "d"]]


def test_where_two_chains_meet_the_earlier_one_holds() -> None:
    found = identities([identity("a", "c")], [identity("b", "c")])
    assert {found.roots.get(person, person) for person in "abc"} == {"a"}


def test_a_later_row_replaces_what_an_old_number_became() -> None:
    found = identities([identity("a", "b")], [identity("a", "c")])
    assert (found.roots.get("b", "b"), found.roots.get("c", "c")) == ("b", "a")


def test_a_circle_is_left_open_and_waits_for_a_person() -> None:
    found = identities([identity("a", "b")], [identity("b", "c")], [identity("c", "a")])
    assert {found.roots.get(person, person) for person in "abc"} == {"a"}
    assert [e.kind for e in found.exceptions] == ["identity-circle", "identity-circle"]
