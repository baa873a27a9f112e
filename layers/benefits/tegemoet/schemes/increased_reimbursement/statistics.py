"""The outcome of the households whose code was OK: six categories, counted in three tables.

Circular V.I. 2020/218 (10 August 2020), parts 3 and 4. All members of a household are in one
category. A child or another dependant with a right of its own is counted as a person with an
automatic right, while its household keeps its own category.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tegemoet.schemes.increased_reimbursement.year import LEVELS, ExchangeYear, Level

CATEGORIES = range(1, 7)
"""1 and 2: not contacted; 3: above the ceiling; 4: no reaction; 5: right by a declaration; 6:
automatic right."""
RIGHTS = (5, 6)
AUTOMATIC = 6
NOT_REPORTED, CONTRADICTING = "not-reported", "contradicting"


@dataclass(frozen=True, slots=True)
class MemberResult:
    """What an insurer reports about a person.

    `own_right` = a right of that person alone, which the household does not share.
    """

    insz: str
    contacted: bool
    category: int
    own_right: bool


@dataclass(frozen=True, slots=True)
class PlacedHousehold:
    """Where a household is counted.

    `place` = its category, or `not-reported` or `contradicting` when it has none. `persons` =
    number of members per place.
    """

    place: str
    contacted: bool
    persons: Mapping[str, int]


def classify(members: Collection[str], results: Iterable[MemberResult]) -> PlacedHousehold:
    """Where a household of these members (INSZ) is counted. Results of other persons are ignored.

    A household has an automatic right when a titulary has a benefit: its rows say 6, or every
    member has a right of its own.
    """
    rows = [result for result in results if result.insz in members]
    own = {row.insz for row in rows if row.own_right}
    shared = rows if own.issuperset(members) else [row for row in rows if not row.own_right]
    found = {AUTOMATIC if row.own_right else row.category for row in shared}
    contacted = any(row.contacted for row in shared)
    if len(found) != 1:
        place = CONTRADICTING if found else NOT_REPORTED
        return PlacedHousehold(place, contacted, {place: len(members)})
    (category,) = found
    persons = Counter(str(AUTOMATIC if insz in own else category) for insz in members)
    return PlacedHousehold(str(category), contacted, persons)


def count(placed: Iterable[PlacedHousehold]) -> Counter[str]:
    """Households and persons per place, those contacted, and those contacted who opened the right.

    Keys are `<level>/<place>`. The counts of the parts add up to the counts of the whole.
    """
    rights = {str(category) for category in RIGHTS}
    counts: Counter[str] = Counter()
    for household in placed:
        counts[f"households/{household.place}"] += 1
        for place, persons in household.persons.items():
            counts[f"persons/{place}"] += persons
        if household.contacted:
            counts["households/contacted"] += 1
            counts["persons/contacted"] += sum(household.persons.values())
            counts["households/opened"] += household.place in rights
            counts["persons/opened"] += sum(n for place, n in household.persons.items() if place in rights)
    return counts


class StatisticsRow(NamedTuple):
    """A row of a table: what it counts (a category or another place), and a number per level."""

    counted: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StatisticsTable:
    """A table of the report. `heading` = what its rows count; `levels` = what its numbers count."""

    number: int
    heading: str
    levels: tuple[Level, ...]
    rows: tuple[StatisticsRow, ...]


def tables(counts: Mapping[str, int], year: ExchangeYear) -> list[StatisticsTable]:
    """Tables 1 to 3, in order, from counts as `count` returns them.

    Table 1 counts contacts and opened rights. Tables 2 and 3 count households and persons per
    category, those without a category, and their total.
    """
    contacts = tuple(
        StatisticsRow(row, tuple(counts.get(f"{level}/{row}", 0) for level in LEVELS))
        for row in ("contacted", "opened")
    )
    first = StatisticsTable(1, "result", LEVELS, contacts)
    return sorted([first, *(_per_category(level, counts, year) for level in LEVELS)], key=lambda table: table.number)


def _per_category(level: Level, counts: Mapping[str, int], year: ExchangeYear) -> StatisticsTable:
    places = (*map(str, CATEGORIES), NOT_REPORTED, CONTRADICTING)
    rows = [StatisticsRow(place, (counts.get(f"{level}/{place}", 0),)) for place in places]
    total = StatisticsRow("total", (sum(row.numbers[0] for row in rows),))
    return StatisticsTable(year.tables[level], "category", (level,), (*rows, total))
