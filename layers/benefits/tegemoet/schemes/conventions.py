"""The days on which a care provider had joined the agreement on tariffs."""

from dataclasses import dataclass
from typing import Literal

from tegemoet.schemes.dated import Running
from tegemoet.schemes.fields import CLOSED


@dataclass(frozen=True, slots=True)
class Convention(Running):
    """The convention status for the days `first` … `last`. Without `last`, it still applies."""

    __pydantic_config__ = CLOSED

    status: Literal["full", "partial", "none"]
