"""A pharmacy that was paid under an id that may since have changed.

A titular whose row named a paid pharmacy and now names another one has moved, or the id of the
pharmacy was corrected. Files do not say which, and a corrected id must not be paid a second time.
So nobody is paid for the other pharmacy until an operator has said which of the two it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from tegemoet.application.ports import Ledger
from tegemoet.application.premium_year.records import NumbersIndex, Plan
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException

KIND: Final = "pharmacy-id-changed"
SAME: Final = "same-pharmacy"
OTHER: Final = "other-pharmacy"
Claims = Mapping[str, tuple[str, str]]
"""Pharmacy that was paid → (person, RIZIV number in eight digits) that was paid for it."""


@dataclass(frozen=True, slots=True)
class PharmacyIds:
    """What pharmacies that were paid make of others.

    `payees` = pharmacy that is a paid one under another id → the RIZIV number (eight digits) that
    was paid; `questioned` = pharmacy that may be one → the questions about it.
    """

    payees: dict[str, str] = field(default_factory=dict)
    questioned: dict[str, list[YearException]] = field(default_factory=dict)

    @property
    def exceptions(self) -> list[YearException]:
        return [asked for questions in self.questioned.values() for asked in questions]


def changed_ids(
    year: int, indexes: Sequence[NumbersIndex], *, claims: Claims, plan: Plan, ledger: Ledger
) -> PharmacyIds:
    """The pharmacies of a run that are, or may be, one that was paid under another id."""
    named: dict[str, set[str]] = defaultdict(set)
    for index in indexes:
        for line in index.titulars:
            named[line["pharmacy_id"]].add(line["practice"]["riziv_number"][:8])
    turns = [pharmacies for index in indexes for pharmacies in index.renamed.values()]
    later, lasting = _named_later(turns), _named_later(map(_without_what_was_taken_back, turns))
    now, found = _named_now(indexes, claims, plan), PharmacyIds()
    for paid, (person, number) in sorted(claims.items()):
        stops = _stops(paid, claims, plan.choices)
        reached = _reached(now[paid] | lasting.get(paid, set()), lasting, stops)
        for pharmacy in sorted(reached | {name for name in later.get(paid, ()) if not stops(name)}):
            if plan.choices.get(_question_id(paid, pharmacy)) == SAME:
                found.payees[pharmacy] = min(number, found.payees.get(pharmacy, number))
            elif pharmacy in named:
                entries = ledger.entries_of(year, shard_of(person, plan.shards), person)
                phase = min((entry.phase for entry in entries if entry.pharmacy_id == paid), default=None)
                facts = {
                    "pharmacy_paid": paid,
                    "paid_to": number,
                    "phase": phase,
                    "pharmacy": pharmacy,
                    "riziv_numbers": sorted(named[pharmacy]),
                }
                asked = YearException.about(KIND, _subject(paid, pharmacy), facts)
                found.questioned.setdefault(pharmacy, []).append(asked)
    return found


def _stops(paid: str, claims: Claims, choices: Mapping[str, str]) -> Callable[[str], bool]:
    """Whether a pharmacy was paid itself, or was called another one than the paid one."""
    return lambda pharmacy: pharmacy in claims or choices.get(_question_id(paid, pharmacy)) == OTHER


def _reached(first: Iterable[str], later: Mapping[str, Iterable[str]], stops: Callable[[str], bool]) -> set[str]:
    """The unpaid pharmacies from `first` on.

    The ids are followed also where nobody has answered yet, up to a pharmacy that an operator
    called another one: whoever answers last must not find that both were paid.
    """
    reached, waiting = set[str](), list(first)
    while waiting:
        pharmacy = waiting.pop()
        if pharmacy not in reached and not stops(pharmacy):
            reached.add(pharmacy)
            waiting.extend(later.get(pharmacy, ()))
    return reached


def _named_later(turns: Iterable[Sequence[str]]) -> Mapping[str, set[str]]:
    """Pharmacy → those that a number named after it. `turns` = what each number named, in turn."""
    later: dict[str, set[str]] = defaultdict(set)
    for pharmacies in turns:
        for earlier, following in combinations(pharmacies, 2):
            later[earlier].add(following)
    return later


def _without_what_was_taken_back(pharmacies: Sequence[str]) -> Sequence[str]:
    """What a number named, without what it named between two rows that name the same.

    One file that gave every number the same wrong id would otherwise connect every paid pharmacy
    with every unpaid one.
    """
    lasting = list[str]()
    for pharmacy in pharmacies:
        if pharmacy in lasting:
            del lasting[lasting.index(pharmacy) :]
        lasting.append(pharmacy)
    return lasting


def _named_now(indexes: Iterable[NumbersIndex], claims: Claims, plan: Plan) -> Mapping[str, set[str]]:
    """Pharmacy that was paid → those that whoever was paid for it names now."""
    named: dict[str, set[str]] = defaultdict(set)
    for line in (line for index in indexes for line in index.titulars):
        named[line["practice"]["riziv_number"][:8]].add(line["pharmacy_id"])
        named[line["person"]].add(line["pharmacy_id"])
    return {paid: named[number] | named[plan.root(person)] for paid, (person, number) in claims.items()}


def _question_id(paid: str, pharmacy: str) -> str:
    return f"{KIND}.{_subject(paid, pharmacy)}"


def _subject(paid: str, pharmacy: str) -> str:
    """Both ids, apart by a sign that no id holds."""
    return f"{paid}~{pharmacy}"
