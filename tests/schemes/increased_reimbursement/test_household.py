"""Which households are selected (circular V.I. 2020/197, 2.1 and 2.2)."""

from datetime import date

import pytest

from tegemoet.domain.identity import is_insz
from tegemoet.schemes.increased_reimbursement import SCHEME
from tegemoet.schemes.increased_reimbursement.contact import CATEGORIES
from tegemoet.schemes.increased_reimbursement.household import REASONS, Member, ceiling, exclusions
from tests.schemes.increased_reimbursement.builders import (
    GROWN_UP,
    INSURER,
    YEAR,
    household,
    household_of,
    insz_of,
    member,
)


def reasons(*members: Member, applicant: str | None = None, insurer: str = INSURER, year: int = 2020) -> list[str]:
    return exclusions(household(*members, applicant=applicant, insurer=insurer, year=year), INSURER, YEAR)


# --- who is in scope ------------------------------------------------------------------------------


def test_a_household_in_which_nobody_is_entitled_is_asked_about() -> None:
    assert exclusions(household_of(3), INSURER, YEAR) == []


def test_one_member_who_is_not_entitled_on_1_january_is_enough() -> None:
    second = date(1980, 1, 1)
    assert reasons(member(entitled=True), member(second, entitled=False)) == []
    assert reasons(member(entitled=False), member(second, entitled=True)) == []
    assert reasons(member(entitled=True), member(second, entitled=True)) == ["all-entitled"]


def test_a_person_alone_who_is_entitled_is_left_out() -> None:
    assert reasons(member(entitled=True)) == ["all-entitled"]


# --- the request number and the applicant ---------------------------------------------------------


def test_the_applicant_is_the_oldest_member_and_named_twice() -> None:
    old, young = member(date(1949, 12, 31)), member(date(1950, 1, 1))
    assert reasons(old, young) == []
    assert reasons(young, old, applicant=old.insz) == []
    assert reasons(old, young, applicant=young.insz) == ["applicant-not-oldest"]


def test_of_two_members_born_on_one_day_the_lower_number_applies() -> None:
    low, high = member(serial=5), member(serial=7)
    assert low.insz < high.insz
    assert reasons(low, high) == reasons(high, low, applicant=low.insz) == []
    assert reasons(low, high, applicant=high.insz) == ["applicant-not-oldest"]


def test_the_birth_date_counts_and_not_the_digits_of_the_number() -> None:
    older, younger = member(date(1999, 12, 31)), member(date(2000, 1, 1))
    assert older.insz > younger.insz
    assert reasons(older, younger) == []


def test_an_applicant_who_is_no_member_is_missing_and_nothing_more_is_said_of_him() -> None:
    assert reasons(member(), applicant=insz_of(date(1960, 1, 1))) == ["applicant-missing"]


def test_the_number_names_the_insurer_that_brought_it_and_the_year_of_the_file() -> None:
    assert reasons(member(), insurer="102") == ["insurer-not-yours"]
    assert reasons(member(), year=2019) == reasons(member(), year=2021) == ["year-differs"]


def test_a_request_number_is_the_insurer_the_year_and_the_applicant() -> None:
    of = household(member(), insurer="305")
    assert (of.insurer, of.year) == ("305", 2020)
    assert of.applicant == of.members[0]
    assert len(of.request_number) == 18


def test_an_intermutual_household_is_brought_by_the_insurer_of_its_oldest_member() -> None:
    of = household(member(date(1950, 1, 1)), member(date(1960, 1, 1)))
    assert exclusions(of, INSURER, YEAR) == []
    # the insurer of the younger one cannot send it, under its own digits or those of the first
    assert exclusions(of, "102", YEAR) == ["insurer-not-yours"]
    other = household(*of.members, applicant=of.members[1].insz, insurer="102")
    assert exclusions(other, "102", YEAR) == ["applicant-not-oldest"]


# --- earlier invitations and requests -------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["no-reaction", "incomplete", "above-ceiling"])
@pytest.mark.parametrize(("year", "out"), [(2015, False), (2016, True), (2019, True), (2020, False)])
def test_an_earlier_outcome_keeps_a_household_out_for_four_years(outcome: str, year: int, out: bool) -> None:
    found = reasons(member(), member(date(1980, 1, 1), earlier_outcome=outcome, earlier_year=year))
    assert found == (["earlier-outcome"] if out else [])


def test_a_year_without_an_outcome_keeps_nobody_out() -> None:
    assert reasons(member(earlier_outcome="none", earlier_year=2018)) == []


# --- contribution vouchers ------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(1, 11))
def test_the_vouchers_of_all_members_may_reach_but_not_exceed_the_ceiling(size: int) -> None:
    most = ceiling(size, YEAR)
    for cents, out in ((most - 1, False), (most, False), (most + 1, True)):
        share, rest = divmod(cents, size)
        members = [member(date(1970 + n, 1, 1), voucher_cents=share + (rest if n == 0 else 0)) for n in range(size)]
        assert reasons(*members) == (["vouchers-above-ceiling"] if out else [])


@pytest.mark.parametrize("size", [1, 2, 4, 6])
def test_a_fictitious_household_is_measured_as_two_titularies_and_two_dependants(size: int) -> None:
    for cents, out in ((2_932_767, False), (2_932_768, True)):
        first = member(voucher_cents=cents, fictitious=True)
        others = [member(date(1980 + n, 1, 1), fictitious=True) for n in range(size - 1)]
        assert reasons(first, *others) == (["vouchers-above-ceiling"] if out else [])


def test_a_household_is_fictitious_when_one_of_its_rows_says_so() -> None:
    first, second = member(voucher_cents=2_932_767), member(date(1980, 1, 1))
    assert reasons(first, second) == ["vouchers-above-ceiling"]
    assert reasons(first, member(date(1980, 1, 1), fictitious=True)) == []


# --- mutation -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "out"), [(date(2020, 3, 31), False), (date(2020, 4, 1), True), (date(2020, 4, 2), False), (None, False)]
)
def test_an_applicant_who_changed_insurer_on_1_april_is_left_out(day: date | None, out: bool) -> None:
    assert reasons(member(mutated_on=day)) == (["applicant-mutated"] if out else [])


def test_another_member_may_have_changed_insurer_that_day() -> None:
    assert reasons(member(), member(date(1980, 1, 1), mutated_on=date(2020, 4, 1))) == []


# --- all of them ----------------------------------------------------------------------------------


def test_every_reason_that_applies_is_told_in_the_order_of_the_list() -> None:
    worst = member(
        entitled=True,
        earlier_outcome="incomplete",
        earlier_year=2018,
        voucher_cents=10**8,
        mutated_on=date(2020, 4, 1),
    )
    older = member(date(1960, 1, 1), entitled=True)
    assert reasons(worst, older, insurer="900", year=2019) == [
        "insurer-not-yours",
        "year-differs",
        "applicant-not-oldest",
        "all-entitled",
        "earlier-outcome",
        "vouchers-above-ceiling",
        "applicant-mutated",
    ]


def test_every_reason_has_a_sentence_in_three_languages_and_every_sentence_a_reason() -> None:
    assert set(SCHEME.texts.sentences) == {(reason, "not-met") for reason in (*REASONS, *CATEGORIES)}
    assert SCHEME.texts.languages[:4] == ("nl", "fr", "en", "de")


def test_the_made_up_numbers_of_these_tests_are_valid() -> None:
    assert all(is_insz(insz_of(day)) for day in (GROWN_UP, date(1999, 12, 31), date(2000, 1, 1), date(2019, 5, 6)))
