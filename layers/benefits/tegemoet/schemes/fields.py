"""Types of the fields of a case.

Each type reads one kind of JSON value and rejects any other with a stable code.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from tegemoet.domain import identity, money
from tegemoet.domain.iban import is_iban

CLOSED = ConfigDict(extra="forbid", strict=True)
"""Rejects unknown fields, because a misspelt field must not count as an absent one.

Values are read strictly: `1` is not a flag, and a number is not a day.
"""

_MONEY_PATTERN = re.compile(money.AMOUNT_PATTERN, re.ASCII)
_HOURS = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"
_HOURS_PATTERN = re.compile(_HOURS, re.ASCII)
_VOLUME = r"^[0-9]{1,4}(\.[0-9]{1,2})?$"
_VOLUME_PATTERN = re.compile(_VOLUME, re.ASCII)
_RATE = r"^[0-9]{1,6}(\.[0-9]{1,4})?$"
_RATE_PATTERN = re.compile(_RATE, re.ASCII)
_PERCENTAGE = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"
_PERCENTAGE_PATTERN = re.compile(_PERCENTAGE, re.ASCII)
_LABEL = r"^[A-Za-z0-9._-]{1,64}$"
_LABEL_PATTERN = re.compile(_LABEL, re.ASCII)


def _money(value: Any) -> Decimal:
    if isinstance(value, str) and _MONEY_PATTERN.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("not-an-amount", "an amount in EUR such as 1045.32, as text")


def _hours(value: Any) -> Decimal:
    if isinstance(value, str) and _HOURS_PATTERN.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("not-hours", "hours per week such as 7.60, as text")


def _volume(value: Any) -> Decimal:
    if isinstance(value, str) and _VOLUME_PATTERN.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("not-a-volume", "days or hours such as 120 or 399.50, as text")


def _rate(value: Any) -> Decimal:
    if isinstance(value, str) and _RATE_PATTERN.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("not-a-wage", "a wage in EUR such as 120.0000, as text")


def _percentage(value: Any) -> Decimal:
    if isinstance(value, str) and _PERCENTAGE_PATTERN.fullmatch(value) and Decimal(value) <= 100:
        return Decimal(value)
    raise PydanticCustomError("not-a-percentage", "a percentage from 0 to 100 such as 12.5, as text")


def _riziv_number(value: Any) -> str:
    if isinstance(value, str) and identity.is_riziv_number(value):
        return value
    raise PydanticCustomError("riziv-number-invalid", "8 or 11 digits with valid check digits")


def _iban(value: Any) -> str:
    if isinstance(value, str) and is_iban(value):
        return value
    raise PydanticCustomError("iban-invalid", "an IBAN of a SEPA country")


def _case_id(value: Any) -> str:
    if not isinstance(value, str) or not _LABEL_PATTERN.fullmatch(value):
        raise PydanticCustomError("case-id-invalid", "1 to 64 letters, digits, points, underscores and hyphens")
    if identity.holds_insz(value):
        raise PydanticCustomError("case-id-holds-identity-number", "a case id holds no identity number")
    return value


def without_identity_number(value: str) -> str:
    """Reject a name or text that contains an identity number, with `holds-identity-number`."""
    if identity.holds_insz(value):
        raise PydanticCustomError("holds-identity-number", "no identity number")
    return value


Money = Annotated[
    Decimal,
    PlainValidator(_money, json_schema_input_type=Annotated[str, StringConstraints(pattern=money.AMOUNT_PATTERN)]),
]
"""An amount in EUR, written as text."""
Day = Annotated[date, Strict(), Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A day, written as YYYY-MM-DD, from 1900 to 2199.

Rules add months and years to it, so a mistyped year is a fault of its field and never makes a rule
fail.
"""
OpenDay = Annotated[date, Strict()]
"""A last day, written as YYYY-MM-DD, without limits.

Rules add nothing to it, and some partners write a day in the far future if there is no end.
"""
Hours = Annotated[
    Decimal, PlainValidator(_hours, json_schema_input_type=Annotated[str, StringConstraints(pattern=_HOURS)])
]
"""Hours per week, written as text."""
Volume = Annotated[
    Decimal, PlainValidator(_volume, json_schema_input_type=Annotated[str, StringConstraints(pattern=_VOLUME)])
]
"""Days or hours worked over a period, written as text."""
WageRate = Annotated[
    Decimal, PlainValidator(_rate, json_schema_input_type=Annotated[str, StringConstraints(pattern=_RATE)])
]
"""A wage, or a limit of wages, in EUR with at most four decimals, written as text."""
Percentage = Annotated[
    Decimal, PlainValidator(_percentage, json_schema_input_type=Annotated[str, StringConstraints(pattern=_PERCENTAGE)])
]
"""A percentage from 0 to 100, written as text."""
RizivNumber = Annotated[
    str,
    PlainValidator(
        _riziv_number, json_schema_input_type=Annotated[str, StringConstraints(pattern=r"^[0-9]{8}([0-9]{3})?$")]
    ),
]
Iban = Annotated[
    str,
    PlainValidator(
        _iban, json_schema_input_type=Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")]
    ),
]
CaseId = Annotated[
    str, PlainValidator(_case_id, json_schema_input_type=Annotated[str, StringConstraints(pattern=_LABEL)])
]
"""A partner's name for a case.

A name that contains an identity number is rejected, because names appear in keys, files and logs.
"""
DecisionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Label = Annotated[str, StringConstraints(pattern=_LABEL), AfterValidator(without_identity_number)]
"""A name chosen by a partner: 1 to 64 letters, digits, points, underscores and hyphens.

It contains no identity number, because names appear in decisions and files.
"""
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A calendar month, written as YYYY-MM."""
