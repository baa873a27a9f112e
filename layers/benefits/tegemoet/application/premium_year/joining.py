"""From facts to practices: the valid fact of each key, which facts are one practice, and whose practice it is.

The latest file wins, whatever the processing order: facts may be read in any order, and are ranked by
their batch. The partner of the earliest fact owns its key.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import orjson

from tegemoet.application.ports import Fact, FactKind
from tegemoet.domain.calendar import LAST_DAY, Period, paint
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents

Json = dict[str, Any]
Rank = Callable[[str], int | None]
"""Batch id → its place in the order of arrival; None for a batch that is not an input of the run."""
PAINTED_LAST = {"full": 0, "partial": 1, "none": 2}
"""Within one drop the less favourable status lies on top."""


class RankedFact(NamedTuple):
    """A fact with the rank of its batch in the order of arrival, and its body read."""

    kind: FactKind
    key: tuple[str, ...]
    rank: int
    batch: str
    body: Json


def ranked(facts: Iterable[Fact], rank: Rank) -> Iterator[RankedFact]:
    """The facts of the batches that have a rank."""
    for kind, _, key, batch, body in facts:
        place = rank(batch)
        if place is not None:
            yield RankedFact(kind, key, place, batch, orjson.loads(body))


@dataclass(frozen=True, slots=True)
class OwnedFacts:
    """The facts under one key: those of its owner by rank, the last of which is valid, and the ignored ones of others."""

    own: list[RankedFact]
    foreign: list[RankedFact]

    @property
    def valid(self) -> Json:
        return self.own[-1].body


def by_key(facts: Iterable[RankedFact]) -> dict[tuple[str, ...], OwnedFacts]:
    """The facts by kind and key. The owner of a key is the partner of its earliest fact."""
    grouped: dict[tuple[str, ...], list[RankedFact]] = defaultdict(list)
    for fact in facts:
        grouped[fact.kind, *fact.key].append(fact)
    owned = {}
    for key, group in grouped.items():
        group.sort(key=lambda fact: fact.rank)
        owner = group[0].body["partner"]
        owned[key] = OwnedFacts(
            [f for f in group if f.body["partner"] == owner], [f for f in group if f.body["partner"] != owner]
        )
    return owned


def _order(fact: RankedFact) -> tuple[int, FactKind, tuple[str, ...]]:
    return fact.rank, fact.kind, fact.key


def conflict(kind: FactKind, subject: str, owner: RankedFact, ignored: Iterable[RankedFact]) -> YearException:
    """The exception for facts of another partner than the owner of a key."""
    names = sorted({f"{fact.body['partner']}/{fact.batch}" for fact in ignored})
    facts = {"kind": kind, "owner": owner.body["partner"], "ignored": names}
    return YearException.about("owner-conflict", f"{kind}.{subject}", facts)


def conflicts_in(keys: Mapping[tuple[str, ...], OwnedFacts]) -> list[YearException]:
    """One exception per key with facts of another partner; a person is named by a short hash."""
    exceptions = []
    for owned in keys.values():
        if owned.foreign:
            first = owned.own[0]
            subject = hashed(first.key[0]) if first.kind in ("account", "identity") else first.key[0]
            exceptions.append(conflict(first.kind, subject, first, owned.foreign))
    return exceptions


def hashed(person: str) -> str:
    """A short name for a person in lists that people read."""
    return hashlib.sha256(person.encode()).hexdigest()[:12]


class Identities:
    """Which person keys are one person. The root is the first key of a chain: it holds the ledger."""

    def __init__(self, facts: Iterable[RankedFact]) -> None:
        keys = by_key(facts)
        self.exceptions = conflicts_in(keys)
        edges = sorted(((owned.own[0].rank, old, owned.valid["new"]) for (_, old), owned in keys.items()))
        group: dict[str, str] = {}
        later: dict[str, set[str]] = defaultdict(set)
        circles: set[str] = set()

        def top(person: str) -> str:
            while person in group:
                person = group[person]
            return person

        for _, old, new in edges:
            if old == new:
                continue
            if old in _reachable(new, later):
                circles.update((old, new))
                continue
            later[old].add(new)
            first, second = top(old), top(new)
            if first != second:
                # `old` comes before `new` in its chain; where `new` has a first key already, two chains meet and the earlier one holds
                child, parent = (second, first) if second == new else (first, second)
                group[child] = parent
        self._roots = {person: top(person) for person in group}
        self._keys: dict[str, list[str]] = defaultdict(list)
        for person, root in sorted(self._roots.items()):
            self._keys[root].append(person)
        self.exceptions.extend(
            YearException.about("identity-circle", hashed(p), {"person": hashed(p)}) for p in sorted(circles)
        )

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> "Identities":
        """The present identities, for reading: batch ids begin with their time and so give the rank."""
        present = list(facts)
        batches = sorted({fact.batch for fact in present})
        return cls(ranked(present, {batch: n for n, batch in enumerate(batches)}.get))

    def root(self, person: str) -> str:
        return self._roots.get(person, person)

    def keys_of(self, root: str) -> list[str]:
        """Every key of the person, the root first."""
        return [root, *self._keys.get(root, [])]

    @property
    def roots(self) -> Mapping[str, str]:
        """Every key that has another root."""
        return self._roots


def _reachable(start: str, later: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for person in later.get(waiting.pop(), ()):
            if person not in seen:
                seen.add(person)
                waiting.append(person)
    return seen


@dataclass(slots=True)
class JoinedShard:
    """Practices of a shard of numbers, one line per practice and person, and their exceptions."""

    lines: list[Json]
    exceptions: list[YearException]


def join(facts: Iterable[Fact], rank: Rank, root_of: Callable[[str], str], choices: Mapping[str, str]) -> JoinedShard:
    """Join the facts of a shard of numbers into practices.

    A line holds `person` (root), `riziv` (11 digits, the highest code), `practice` (as in the case, without its pharmacy),
    `partners` that delivered it, and where they apply `pharmacy`, `office` and `others` (persons the number was also seen with).
    """
    kinds: dict[FactKind, list[RankedFact]] = defaultdict(list)
    for fact in ranked(facts, rank):
        kinds[fact.kind].append(fact)
    practices = by_key(kinds["practice"])
    activities = by_key([*kinds["activity-s1"], *kinds["activity-year"]])
    joined = JoinedShard([], [*conflicts_in(practices), *conflicts_in(activities)])
    conventions = _owned_conventions(kinds["convention"], joined.exceptions)

    numbers: dict[str, dict[str, OwnedFacts]] = defaultdict(dict)
    for (_, riziv), key in practices.items():
        numbers[riziv[:8]][riziv] = key
    places = _places({*conventions, *(riziv for _, riziv, _ in activities)}, numbers, joined.exceptions)
    painted: dict[str, list[RankedFact]] = defaultdict(list)
    for riziv, rows in conventions.items():
        painted[places.get(riziv, "")].extend(rows)
    charged: dict[str, list[Json]] = defaultdict(list)
    for (kind, riziv, _), key in activities.items():
        charged[places.get(riziv, "")].append({"kind": kind, **key.valid})

    for number in sorted(numbers):
        persons, held = _persons(number, numbers[number], root_of, choices, joined.exceptions)
        for group in _practices(numbers[number]).values():
            line = _line(
                [numbers[number][n] for n in group],
                [row for n in group for row in painted[n]],
                [amounts for n in group for amounts in charged[n]],
            )
            if held:
                line["practice"]["held"] = "identity-conflict"
            for person in persons if held else persons[:1]:
                others = [p for p in persons if p != person]
                joined.lines.append({"person": person, **line, **({"others": others} if others else {})})
    return joined


def _places(
    named: Iterable[str], numbers: Mapping[str, Mapping[str, OwnedFacts]], exceptions: list[YearException]
) -> dict[str, str]:
    """The practice row that the rows on a number belong to: of the same number, or the only practice of its first eight digits."""
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


def _owned_conventions(rows: Iterable[RankedFact], exceptions: list[YearException]) -> dict[str, list[RankedFact]]:
    """Convention rows per number. A day belongs to the partner that spoke of it first; what others say of it is left out."""
    found: dict[str, list[RankedFact]] = defaultdict(list)
    for row in rows:
        found[row.key[0]].append(row)
    for riziv, of_number in found.items():
        if len({row.body["partner"] for row in of_number}) > 1:
            of_number.sort(key=lambda row: (row.rank, row.key))
            found[riziv] = [part for row in of_number for part in _own_days(row, of_number)]
            if found[riziv] != of_number:
                foreign = [row for row in of_number if row not in found[riziv]]
                exceptions.append(conflict("convention", riziv, of_number[0], foreign))
    return found


def _own_days(row: RankedFact, rows: list[RankedFact]) -> list[RankedFact]:
    """The row cut to the days of which no other partner spoke before."""
    owners = [(_period(earlier), str(earlier.body["partner"])) for earlier in reversed(rows)]
    parts = []
    for period, owner in paint(owners):
        first, last = max(period.first, _period(row).first), min(period.last, _period(row).last)
        if owner == row.body["partner"] and first <= last:
            until = None if last == LAST_DAY else last.isoformat()
            parts.append(row._replace(body={**row.body, "from": first.isoformat(), "until": until}))
    return parts


def _practices(number: Mapping[str, OwnedFacts]) -> dict[tuple[str, ...], list[str]]:
    """The numbers (11 digits, lowest first) of each practice: one profession and specialism; a titular has one per pharmacy."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for riziv in sorted(number):
        body = number[riziv].valid
        groups[body["profession"], body["specialism"] or "", body["pharmacy"] or ""].append(riziv)
    return groups


