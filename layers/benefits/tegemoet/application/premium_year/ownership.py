"""Which fact of a key is valid, and which partner owns the key.

The latest file wins, whatever the processing order: facts may be read in any order, and are ranked
by their batch. The partner of the earliest fact owns its key until an operator says that it is
another partner's; facts of others are kept apart and not used.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Generic, NamedTuple, TypedDict, TypeVar

import orjson

from tegemoet.application.records import Fact, FactKind
from tegemoet.domain.manual_review import ExceptionKind, YearException

Rank = Callable[[str], int | None]
"""Batch id → its place in the order of arrival; None for a batch that the run does not use."""
KIND: ExceptionKind = "key-of-another-partner"


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
class Owner:
    """The owner of a key, the partners whose claim an operator has not decided, and those refused.

    `answered` = the ids of the questions that an operator answered for the owner. A partner that
    was taken over is named by its successor.
    """

    partner: str
    undecided: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()
    answered: tuple[str, ...] = ()

    @property
    def chosen(self) -> bool:
        """Whether an operator chose the owner."""
        return bool(self.answered)


@dataclass(frozen=True, slots=True)
class Ownership:
    """How the owner of a key is found. `choices` = id of an exception → what an operator chose."""

    owner_of: Callable[[str], str] = str
    choices: Mapping[str, str] = field(default_factory=dict)

    def find(self, kind: FactKind, key: Sequence[str], partners: Iterable[str]) -> Owner:
        """The owner among the partners that delivered a key, the earliest first.

        Each pair of them is one question, so that a third partner opens no question that an
        operator has answered.
        """
        names = list(dict.fromkeys(partners))
        owners = list(dict.fromkeys(map(self.owner_of, names)))
        if len(owners) == 1:
            return Owner(owners[0])
        won, lost = dict[str, list[str]](), set[str]()
        for pair in combinations(dict.fromkeys([*names, *owners]), 2):
            question = f"{KIND}.{_subject(kind, key, pair)}"
            choice = self.choices.get(question)
            if choice in pair and self.owner_of(pair[0]) != self.owner_of(pair[1]):
                won.setdefault(self.owner_of(choice), []).append(question)
                lost.update({self.owner_of(name) for name in pair} - {self.owner_of(choice)})
        left = [name for name in owners if name not in lost] or owners[:1]
        owner = next((name for name in left if name in won), left[0])
        undecided = tuple(name for name in left if name != owner)
        return Owner(owner, undecided, frozenset(lost - {owner}), tuple(won.get(owner, ())))


class Claim(TypedDict):
    """A file with rows for a key, and the partner that delivered it."""

    partner: str
    batch: str


@dataclass(frozen=True, slots=True)
class OwnedFacts(Generic[Row]):
    """The facts under one key: its owner's, earliest first, and the unused ones of others."""

    own: list[RankedFact[Row]]
    foreign: list[RankedFact[Row]]
    owner: Owner

    @property
    def valid(self) -> Row:
        return self.own[-1].row

    @property
    def all(self) -> list[RankedFact[Row]]:
        return [*self.own, *self.foreign]

    @property
    def disputed(self) -> bool:
        """Whether an operator still has to say whose the key is."""
        return bool(self.owner.undecided)


def by_key(facts: Iterable[RankedFact[Row]], ownership: Ownership) -> dict[tuple[str, ...], OwnedFacts[Row]]:
    """The facts of one kind by key."""
    grouped: dict[tuple[str, ...], list[RankedFact[Row]]] = defaultdict(list)
    for fact in facts:
        grouped[fact.key].append(fact)
    owned = {}
    for key, group in grouped.items():
        group.sort(key=lambda fact: fact.rank)
        owner = ownership.find(group[0].kind, key, (fact.row["partner"] for fact in group))
        of_owner = OwnedFacts[Row]([], [], owner)
        for fact in group:
            is_own = ownership.owner_of(fact.row["partner"]) == owner.partner
            (of_owner.own if is_own else of_owner.foreign).append(fact)
        owned[key] = of_owner
    return owned


def conflicts_in(keys: Mapping[tuple[str, ...], OwnedFacts[Row]]) -> list[YearException]:
    """The questions whose a key is: one for each partner whose claim nobody has decided."""
    return [question for key, owned in keys.items() for question in questions(key, owned.owner, owned.all)]


def questions(key: Sequence[str], owner: Owner, facts: Sequence[RankedFact[Row]]) -> list[YearException]:
    """The exceptions that ask whose a key is, of which these are the facts.

    Its first value is a RIZIV number, or a tariff office.
    """
    return [_question(facts[0].kind, key, (owner.partner, other), facts) for other in owner.undecided]


def _question(
    kind: FactKind, key: Sequence[str], partners: tuple[str, str], facts: Iterable[RankedFact[Row]]
) -> YearException:
    return YearException.about(
        KIND,
        _subject(kind, key, partners),
        {
            "kind": kind,
            "tariff_office" if kind == "office" else "riziv_number": key[0],
            "partners": sorted(partners),
            "claims": claims_of(facts),
        },
    )


def claims_of(facts: Iterable[RankedFact[Row]]) -> list[Claim]:
    """The files with these facts, each once."""
    found = sorted({(fact.row["partner"], fact.batch) for fact in facts})
    return [Claim(partner=partner, batch=batch) for partner, batch in found]


def _subject(kind: FactKind, key: Sequence[str], partners: tuple[str, str]) -> str:
    digest = hashlib.sha256("\n".join(sorted(partners)).encode()).hexdigest()[:8]
    return ".".join((kind, *key, digest))


def hashed(*parts: str) -> str:
    """A short name for a person, or for what concerns one, in lists that people read."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
