"""The letters of a released run.

A letter has a name only where the payment file of the run has it, too. A decision whose payment is
held or was not written has no letter: a person handles it first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import orjson

from tegemoet.application.decisions.letter.particulars import (
    Body,
    body_of,
    is_permitted,
    language_of,
    require_permitted,
)
from tegemoet.application.decisions.reading import unknown_decision
from tegemoet.application.files import raw_lines
from tegemoet.application.ports import Objects, RunDecisions, Runs
from tegemoet.application.premium_year.dossier import given_in
from tegemoet.application.premium_year.folder import DECISIONS, RunFolder
from tegemoet.application.premium_year.letters.decided import Paid, last_day_to_register, letter_on
from tegemoet.application.premium_year.letters.record import Letter
from tegemoet.application.premium_year.letters.write import written
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.records import FrozenPerson
from tegemoet.application.premium_year.run_decisions import place_of, read_run_decision
from tegemoet.application.records import OPERATORS, RunReference
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import ConflictError, NotFoundError
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.languages import LANGUAGES
from tegemoet.schemes.registry import scheme_named
from tegemoet.schemes.scheme import Scheme


@dataclass(frozen=True)
class RunLetters:
    """The letters of a run in the name of `body`.

    `given` = the parameters that the run decided with; `paid_on` = the day (ISO) on which its
    transfers are executed, where it is known.
    """

    run: RunReference
    folder: RunFolder
    scheme: Scheme
    given: ParameterSet
    body: Body
    paid_on: str | None = None

    def of_shard(self, shard: int, language: str | None = None) -> Iterator[Letter]:
        """The letters of one shard of persons in order of decision, or only those in a language.

        A body that has no letters on values that are not official has none on such a decision.
        """
        paid, unpaid = self.paid(shard), self.folder.settled(shard).unpaid
        persons = self.folder.persons(shard)
        for text in raw_lines(self.folder.evaluated(shard).stream(DECISIONS)):
            decision = orjson.loads(text)
            key = decision["id"].removeprefix(f"{self.run.id}.")
            person = next(found for found in persons if found.person == key)
            wanted = language in (None, self.language(person))
            if wanted and key not in unpaid and is_permitted(self.body, decision):
                yield self.letter(text, person, paid.get(key))

    def letter(self, decision: bytes, person: FrozenPerson, paid: Paid | None, language: str | None = None) -> Letter:
        """The letter on a decision, by default in the language of its reader."""
        return letter_on(
            decision,
            self.scheme,
            self.language(person) if language is None else language,
            year=self.run.year,
            paid=paid,
            register_by=self._register_by,
        )

    def language(self, person: FrozenPerson) -> str:
        """The language of the reader, as the registration of the account says it, or the body's."""
        known = person.account.get("language") if person.account else None
        return known if known is not None and known in LANGUAGES else language_of(self.body)

    def paid(self, shard: int) -> Mapping[str, Paid]:
        """What the run pays to the persons of a shard."""
        pairs = zip(self.folder.payments(shard), self.folder.payees(shard), strict=True)
        return {payment.person: Paid(payment, account, self.paid_on) for payment, account in pairs}

    @cached_property
    def _register_by(self) -> str | None:
        return last_day_to_register(self.given)


def letters_of(
    run: RunReference, folder: RunFolder, parameters: ParameterSet, paid_on: str | None = None
) -> RunLetters:
    """The letters of a run of the body that runs premium years.

    `parameters` = the set of the year.
    """
    given = given_in(folder.plan(), parameters)
    return RunLetters(run, folder, scheme_named(SLUG), given, body_of(OPERATORS), paid_on)


def read_letter(
    year: int, decision_id: str, language: str | None, *, run_decisions: RunDecisions, runs: Runs, work: Objects
) -> str:
    """The letter on the decision of a released run, by default in the language of its reader.

    Raises NotFoundError `decision-unknown`, `facts-expired`, `language-unknown`; ConflictError
    `run-not-released`, `payment-not-written`; LetterRefusedError; ValuesRefusedError.
    """
    found = read_run_decision(year, decision_id, run_decisions)
    place = place_of(decision_id)
    run = None if place is None else runs.get(place[2])
    if place is None or run is None:
        raise unknown_decision()
    if run.state != "released":
        raise ConflictError("The run of the decision is not released.", "run-not-released")
    _, shard, _, key = place
    folder = RunFolder(work, run.id)
    person = folder.person(shard, key)
    if person is None:
        raise NotFoundError("What the run froze of the person is no longer kept.", "facts-expired")
    if key in folder.settled(shard).unpaid:
        raise ConflictError("The payment of the decision was not written.", "payment-not-written")
    letters = letters_of(run, folder, parameters_of(year))
    require_permitted(letters.body, orjson.loads(found.decision))
    letter = letters.letter(found.decision, person, letters.paid(shard).get(key), language)
    return written(letter, letters.body)
