"""The case of a first hire: employment in the technical business unit, and the new worker.

The caller names workers; there are no identity numbers. Periods include both ends.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

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

    They include those of the new worker before the hire.
    """

    __pydantic_config__ = CLOSED

    worker: Label
    hired_on: Day
    employments: Annotated[tuple[Employment, ...], Field(max_length=2000)] = ()
