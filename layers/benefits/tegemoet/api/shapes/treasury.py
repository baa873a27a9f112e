"""Bodies of the account that pays."""

from dataclasses import dataclass
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from tegemoet.api.shapes.common import BODY, FREE_TEXT, Day, DayText, Euro, Next, Person, Reason
from tegemoet.schemes.fields import Money

ProposalPath = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="The id of the proposal.")]
Message = Literal["001.001.09", "001.001.03"]
Iban = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")]
LanguageCode = Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]
RemittanceText = Annotated[str, StringConstraints(min_length=1, max_length=140), FREE_TEXT]


@dataclass(frozen=True, slots=True)
class DebtorAccountBody:
    """How the body pays: the account that is debited, and the settings of its files for the bank.

    `message` is the version of pain.001 that the bank takes. Execution is the first TARGET day at
    least `days_ahead` days after the approval, on which the bank is not closed (`closing_days`).
    A year can be closed once the bank has answered or `answer_days` days have passed since.
    `purpose` is an external purpose code of ISO 20022. `texts` has the remittance text by language,
    in which `{year}` stands for the premium year; `language` is that of a payee whose language is
    not known or has no text. A payment above `hold_above` (EUR) is held, and one to an account on
    which more than `persons_per_account` persons are paid, unless `institutions` has the account.
    """

    __pydantic_config__ = BODY

    name: Annotated[str, StringConstraints(min_length=1, max_length=70), FREE_TEXT]
    iban: Iban
    bic: Annotated[str, StringConstraints(pattern="^[A-Z0-9]{8}([A-Z0-9]{3})?$")]
    texts: Annotated[dict[LanguageCode, RemittanceText], Field(max_length=30)]
    language: LanguageCode
    message: Message = "001.001.09"
    transfers_per_file: Annotated[int, Field(strict=True, ge=2, le=100_000)] = 10_000
    days_ahead: Annotated[int, Field(strict=True, ge=0, le=30)] = 1
    answer_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 30
    purpose: Annotated[str, StringConstraints(pattern="^[A-Z]{4}$")] | None = None
    closing_days: Annotated[list[Day] | None, Field(max_length=400)] = None
    hold_above: Money | None = None
    persons_per_account: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 2
    institutions: Annotated[list[Iban] | None, Field(max_length=1_000)] = None


@dataclass(frozen=True, slots=True)
class DebtorAccountProposalBody:
    """The account that pays from now on with all its settings, and the reason for it."""

    __pydantic_config__ = BODY

    account: DebtorAccountBody
    reason: Reason


class DebtorAccount(TypedDict):
    """The account that is debited, and the settings of its files for the bank."""

    name: str
    iban: str
    bic: str
    message: str
    transfers_per_file: int
    days_ahead: int
    answer_days: int
    purpose: str | None
    texts: dict[str, str]
    language: str
    closing_days: list[DayText]
    hold_above: Euro | None
    persons_per_account: int
    institutions: list[str]


class DebtorAccountProposal(TypedDict):
    """A proposal, for another person to confirm within seven days.

    `replaces` is the number of the version that held when it was made, 0 for none. Once another
    version holds, the proposal can no longer be confirmed.
    """

    proposal: str
    replaces: int
    account: DebtorAccount
    reason: str
    proposed_by: Person
    proposed_at: str


class DebtorAccountVersion(TypedDict):
    """One version of the account that pays, numbered from 1. Versions are never changed."""

    number: int
    proposal: str
    account: DebtorAccount
    reason: str
    proposed_by: Person
    proposed_at: str
    confirmed_by: Person
    confirmed_at: str


class DebtorAccounts(TypedDict):
    """The version that holds (null while nobody has confirmed one), the proposals that wait for a
    confirmation, and a page of the versions before, all newest first."""

    current: DebtorAccountVersion | None
    proposals: list[DebtorAccountProposal]
    earlier: list[DebtorAccountVersion]
    next: Next
