"""The ceiling of a household and the code for its insurer (circular V.I. 2020/197, 2.2)."""

import re
from datetime import date
from decimal import Decimal

import pytest

from tegemoet.domain.money import round_half_up
from tegemoet.domain.parameters import read_parameters
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.increased_reimbursement import SCHEME
from tegemoet.schemes.increased_reimbursement.household import ceiling, code
from tegemoet.schemes.increased_reimbursement.year import exchange_year
from tests.schemes.increased_reimbursement.builders import GROWN_UP, YEAR

FOUR_PERSONS = 2_932_767
"""29,327.67 EUR, printed for incomes of 2018: two titularies, two dependants."""
TURNS_18 = date(2001, 1, 1)
STILL_17 = date(2001, 1, 2)


def incomes(size: int, cents: int) -> list[tuple[date, int | None]]:
    """A household of `size` adults with `cents` together, in unequal parts."""
    share, rest = divmod(cents, size)
    return [(GROWN_UP, share + (rest if n == 0 else 0)) for n in range(size)]


def test_the_ceiling_of_two_titularies_and_two_dependants_is_the_published_one() -> None:
    assert ceiling(4, YEAR) == FOUR_PERSONS


def test_every_further_member_raises_the_ceiling_by_the_same_amount() -> None:
    assert [ceiling(size, YEAR) for size in range(1, 6)] == [1_885_563, 2_234_631, 2_583_699, 2_932_767, 3_281_835]
    assert len({ceiling(size + 1, YEAR) - ceiling(size, YEAR) for size in range(1, 10)}) == 1


@pytest.mark.parametrize(("cents", "expected"), [(2_932_766, "OK"), (2_932_767, "NOK"), (2_932_768, "NOK")])
def test_below_the_ceiling_is_ok_and_at_or_above_it_is_not(cents: int, expected: str) -> None:
    assert code(incomes(4, cents), False, YEAR) == code(incomes(4, cents), True, YEAR) == expected


@pytest.mark.parametrize("size", range(1, 11))
def test_the_ceiling_is_that_of_the_size_from_one_person_to_ten(size: int) -> None:
    most = ceiling(size, YEAR)
    assert [code(incomes(size, most + more), False, YEAR) for more in (-1, 0, 1)] == ["OK", "NOK", "NOK"]


def test_no_income_at_all_is_ok() -> None:
    assert code([(GROWN_UP, 0)], False, YEAR) == "OK"


def test_an_unknown_adult_has_no_code_at_the_first_sending_and_onhold_at_the_last() -> None:
    household = [(GROWN_UP, 100), (GROWN_UP, None)]
    assert code(household, False, YEAR) is None
    assert code(household, True, YEAR) == "ONHOLD"


def test_an_unknown_adult_is_on_hold_even_if_the_others_exceed_the_ceiling() -> None:
    household = [(GROWN_UP, 10**8), (GROWN_UP, None)]
    assert [code(household, last, YEAR) for last in (False, True)] == [None, "ONHOLD"]


def test_a_member_of_17_whose_income_is_unknown_counts_as_nothing() -> None:
    for last in (False, True):
        assert code([*incomes(3, FOUR_PERSONS - 1), (STILL_17, None)], last, YEAR) == "OK"
        assert code([*incomes(3, FOUR_PERSONS), (STILL_17, None)], last, YEAR) == "NOK"


def test_the_known_income_of_a_member_under_18_counts() -> None:
    assert code([*incomes(3, FOUR_PERSONS - 1), (STILL_17, 1)], False, YEAR) == "NOK"


def test_the_age_is_that_of_1_january_of_the_tax_year_not_of_the_exchange_year() -> None:
    assert code([(GROWN_UP, 0), (TURNS_18, None)], True, YEAR) == "ONHOLD"
    assert code([(GROWN_UP, 0), (STILL_17, None)], True, YEAR) == "OK"
    assert [YEAR.is_adult(day) for day in (date(2000, 12, 31), TURNS_18, STILL_17, date(2002, 1, 1))] == [
        True,
        True,
        False,
        False,
    ]


def test_a_household_of_minors_alone_has_a_code_at_once() -> None:
    assert code([(STILL_17, None), (date(2015, 6, 1), None)], False, YEAR) == "OK"


# --- the year -------------------------------------------------------------------------------------


