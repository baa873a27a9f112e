"""The figures of maternity rest against those that the second opinion was
typed with, and every other one written out once more.
"""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from local.opinions.maternity import insured, money
from local.opinions.maternity import rest as second
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.parameters import Parameter, Source, read_parameters
from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.maternity_rest.figures import figures_of, value_on
from tests.schemes.maternity_rest.pay import parameters

BEGIN = date(2015, 4, 1)
"""The first start of the oldest cohort: from here on the rules are taken to hold."""
SINGLE = {
    "first-days": 30,
    "alignment-months": 6,
    "spells-apart": 14,
    "days-of-a-month": 26,
    "withholding-tax": Decimal("11.11"),
    "first-payment-days": 30,
    "payment-day": 5,
    "invalids-working-day": 3,
    "compulsory-days-before-birth": 7,
    "days-after-birth": 63,
    "multiple-birth-days": 14,
    "hospital-first-days": 7,
    "hospital-days": 168,
    "separate-leave-days": 14,
    "separate-leave-within": 56,
    "apprentice-age": 18,
    "change-of-scheme-days": 30,
    "retention-gap-days": 30,
    "interruption-days": 30,
    "stillbirth-days": 180,
}
RATES = {
    "employee": (82, 75),
    "other": (Decimal("79.5"), 75),
    "unemployed-base": (60, 60),
    "unemployed-supplement": (Decimal("19.5"), 15),
    "mother-in-hospital": (60, 60),
    "work-removal": (Decimal("78.237"), Decimal("78.237")),
}


def rows(name: str) -> list[tuple[tuple[str, ...], Any, date, date]]:
    """The rows of a parameter: the values of its key, its value, first and last day."""
    found = [p for p in parameters().parameters if p.name == name]
    return sorted((tuple(v for _, v in p.key), p.value, p.first, p.last) for p in found)


def always(keyed: dict[tuple[str, ...], Any]) -> list[tuple[tuple[str, ...], Any, date, date]]:
    return sorted((key, value, BEGIN, LAST_DAY) for key, value in keyed.items())


@pytest.mark.parametrize("name", SINGLE)
def test_every_single_figure_is_the_one_of_the_text(name: str) -> None:
    assert rows(name) == always({(): SINGLE[name]})


def test_the_rates_of_the_first_thirty_days_and_of_the_later_ones() -> None:
    assert rows("benefit-rate") == always(
        {
            (days, part): value
            for part, pair in RATES.items()
            for days, value in zip(("first", "later"), pair, strict=True)
        }
    )


def test_the_bases_of_the_ceilings_and_how_sure_they_are() -> None:
    """Article 212 prints three; the others follow from the ceilings that CGSLB prints."""
    found = [p for p in parameters().parameters if p.name == "wage-ceiling-base"]
    assert [(str(p.value), p.first, p.last, p.basis) for p in found] == [
        ("100.9832", date(2015, 4, 1), date(2017, 12, 31), "official"),
        ("101.7911", date(2018, 1, 1), date(2019, 12, 31), "official"),
        ("102.9108", date(2020, 1, 1), date(2021, 12, 31), "official"),
        ("104.0428", date(2022, 1, 1), date(2023, 12, 31), "derived"),
        ("105.1873", date(2024, 1, 1), date(2026, 12, 31), "derived"),
    ]
    for former, following in pairwise(found[2:]):
        base = Decimal(str(former.value)) * Decimal("1.011")
        assert base.quantize(Decimal("0.0001")) == following.value
        assert following.arithmetic.startswith(f"{former.value} × 1.011")


def test_the_index_steps_and_the_days_between_which_they_are_all_known() -> None:
    first = date(2017, 6, 1)
    assert rows("index-step") == [((), Decimal("1.02"), day, day) for day in (first, *money.INDEX_STEPS)]
    assert rows("index-steps-listed") == [
        ((), 16, first, date(2026, 2, 28)),
        ((), 29, date(2026, 3, 1), date(2026, 12, 31)),
    ]
    assert (first, date(2026, 12, 31)) == money.INDEX_KNOWN
    found = {(p.name, p.first): p.basis for p in parameters().parameters if p.name.startswith("index-step")}
    unsure = {("index-step", first), ("index-step", date(2026, 3, 1)), ("index-steps-listed", date(2026, 3, 1))}
    assert {key for key, basis in found.items() if basis != "official"} == unsure


