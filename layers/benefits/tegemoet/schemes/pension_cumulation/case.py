"""The case of a pension beside an incapacity benefit: which ones, for which days, and whether COVID-19 caused the incapacity."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day


@dataclass(frozen=True, slots=True)
class Cumulation:
    """A pension and an incapacity benefit for the days `first` … `last`; `due_to_covid` left out = the cause is not known yet."""

    __pydantic_config__ = CLOSED

    pension: Literal["retirement", "survivor"]
    pension_scheme: Literal["employee", "self-employed", "civil-servant"]
    benefit: Literal["primary-incapacity", "invalidity"]
    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="until")]
    due_to_covid: bool | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PydanticCustomError("until-before-from", "a period ends before it begins")
