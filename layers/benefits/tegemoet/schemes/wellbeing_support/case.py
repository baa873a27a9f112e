"""The case of well-being support: a profession and the domains of the question.

The question is about the day of the decision.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED
from tegemoet.schemes.professions import Profession

Asker = Literal[Profession, "other"]
Domain = Literal["well-being", "colleague", "request-for-help"]
"""The doctor's own well-being, the doctor as a colleague, doctors who ask for help."""
DOMAINS: tuple[Domain, ...] = ("well-being", "colleague", "request-for-help")


@dataclass(frozen=True, slots=True)
class Question:
    """Which support is available to this profession. `domains` defaults to all three."""

    __pydantic_config__ = CLOSED

    profession: Asker
    domains: Annotated[tuple[Domain, ...], Field(min_length=1, max_length=3)] = DOMAINS

    def __post_init__(self) -> None:
        if len(set(self.domains)) != len(self.domains):
            raise PydanticCustomError("given-twice", "a domain is given twice")
