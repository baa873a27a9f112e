"""The case of a first hire: employment in the technical business unit, and the new worker.

The caller names workers; there are no identity numbers. Periods include both ends.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.dated import Running
from tegemoet.schemes.fields import CLOSED, Day, Label


@dataclass(frozen=True, slots=True)
class Employment(Running):
    """Days on which any employer of the unit employs a worker.

    Without `until`, the employment continues. `counted` is false for a worker who is left out of
    the comparison; the decision records their number.
    """

    __pydantic_config__ = CLOSED

    worker: Label
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Hire:
    """A new worker, hired on `hired_on`, and all `employments` of the unit.

    They include those of the new worker before the hire; an empty list says that there were none.
    `days_without_work` are days on which nobody in the unit really worked, such as Sundays. Other
    days of employment count as worked.
    """

    __pydantic_config__ = CLOSED

    worker: Label
    hired_on: Day
    employments: Annotated[tuple[Employment, ...] | None, Field(max_length=2000)] = None
    days_without_work: Annotated[tuple[Day, ...], Field(max_length=366)] = ()

    def __post_init__(self) -> None:
        if len(set(self.days_without_work)) != len(self.days_without_work):
            raise PydanticCustomError("twice", "a day is given twice")
