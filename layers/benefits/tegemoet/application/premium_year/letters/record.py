"""What a letter to a care provider states, whether a run or the treasury knows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

LetterKind = Literal["granted", "difference", "unchanged", "refused", "account", "pending", "returned", "recovery"]
"""What a letter tells: the premium is paid; the rest of it is; it was paid before; it is refused;
it waits for an account; it waits for something else; the bank returned it; it has to be paid back.
"""


_REQUIRED: Mapping[LetterKind, Sequence[str]] = {
    "granted": ("amount", "transfer"),
    "difference": ("amount", "transfer"),
    "returned": ("amount", "transfer"),
    "recovery": ("amount", "paid", "due"),
}
"""What a letter of a kind cannot do without."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where an amount is paid: the last four characters of the account, and its tariff office.

    `on` = the day (ISO) on which the bank executes it; None where it is not known. An account
    without `office` is that of the reader.
    """

    account: str
    office: str | None = None
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration of the reader's account.

    `on` = the day (ISO) on which one was registered that came too late, `by` = the last day for one
    to count; each None where it is not known.
    """

    on: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Repayment:
    """How an amount is paid back: to whose account, with which communication, until when (ISO).

    `communication` as it is printed for a payer (`banking/communication.py`); `received` = what
    came back before, in EUR.
    """

    holder: str
    iban: str
    communication: str
    until: str
    received: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that decided: its sentence, what it needs and saw, its article, number of its act."""

    text: str
    needed: Sequence[str]
    article: str
    act: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to the care provider of a RIZIV number (eight digits) about the premium of a year.

    `decision` = the id of the decision that it is about, `on` = its day (ISO); `holder` = the name
    on the reader's account; `amount` in EUR = what is paid, came back, or has to be paid back (what
    remains of it). `transfer` of what is paid or came back; `cause` = the code by which the bank
    says why; `paid` and `due` in EUR of a recovery, which announces itself only while `repayment`
    is None. `reasons` in the language of the letter, `acts` the acts that they cite.

    Raises ValueError if a letter of that kind cannot do without a fact that is missing.
    """

    kind: LetterKind
    language: str
    year: int
    riziv_number: str
    decision: str
    on: str
    holder: str | None = None
    amount: str | None = None
    transfer: Transfer | None = None
    registration: Registration | None = None
    cause: str | None = None
    paid: str | None = None
    due: str | None = None
    repayment: Repayment | None = None
    reasons: Sequence[Reason] = ()
    acts: Sequence[str] = ()

    def __post_init__(self) -> None:
        lacking = [name for name in _REQUIRED.get(self.kind, ()) if getattr(self, name) is None]
        if lacking:
            raise ValueError(f"a letter of the kind {self.kind} lacks {', '.join(lacking)}")
