"""Bodies of partners and their registrations."""

from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from tegemoet.api.shapes.common import BODY, FREE_TEXT, Next, PartnerName, Person, Slug
from tegemoet.application.records import Authority

PartnerPath = Annotated[str, Path(pattern="^[a-z0-9-]{1,64}$", description="The name of the partner.")]
Year = Annotated[int, Field(strict=True, ge=1000, le=9999)]
Subject = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9-]{1,64}$"), FREE_TEXT]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64), FREE_TEXT]


@dataclass(frozen=True, slots=True)
class Grant:
    """A kind of file that the partner may bring, for the year `from_year` and every later one."""

    __pydantic_config__ = BODY

    scheme: Slug
    kind: Slug
    from_year: Year


@dataclass(frozen=True, slots=True)
class RegistrationBody:
    """Everything that the partner may bring from now on. What is left out here is withdrawn.

    `grants` and `authority` are those of the `profile` if they are null; the profile's grants and
    the authority hold for the premium year `from_year` and every later one. `keys` are the tariff
    offices or the insurers whose rows the partner may bring. `answerable` lists the subjects of the
    persons who answer for the partner. The partner owns the keys, open batches, requests and
    outputs of its `predecessor`.
    """

    __pydantic_config__ = BODY

    profile: Slug
    from_year: Year
    answerable: Annotated[list[Subject], Field(max_length=100)]
    grants: Annotated[list[Grant] | None, Field(max_length=200)] = None
    authority: list[Authority] | None = None
    keys: Annotated[list[Key] | None, Field(max_length=5000)] = None
    predecessor: PartnerName | None = None


class HeldGrant(TypedDict):
    """A grant. `withdrawn_at` (UTC) is null while it holds."""

    scheme: str
    kind: str
    from_year: int
    withdrawn_at: str | None


class Registration(TypedDict):
    """One version of a registration, numbered from 1. Versions are never changed.

    `accounts_from` and `identities_from` are the first premium year for which the rows of the
    partner are facts.
    """

    number: int
    profile: str
    grants: list[HeldGrant]
    keys: list[str]
    accounts_from: int | None
    identities_from: int | None
    answerable: list[str]
    predecessor: str | None
    at: str
    by: Person


class Registered(Registration):
    partner: str


class Partner(TypedDict):
    """A partner with its latest registration, and its successor, which owns its keys, or null."""

    partner: str
    successor: str | None
    registration: Registration


class PartnerDetails(Partner):
    """`earlier` has the registrations before the latest one, the newest first."""

    earlier: list[Registration]


class PartnerPage(TypedDict):
    partners: list[Partner]
    next: Next
