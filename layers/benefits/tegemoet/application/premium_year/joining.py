"""From facts to practices: what stands of each key, which rows are one practice, whom it belongs to.

Facts come in any order. What stands is settled by the rank of their drops alone: a fact of a later drop replaces an earlier one,
and the partner of the earliest fact owns the key.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from tegemoet.application.ports import Fact
from tegemoet.domain.calendar import LAST_DAY, Period, paint
from tegemoet.domain.identity import shard_of
from tegemoet.domain.money import euro, from_cents

Json = dict[str, Any]
Rank = Callable[[str], int | None]
"""Batch id → its place in the order of drops; None for a batch that the run does not stand on."""
PAINTED_LAST = {"full": 0, "partial": 1, "none": 2}
"""Within one drop the less favourable status lies on top."""


@dataclass(frozen=True, slots=True)
class Row:
    """A fact with its place in the order of drops."""

    key: tuple[str, ...]
    rank: int
    batch: str
    body: Json


def rows_of(facts: Iterable[Fact], rank: Rank) -> Iterable[Row]:
    """The facts of the batches that have a rank."""
    for fact in facts:
        *key, batch = fact.sk.split("|")
        place = rank(batch)
        if place is not None:
            yield Row(tuple(key), place, batch, orjson.loads(fact.body))


@dataclass(frozen=True, slots=True)
class Key:
    """One key: every row of its owner on record, in order of rank (the last one stands), and the rows of others, which don't count."""

    rows: list[Row]
    foreign: list[Row]

    @property
    def standing(self) -> Json:
        return self.rows[-1].body


def by_key(rows: Iterable[Row], key_of: Callable[[Row], tuple[str, ...]]) -> dict[tuple[str, ...], Key]:
    """The rows by key, earliest first, parted by the owner: the partner of the earliest row."""
    grouped: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[key_of(row)].append(row)
    found = {}
    for key, group in grouped.items():
        group.sort(key=lambda row: (row.rank, row.key))
        owner = group[0].body["partner"]
        found[key] = Key(
            [r for r in group if r.body["partner"] == owner], [r for r in group if r.body["partner"] != owner]
        )
    return found


def whole(row: Row) -> tuple[str, ...]:
    """The key of most kinds: all of the sort key but the batch."""
    return row.key


def conflict(kind: str, subject: str, key: Key) -> Json:
    """The exception for rows of another partner than the owner of a key."""
    return {
        "id": f"owner-conflict.{kind}.{subject}",
        "kind": "owner-conflict",
        "facts": {
            "kind": kind,
            "owner": key.rows[0].body["partner"],
            "ignored": sorted({f"{row.body['partner']}/{row.batch}" for row in key.foreign}),
        },
    }


def conflicts_in(keys: Mapping[tuple[str, ...], Key]) -> list[Json]:
    """One exception per key with rows of another partner; a person is named by a short hash."""
    found = []
    for key, rows in keys.items():
        if rows.foreign:
            kind, subject = key[0], key[1]
            found.append(conflict(kind, hashed(subject) if kind in ("account", "identity") else subject, rows))
    return found


def hashed(person: str) -> str:
    """A short name for a person in lists that people read."""
    return hashlib.sha256(person.encode()).hexdigest()[:12]


class Identities:
    """Which person keys are one person. The root is the first key of a chain: it holds the ledger."""

    def __init__(self, rows: Iterable[Row]) -> None:
        keys = by_key(rows, whole)
        self.exceptions = conflicts_in(keys)
        edges = sorted(((k.rows[0].rank, old, k.standing["new"]) for (_, old), k in keys.items()))
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
            {"id": f"identity-circle.{hashed(p)}", "kind": "identity-circle", "facts": {"person": hashed(p)}}
            for p in sorted(circles)
        )

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> "Identities":
        """As of now, for reading: batch ids begin with their time, which is rank enough."""
        listed = list(facts)
        batches = sorted({fact.sk.rpartition("|")[2] for fact in listed})
        return cls(rows_of(listed, {batch: n for n, batch in enumerate(batches)}.get))

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
class Joined:
    """Practices of a shard of numbers, one line per practice and person, and what waits for a person."""

    lines: list[Json]
    exceptions: list[Json]


def join(facts: Iterable[Fact], rank: Rank, root_of: Callable[[str], str], choices: Mapping[str, str]) -> Joined:
    """Join the facts of a shard of numbers into practices.

    A line holds `person` (root), `riziv` (11 digits, the highest code), `practice` (as in the case, without its pharmacy),
    `partners` that delivered it, and where they apply `pharmacy`, `office` and `others` (persons the number was also seen with).
    """
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(facts, rank):
        kinds[row.key[0]].append(row)
    practices = by_key(kinds["practice"], whole)
    activities = by_key([*kinds["activity-s1"], *kinds["activity-year"]], whole)
    joined = Joined([], [*conflicts_in(practices), *conflicts_in(activities)])
    conventions = _owned_conventions(kinds["convention"], joined.exceptions)

    numbers: dict[str, dict[str, Key]] = defaultdict(dict)
    for (_, riziv), key in practices.items():
        numbers[riziv[:8]][riziv] = key
    places = _places({*conventions, *(riziv for _, riziv, _ in activities)}, numbers, joined.exceptions)
    painted: dict[str, list[Row]] = defaultdict(list)
    for riziv, rows in conventions.items():
        painted[places.get(riziv, "")].extend(rows)
    charged: dict[str, list[Json]] = defaultdict(list)
    for (kind, riziv, _), key in activities.items():
        charged[places.get(riziv, "")].append({"kind": kind, **key.standing})

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