def test_the_steps_are_counted_on_from_one_list_to_the_next() -> None:
    steps = figures_of(parameters()).steps
    for (_, last, _), (first, _, number) in pairwise(steps.listed):
        before = steps.number(last)
        assert before is not None
        assert first == last + 1
        assert number == before + (first in steps.days)


def test_the_next_index_step_is_one_row() -> None:
    text = parameters().text
    step = "{ from = 2026-10-01, until = 2026-10-01, value = 1.02 },\n"
    assert text.count('name = "index-step"') == 1
    head, tail = text.split('name = "index-step"')
    later = figures_of(
        read_parameters("later", f'{head}name = "index-step"{tail.replace("rows = [", f"rows = [{step}", 1)}')
    )
    cohort = later.cohort(date(2024, 1, 1))
    assert cohort is not None
    levels = {1.02**n for n in (29, 30)}
    expected = [round(105.1873 * round(level, 4), 4) for level in sorted(levels)]
    found = [value_on(cohort.rows, date(2026, month, 1).toordinal()) for month in (9, 10)]
    assert [(value or 0) / 10_000 for value in found] == expected


def test_the_pension_deduction() -> None:
    first, last, in_full = money.PENSION_DEDUCTION
    assert rows("pension-deduction") == [((), Decimal("3.5"), first, LAST_DAY)]
    assert rows("pension-deduction-in-full-from") == [((), Decimal(in_full) / 100, first, last)]


def test_which_values_the_law_ends() -> None:
    ended = {row.name for row in parameters().parameters if row.final}
    assert ended == {"index-step", "part-time-waiting-months", "pension-deduction-in-full-from"}


def test_the_waiting_period_of_a_part_timer_changes_after_2020() -> None:
    assert rows("part-time-waiting-months") == [((), 18, BEGIN, date(2020, 12, 31))]
    assert rows("part-time-hours") == [((), 133, date(2021, 1, 1), LAST_DAY)]


def test_the_most_places_of_a_flemish_childminder() -> None:
    assert rows("childminder-places") == [(("flemish",), 4, date(2014, 4, 1), LAST_DAY)]


def test_the_kinds_of_days_that_are_carried_over() -> None:
    begin = date(2015, 1, 1)
    assert rows("transferable-day") == sorted(
        [
            *(((kind,), "rest", begin, LAST_DAY) for kind in second.ALWAYS),
            *(((kind,), "rest", second.MARCH_2020, LAST_DAY) for kind in second.SINCE_MARCH_2020),
            *(((kind,), "activity", begin, LAST_DAY) for kind in second.ITEM_12),
        ]
    )


def test_the_earliest_days_before_a_birth() -> None:
    assert rows("days-before-birth") == always({("single",): 42, ("multiple",): 56})


def test_the_waiting_periods_and_what_retains_the_right() -> None:
    waiting = insured.WAITING.items()
    assert rows("waiting-period-months") == always(
        {(p, way): m for way, row in waiting for p, m in zip(("usual", "prolonged"), row, strict=False)}
    )
    assert rows("waiting-period-volume") == always(
        {(unit, way): v for way, row in waiting for unit, v in zip(("days", "hours"), row[2:], strict=True)}
    )
    assert rows("retention-volume") == always({("days",): 120, ("hours",): 400})
    assert rows("child-raising-years") == always({("no",): 3, ("yes",): 6})
    assert rows("recent-right-quarters") == always(
        {(way,): 1 if way == "full" else 3 for way in (*insured.WAITING, "exempt")}
    )


