"""The case of a locum's software licence: which package, how it will be used, for which days."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day

Package = Literal["careconnect", "healthone", "daktari", "nexuzhealth-pro", "medispring"]
Use = Literal["take-over", "own-licence", "temporary-access"]
"""Take over the licence of the replaced doctor, have one of one's own, or be let in for some weeks."""


@dataclass(frozen=True, slots=True)
class LicenceCase:
    """A licence for the days `first` … `last`. `supplier_told` = period, name and reason were sent to the supplier (Medispring)."""

    __pydantic_config__ = CLOSED

    package: Package
    use: Use
    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="until")]
    supplier_told: bool = False

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PydanticCustomError("until-before-from", "a period ends before it begins")
