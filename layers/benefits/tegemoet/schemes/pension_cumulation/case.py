"""The case of a pension with an incapacity benefit.

It says which ones, for which days, and whether COVID-19 caused the incapacity.
"""

from dataclasses import dataclass
from typing import Literal

from tegemoet.schemes.dated import Dated
from tegemoet.schemes.fields import CLOSED


@dataclass(frozen=True, slots=True)
class Cumulation(Dated):
    """A pension and an incapacity benefit for the days `first` … `last`.

    `due_to_covid` is left out if the cause is unknown.
    """

    __pydantic_config__ = CLOSED

    pension: Literal["retirement", "survivor"]
    pension_scheme: Literal["employee", "self-employed", "civil-servant"]
    benefit: Literal["primary-incapacity", "invalidity"]
    due_to_covid: bool | None = None
