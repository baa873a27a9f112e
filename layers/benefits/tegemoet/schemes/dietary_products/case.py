"""The case of dietary products: which tests the diagnosis rests on."""

from dataclasses import dataclass

from tegemoet.schemes.fields import CLOSED, Day


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The diagnosis that a request of `requested_on` names.

    `histological`: it rests on a histological test (of tissue); `serological`: it rests on a
    serological test (of blood). A fact that is left out is not known.
    """

    __pydantic_config__ = CLOSED

    requested_on: Day
    histological: bool | None = None
    serological: bool | None = None