def _persons(
    number: str,
    keys: Mapping[str, OwnedFacts],
    root_of: Callable[[str], str],
    choices: Mapping[str, str],
    exceptions: list[YearException],
) -> tuple[list[str], bool]:
    """The persons (roots) that a number was ever seen with, the rightful one first, and whether it is held for want of an answer.

    Candidates are counted before identities are applied, so that a choice keeps its meaning when two of them prove to be one person;
    one more candidate asks a new question.
    """
    rows = sorted((row for key in keys.values() for row in key.own), key=lambda row: (row.rank, row.key))
    seen: dict[str, RankedFact] = {}
    for row in rows:
        seen.setdefault(row.body["person"], row)
    candidates = list(seen)
    persons = list(dict.fromkeys(map(root_of, candidates)))
    if len(persons) == 1:
        return persons, False
    subject = number + (f".{len(candidates)}" if len(candidates) > 2 else "")
    listed = [
        {"choice": f"candidate-{n}", "batch": row.batch, "partner": row.body["partner"]}
        for n, row in enumerate(seen.values(), 1)
    ]
    conflict = YearException.about("identity-conflict", subject, {"riziv_number": number, "candidates": listed})
    roots = {f"candidate-{n}": root_of(person) for n, person in enumerate(candidates, 1)}
    chosen = roots.get(choices.get(conflict.id, ""))
    if chosen is not None:
        return [chosen, *(p for p in persons if p != chosen)], False
    exceptions.append(conflict)
    return persons, True


