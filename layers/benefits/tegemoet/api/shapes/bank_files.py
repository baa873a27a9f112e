"""Bodies of the files for the bank: what was done with each, and how one is withdrawn."""

from dataclasses import dataclass
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field
from typing_extensions import TypedDict

from tegemoet.api.shapes.common import BODY, DayText, Euro, Link, Person, Reason

MessageId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,35}$", description="The MsgId of the file.")]
ProposalNumber = Annotated[int, Path(ge=1, le=999_999, description="The number of the proposal.")]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why the bank does not have the file and never will."""

    __pydantic_config__ = BODY

    reason: Reason


@dataclass(frozen=True, slots=True)
class WithdrawalConfirmation:
    """How often the file was fetched, as the person who confirms has seen it."""

    __pydantic_config__ = BODY

    fetches: Annotated[int, Field(strict=True, ge=0)]


class BankFileEvent(TypedDict):
    """What was done with a file, by whom and when (UTC).

    A proposal has a `number` and a `reason`; `withdrawn` has the number of the `proposal` that it
    confirms.
    """

    number: int
    event: Literal["fetched", "withdrawal-proposed", "withdrawn"]
    by: Person
    at: str
    reason: str | None
    proposal: int | None


class BankFile(TypedDict):
    """A pain.001 file of a released run. `amount` in EUR; `execution` = the day that it names."""

    message_id: str
    run: str
    phase: int
    number: int
    sha256: str
    transfers: int
    amount: Euro
    execution: DayText
    state: Literal["released", "fetched", "withdrawn"]
    events: list[BankFileEvent]


class BankFiles(TypedDict):
    """The files for the bank of the year, by run and number."""

    year: int
    files: list[BankFile]


class FetchedFile(BankFile):
    """A file that is fetched, with the link to it."""

    link: Link


class ProposedWithdrawal(TypedDict):
    """A proposal to withdraw a file, for another person to confirm within seven days."""

    year: int
    message_id: str
    proposal: int
