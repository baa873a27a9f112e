"""Which fact of a key is valid, and which partner owns the key.

The latest file wins, whatever the processing order: facts may be read in any order, and are ranked
by their batch. The partner of the earliest fact owns its key; facts of others under it are ignored.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypedDict, TypeVar

import orjson

from tegemoet.application.records import Fact, FactKind
from tegemoet.domain.manual_review import YearException

Rank = Callable[[str], int | None]
"""Batch id → its place in the order of arrival; None for a batch that the run does not use."""


class OfPartner(TypedDict):
    """What every row has: the partner that delivered it."""

    partner: str


Row = TypeVar("Row", bound=OfPartner)


class RankedFact(NamedTuple, Generic[Row]):
    """A fact with the rank of its batch; `row` = its columns."""

    kind: FactKind
    key: tuple[str, ...]
    rank: int
    batch: str
    row: Row


def ranked(facts: Iterable[Fact], rank: Rank) -> Iterator[RankedFact[Row]]:
    """The facts of the batches that have a rank."""
    for kind, _, key, batch, body in facts:
        place = rank(batch)
        if place is not None:
            yield RankedFact(kind, key, place, batch, orjson.loads(body))


def by_rank(facts: Iterable[RankedFact[Row]]) -> list[RankedFact[Row]]:
    """The facts, earliest first; those of one batch by key."""
    return sorted(facts, key=lambda fact: (fact.rank, fact.key))


@dataclass(frozen=True, slots=True)
class OwnedFacts(Generic[Row]):
    """The facts under one key: its owner's, earliest first, and the ignored ones of others."""

    own: list[RankedFact[Row]]
    foreign: list[RankedFact[Row]]

    @property
    def valid(self) -> Row:
        return self.own[-1].row

    @property
    def all(self) -> list[RankedFact[Row]]:
        return [*self.own, *self.foreign]


def by_key(facts: Iterable[RankedFact[Row]]) -> dict[tuple[str, ...], OwnedFacts[Row]]:
    """The facts of one kind by key."""
    grouped: dict[tuple[str, ...], list[RankedFact[Row]]] = defaultdict(list)
    for fact in facts:
        grouped[fact.key].append(fact)
    owned = {}
    for key, group in grouped.items():
        group.sort(key=lambda fact: fact.rank)
        owner = group[0].row["partner"]
        owned[key] = OwnedFacts(
            [f for f in group if f.row["partner"] == owner], [f for f in group if f.row["partner"] != owner]
        )
    return owned


def conflict(subject: str, owner: RankedFact[Row], ignored: Iterable[RankedFact[Row]]) -> YearException:
    """The exception for facts of another partner than the owner of a key."""
    names = sorted({f"{fact.row['partner']}/{fact.batch}" for fact in ignored})
    facts = {"kind": owner.kind, "owner": owner.row["partner"], "ignored": names}
    return YearException.about("owner-conflict", f"{owner.kind}.{subject}", facts)


def conflicts_in(keys: Mapping[tuple[str, ...], OwnedFacts[Row]]) -> list[YearException]:
    """One exception per key with facts of another partner; a person is named by a short hash."""
    exceptions = []
    for key, owned in keys.items():
        if owned.foreign:
            of_person = owned.own[0].kind in ("account", "identity")
            exceptions.append(conflict(hashed(key[0]) if of_person else key[0], owned.own[0], owned.foreign))
    return exceptions


def hashed(person: str) -> str:
    """A short name for a person in lists that people read."""
    return hashlib.sha256(person.encode()).hexdigest()[:12]
