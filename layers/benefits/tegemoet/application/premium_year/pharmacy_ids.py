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
BETWEEN: Final = "~"
"""Between two ids in the id of a question: a sign that no id holds."""
Claims = Mapping[str, tuple[str, str]]
"""Pharmacy that was paid → (person, RIZIV number in eight digits) that was paid for it."""
Names = Mapping[str, set[str]]
"""Pharmacy → those that were named after it."""


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
    now, same = _named_now(indexes, claims, plan), _called_the_same(plan.choices)
    for paid in claims:
        later[paid] |= now[paid] | same[paid]
        lasting[paid] |= now[paid] | same[paid]
    found = PharmacyIds()
    for paid, (person, number) in sorted(claims.items()):
        for pharmacy in sorted(_reached(paid, later, lasting, claims, plan.choices)):
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


def _reached(paid: str, later: Names, lasting: Names, claims: Claims, choices: Mapping[str, str]) -> set[str]:
    """The unpaid pharmacies that may be the paid one.

    The ids are followed also where nobody has answered yet, up to a pharmacy that an operator
    called another one: whoever answers last must not find that both were paid. An id that an
    operator called the same is one more id of the paid pharmacy.
    """

    def answer(pharmacy: str) -> str | None:
        return choices.get(_question_id(paid, pharmacy))

    reached, followed, waiting = set[str](), set[str](), [paid]
    while waiting:
        earlier = waiting.pop()
        followed.add(earlier)
        named = later if earlier == paid or answer(earlier) == SAME else lasting
        for pharmacy in named.get(earlier, set()) - claims.keys():
            if answer(pharmacy) != OTHER:
                reached.add(pharmacy)
                is_lasting = pharmacy in lasting.get(earlier, ()) or answer(pharmacy) == SAME
                if is_lasting and pharmacy not in followed:
                    waiting.append(pharmacy)
    return reached


def _named_later(turns: Iterable[Sequence[str]]) -> dict[str, set[str]]:
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


def _called_the_same(choices: Mapping[str, str]) -> Mapping[str, set[str]]:
    """Pharmacy that was paid → those that an operator called the same, whatever rows say since."""
    same: dict[str, set[str]] = defaultdict(set)
    for question in (question for question, choice in choices.items() if choice == SAME):
        paid, _, pharmacy = question.removeprefix(f"{KIND}.").partition(BETWEEN)
        same[paid].add(pharmacy)
    return same


def _question_id(paid: str, pharmacy: str) -> str:
    return f"{KIND}.{_subject(paid, pharmacy)}"


def _subject(paid: str, pharmacy: str) -> str:
    return f"{paid}{BETWEEN}{pharmacy}"
