"""What became of the households whose code was OK: six categories, counted in three tables.

Circular V.I. 2020/218 (10 August 2020), parts 3 and 4. All members of a household are in one category; a child or another dependant with a
right of its own is counted as a person with an automatic right, while its household keeps its own category.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tegemoet.schemes.increased_reimbursement.year import LEVELS, ExchangeYear

CATEGORIES = range(1, 7)
"""1 and 2: not contacted; 3: above the ceiling; 4: no reaction; 5: right by a declaration; 6: automatic right."""
RIGHTS = (5, 6)
AUTOMATIC = 6
NOT_REPORTED, CONTRADICTING = "not-reported", "contradicting"


@dataclass(frozen=True, slots=True)
class Result:
    """What an insurer reports of a person. `own_right` = a right of that person alone, which the household does not share."""

    insz: str
    contacted: bool
    category: int
    own_right: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a household is counted: a category, or `not-reported` or `contradicting` with none. `persons` = members per place."""

    place: str
    contacted: bool
    persons: Mapping[str, int]


def classify(members: Collection[str], results: Iterable[Result]) -> Placed:
    """Where a household of these members (INSZ) is counted; results of others say nothing.

    A household has an automatic right when a titulary has a benefit: its rows say 6, or every member has a right of its own.
    """
    rows = [result for result in results if result.insz in members]
    own = {row.insz for row in rows if row.own_right}
    shared = rows if own.issuperset(members) else [row for row in rows if not row.own_right]
    found = {AUTOMATIC if row.own_right else row.category for row in shared}
    contacted = any(row.contacted for row in shared)
    if len(found) != 1:
        place = CONTRADICTING if found else NOT_REPORTED
        return Placed(place, contacted, {place: len(members)})
    (category,) = found
    persons = Counter(str(AUTOMATIC if insz in own else category) for insz in members)
    return Placed(str(category), contacted, persons)


def count(placed: Iterable[Placed]) -> Counter[str]:
    """How many households and persons there are per place, how many were contacted, and of those, how many opened the right.

    Keys are `<level>/<place>`. Counts of parts add up to those of the whole.
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


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report: its number, what its columns hold, and its rows: what each counts, and its numbers."""

    number: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


def tables(counts: Mapping[str, int], year: ExchangeYear) -> list[Table]:
    """Tables 1 to 3, in order: contacts and opened rights; households, and persons, per category with what has none, and their total."""
    first = Table(
        1,
        ("result", *LEVELS),
        tuple((row, tuple(counts.get(f"{level}/{row}", 0) for level in LEVELS)) for row in ("contacted", "opened")),
    )
    return sorted([first, *(_per_category(level, counts, year) for level in LEVELS)], key=lambda table: table.number)


def _per_category(level: str, counts: Mapping[str, int], year: ExchangeYear) -> Table:
    found = {place: counts.get(f"{level}/{place}", 0) for place in (*map(str, CATEGORIES), NOT_REPORTED, CONTRADICTING)}
    found["total"] = sum(found.values())
    return Table(year.tables[level], ("category", level), tuple((place, (number,)) for place, number in found.items()))
