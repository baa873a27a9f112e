"""Where a household is counted, and the three tables (circular V.I. 2020/218)."""

from collections import Counter
from dataclasses import replace

import pytest

from tegemoet.schemes.increased_reimbursement import SCHEME
from tegemoet.schemes.increased_reimbursement.statistics import MemberResult, PlacedHousehold, classify, count, tables
from tests.schemes.increased_reimbursement.builders import YEAR

PARENT, PARTNER, CHILD = "parent", "partner", "child"
FAMILY = (PARENT, PARTNER, CHILD)


def same(category: int, contacted: bool = True, members: tuple[str, ...] = FAMILY) -> list[MemberResult]:
    return [MemberResult(insz, contacted, category, False) for insz in members]


def own(insz: str, category: int = 6) -> MemberResult:
    return MemberResult(insz, False, category, True)


# --- one household --------------------------------------------------------------------------------


@pytest.mark.parametrize("category", range(1, 7))
def test_all_members_of_a_household_are_in_its_category(category: int) -> None:
    found = classify(FAMILY, same(category, contacted=category > 2))
    assert found == PlacedHousehold(str(category), category > 2, {str(category): 3})


@pytest.mark.parametrize("category", range(1, 7))
@pytest.mark.parametrize("reported", [4, 6])
def test_a_child_with_a_right_of_its_own_is_counted_alone_in_category_6(category: int, reported: int) -> None:
    found = classify(FAMILY, [*same(category, members=(PARENT, PARTNER)), own(CHILD, reported)])
    assert found.place == str(category)
    assert found.persons == Counter({str(category): 2}) + Counter({"6": 1})


def test_the_benefit_of_a_dependant_does_not_give_the_household_a_right() -> None:
    found = classify((PARENT, PARTNER), [*same(4, members=(PARENT,)), own(PARTNER)])
    assert found == PlacedHousehold("4", True, {"4": 1, "6": 1})


def test_the_benefit_of_a_titulary_is_that_of_the_household() -> None:
    assert classify(FAMILY, same(6)) == PlacedHousehold("6", True, {"6": 3})
    # the titulary's own row may claim the right for
    # itself, the rows of the others that they share it
    assert classify(FAMILY, [own(PARENT), *same(6, members=(PARTNER, CHILD))]).place == "6"


def test_a_household_whose_members_all_have_a_right_has_an_automatic_right() -> None:
    assert classify((PARENT,), [own(PARENT)]) == PlacedHousehold("6", False, {"6": 1})
    assert classify(FAMILY, [own(insz, 4) for insz in FAMILY]).place == "6"


def test_a_household_is_not_reported_when_only_a_child_with_its_own_right_is() -> None:
    assert classify(FAMILY, [own(CHILD)]) == PlacedHousehold("not-reported", False, {"not-reported": 3})


def test_a_household_without_results_is_not_reported() -> None:
    assert classify(FAMILY, []) == PlacedHousehold("not-reported", False, {"not-reported": 3})


def test_members_in_different_categories_contradict_each_other() -> None:
    mixed = [*same(4, members=(PARENT, PARTNER)), *same(5, members=(CHILD,))]
    assert classify(FAMILY, mixed) == PlacedHousehold("contradicting", True, {"contradicting": 3})
    # a benefit that is not said to be the dependant's own would be the household's
    assert classify(FAMILY, [*same(4, members=(PARENT, PARTNER)), *same(6, members=(CHILD,))]).place == "contradicting"


def test_a_member_without_a_row_is_counted_with_the_household() -> None:
    assert classify(FAMILY, same(5, members=(PARENT,))) == PlacedHousehold("5", True, {"5": 3})


def test_what_is_reported_of_somebody_else_says_nothing() -> None:
    assert classify(FAMILY, [*same(3), *same(5, members=("a-neighbour",))]) == PlacedHousehold("3", True, {"3": 3})


def test_a_household_is_contacted_when_one_of_its_members_is() -> None:
    rows = same(5, contacted=False)
    assert not classify(FAMILY, rows).contacted
    assert classify(FAMILY, [replace(rows[0], contacted=True), *rows[1:]]).contacted


# --- the tables -----------------------------------------------------------------------------------

HOUSEHOLDS = [
    classify(FAMILY, same(1, contacted=False)),
    classify((PARENT,), same(2, contacted=False, members=(PARENT,))),
    classify(FAMILY, same(3)),
    classify(FAMILY, [*same(4, members=(PARENT, PARTNER)), own(CHILD)]),
    classify(FAMILY, same(4)),
    classify(FAMILY, same(5)),
    classify(FAMILY, same(5, contacted=False)),
    classify(FAMILY, same(6)),
    classify((PARENT, PARTNER), []),
    classify((PARENT, PARTNER), [*same(3, members=(PARENT,)), *same(4, members=(PARTNER,))]),
]


def test_the_tables_of_a_few_households() -> None:
    first, second, third = tables(count(HOUSEHOLDS), YEAR)
    assert (first.number, first.heading, first.levels) == (1, "result", ("households", "persons"))
    # contacted: one in 3, two in 4, one in 5, one in 6, and the contradicting one
    assert first.rows == (("contacted", (6, 17)), ("opened", (2, 7)))
    assert (second.number, second.heading, second.levels) == (2, "category", ("households",))
    assert dict(second.rows) == {
        "1": (1,), "2": (1,), "3": (1,), "4": (2,), "5": (2,), "6": (1,),
        "not-reported": (1,), "contradicting": (1,), "total": (10,),
    }  # fmt: skip
    assert (third.number, third.heading, third.levels) == (3, "category", ("persons",))
    assert dict(third.rows) == {
        "1": (3,), "2": (1,), "3": (3,), "4": (5,), "5": (6,), "6": (4,),
        "not-reported": (2,), "contradicting": (2,), "total": (26,),
    }  # fmt: skip


def test_every_household_and_every_person_is_in_exactly_one_row() -> None:
    _, second, third = tables(count(HOUSEHOLDS), YEAR)
    assert dict(second.rows)["total"] == (len(HOUSEHOLDS),)
    assert dict(third.rows)["total"] == (sum(sum(h.persons.values()) for h in HOUSEHOLDS),)


def test_the_counts_of_parts_add_up() -> None:
    assert count(HOUSEHOLDS[:4]) + count(HOUSEHOLDS[4:]) == +count(HOUSEHOLDS)


def test_tables_of_nothing_hold_zeros() -> None:
    first, second, third = tables({}, YEAR)
    assert {number for table in (first, second, third) for _, numbers in table.rows for number in numbers} == {0}
    assert len(second.rows) == len(third.rows) == 9


def test_which_table_is_of_households_and_which_of_persons_is_a_parameter() -> None:
    swapped = replace(YEAR, tables={"households": 3, "persons": 2})
    assert [(t.number, t.levels) for t in tables({}, swapped)] == [
        (1, ("households", "persons")),
        (2, ("persons",)),
        (3, ("households",)),
    ]


def test_every_row_and_column_of_the_tables_has_words() -> None:
    words = SCHEME.texts.words
    for table in tables({}, YEAR):
        assert {table.heading, *table.levels, "meaning", "table"} <= set(words)
        assert {f"category-{row}" if row.isdecimal() else row for row, _ in table.rows} <= set(words)
