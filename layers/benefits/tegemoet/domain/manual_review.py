"""Exceptions that no rule decides: an operator reviews them and chooses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ExceptionKind = Literal[
    "account-changed",
    "account-of-another-partner",
    "account-of-several-persons",
    "amount-above-limit",
    "answer-amount",
    "answer-unknown",
    "answers-differ",
    "entry-taken",
    "holder-name-empty",
    "identity-circle",
    "identity-conflict",
    "identity-of-another-partner",
    "key-of-another-partner",
    "late-facts",
    "office-account-changed",
    "paid-to-another",
    "payee-deceased",
    "payment-returned",
    "pharmacy-id-changed",
    "pharmacy-taken",
    "practice-missing",
    "recovered-unmatched",
    "recovery",
    "returned-after-close",
    "several-pharmacies",
    "undecided",
    "year-amount-lower",
    "year-amount-missing",
]
"""Every kind of exception: each has words on the page of a phase, and a row in the handbook."""


OF_TWO_PERSONS = frozenset(("recovery",))
"""Kinds of exceptions whose choice counts once another person has made it, too."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an operator chose, and why.

    `subject` and `name` = the person at that moment; `at` = ISO, UTC.
    """

    choice: str
    reason: str
    subject: str
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class YearException:
    """An exception of a premium year that requires manual review.

    `id` is `<kind>.<subject>`. `facts` hold no personal data. `run` is the last run that found the
    exception; it is empty if no run did.
    """

    id: str
    kind: str
    facts: Mapping[str, object]
    run: str = ""

    @classmethod
    def about(cls, kind: ExceptionKind, subject: str, facts: Mapping[str, object]) -> "YearException":
        """The exception of that kind for a RIZIV number, a batch or another subject."""
        return cls(f"{kind}.{subject}", kind, facts)

    @property
    def subject(self) -> str:
        return self.id[len(self.kind) + 1 :]


@dataclass(frozen=True, slots=True)
class ReviewedException(YearException):
    """An exception with every choice that operators made, oldest first.

    The last one counts; of the kinds in `OF_TWO_PERSONS` only once another person made it before.
    """

    choices_made: tuple[Choice, ...] = ()

    @property
    def chosen(self) -> Choice | None:
        """The choice that counts."""
        last = self.choices_made[-1] if self.choices_made else None
        if last is None or self.kind not in OF_TWO_PERSONS:
            return last
        before = self.choices_made[:-1]
        confirmed = any(made.choice == last.choice and made.subject != last.subject for made in before)
        return last if confirmed else None

    @property
    def counting(self) -> tuple[Choice, ...]:
        """The choice that counts, after those of the persons whom it confirms."""
        last = self.chosen
        if last is None or self.kind not in OF_TWO_PERSONS:
            return () if last is None else (last,)
        return tuple(made for made in self.choices_made if made.choice == last.choice)

    @property
    def choice(self) -> str | None:
        return self.chosen.choice if self.chosen else None
