"""Figures that a caller supplies count only where nobody published one; the decision says so."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter

from tegemoet.application.decisions.deciding import decide_line, replay
from tegemoet.domain.parameters import Parameter, ParameterSet, Source, read_parameters
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.newborn_transport import SCHEME
from tegemoet.schemes.registry import SCHEMES
from tegemoet.schemes.supplied import THE_CASE, Supplied, SuppliedFigure, read_supplied, supplied_on, unless_published

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


def test_a_supplied_figure_is_written_with_its_days_and_who_says_so() -> None:
    assert decided("2022-06-01", FIGURES)["values"][0] == {
        "name": "fixed-amount",
        "key": {},
        "value": "64.00",
        "unit": "",
        "from": "2022-01-01",
        "until": "2022-12-31",
        "basis": "supplied",
        "source": {"act": "the institute, by letter", "article": "", "url": ""},
    }


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


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("source", "a" * 300, None),
        ("source", "a" * 301, "string-too-long"),
        ("source", "", "string-too-short"),
        ("source", "85073003328", "holds-identity-number"),
        ("value", "999999.9999", None),
        ("value", "1000000.00", "not-a-value"),
        ("value", "1.00001", "not-a-value"),
        ("value", "a letter", "not-a-value"),
        ("value", "2022-13-01", "not-a-value"),
        ("value", 64, "not-a-value"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_figure_is_read_within_its_limits(field: str, value: Any, code: str | None) -> None:
    body = orjson.loads(line("2022-06-01", FIGURES))
    body["supplied"][0][field] = value
    if code is None:
        assert decide_line(orjson.dumps(body), SCHEME, "partner", KEY).id
        return
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body), SCHEME, "partner", KEY)
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(f"/supplied/0/{field}", code)]


def test_the_shape_of_a_figure_is_a_text_as_long_as_the_longest_number() -> None:
    shape = TypeAdapter(SuppliedFigure).json_schema()["properties"]["value"]
    assert (shape["type"], shape["minLength"], shape["maxLength"]) == ("string", 1, len("999999.9999"))


@pytest.mark.parametrize(("number", "code"), [(100, "figure-is-published"), (101, "too-long")])
def test_a_case_has_at_most_a_hundred_figures(number: int, code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decided("2022-06-01", [FIGURES[0]] * number)
    assert {fault.code for fault in error.value.faults} == {code}


def test_a_figure_that_is_supplied_twice_is_rejected() -> None:
    with pytest.raises(InvalidError) as error:
        decided("2022-06-01", [FIGURES[0], FIGURES[0]])
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/supplied/1", "figure-is-published")]


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2021, 12, 31), []),
        (date(2022, 1, 1), ["/supplied/1/value", "/supplied/2/value"]),
        (date(2022, 1, 2), ["/supplied/1/value"]),
        (date(2022, 1, 3), []),
    ],
)
def test_the_figures_of_a_name_are_found_on_their_days_with_their_place(on: date, found: list[str]) -> None:
    figures = [("other", 1, 2), ("fixed-amount", 1, 2), ("last-kilometre", 1, 1)]
    given = tuple(
        Parameter(name, (), Decimal(64), "", date(2022, 1, first), date(2022, 1, last), ANY, "supplied")
        for name, first, last in figures
    )
    view = SCHEME.parameter_sets["parameters"].noting(given)
    assert [place for place, _ in supplied_on(view, on, "last-kilometre", "fixed-amount")] == found


def test_a_figure_of_the_case_counts_where_none_is_published_or_supplied() -> None:
    held, own, pointer = SCHEME.parameter_sets["parameters"], Decimal("65.00"), "/limits/fixed"
    of_2021, of_2022 = (("fixed-amount", date(year, 6, 1)) for year in (2021, 2022))
    with pytest.raises(InvalidError) as error:
        unless_published(held.noting(), own, pointer, *of_2021)
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case/limits/fixed", "figure-is-published")]
    assert unless_published(held.noting(), None, pointer, *of_2021) == Decimal("62.78")
    assert unless_published(held.noting(), None, pointer, *of_2022) is None

    beside = Parameter(of_2022[0], (), Decimal("64.00"), "", of_2022[1], of_2022[1], ANY, "supplied")
    view = held.noting((beside,))
    assert unless_published(view, own, pointer, *of_2022) == Decimal("64.00")
    assert view.noted == (beside,)

    view = held.noting((replace(beside, first=date(2023, 1, 1), last=date(2023, 1, 1)),))
    assert unless_published(view, own, pointer, *of_2022, band="near", area="any") == own
    (noted,) = view.noted
    assert noted.as_dict() == {
        "name": "fixed-amount",
        "key": {"band": "near", "area": "any"},
        "value": "65.00",
        "unit": "",
        "from": "2022-06-01",
        "until": "2022-06-01",
        "basis": "supplied",
        "source": {"act": THE_CASE, "article": pointer, "url": ""},
    }
    assert noted.key == (("area", "any"), ("band", "near"))


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


ENDED = """
version = "1"
[sources.act]
act = "An act"
article = "1"
url = "https://example.org"
[[parameter]]
name = "fee"
source = "act"
from = 2020-01-01
rows = [
    { band = "a", until = 2020-12-31, value = 1.00, final = true },
    { band = "b", until = 2020-12-31, value = 2.00 },
    { band = "c", until = 2020-01-01, value = 3.00, final = true },
]
"""


@pytest.mark.parametrize(
    ("band", "first", "last", "codes"),
    [
        ("a", "2021-01-01", "2021-01-01", ["rule-has-ended"]),
        ("a", "2019-01-01", "2019-12-31", []),
        ("b", "2021-01-01", "2021-01-01", []),
        ("c", "2020-01-02", "2020-01-02", []),  # an event of one day ends nothing
    ],
)
def test_a_rule_ends_for_those_for_whom_the_law_ends_it(band: str, first: str, last: str, codes: list[str]) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    given = (SuppliedFigure("fee", Decimal(1), *days, "a letter", {"band": band}),)
    held = read_parameters("set", ENDED)
    if not codes:
        assert read_supplied(given, held) == (given[0].as_parameter(),)
        return
    with pytest.raises(InvalidError) as error:
        read_supplied(given, held)
    assert [fault.code for fault in error.value.faults] == codes


@pytest.mark.parametrize(
    ("held", "figure", "fits"),
    [
        ("1.50", "2.25", True),
        ("1.50", "2", True),
        ("1.50", "2027-01-01", False),
        ("30", "31", True),
        ("30", "31.00", True),
        ("30", "31.50", False),
        ("true", "1", False),
        ("true", "2027-01-01", False),
        ("2026-01-01", "2027-01-01", True),
        ("2026-01-01", "2", False),
        ('"word"', "2", False),
    ],
)
def test_a_figure_is_of_the_kind_of_the_values_of_its_parameter(held: str, figure: str, fits: bool) -> None:
    parameter = f'[[parameter]]\nname = "x"\nsource = "act"\nfrom = 2026-01-01\nuntil = 2026-12-31\nvalue = {held}\n'
    known = read_parameters("set", ENDED.partition("[[parameter]]")[0] + parameter)
    given = {"parameter": "x", "value": figure, "from": "2027-01-01", "until": "2027-12-31", "source": "a letter"}
    read = TypeAdapter(Supplied).validate_json(orjson.dumps([given]))
    if fits:
        (value,) = read_supplied(read, known)
        assert str(value.value) == figure
        return
    with pytest.raises(InvalidError) as error:
        read_supplied(read, known)
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/supplied/0/value", "not-a-value")]


@pytest.mark.parametrize(
    ("measure", "figure", "fits"),
    [
        ("services", "301", True),
        ("services", "301.50", False),
        ("reimbursed", "33000.50", True),
        ("hours", "19.50", True),  # nobody publishes one: it may be of the kind of any other
        ("hours", "2027-01-01", False),
    ],
)
def test_a_figure_is_of_the_kind_of_the_values_of_its_key(measure: str, figure: str, fits: bool) -> None:
    days = "from = 2026-01-01, until = 2026-12-31"
    rows = f'{{ measure = "services", value = 300, {days} }}, {{ measure = "reimbursed", value = 33000.00, {days} }}'
    least = f'[[parameter]]\nname = "least"\nsource = "act"\nrows = [{rows}]\n'
    known = read_parameters("set", ENDED.partition("[[parameter]]")[0] + least)
    given: dict[str, Any] = {"parameter": "least", "key": {"measure": measure}, "value": figure, "source": "a letter"}
    given |= {"from": "2027-01-01", "until": "2027-12-31"}
    read = TypeAdapter(Supplied).validate_json(orjson.dumps([given]))
    if fits:
        assert [str(value.value) for value in read_supplied(read, known)] == [figure]
        return
    with pytest.raises(InvalidError) as error:
        read_supplied(read, known)
    assert [fault.code for fault in error.value.faults] == ["not-a-value"]


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