def _line(keys: list[OwnedFacts], conventions: list[RankedFact], amounts: list[Json]) -> Json:
    """One practice of the numbers in `keys`, lowest code first: the highest code is shown and gives what is not added up."""
    bodies = [key.valid for key in keys]
    shown = bodies[-1]
    granted = [body["granted"] for body in bodies]
    practice: Json = {"riziv_number": shown["riziv_number"], "profession": shown["profession"]}
    if shown["specialism"]:
        practice["specialism"] = shown["specialism"]
    if all(granted):
        practice["number_granted_on"] = min(granted)
    if shown["training"]:
        practice["training"] = True
    if shown["hours"] is not None:
        practice["medical_house_weekly_hours"] = str(shown["hours"])
    if conventions:
        practice["conventions"] = _conventions(conventions)
    for kind in ("activity-s1", "activity-year"):
        settings: dict[str, int] = defaultdict(int)
        for row in amounts:
            if row["kind"] == kind:
                settings[row["setting"]] += row["cents"]
        if settings:
            practice[kind] = {setting: euro(from_cents(settings[setting])) for setting in sorted(settings)}
    line: Json = {
        "riziv": shown["riziv_number"],
        "practice": practice,
        "partners": sorted({key.own[0].body["partner"] for key in keys}),
    }
    if shown["pharmacy"]:
        line["pharmacy"], line["office"] = shown["pharmacy"], shown["office"]
    return line


def _conventions(rows: list[RankedFact]) -> list[Json]:
    """The status per day: a later drop lies on top for the days that it covers."""
    rows = sorted(rows, key=lambda row: (row.rank, PAINTED_LAST[row.body["status"]], row.body["from"]))
    layers = [(_period(row), str(row.body["status"])) for row in rows]
    return [
        {
            "status": status,
            "from": period.first.isoformat(),
            **({} if period.last == LAST_DAY else {"until": period.last.isoformat()}),
        }
        for period, status in paint(layers)
    ]


def _period(row: RankedFact) -> Period:
    until = row.body["until"]
    return Period(date.fromisoformat(row.body["from"]), date.fromisoformat(until) if until else LAST_DAY)


def person_order(shards: int) -> Callable[[Json], tuple[int, str, str, str]]:
    """The order of the lines: person shard, person, number, pharmacy."""

    def order(line: Json) -> tuple[int, str, str, str]:
        return (shard_of(line["person"], shards), line["person"], line["riziv"], line.get("pharmacy", ""))

    return order
