"""An account that pays, as an operator proposes it."""

from typing import Any

DEBTOR: dict[str, Any] = {
    "account": {
        "name": "Example body",
        "iban": "BE71096123456769",
        "bic": "GKCCBEBB",
        "texts": {"nl": "Premie {year}", "fr": "Prime {year}", "en": "Premium {year}", "de": "Praemie {year}"},
        "language": "nl",
    },
    "reason": "the board chose this bank",
}
"""The body of a proposal, with what has no default."""

SETTINGS: dict[str, Any] = {
    **DEBTOR["account"],
    "message": "001.001.09",
    "transfers_per_file": 10_000,
    "days_ahead": 2,
    "answer_days": 30,
    "purpose": None,
    "closing_days": (),
    "hold_above": None,
    "persons_per_account": 2,
    "institutions": (),
}
"""Every setting of that account."""
