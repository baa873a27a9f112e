"""Whose a RIZIV number is: the persons that its rows name, and who may have been paid on it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from tegemoet.application.premium_year.ownership import OfPartner, OwnedFacts, RankedFact, by_rank
from tegemoet.application.premium_year.records import Plan
from tegemoet.domain.manual_review import YearException


class PracticeRow(OfPartner):
    """A row of a `practices` file; `person` in the place of the identity number."""

    person: str
    riziv_number: str
    profession: str
    specialism: str | None
    number_granted_on: str | None
    training: bool
    medical_house_weekly_hours: str | None
    pharmacy_id: str | None
    tariff_office: str | None


class Candidate(TypedDict):
    """A person that a number was seen with, among the facts of the exception.

    `choice` = what an operator chooses; the rest is the first row that names the person.
    """

    choice: str
    riziv_number: str
    partner: str
    batch: str
    delivered_on: str


@dataclass(frozen=True, slots=True)
class Holders:
    """The holders of the numbers of a run.

    `companions` = person key → every key ever connected with it.
    """

    plan: Plan
    companions: Mapping[str, Sequence[str]]

    def of(
        self, number: str, numbers: Mapping[str, OwnedFacts[PracticeRow]], exceptions: list[YearException]
    ) -> tuple[list[str], bool, str | None]:
        """The persons (roots) seen with a number, the rightful one first; whether it is held; and
        the id of the question that an operator answered for the rightful one.

        A number with several persons is held until an operator chooses one. Candidates are counted
        before identities are applied, so that a choice keeps its meaning when two of them prove to
        be one person; one more candidate makes a new exception.
        """
        seen: dict[str, RankedFact[PracticeRow]] = {}
        for fact in by_rank(fact for owned in numbers.values() for fact in owned.own):
            seen.setdefault(fact.row["person"], fact)
        persons = list(dict.fromkeys(map(self.plan.root, seen)))
        if len(persons) == 1:
            return persons, False, None
        subject = number + (f".{len(seen)}" if len(seen) > 2 else "")
        delivered = {batch.id: batch.delivered_on for batch in self.plan.batches}
        candidates = [
            Candidate(
                choice=candidate(number, person),
                riziv_number=fact.key[0],
                partner=fact.row["partner"],
                batch=fact.batch,
                delivered_on=delivered[fact.batch],
            )
            for person, fact in seen.items()
        ]
        exception = YearException.about(
            "identity-conflict", subject, {"riziv_number": number, "candidates": candidates}
        )
        roots = {candidate(number, person): self.plan.root(person) for person in seen}
        chosen = roots.get(self.plan.choices.get(exception.id, ""))
        if chosen is not None:
            return [chosen, *(person for person in persons if person != chosen)], False, exception.id
        exceptions.append(exception)
        return persons, True, None

    def ever(self, numbers: Mapping[str, OwnedFacts[PracticeRow]]) -> list[str]:
        """Every key that any row ever named for the number, and every key ever connected with one.

        Rows that others replaced count, and so do rows of a partner that does not own the number:
        one of them may have been paid.
        """
        named = {fact.row["person"] for owned in numbers.values() for fact in owned.all}
        return sorted({key for person in named for key in self.companions.get(person, (person,))})


def candidate(number: str, person: str) -> str:
    """The name of a person among the candidates for a number, wherever it stands in their list."""
    return "holder-" + hashlib.sha256(f"{number} {person}".encode()).hexdigest()[:12]