@pytest.mark.parametrize(
    ("name", "value", "first", "last", "holds"),
    [
        ("index-steps-listed", "29", "2027-01-01", "2027-06-30", True),
        ("index-steps-listed", "30", "2027-02-01", "2027-06-30", True),
        ("index-steps-listed", "100", "2080-01-01", "2080-06-30", True),
        ("index-steps-listed", "101", "2080-01-01", "2080-06-30", False),
        ("index-steps-listed", "28", "2027-01-01", "2027-06-30", False),
        ("index-steps-listed", "16", "2017-01-01", "2017-05-31", True),
        ("index-steps-listed", "0", "1971-01-01", "1971-06-30", True),
        ("index-steps-listed", "-1", "1971-01-01", "1971-06-30", False),
        ("index-steps-listed", "17", "2017-01-01", "2017-05-31", False),
        ("index-step", "1.02", "2027-02-01", "2027-02-01", True),
        ("index-step", "1.03", "2027-02-01", "2027-02-01", False),
        ("index-step", "1.02", "2027-02-01", "2027-02-02", False),
        ("index-steps-listed", "29.0", "2027-01-01", "2027-06-30", True),
        ("index-steps-listed", "30", "2027-01-01", "2027-06-30", False),
        ("index-steps-listed", "31", "2027-02-01", "2027-06-30", True),
        ("index-steps-listed", "32", "2027-02-01", "2027-06-30", False),
    ],
)
def test_supplied_index_steps_must_go_on_from_the_known_ones(
    name: str, value: str, first: str, last: str, holds: bool
) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    row = Parameter(name, (), Decimal(value), "", *days, Source("a notice", "", ""), "supplied")
    given = parameters().noting((row,))
    if holds:
        number = figures_of(given).steps.number(days[0].toordinal())
        assert number == (None if name == "index-step" else Decimal(value))
        return
    with pytest.raises(InvalidError) as raised:
        figures_of(given)
    assert [(f.path, f.code) for f in raised.value.faults] == [("/supplied/0/value", "not-a-value")]


@pytest.mark.parametrize(
    ("name", "value", "day", "fault"),
    [
        ("index-step", "1.02", "2020-08-10", ("", "figure-is-published")),
        ("index-step", "1.02", "2017-06-01", ("", "figure-is-published")),
        ("index-step", "1.02", "2026-12-31", ("", "figure-is-published")),
        ("index-step", "1.02", "2017-05-31", None),
        ("index-step", "1.02", "2027-01-01", None),
        ("wage-ceiling-base", "105.1872", "2027-01-01", ("/value", "below-last-known-ceiling")),
        ("wage-ceiling-base", "105.1873", "2027-01-01", None),
        ("wage-ceiling-base", "10.0000", "2015-03-31", None),
    ],
)
def test_supplied_figures_do_not_contradict_the_published_ones(
    name: str, value: str, day: str, fault: tuple[str, str] | None
) -> None:
    days = (date.fromisoformat(day),) * 2
    row = Parameter(name, (), Decimal(value), "", *days, Source("a notice", "", ""), "supplied")
    given = parameters().noting((row,))
    if fault is None:
        figures_of(given)
        return
    with pytest.raises(InvalidError) as raised:
        figures_of(given)
    assert [(f.path, f.code) for f in raised.value.faults] == [(f"/supplied/0{fault[0]}", fault[1])]


@pytest.mark.parametrize(("number", "holds"), [(29, False), (30, True)])
def test_supplied_steps_may_stand_in_any_order(number: int, holds: bool) -> None:
    source = Source("a notice", "", "")
    march, january = (
        Parameter("index-step", (), Decimal("1.02"), "", date(2027, month, 1), date(2027, month, 1), source, "supplied")
        for month in (3, 1)
    )
    days = date(2027, 2, 1), date(2027, 6, 30)
    listed = Parameter("index-steps-listed", (), Decimal(number), "", *days, source, "supplied")
    given = parameters().noting((march, january, listed))
    if holds:
        steps = figures_of(given).steps
        assert [steps.number(date(2027, month, 1).toordinal()) for month in (2, 3)] == [30, 31]
        return
    with pytest.raises(InvalidError):
        figures_of(given)


def test_a_set_with_a_step_of_another_factor_is_not_read() -> None:
    step = "{ from = 2025-02-01, until = 2025-02-01, value = 1.02"
    assert parameters().text.count(step) == 1
    other = read_parameters("other", parameters().text.replace(step, step.replace("1.02", "1.03")))
    with pytest.raises(ValueError, match=r"an index step is not 1\.02"):
        figures_of(other)


@pytest.mark.parametrize(("number", "holds"), [(29, False), (30, True), (31, False)])
def test_a_step_on_the_first_day_of_supplied_steps_is_counted_among_them(number: int, holds: bool) -> None:
    day, source = date(2027, 1, 1), Source("a notice", "", "")
    rows = (
        Parameter("index-step", (), Decimal("1.02"), "", day, day, source, "supplied"),
        Parameter("index-steps-listed", (), Decimal(number), "", day, date(2027, 6, 30), source, "supplied"),
    )
    if holds:
        assert figures_of(parameters().noting(rows)).steps.number(day.toordinal()) == number
        return
    with pytest.raises(InvalidError):
        figures_of(parameters().noting(rows))
