"""The five scenarios that RIZIV-INAMI writes out for who has several professions.

Each runs phase 1, then phase 2 with what phase 1 paid.
"""

from typing import Any, NamedTuple

import pytest

from tegemoet.domain.money import ZERO
from tests.schemes.convention_premium.builders import amounts, decided, eur, payment, person, practice

BELOW = {"nurse": "11455.59", "midwife": "872.59", "dentist": "26697.29"}
REACHED = {"nurse": "11455.60", "midwife": "872.60", "dentist": "26697.30"}
SERIALS = {"nurse": 410000, "midwife": 420000, "dentist": 310000}


class Scenario(NamedTuple):
    """Who reaches the threshold in the semester or the whole year; EUR paid in each phase."""

    professions: tuple[str, ...]
    in_december: tuple[str, ...]
    in_june: tuple[str, ...]
    december: str
    july: str
    booked_under: str | None
    outcome: str


SCENARIOS = {
    "1: none in December, one or more in July": Scenario(
        ("dentist", "nurse"), (), ("dentist", "nurse"), "0.00", "1707.31", "dentist", "granted"
    ),
    "1, of which only the lower is reached": Scenario(
        ("dentist", "nurse"), (), ("nurse",), "0.00", "945.95", "nurse", "granted"
    ),
    "2: never": Scenario(("dentist", "nurse"), (), (), "0.00", "0.00", None, "refused"),
    "3: the highest in December, a lower one in July": Scenario(
        ("dentist", "nurse"), ("dentist",), ("dentist", "nurse"), "1707.31", "0.00", "dentist", "granted"
    ),
    "4: a lower one in December, the highest in July": Scenario(
        ("nurse", "midwife"), ("nurse",), ("nurse", "midwife"), "945.95", "29.54", "midwife", "granted"
    ),
    "5: a lower one in December, the highest never": Scenario(
        ("nurse", "midwife"), ("nurse",), ("nurse",), "945.95", "0.00", "nurse", "granted"
    ),
}


def practices(scenario: Scenario) -> list[dict[str, Any]]:
    return [
        practice(
            p,
            "general-dentistry" if p == "dentist" else None,
            serial=SERIALS[p],
            s1=(REACHED if p in scenario.in_december else BELOW)[p],
            year=(REACHED if p in scenario.in_june else BELOW)[p],
        )
        for p in scenario.professions
    ]


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_scenario_of_the_source_pays_what_the_source_says(scenario: Scenario) -> None:
    mine = practices(scenario)
    december = decided(person(*mine, phase=1))
    assert december.payable == eur(scenario.december)
    assert december.ruling.outcome == ("granted" if december.payable else "pending")
    assert december.state == "open"

    paid = [payment(p, scenario.december) for p in mine if p["profession"] in scenario.in_december]
    july = decided(person(*mine, paid=paid))
    assert july.payable == eur(scenario.july)
    assert july.ruling.total == eur(scenario.july)
    assert july.ruling.outcome == scenario.outcome
    assert (july.winner.profession if july.winner else None) == scenario.booked_under
    assert july.recovery == 0
    assert july.exceptions == []
    assert july.state == "closed"


def test_scenario_4_pays_the_difference_and_says_so() -> None:
    scenario = SCENARIOS["4: a lower one in December, the highest in July"]
    nurse, midwife = practices(scenario)
    july = decided(person(nurse, midwife, paid=[payment(nurse, "945.95")]))
    assert amounts(july) == {"premium": eur("975.49"), "paid-before": eur("945.95"), "payable": eur("29.54")}
    assert july.kind == "difference"
    difference = next(f for f in july.ruling.findings if f.rule == "difference")
    assert (difference.outcome, difference.facts) == (
        "met",
        {"premium": "975.49", "paid": "945.95", "difference": "29.54"},
    )


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_scenario_that_is_evaluated_again_after_july_pays_nothing_more(scenario: Scenario) -> None:
    mine = practices(scenario)
    paid = [payment(mine[0], scenario.december, number=1)] if scenario.december != "0.00" else []
    if scenario.july != "0.00":
        paid.append(payment(mine[-1], scenario.july, phase=2, number=2))
    again = decided(person(*mine, paid=paid))
    assert (again.payable, again.recovery, again.state) == (ZERO, ZERO, "closed")
