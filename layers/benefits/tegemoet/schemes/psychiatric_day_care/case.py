"""The case of psychiatric day care during the epidemic.

One patient's remote sessions, days of partial hospitalisation and billed codes. A fact that is left
out is not known: nothing that rests on it is granted.
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
    """A remote session of rehabilitation that was held.

    `video_possible`: the patient could have been seen; telephone is allowed only otherwise.
    `by_team`: the hospital's therapeutic team held the session. `encrypted`: end to end, for video.
    """

    __pydantic_config__ = CLOSED

    on: Day
    minutes: Annotated[int, Field(ge=1, le=480)]
    by: Literal["video", "telephone"]
    individual: bool | None = None
    by_team: bool | None = None
    encrypted: bool | None = None
    video_possible: bool | None = None


@dataclass(frozen=True, slots=True)
class PartialDay:
    """A day of partial hospitalisation: at home, or in the hospital for some hours.

    `distance_kept_in_full_day`: all patients could stay the full day at the required distance.
    `needs_more`: this patient needs more than the hours of a shortened day. `contact`: there was at
    least one contact with the patient on a day at home. `medicines`: the hospital went on
    delivering the medicines of a patient at home.
    """

    __pydantic_config__ = CLOSED

    on: Day
    place: Literal["home", "hospital"]
    hours: Hours | None = None
    distance_kept_in_full_day: bool | None = None
    needs_more: bool | None = None
    contact: bool | None = None
    medicines: bool | None = None

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
    regular_psychotherapy: bool | None = None

    def __post_init__(self) -> None:
        if not (self.sessions or self.partial_days):
            raise PydanticCustomError("nothing-to-decide", "a session or a day of partial hospitalisation is required")
        days = [day.on for day in self.partial_days]
        if len(set(days)) != len(days):
            raise PydanticCustomError("given-twice", "a day of partial hospitalisation is given twice")