def _places(named: Iterable[str], numbers: Mapping[str, Mapping[str, Key]], exceptions: list[Json]) -> dict[str, str]:
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
            facts = {"riziv_number": riziv}
            exceptions.append({"id": f"practice-missing.{riziv}", "kind": "practice-missing", "facts": facts})
    return places


def _owned_conventions(rows: Iterable[Row], exceptions: list[Json]) -> dict[str, list[Row]]:
    """Convention rows per number. A day belongs to the partner that spoke of it first; what others say of it is left out."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.key[1]].append(row)
    for riziv, of_number in found.items():
        if len({row.body["partner"] for row in of_number}) > 1:
            of_number.sort(key=lambda row: (row.rank, row.key))
            found[riziv] = [part for row in of_number for part in _own_days(row, of_number)]
            if found[riziv] != of_number:
                foreign = [row for row in of_number if row not in found[riziv]]
                exceptions.append(conflict("convention", riziv, Key(of_number[:1], foreign)))
    return found


def _own_days(row: Row, rows: list[Row]) -> list[Row]:
    """The row cut to the days of which no other partner spoke before."""
    owners = [(_period(earlier), str(earlier.body["partner"])) for earlier in reversed(rows)]
    parts = []
    for period, owner in paint(owners):
        first, last = max(period.first, _period(row).first), min(period.last, _period(row).last)
        if owner == row.body["partner"] and first <= last:
            until = None if last == LAST_DAY else last.isoformat()
            parts.append(replace(row, body={**row.body, "from": first.isoformat(), "until": until}))
    return parts


def _practices(number: Mapping[str, Key]) -> dict[tuple[str, ...], list[str]]:
    """The numbers (11 digits, lowest first) of each practice: one profession and specialism; a titular has one per pharmacy."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for riziv in sorted(number):
        body = number[riziv].standing
        groups[body["profession"], body["specialism"] or "", body["pharmacy"] or ""].append(riziv)
    return groups


def _persons(
    number: str,
    keys: Mapping[str, Key],
    root_of: Callable[[str], str],
    choices: Mapping[str, str],
    exceptions: list[Json],
) -> tuple[list[str], bool]:
    """The persons (roots) that a number was ever seen with, the rightful one first, and whether it is held for want of an answer.

    Candidates are counted before identities are applied, so that a choice keeps its meaning when two of them prove to be one person;
    one more candidate asks a new question.
    """
    rows = sorted((row for key in keys.values() for row in key.rows), key=lambda row: (row.rank, row.key))
    seen: dict[str, Row] = {}
    for row in rows:
        seen.setdefault(row.body["person"], row)
    candidates = list(seen)
    persons = list(dict.fromkeys(map(root_of, candidates)))
    if len(persons) == 1:
        return persons, False
    id_ = f"identity-conflict.{number}" + (f".{len(candidates)}" if len(candidates) > 2 else "")
    chosen = {f"candidate-{n}": root_of(person) for n, person in enumerate(candidates, 1)}.get(choices.get(id_, ""))
    if chosen is not None:
        return [chosen, *(p for p in persons if p != chosen)], False
    exceptions.append(
        {
            "id": id_,
            "kind": "identity-conflict",
            "facts": {
                "riziv_number": number,
                "candidates": [
                    {"choice": f"candidate-{n}", "batch": row.batch, "partner": row.body["partner"]}
                    for n, row in enumerate(seen.values(), 1)
                ],
            },
        }
    )
    return persons, True


def _line(keys: list[Key], conventions: list[Row], amounts: list[Json]) -> Json:
    """One practice of the numbers in `keys`, lowest code first: the highest code is shown and gives what is not added up."""
    bodies = [key.standing for key in keys]
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
        "partners": sorted({key.rows[0].body["partner"] for key in keys}),
    }
    if shown["pharmacy"]:
        line["pharmacy"], line["office"] = shown["pharmacy"], shown["office"]
    return line


def _conventions(rows: list[Row]) -> list[Json]:
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


def _period(row: Row) -> Period:
    until = row.body["until"]
    return Period(date.fromisoformat(row.body["from"]), date.fromisoformat(until) if until else LAST_DAY)


def person_order(shards: int) -> Callable[[Json], tuple[int, str, str, str]]:
    """The order of the lines: person shard, person, number, pharmacy."""

    def order(line: Json) -> tuple[int, str, str, str]:
        return (shard_of(line["person"], shards), line["person"], line["riziv"], line.get("pharmacy", ""))

    return order
