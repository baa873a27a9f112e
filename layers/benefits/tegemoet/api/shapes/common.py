"""Parameters and parts of bodies that several parts of the API share."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, StringConstraints
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from tegemoet.domain.calendar import read_day
from tegemoet.domain.text import is_visible
from tegemoet.schemes.fields import without_identity_number

BODY = ConfigDict(extra="forbid")
"""Unknown fields are rejected: a misspelt field must not pass as one that was left out."""


def _day(value: Any) -> date:
    try:
        return read_day(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("not-a-day", "a day as YYYY-MM-DD") from None


Day = Annotated[date, PlainValidator(_day, json_schema_input_type=date)]


def _moment(value: Any) -> datetime:
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("not-a-moment", "a moment as YYYY-MM-DDThh:mm:ssZ")


Moment = Annotated[datetime, PlainValidator(_moment, json_schema_input_type=datetime)]
"""A moment in UTC, to the second."""
Flag = Annotated[bool, Field(strict=True)]


def _free_text(text: str) -> str:
    if not is_visible(text):
        raise PydanticCustomError("text-invalid", "text without control and invisible characters")
    return without_identity_number(text)


Slug = Annotated[str, StringConstraints(max_length=64)]
PartnerName = Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,64}$"), AfterValidator(without_identity_number)]
FREE_TEXT = AfterValidator(_free_text)
"""Of a sentence that a person writes. It is stored and shown to others, so it has no control or
invisible characters and no identity number."""

Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000), FREE_TEXT]

SchemeName = Annotated[str, Path(max_length=64, description="The slug of the scheme.")]
Identifier = Annotated[str, Path(max_length=200)]
OnDay = Annotated[Day, Query(description="The day, `YYYY-MM-DD`.")]
Language = Annotated[str, Query(max_length=8, description="The language of the texts.")]

Euro = Annotated[str, Field(description="An amount in EUR with two decimals.", examples=["1045.32"])]
DayText = Annotated[str, Field(description="A day, `YYYY-MM-DD`.", examples=["2023-12-01"])]
Texts = Annotated[dict[str, str], Field(description="The text in each language.")]
Next = Annotated[str | None, Field(description="The `cursor` of the next page; null on the last page.")]


class Person(TypedDict):
    """A person, with the name at that moment."""

    subject: str
    name: str


class Source(TypedDict):
    """The legal source of a rule or a value."""

    act: str
    article: str
    url: str


class Link(TypedDict):
    """A link that works without a token until `expires_at` (UTC)."""

    name: str
    url: str
    expires_at: str
