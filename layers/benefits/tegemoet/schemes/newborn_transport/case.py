"""The case of a contribution to the transport of a newborn in danger: its journeys.

Distances are in kilometres.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day, Volume


@dataclass(frozen=True, slots=True)
class Journey:
    """One journey of a newborn, premature or not.

    `kilometres` is left out if unknown, such as before the journey. `danger` is the reason for the
    journey.
    """

    __pydantic_config__ = CLOSED

    on: Day
    danger: Literal["life", "lasting-neurological-damage", "none"]
    kilometres: Volume | None = None

    def __post_init__(self) -> None:
        if self.kilometres == 0:
            raise PydanticCustomError("no-distance", "a journey has a distance")


@dataclass(frozen=True, slots=True)
class Transport:
    """The journeys for which a contribution is requested, each on its own."""

    __pydantic_config__ = CLOSED

    journeys: Annotated[tuple[Journey, ...], Field(min_length=1, max_length=100)]