def test_the_incomes_are_of_two_years_before_taxed_in_the_year_before() -> None:
    income_year = SCHEME.parameter_sets["2020"].integer("income-year", date(2020, 12, 31))
    assert (YEAR.year, income_year, YEAR.tax_year) == (2020, 2018, 2019)


@pytest.mark.parametrize(
    ("step", "last"),
    [
        ("households", date(2020, 4, 15)),
        ("select", date(2020, 6, 14)),
        ("incomes-1", date(2020, 9, 30)),
        ("answer-1", date(2020, 8, 31)),
        ("incomes-2", date(2020, 9, 30)),
        ("answer-2", date(2020, 10, 31)),
        ("results", date(2021, 11, 5)),
        ("report", date(2021, 11, 5)),
    ],
)
def test_a_step_is_in_time_until_the_eve_of_its_day_and_statistics_on_5_november(step: str, last: date) -> None:
    assert YEAR.late_from[step] == date.fromordinal(last.toordinal() + 1)
    assert YEAR.in_time(step, last)
    assert not YEAR.in_time(step, date.fromordinal(last.toordinal() + 1))


def test_a_step_without_a_deadline_is_an_error_that_names_it() -> None:
    with pytest.raises(ParameterUnknownError, match=r"late-from \(step pro_05\)"):
        YEAR.in_time("pro_05", date(2020, 1, 1))


def test_everything_is_kept_until_the_end_of_the_sixth_year_after() -> None:
    assert YEAR.kept_until == date(2026, 12, 31)


def test_a_year_is_read_once() -> None:
    parameters = SCHEME.parameter_sets["2020"]
    assert exchange_year(parameters) is exchange_year(parameters)


def test_no_year_has_figures_but_those_with_a_file() -> None:
    assert set(SCHEME.parameter_sets) == {"2020"}
    assert (SCHEME.valid_from, SCHEME.valid_until) == (date(2020, 1, 1), date(2025, 12, 31))


# --- the ceilings of other years ------------------------------------------------------------------

CEILINGS = {
    2020: ("18855.63", "3490.68", "secondary"),
    2021: ("19335.92", "3579.60", "secondary"),
    2022: ("19892.01", "3682.55", "derived"),
    2023: ("20292.59", "3756.71", "secondary"),
    2025: ("25630.67", "4744.94", "secondary"),
}


@pytest.mark.parametrize("year", CEILINGS)
def test_the_ceilings_that_are_known_are_part_of_every_exchange(year: int) -> None:
    for day in (date(year, 1, 1), date(year, 12, 31)):
        first = SCHEME.parameter_sets["2020"].find("ceiling", day, member="first")
        further = SCHEME.parameter_sets["2020"].find("ceiling", day, member="further")
        assert (str(first.value), str(further.value), first.basis, further.basis) == (
            *CEILINGS[year],
            CEILINGS[year][2],
        )


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2026, 1, 1)])
def test_a_ceiling_that_nobody_printed_is_unknown(day: date) -> None:
    with pytest.raises(ParameterUnknownError, match="ceiling"):
        SCHEME.parameter_sets["2020"].find("ceiling", day, member="first")


def test_a_derived_ceiling_follows_from_its_arithmetic() -> None:
    derived = [p for p in SCHEME.parameter_sets["2020"].parameters if p.basis == "derived"]
    assert len(derived) == 2
    for parameter in derived:
        found = re.fullmatch(r"\((\d+) × ([\d.]+) \+ (\d+) × ([\d.]+)\) / 12", parameter.arithmetic)
        assert found
        months, before, more, after = map(Decimal, found.groups())
        assert months + more == 12
        assert round_half_up((months * before + more * after) / 12) == parameter.value


def test_a_later_exchange_is_a_file_and_no_code() -> None:
    own, mark, ceilings = SCHEME.parameter_sets["2020"].text.partition("# The ceiling of a household is")
    later = re.sub(r"\b(20\d\d)(-\d\d-\d\d)", lambda day: f"{int(day[1]) + 1}{day[2]}", own)
    year = exchange_year(read_parameters("2021", later + mark + ceilings))
    assert (year.first_member_cents, year.further_member_cents) == (1_933_592, 357_960)
    assert year.late_from["households"] == date(2021, 4, 16)
