"""A pharmacy that was paid under an id that may since have changed.

A titular whose row named a paid pharmacy and now names another one has moved, or the id of the
pharmacy was corrected. Files do not say which, and a corrected id must not be paid a second time.
So nobody is paid for the other pharmacy until an operator has said which of the two it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    later, found = _named_later(indexes, claims, plan), PharmacyIds()
    for paid, (person, number) in sorted(claims.items()):
        for pharmacy in _reached(paid, later, claims, plan.choices):
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


def _reached(
    paid: str, later: Mapping[str, Iterable[str]], claims: Claims, choices: Mapping[str, str]
) -> Sequence[str]:
    """The unpaid pharmacies that may be the paid one.

    The ids are followed also where nobody has answered yet, up to a pharmacy that an operator
    called another one: whoever answers last must not find that both were paid.
    """
    reached, waiting = list[str](), [paid]
    while waiting:
        for pharmacy in sorted(later.get(waiting.pop(0), ())):
            is_other = pharmacy in claims or choices.get(_question_id(paid, pharmacy)) == OTHER
            if not is_other and pharmacy not in reached:
                reached.append(pharmacy)
                waiting.append(pharmacy)
    return reached


def _named_later(indexes: Iterable[NumbersIndex], claims: Claims, plan: Plan) -> Mapping[str, set[str]]:
    """Pharmacy → those that a row named after it, and that whoever was paid for it names now."""
    later: dict[str, set[str]] = defaultdict(set)
    now: dict[str, set[str]] = defaultdict(set)
    for index in indexes:
        for pharmacies in index.renamed.values():
            for earlier, following in combinations(pharmacies, 2):
                later[earlier].add(following)
        for line in index.titulars:
            now[line["practice"]["riziv_number"][:8]].add(line["pharmacy_id"])
            now[line["person"]].add(line["pharmacy_id"])
    for paid, (person, number) in claims.items():
        later[paid] |= now[number] | now[plan.root(person)]
    return later


def _question_id(paid: str, pharmacy: str) -> str:
    return f"{KIND}.{_subject(paid, pharmacy)}"


def _subject(paid: str, pharmacy: str) -> str:
    """Both ids, apart by a sign that no id holds."""
    return f"{paid}~{pharmacy}"
