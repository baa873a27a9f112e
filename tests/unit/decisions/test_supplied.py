"""Figures that a caller supplies count only where nobody published one; the decision says so."""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, replay
from tegemoet.domain.parameters import Parameter, ParameterSet, Source
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.newborn_transport import SCHEME
from tegemoet.schemes.registry import SCHEMES

KEY = b"digest key"
ANY = Source("a letter", "", "")
FIGURES: list[dict[str, Any]] = [
    {"parameter": "fixed-amount", "value": "64.00"},
    {"parameter": "last-kilometre", "key": {"band": "fixed"}, "value": "10"},
    {"parameter": "last-kilometre", "key": {"band": "near"}, "value": "20"},
    {"parameter": "per-kilometre", "key": {"band": "near"}, "value": "6.40"},
    {"parameter": "per-kilometre", "key": {"band": "far"}, "value": "5.00"},
]


def line(day: str, figures: list[dict[str, Any]], first: str = "2022-01-01", last: str = "2022-12-31") -> bytes:
    days = {"from": first, "until": last, "source": "the institute, by letter"}
    case = {"journeys": [{"on": day, "danger": "life", "kilometres": "12.5"}]}
    body = {"case_id": "supplied", "on": "2023-01-02", "case": case, "supplied": [f | days for f in figures]}
    return orjson.dumps(body)


def decided(day: str, figures: list[dict[str, Any]], **days: str) -> dict[str, Any]:
    made = decide_line(line(day, figures, **days), SCHEME, "partner", KEY)
    assert replay(made.decision, made.case, SCHEME, KEY).same
    decision: dict[str, Any] = orjson.loads(made.decision)
    return decision


def test_a_decision_lists_the_supplied_figures_that_it_rests_on() -> None:
    decision = decided("2022-06-01", FIGURES)
    assert decision["total"] == "83.20"  # 64.00 + 3 started kilometres at 6.40
    assert {value["basis"] for value in decision["values"]} == {"supplied"}
    assert [(value["name"], value["key"], value["value"]) for value in decision["values"]] == [
        ("fixed-amount", {}, "64.00"),
        ("last-kilometre", {"band": "fixed"}, "10"),
        ("last-kilometre", {"band": "near"}, "20"),
        ("per-kilometre", {"band": "far"}, "5.00"),
        ("per-kilometre", {"band": "near"}, "6.40"),
    ]


def test_another_figure_makes_another_decision() -> None:
    ids = {
        decide_line(line("2022-06-01", [{**FIGURES[0], "value": value}, *FIGURES[1:]]), SCHEME, "partner", KEY).id
        for value in ("64.00", "64.01")
    }
    assert len(ids) == 2


@pytest.mark.parametrize("day", ["2021-12-31", "2023-01-01"])
def test_a_figure_counts_on_its_own_days_only(day: str) -> None:
    if day < "2022-01-01":
        assert "values" not in decided(day, FIGURES)
    else:
        with pytest.raises(ParameterUnknownError):
            decided(day, FIGURES)


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"parameter": "fixed"}, "/supplied/0/parameter", "not-a-parameter"),
    ({"parameter": "per-kilometre"}, "/supplied/0/key", "not-a-key"),
    ({"key": {"band": "near"}}, "/supplied/0/key", "not-a-key"),
    ({"parameter": "last-kilometre", "key": {"band": "near"}, "value": "20.5"}, "/supplied/0/value", "not-a-value"),
]


@pytest.mark.parametrize(("changed", "path", "code"), FAULTS)
def test_a_figure_that_fits_nothing_is_rejected(changed: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decided("2022-06-01", [FIGURES[0] | changed])
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


@pytest.mark.parametrize(
    ("first", "last", "path", "code"),
    [
        ("2021-12-31", "2022-12-31", "/supplied/0", "figure-is-published"),
        ("2020-01-01", "2021-01-01", "/supplied/0", "figure-is-published"),
        ("2022-02-01", "2022-01-31", "/supplied/0/until", "until-before-from"),
    ],
)
def test_a_figure_for_a_published_day_is_rejected(first: str, last: str, path: str, code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decided("2022-06-01", FIGURES[:1], first=first, last=last)
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


def test_a_figure_that_is_supplied_twice_is_rejected() -> None:
    with pytest.raises(InvalidError) as error:
        decided("2022-06-01", [FIGURES[0], FIGURES[0]])
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/supplied/1", "figure-is-published")]


# --- what a supplied figure may not do ------------------------------------------------------------


def ended(last: str, first: str = "2021-01-01") -> list[tuple[str, str]]:
    """The faults of a fee of psychiatric day care, which the law ended on 31 December 2020."""
    case = {"sessions": [{"on": "2021-02-03", "minutes": 45, "by": "video"}]}
    figure = {"parameter": "session-fee", "value": "40.00", "from": first, "until": last, "source": "a letter"}
    body = {"case_id": "ended", "on": "2021-03-01", "case": case, "supplied": [figure]}
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body), SCHEMES["psychiatric-day-care"], "partner", KEY)
    return [(fault.path, fault.code) for fault in error.value.faults]


def test_a_supplied_figure_does_not_revive_a_rule_that_the_law_ended() -> None:
    assert ended("2021-01-01") == [("/supplied/0", "rule-has-ended")]
    assert ended("2021-12-31") == [("/supplied/0", "rule-has-ended")]


def test_the_order_of_figures_and_an_empty_list_make_no_other_decision() -> None:
    turned = line("2022-06-01", FIGURES[::-1])
    assert (
        decide_line(turned, SCHEME, "partner", KEY).id
        == decide_line(line("2022-06-01", FIGURES), SCHEME, "partner", KEY).id
    )
    body = orjson.loads(line("2021-06-01", []))
    empty, none = (decide_line(orjson.dumps(each), SCHEME, "partner", KEY) for each in (body, _without(body)))
    assert (empty.id, empty.decision) == (none.id, none.decision)


def _without(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "supplied"}


def test_what_is_read_through_a_view_is_not_kept_by_view() -> None:
    held = SCHEME.parameter_sets["parameters"]
    figure = Parameter("fixed-amount", (), Decimal(64), "", date(2022, 1, 1), date(2022, 1, 1), ANY, "supplied")

    def kept() -> tuple[int, int]:
        return ParameterSet.find.cache_info().currsize, ParameterSet.published.cache_info().currsize

    held.published("fixed-amount", date(2021, 6, 1))
    before = kept()
    for _ in range(3):
        view = held.noting((figure,))
        assert view.find("fixed-amount", date(2021, 6, 1)) == view.published("fixed-amount", date(2021, 6, 1))
    assert kept() == before
