"""The partners of the made-up year: what each is registered for."""

from typing import Any

PARTNERS: dict[str, dict[str, Any]] = {
    "register": {"profile": "register"},
    "accounts-desk": {"profile": "accounts"},
    "profiles": {"profile": "profiles"},
    "treasury": {"profile": "treasury"},
    "tariff-services": {
        "profile": "tariff-services",
        "keys": [*(f"office-{number}" for number in range(1, 9)), "office-late", "office-unknown"],
    },
}
SECOND = "second-register"
"""A body that may bring every kind of file and is an authority on nothing."""
UNKNOWN: dict[str, Any] = {"profile": "operator"}
"""Any other partner may bring every kind of file; its word counts for nothing."""
