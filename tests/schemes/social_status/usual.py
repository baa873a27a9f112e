"""A usual case of the social status: a general practitioner in the premium year before."""

from datetime import date
from typing import Any

from tests.schemes.social_status.builders import line, provider

FROM, UNTIL = date(2019, 1, 1), date(2025, 12, 31)
"""Decisions on the premium years 2018 to 2024."""


def usual(on: date) -> dict[str, Any]:
    return line(provider(year=on.year - 1), "usual", on=on.isoformat())
