"""The case of damage that a locum doctor causes during a replacement."""

from dataclasses import dataclass
from typing import Literal

from tegemoet.schemes.fields import CLOSED, Day


@dataclass(frozen=True, slots=True)
class Damage:
    """Damage of `occurred_on`: to a patient or another third party, or to the practice building.

    `locum_liable`: the locum is liable for it; left out, that is not known.
    """

    __pydantic_config__ = CLOSED

    occurred_on: Day
    damage: Literal["to-third-party", "to-building"]
    locum_liable: bool | None = None
