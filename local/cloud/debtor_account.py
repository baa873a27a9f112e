"""The example account that pays, which `make up` and `make demo` set through the API."""

from typing import Any

from local.opinions.year.play import Api

PATH = "/v1/debtor-accounts"
EXAMPLE: dict[str, Any] = {
    "account": {
        "name": "Example body",
        "iban": "BE71096123456769",
        "bic": "GKCCBEBB",
        "texts": {"nl": "Premie {year}", "fr": "Prime {year}", "en": "Premium {year}", "de": "Praemie {year}"},
        "language": "nl",
    },
    "reason": "The example of the local cloud.",
}


def set_example(operator: Api, confirmer: Api) -> None:
    """Let the body pay from the example, unless an account pays already.

    The operator proposes it, and the other person confirms it.
    """
    if operator.get(PATH)["current"] is None:
        proposal = operator.post(f"{PATH}/proposals", EXAMPLE)["proposal"]
        confirmer.post(f"{PATH}/proposals/{proposal}/confirmations")
