"""The case of a request for a contribution voucher: who requests what from whom.

It contains no name and no identity number.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day, Label


@dataclass(frozen=True, slots=True)
class Request:
    """A request for the contributions of the year `year`.

    `insurer` and `fund` are those of the person when the voucher was made. `in_data_flows` and
    `on_paper` say whether somebody looked for the voucher there and found it; left out, nobody
    looked. `forwarded_on` is the day on which the institute forwarded the pension service's
    request. `answered_on` and `original_found` are the insurer's answer.
    """

    __pydantic_config__ = CLOSED

    requester: Literal["person", "insurer", "pension-service"]
    wanted: Literal["copy", "duplicate"]
    received_on: Day
    year: Annotated[int, Field(ge=1945, le=2100)]
    insurer: Label | None = None
    fund: Label | None = None
    in_data_flows: bool | None = None
    on_paper: bool | None = None
    forwarded_on: Day | None = None
    answered_on: Day | None = None
    original_found: bool | None = None

    def __post_init__(self) -> None:
        if (self.answered_on is None) != (self.original_found is None):
            raise PydanticCustomError(
                "answer-incomplete", "an answer has a day and says whether the original was found"
            )
        if self.answered_on is not None and self.forwarded_on is None:
            raise PydanticCustomError("answer-before-question", "nothing is answered that was not sent on")
        if self.forwarded_on is not None and self.requester != "pension-service":
            raise PydanticCustomError(
                "forwarded-for-pension-service", "only requests of the pension service are sent on"
            )
        steps = [day for day in (self.received_on, self.forwarded_on, self.answered_on) if day is not None]
        if steps != sorted(steps):
            raise PydanticCustomError("days-out-of-order", "received, sent on and answered follow each other")
