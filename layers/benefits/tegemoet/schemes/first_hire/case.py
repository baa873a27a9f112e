"""The case of a first hire: who was and is employed in the technical business unit, and who is hired when.

Workers have names given by the caller, no identity numbers; both ends of a period belong to it.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from tegemoet.schemes.dated import Running
from tegemoet.schemes.fields import CLOSED, Day, Label


@dataclass(frozen=True, slots=True)
class Employment(Running):
    """Days on which a worker is employed by any employer of the unit; no `until` = still.

    `counted` = false for one who is left out of the comparison; the decision records how many are.
    """

    __pydantic_config__ = CLOSED

    worker: Label
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Hire:
    """A new worker, hired on `hired_on`, and all `employments` of the unit: those of the new worker before the hire too."""

    __pydantic_config__ = CLOSED

    worker: Label
    hired_on: Day
    employments: Annotated[tuple[Employment, ...], Field(max_length=2000)] = ()
