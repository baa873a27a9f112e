"""Joining the facts on RIZIV numbers: which of them are one practice, and whose practice it is."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import TypedDict, cast

from tegemoet.application.premium_year.case_json import ConventionCase, PracticeCase
from tegemoet.application.premium_year.holders import Holders, PracticeRow
from tegemoet.application.premium_year.ownership import (
    OfPartner,
    OwnedFacts,
    Ownership,
    Rank,
    RankedFact,
    by_key,
    by_rank,
    conflicts_in,
    questions,
    ranked,
)
from tegemoet.application.premium_year.records import Plan, PracticeLine
from tegemoet.application.records import Fact
from tegemoet.domain.calendar import LAST_DAY, Period, paint
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents

PAINTED_LAST = {"full": 0, "partial": 1, "none": 2}
"""Within one file the less favourable status prevails."""
SHOWN = ("riziv_number", "profession", "specialism", "training", "medical_house_weekly_hours")
"""Columns of a practice that go into the case as they are, unless empty."""


ConventionRow = TypedDict(
    "ConventionRow", {"partner": str, "riziv_number": str, "status": str, "from": str, "until": str | None}
)


class ActivityRow(OfPartner):
    """A row of an `activity-s1` or `activity-year` file."""

    riziv_number: str
    setting: str
    cents: int


@dataclass(slots=True)
class JoinedShard:
    """Practices of a shard of numbers, one line per practice and person, and their exceptions.

    `renamed` = RIZIV number (11 digits) → the pharmacies that its rows named, if more than one.
    """

    lines: list[PracticeLine]
    exceptions: list[YearException]
    renamed: dict[str, list[str]]

    def numbers_of(self, persons: Collection[str]) -> dict[str, list[str]]:
        """The RIZIV numbers (eight digits) of these persons (roots)."""
        found: dict[str, set[str]] = defaultdict(set)
        for line in self.lines:
            if line["person"] in persons:
                found[line["person"]].add(line["practice"]["riziv_number"][:8])
        return {person: sorted(numbers) for person, numbers in found.items()}


@dataclass(slots=True)
class _NumberFacts:
    """The facts of a shard of numbers by kind."""

    practices: list[RankedFact[PracticeRow]] = field(default_factory=list)
    conventions: list[RankedFact[ConventionRow]] = field(default_factory=list)
    first_semester: list[RankedFact[ActivityRow]] = field(default_factory=list)
    whole_year: list[RankedFact[ActivityRow]] = field(default_factory=list)

    @classmethod
    def of(cls, facts: Iterable[Fact], rank: Rank) -> "_NumberFacts":
        kinds = cls()
        for kind, group in groupby(facts, key=attrgetter("kind")):
            match kind:
                case "practice":
                    kinds.practices.extend(ranked(group, rank))
                case "convention":
                    kinds.conventions.extend(ranked(group, rank))
                case "activity-s1":
                    kinds.first_semester.extend(ranked(group, rank))
                case "activity-year":
                    kinds.whole_year.extend(ranked(group, rank))
        return kinds


def join(facts: Iterable[Fact], plan: Plan) -> JoinedShard:
    """Join the facts of a shard of numbers into practices. The lines come in order of number."""
    kinds, ownership = _NumberFacts.of(facts, plan.ranks().get), plan.ownership()
    holders = Holders(plan, plan.companions())
    practices = by_key(kinds.practices, ownership)
    activities = [by_key(kinds.first_semester, ownership), by_key(kinds.whole_year, ownership)]
    exceptions = conflicts_in(practices)
    for of_kind in activities:
        exceptions.extend(conflicts_in(of_kind))
    conventions = _owned_conventions(kinds.conventions, ownership, exceptions)
    disputed = {str(asked.facts["riziv_number"])[:8] for asked in exceptions}

    numbers: dict[str, dict[str, OwnedFacts[PracticeRow]]] = defaultdict(dict)
    for (riziv,), owned in practices.items():
        numbers[riziv[:8]][riziv] = owned
    named = {*conventions, *(riziv for of_kind in activities for riziv, _ in of_kind)}
    places = _places(named, numbers, exceptions)
    painted: dict[str, list[RankedFact[ConventionRow]]] = defaultdict(list)
    for riziv, rows in conventions.items():
        painted[places.get(riziv, "")].extend(rows)
    charged: dict[str, list[RankedFact[ActivityRow]]] = defaultdict(list)
    for of_kind in activities:
        for (riziv, _), amount in of_kind.items():
            charged[places.get(riziv, "")].append(amount.own[-1])

    lines: list[PracticeLine] = []
    for number in sorted(numbers):
        persons, held, answered = holders.of(number, numbers[number], exceptions)
        keys = holders.ever(numbers[number])
        for group in _practices(numbers[number]).values():
            practice = _practice(
                [numbers[number][n].valid for n in group],
                [row for n in group for row in painted[n]],
                [amount for n in group for amount in charged[n]],
            )
            if held:
                practice["held"] = "identity-conflict"
            for person in persons if held else persons[:1]:
                others = [key for key in keys if plan.root(key) != person]
                line = _line(practice, [numbers[number][n] for n in group], person, others)
                if answered:
                    line["answered"] = answered
                lines.append({**line, "disputed": True} if number in disputed else line)
    return JoinedShard(lines, exceptions, _renamed(practices))


def person_order(shards: int) -> Callable[[PracticeLine], tuple[int, str, str, str]]:
    """The order of the lines: person shard, person, number, pharmacy."""

    def order(line: PracticeLine) -> tuple[int, str, str, str]:
        return (shard_of(line["person"], shards), line["person"], *number_order(line))

    return order


def number_order(line: PracticeLine) -> tuple[str, str]:
    """The order of the practices of a case: number, pharmacy."""
    return line["practice"]["riziv_number"], line.get("pharmacy_id", "")


def _line(
    practice: PracticeCase, numbers: list[OwnedFacts[PracticeRow]], person: str, others: list[str]
) -> PracticeLine:
    """A line for the rightful person, or for one of several while the number is held."""
    shown = numbers[-1].valid
    partners = sorted({owned.owner.partner for owned in numbers})
    line: PracticeLine = {"person": person, "practice": practice, "partners": partners}
    if shown["pharmacy_id"] and shown["tariff_office"]:
        line["pharmacy_id"], line["tariff_office"] = shown["pharmacy_id"], shown["tariff_office"]
    if others:
        line["others"] = others
    return line


def _renamed(practices: Mapping[tuple[str, ...], OwnedFacts[PracticeRow]]) -> dict[str, list[str]]:
    """The pharmacies that the rows of a number named, one after the other, if more than one."""
    named = {riziv: [fact.row["pharmacy_id"] for fact in owned.own] for (riziv,), owned in practices.items()}
    in_turn = {riziv: [name for name, _ in groupby(filter(None, names))] for riziv, names in named.items()}
    return {riziv: names for riziv, names in in_turn.items() if len(names) > 1}


def _places(
    named: Iterable[str], numbers: Mapping[str, Mapping[str, OwnedFacts[PracticeRow]]], exceptions: list[YearException]
) -> dict[str, str]:
    """The number of the practice that each named number belongs to.

    It is the same number, or the only practice of its first eight digits; otherwise it is an
    exception.
    """
    places = {}
    for riziv in sorted(named):
        known = numbers.get(riziv[:8], {})
        groups = list(_practices(known).values())
        if riziv in known:
            places[riziv] = riziv
        elif len(groups) == 1:
            places[riziv] = groups[0][0]
        else:
            exceptions.append(YearException.about("practice-missing", riziv, {"riziv_number": riziv}))
    return places


def _owned_conventions(
    facts: Iterable[RankedFact[ConventionRow]], ownership: Ownership, exceptions: list[YearException]
) -> dict[str, list[RankedFact[ConventionRow]]]:
    """The conventions per number.

    A day belongs to the partner that first delivered it, unless an operator chose another one; what
    others deliver for it is not used.
    """
    numbers: dict[str, list[RankedFact[ConventionRow]]] = defaultdict(list)
    for fact in facts:
        numbers[fact.key[0]].append(fact)
    for riziv, delivered in numbers.items():
        in_order = by_rank(delivered)
        owner = ownership.find("convention", (riziv,), (fact.row["partner"] for fact in in_order))
        if owner.refused or owner.undecided:
            own = [(fact, ownership.owner_of(fact.row["partner"])) for fact in in_order]
            left = [fact for fact, name in own if name not in owner.refused]
            if owner.chosen:
                left.sort(key=lambda fact: ownership.owner_of(fact.row["partner"]) != owner.partner)
            numbers[riziv] = [part for fact in left for part in _own_days(fact, left, ownership)]
            if numbers[riziv] != left:
                exceptions.extend(questions((riziv,), owner, in_order))
    return numbers


def _own_days(
    fact: RankedFact[ConventionRow], facts: list[RankedFact[ConventionRow]], ownership: Ownership
) -> list[RankedFact[ConventionRow]]:
    """The fact cut to the days that no other partner delivered before it in the list."""
    owners = [(_period(earlier.row), ownership.owner_of(earlier.row["partner"])) for earlier in reversed(facts)]
    period, partner = _period(fact.row), ownership.owner_of(fact.row["partner"])
    parts = []
    for days, owner in paint(owners):
        first, last = max(days.first, period.first), min(days.last, period.last)
        if owner == partner and first <= last:
            row = fact.row.copy()
            row["from"], row["until"] = first.isoformat(), None if last == LAST_DAY else last.isoformat()
            parts.append(fact._replace(row=row))
    return parts


def _practices(numbers: Mapping[str, OwnedFacts[PracticeRow]]) -> dict[tuple[str, str, str], list[str]]:
    """The numbers (11 digits, lowest first) of each practice.

    A practice has one profession and specialism; a titular has one practice per pharmacy.
    """
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for riziv in sorted(numbers):
        row = numbers[riziv].valid
        groups[row["profession"], row["specialism"] or "", row["pharmacy_id"] or ""].append(riziv)
    return groups


def _practice(
    rows: list[PracticeRow], conventions: list[RankedFact[ConventionRow]], amounts: list[RankedFact[ActivityRow]]
) -> PracticeCase:
    """The practice of the numbers in `rows`, lowest code first; the highest code is shown."""
    columns: Mapping[str, object] = rows[-1]
    practice = cast("PracticeCase", {column: columns[column] for column in SHOWN if columns[column]})
    granted = [row["number_granted_on"] for row in rows if row["number_granted_on"]]
    if len(granted) == len(rows):
        practice["number_granted_on"] = min(granted)
    if conventions:
        practice["conventions"] = _conventions(conventions)
    if first_semester := _settings(amount.row for amount in amounts if amount.kind == "activity-s1"):
        practice["activity-s1"] = first_semester
    if whole_year := _settings(amount.row for amount in amounts if amount.kind == "activity-year"):
        practice["activity-year"] = whole_year
    return practice


def _settings(amounts: Iterable[ActivityRow]) -> dict[str, str]:
    """The sum per setting, in EUR."""
    settings: dict[str, int] = defaultdict(int)
    for row in amounts:
        settings[row["setting"]] += row["cents"]
    return {setting: euro(from_cents(settings[setting])) for setting in sorted(settings)}


def _conventions(facts: list[RankedFact[ConventionRow]]) -> list[ConventionCase]:
    """The status per day: a later file prevails for the days that it covers."""
    in_order = sorted(facts, key=lambda fact: (fact.rank, PAINTED_LAST[fact.row["status"]], fact.row["from"]))
    periods: list[ConventionCase] = []
    for period, status in paint([(_period(fact.row), fact.row["status"]) for fact in in_order]):
        convention: ConventionCase = {"status": status, "from": period.first.isoformat()}
        if period.last != LAST_DAY:
            convention["until"] = period.last.isoformat()
        periods.append(convention)
    return periods


def _period(row: ConventionRow) -> Period:
    until = row["until"]
    return Period(date.fromisoformat(row["from"]), date.fromisoformat(until) if until else LAST_DAY)
