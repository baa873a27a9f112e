"""The figures of maternity rest against those that the second opinion was
typed with, and every other one written out once more.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from local.opinions.maternity import insured, money
from local.opinions.maternity import rest as second
from tegemoet.domain.calendar import LAST_DAY
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


def label(cohort: dict[str, Any]) -> str:
    first, last = cohort["starts"]
    return f"{first.year}-{last.year}"


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


def test_the_cohorts_and_their_ceilings() -> None:
    assert rows("cohort") == sorted(((), label(c), *c["starts"]) for c in money.COHORTS)
    assert rows("wage-ceiling") == sorted(
        ((label(c),), Decimal(amount) / 10_000, first, last)
        for c in money.COHORTS
        for first, last, amount in c["ceilings"]
    )


def test_the_published_maxima() -> None:
    older = [
        ("2015-2017", date(2018, 1, 1), date(2018, 8, 31), 11021, 10397),
        ("2015-2017", date(2018, 9, 1), date(2019, 12, 31), 11241, 10605),
        ("2018-2019", date(2018, 1, 1), date(2018, 8, 31), 11109, 10480),
        ("2018-2019", date(2018, 9, 1), date(2020, 2, 29), 11331, 10690),
        ("2018-2019", date(2020, 3, 1), date(2021, 8, 31), 11558, 10903),
        ("2020-2021", date(2020, 1, 1), date(2020, 2, 29), 11456, 10807),
        ("2020-2021", date(2020, 3, 1), date(2021, 8, 31), 11685, 11023),
    ]
    published = [*older, *((label(c), *row) for c in money.COHORTS for row in c["maxima"])]
    assert rows("maximum-benefit") == sorted(
        ((cohort, days), Decimal(amount) / 100, first, last)
        for cohort, first, last, *pair in published
        for days, amount in zip(("first", "later"), pair, strict=True)
    )
    assert rows("maxima-limit") == [((), True, money.MAXIMA_SINCE, LAST_DAY)]


def test_the_index_steps_and_the_days_between_which_they_are_all_known() -> None:
    assert rows("index-step") == [((), Decimal("1.02"), day, day) for day in money.INDEX_STEPS]
    assert rows("index-steps-listed") == [((), True, *money.INDEX_KNOWN)]


def test_the_pension_deduction() -> None:
    first, last, in_full = money.PENSION_DEDUCTION
    assert rows("pension-deduction") == [((), Decimal("3.5"), first, last)]
    assert rows("pension-deduction-in-full-from") == [((), Decimal(in_full) / 100, first, last)]


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
