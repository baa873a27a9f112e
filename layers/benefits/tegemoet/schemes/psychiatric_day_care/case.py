"""The case of psychiatric day care during the epidemic.

One patient's remote sessions, days of partial hospitalisation and billed codes.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day, Hours

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
"""A code of the nomenclature."""


@dataclass(frozen=True, slots=True)
class Session:
    """A remote session of rehabilitation.

    `video_possible`: the patient could have been seen; telephone is allowed only otherwise.
    `by_team`: the hospital's therapeutic team held the session. `encrypted`: end to end, for video.
    """

    __pydantic_config__ = CLOSED

    on: Day
    minutes: Annotated[int, Field(ge=1, le=480)]
    by: Literal["video", "telephone"]
    individual: bool = True
    by_team: bool = True
    encrypted: bool = True
    video_possible: bool = True


@dataclass(frozen=True, slots=True)
class PartialDay:
    """A day of partial hospitalisation: at home, or in the hospital for some hours.

    `distance_kept_in_full_day`: all patients could stay the full day at the required distance.
    `needs_more`: this patient needs more hours. `contact`: there was at least one contact with the
    patient on a day at home.
    """

    __pydantic_config__ = CLOSED

    on: Day
    place: Literal["home", "hospital"]
    hours: Hours | None = None
    distance_kept_in_full_day: bool = False
    needs_more: bool = False
    contact: bool = False

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.place == "hospital"):
            raise PydanticCustomError("hours-in-hospital", "a day in the hospital has hours, one at home has none")


@dataclass(frozen=True, slots=True)
class Billed:
    """A code that was billed for a day."""

    __pydantic_config__ = CLOSED

    on: Day
    code: Code


@dataclass(frozen=True, slots=True)
class DayCare:
    """One patient.

    `regular_psychotherapy`: regular psychotherapy outside the hours in hospital before the
    measures.
    """

    __pydantic_config__ = CLOSED

    sessions: Annotated[tuple[Session, ...], Field(max_length=400)] = ()
    partial_days: Annotated[tuple[PartialDay, ...], Field(max_length=400)] = ()
    billed: Annotated[tuple[Billed, ...], Field(max_length=400)] = ()
    regular_psychotherapy: bool = False

    def __post_init__(self) -> None:
        if not (self.sessions or self.partial_days or self.billed):
            raise PydanticCustomError("nothing-to-decide", "a session, a partial day or a billed code is required")
        days = [day.on for day in self.partial_days]
        if len(set(days)) != len(days):
            raise PydanticCustomError("given-twice", "a day of partial hospitalisation is given twice")
