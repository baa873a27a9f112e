"""Entries of a list in a case that apply for a period, both days included."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.domain.calendar import LAST_DAY, Period
from tegemoet.schemes.fields import CLOSED, Day, OpenDay


@dataclass(frozen=True, slots=True)
class Dated:
    """The days `from` … `until`."""

    __pydantic_config__ = CLOSED

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="until")]

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PydanticCustomError("until-before-from", "a period ends before it begins")

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The days `from` … `until`. Without `until`, they still run."""

    __pydantic_config__ = CLOSED

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[OpenDay | None, Field(alias="until")] = None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise PydanticCustomError("until-before-from", "a period ends before it begins")

    @property
    def period(self) -> Period:
        return Period(self.first, self.last or LAST_DAY)


def check_apart(dated: Sequence[Dated | Running]) -> None:
    """Reports the fault `overlapping` if two periods share a day."""
    # most cases of a run have at most one period, and a run has millions of cases
    if len(dated) < 2:
        return
    days = sorted((d.first, d.last or LAST_DAY) for d in dated)
    if any(last >= first for (_, last), (first, _) in itertools.pairwise(days)):
        raise PydanticCustomError("overlapping", "periods overlap")
