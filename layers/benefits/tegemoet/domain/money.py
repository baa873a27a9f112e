"""Money in EUR: exact decimals, with one way to read them and one way to round them."""

import re
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
AMOUNT_PATTERN = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
"""An amount in EUR: no sign, at most two decimals, ASCII digits only.

`Decimal()` alone accepts `NaN`, `1e5` and `1_000`.
"""

_AMOUNT = re.compile(AMOUNT_PATTERN, re.ASCII)


def read_amount(text: str) -> Decimal:
    """The amount in EUR that `text` writes, such as `1045.32`.

    Raises ValueError unless it is an ASCII amount with at most two decimals.
    """
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount")
    return Decimal(text)


def round_half_up(value: Decimal, unit: Decimal = CENT) -> Decimal:
    """`value` rounded half-up to a multiple of `unit`.

    `unit` is 0.01 for amounts that are paid and 0.0001 for components.
    """
    return value.quantize(unit, rounding=ROUND_HALF_UP)


def euro(value: Decimal) -> str:
    """`value` in EUR as decisions and files write it.

    Two decimals, rounded half-up; a point; no thousands separator.
    """
    return str(value.quantize(CENT, ROUND_HALF_UP))


def cents(value: Decimal) -> int:
    """`value` in EUR as whole cents. Raises ValueError unless it is a whole number of cents."""
    scaled = value * 100
    whole = int(scaled)
    if whole != scaled:
        raise ValueError("not a whole number of cents")
    return whole


def from_cents(value: int) -> Decimal:
    """Whole cents as an amount in EUR with two decimals."""
    return Decimal(value) * CENT
