"""The social status against its second opinion, and what makes the second opinion worth asking."""

from pathlib import Path
from typing import Any

import pytest

from local.opinions.social import oracle, tables
from local.opinions.social.compare import run
from tests.support.imports import leaning

FOLDER = Path(oracle.__file__).parent
JOINED = {"recognition": "recognised", "conventions": [{"status": "full", "from": "2010-01-01"}]}
PHYSICIAN = {"riziv_number": "10045636001", "profession": "physician", "specialism": "general-practice", **JOINED}
NURSE = {"riziv_number": "41045648001", "profession": "nurse", "main_activity": True, **JOINED}
MIDWIFE = {"riziv_number": "40045657001", "profession": "midwife", "activity": {"services": 150}, **JOINED}


def decided(*practices: dict[str, Any], year: int = 2023, **changes: Any) -> dict[str, Any]:
    case = {"year": year, "practices": list(practices), "contracts": ["2015-06-01"]} | changes
    return oracle.decide(case, f"{year + 1}-09-01")


@pytest.mark.parametrize("module", ["oracle", "judging", "figures", "tables", "cases"])
def test_the_second_opinion_imports_nothing_from_the_product(module: str) -> None:
    assert leaning(FOLDER / f"{module}.py") == []


def test_the_product_and_the_second_opinion_agree_on_random_cases() -> None:
    reached, different = run(2500, 2026)
    assert different == []
    assert reached["granted"] > 300
    for branch in ("refused", "pending", "parameter-unknown", "invalid", "other-benefit", "waits chosen"):
        assert reached[branch] > 15, branch


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_the_product_and_the_second_opinion_agree_on_fifty_thousand_cases(seed: int) -> None:
    assert run(5000, seed)[1] == []


# --- the second opinion itself --------------------------------------------------------------------


def test_a_young_practitioner_needs_no_activity() -> None:
    young = PHYSICIAN | {"number_granted_on": "2021-05-10", "activity": {"reimbursed": "9000.00"}}
    assert decided(young)["amounts"] == [("benefit", 554_626)]
    assert decided(young | {"number_granted_on": "2018-01-01"})["failed"] == {("10045636", "activity")}


def test_the_threshold_of_2020_is_lower() -> None:
    one = PHYSICIAN | {"activity": {"reimbursed": "23750.00"}}
    assert decided(one, year=2020)["amounts"] == [("benefit", 503_770)]
    assert decided(one, year=2021)["amounts"] == [("benefit", 240_040)]


def test_what_is_the_same_under_every_lowering_is_decided_and_else_nothing_is() -> None:
    for reimbursed, outcome in (("31350.00", "granted"), ("150000.01", "refused")):
        assert decided(NURSE | {"activity": {"reimbursed": reimbursed}}, year=2020)["outcome"] == outcome
    below = decided(NURSE | {"activity": {"reimbursed": "31349.99"}}, year=2020)
    assert below == {"error": "parameter-unknown", "unknown": {"threshold-lowering"}}


def test_a_choice_needs_no_figure_of_what_is_not_chosen() -> None:
    radiologist = PHYSICIAN | {"specialism": "radiology", "activity": {"reimbursed": "90000.00"}}
    assert decided(radiologist, MIDWIFE)["error"] == "parameter-unknown"
    assert decided(radiologist, MIDWIFE, chosen="40045657")["amounts"] == [("benefit", 59_344)]


def test_the_year_of_the_pension_is_paid_to_an_account() -> None:
    taken: dict[str, Any] = {"pension_taken_on": "2024-01-01"}
    assert decided(MIDWIFE, **taken)["amounts"] == [("benefit", 59_344)]
    assert decided(MIDWIFE, year=2024, **taken)["waits"] == {"/account"}
    paid = decided(MIDWIFE, year=2024, account="BE68539007547034", **taken)
    assert paid["amounts"] == [("other-benefit", 62_934)]


@pytest.mark.parametrize(("value", "parts", "rounded"), [(1, 2, 1), (3, 2, 2), (149, 100, 1), (150, 100, 2)])
def test_halves_are_rounded_up(value: int, parts: int, rounded: int) -> None:
    assert tables.half_up(value, parts) == rounded
