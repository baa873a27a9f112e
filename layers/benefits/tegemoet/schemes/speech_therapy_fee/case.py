"""The case of a speech therapist's fee: one service on one day. Amounts are in EUR per service."""

from dataclasses import dataclass
from typing import Literal

from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day, Money


@dataclass(frozen=True, slots=True)
class Service:
    """A session of thirty minutes, or another service whose fee follows that of the session.

    It follows in proportion: for another service, `fee_before` and `session_before` are its fee and
    that of the session before the agreement changed them. `joined`: the speech therapist joined the
    agreement. `budget_allows`: the budget of 2021 allows the second rise. Either is left out if it
    is not known.
    """

    __pydantic_config__ = CLOSED

    day: Day
    service: Literal["session-30-minutes", "other"]
    joined: bool | None = None
    budget_allows: bool | None = None
    fee_before: Money | None = None
    session_before: Money | None = None

    def __post_init__(self) -> None:
        if (self.fee_before is None) != (self.session_before is None):
            raise PydanticCustomError("fees-before-together", "both fees from before, or none")
        if self.session_before is not None and not self.session_before:
            raise PydanticCustomError("no-fee", "the session had a fee")
