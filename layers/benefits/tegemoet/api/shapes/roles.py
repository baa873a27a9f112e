"""Bodies of the roles of persons."""

from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field
from typing_extensions import TypedDict

from tegemoet.api.shapes.common import BODY, Next, PartnerName, Person
from tegemoet.application.records import PersonRole

SubjectPath = Annotated[
    str, Path(pattern="^[A-Za-z0-9-]{1,64}$", description="The subject (`sub`) of the person's account.")
]


@dataclass(frozen=True, slots=True)
class RolesBody:
    """All the roles that the person has from now on; an empty list withdraws everything.

    A `case-worker` has that role alone, and a `partner`: the one whose cases the person decides.
    """

    __pydantic_config__ = BODY

    roles: Annotated[list[PersonRole], Field(max_length=10)]
    partner: PartnerName | None = None


class PersonRoles(TypedDict):
    """One version of the roles of a person, numbered from 1. Versions are never changed.

    `name` is that of the person at that moment, `by` is who changed the roles.
    """

    subject: str
    number: int
    name: str
    roles: list[str]
    partner: str | None
    at: str
    by: Person


class PersonDetails(PersonRoles):
    """`earlier` has the versions before the latest one, the newest first."""

    earlier: list[PersonRoles]


class PersonPage(TypedDict):
    persons: list[PersonRoles]
    next: Next
