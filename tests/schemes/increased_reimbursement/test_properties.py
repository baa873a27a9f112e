"""Properties of every household of the exchange, whatever its members and incomes."""

from datetime import date
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tegemoet.schemes.increased_reimbursement.household import (
    EARLIER_OUTCOMES,
    Household,
    Member,
    ceiling,
    code,
    exclusions,
)
from tegemoet.schemes.increased_reimbursement.statistics import MemberResult, PlacedHousehold, classify, count, tables
from tests.schemes.increased_reimbursement.builders import INSURER, YEAR, household, insz_of

DAYS = st.dates(date(1930, 1, 1), date(2020, 4, 15))
CENTS = st.integers(0, 3_000_000)
Incomes = list[tuple[date, int | None]]


@st.composite
def incomes(draw: st.DrawFn) -> Incomes:
    """A household of one to ten members with incomes around its ceiling, some of them unknown."""
    size = draw(st.integers(1, 10))
    days = draw(st.lists(DAYS, min_size=size, max_size=size))
    total = ceiling(size, YEAR) + draw(st.integers(-3, 3))
    cuts = sorted(draw(st.lists(st.integers(0, total), min_size=size - 1, max_size=size - 1)))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]
    unknown = draw(st.lists(st.booleans(), min_size=size, max_size=size)) if draw(st.booleans()) else [False] * size
    return [(day, None if hidden else part) for day, part, hidden in zip(days, parts, unknown, strict=True)]


@given(incomes(), st.booleans(), st.randoms())
def test_the_order_of_the_members_changes_nothing(found: Incomes, last: bool, chance: Random) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    assert code(mixed, last, YEAR) == code(found, last, YEAR)


@given(incomes(), st.data(), st.integers(0, 10))
def test_more_income_never_turns_nok_into_ok(found: Incomes, data: st.DataObject, more: int) -> None:
    at = data.draw(st.sampled_from(range(len(found))))
    day, amount = found[at]
    assume(amount is not None)
    richer = [*found[:at], (day, (amount or 0) + more), *found[at + 1 :]]
    codes = (code(found, True, YEAR), code(richer, True, YEAR))
    assert codes != ("NOK", "OK")
    assert ("ONHOLD" in codes) == (codes[0] == codes[1] == "ONHOLD")


@given(incomes())
def test_the_last_sending_gives_every_household_a_code_and_repeats_a_former_one(found: Incomes) -> None:
    first, last = code(found, False, YEAR), code(found, True, YEAR)
    assert last == (first or "ONHOLD")
    unknown_adults = [day for day, amount in found if amount is None and day <= date(2001, 1, 1)]
    assert (last == "ONHOLD") == bool(unknown_adults)


@given(incomes())
def test_an_unknown_minor_is_a_minor_without_income(found: Incomes) -> None:
    known: Incomes = [(day, 0 if amount is None and day > date(2001, 1, 1) else amount) for day, amount in found]
    assert [code(known, last, YEAR) for last in (False, True)] == [code(found, last, YEAR) for last in (False, True)]


@given(incomes())
def test_a_further_member_without_income_never_turns_ok_into_nok(found: Incomes) -> None:
    codes = (code(found, True, YEAR), code([*found, (date(2019, 1, 1), 0)], True, YEAR))
    assert codes != ("OK", "NOK")


# --- selection ------------------------------------------------------------------------------------


@st.composite
def households(draw: st.DrawFn) -> Household:
    """Any household: its members may have any reason to exclude it."""
    born = draw(st.lists(st.tuples(DAYS, st.integers(1, 997)), min_size=1, max_size=6, unique=True))
    members = []
    for day, serial in born:
        outcome = draw(st.sampled_from(EARLIER_OUTCOMES))
        members.append(
            Member(
                insz_of(day, serial),
                day,
                draw(st.booleans()),
                outcome,
                None if outcome == "none" else draw(st.integers(2014, 2020)),
                draw(CENTS),
                draw(st.booleans()),
                draw(st.sampled_from([None, date(2020, 3, 31), date(2020, 4, 1)])),
            )
        )
    numbers = {m.insz for m in members}
    assume(len(numbers) == len(members))
    return household(*members, applicant=draw(st.sampled_from([m.insz for m in members] + [insz_of(date(1920, 1, 1))])))


@given(households(), st.randoms())
def test_a_household_is_left_out_for_the_same_reasons_in_any_order_of_its_rows(of: Household, chance: Random) -> None:
    mixed = list(of.members)
    chance.shuffle(mixed)
    other = Household(of.request_number, of.partner, tuple(mixed))
    assert exclusions(other, INSURER, YEAR) == exclusions(of, INSURER, YEAR)
    assert other.oldest == of.oldest


@given(households())
def test_one_member_alone_can_be_the_applicant(of: Household) -> None:
    fitting = [
        m
        for m in of.members
        if "applicant-not-oldest" not in exclusions(household(*of.members, applicant=m.insz), INSURER, YEAR)
    ]
    assert fitting == [of.oldest]


# --- statistics -----------------------------------------------------------------------------------


@st.composite
def placed(draw: st.DrawFn) -> tuple[PlacedHousehold, int]:
    """A household somewhere in the statistics, and its size."""
    members = [f"member-{n}" for n in range(draw(st.integers(1, 6)))]
    usual = draw(st.integers(1, 6))
    results = [
        MemberResult(
            insz,
            draw(st.booleans()),
            draw(st.sampled_from([usual, usual, usual, 6])),
            draw(st.sampled_from([False, False, True])),
        )
        for insz in [*members, "stranger"]
        if draw(st.sampled_from([True, True, True, False]))
    ]
    return classify(members, results), len(members)


@given(st.lists(placed(), max_size=12))
def test_every_household_and_every_person_is_counted_exactly_once(found: list[tuple[PlacedHousehold, int]]) -> None:
    _, households, persons = tables(count(p for p, _ in found), YEAR)
    assert dict(households.rows)["total"] == (len(found),)
    assert dict(persons.rows)["total"] == (sum(size for _, size in found),)


@given(st.lists(placed(), max_size=12))
def test_no_more_rights_are_opened_than_there_are_contacts_and_rights(found: list[tuple[PlacedHousehold, int]]) -> None:
    first, second, third = tables(count(p for p, _ in found), YEAR)
    (_, contacted), (_, opened) = first.rows
    for at, table in enumerate((second, third)):
        per = dict(table.rows)
        assert opened[at] <= contacted[at]
        assert opened[at] <= per["5"][0] + per["6"][0]


@given(st.lists(placed(), max_size=12), st.integers(0, 12))
def test_the_counts_of_two_shards_are_those_of_the_whole(found: list[tuple[PlacedHousehold, int]], cut: int) -> None:
    parts = [p for p, _ in found]
    whole = tables(count(parts), YEAR)
    assert tables(count(parts[:cut]) + count(parts[cut:]), YEAR) == whole


@pytest.mark.parametrize("category", range(1, 7))
@given(st.integers(2, 6), st.data())
def test_an_own_right_moves_a_person_and_never_a_household(category: int, size: int, data: st.DataObject) -> None:
    members = [f"member-{n}" for n in range(size)]
    rows = [MemberResult(insz, True, category, False) for insz in members]
    at = data.draw(st.sampled_from(range(size)))
    rows[at] = MemberResult(members[at], False, 6, True)
    found = classify(members, rows)
    assert found.place == str(category)
    assert sum(found.persons.values()) == size
    assert found.persons["6"] == (size if category == 6 else 1)
