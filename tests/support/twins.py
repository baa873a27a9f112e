"""The same call made of a simulated client and of moto: what both answer, in one form."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

LEFT_OUT = {"ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics", "Message"}
SETS = ("SS", "NS", "BS")


def outcome(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
    """The answer, or the error without its message."""
    try:
        return ("answer", plain(getattr(client, operation)(**parameters)))
    except ClientError as error:
        response: Any = error.response
        reasons = [plain(each) for each in response.get("CancellationReasons", [])]
        return ("error", response["Error"]["Code"], reasons, plain(response.get("Item")))


def pages(client: Any, operation: str, parameters: Mapping[str, Any], field: str) -> list[Any]:
    """What all pages of a paginator hold."""
    found = client.get_paginator(operation).paginate(**parameters)
    return [plain(each) for page in found for each in page.get(field, [])]


def plain(value: Any) -> Any:
    """Plain data to compare: sets in one order, bodies read, without what says how it went."""
    if isinstance(value, Mapping):
        return {
            name: sorted(each) if name in SETS else plain(each) for name, each in value.items() if name not in LEFT_OUT
        }
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.read() if hasattr(value, "read") else value


class Twins:
    """A simulated client and moto's. `alike` = what makes both answers comparable."""

    def __init__(self, simulated: Any, moto: Any, alike: Callable[[str, Any], Any] = lambda _, answer: answer) -> None:
        self.simulated, self.moto, self._alike = simulated, moto, alike
        self.seen: dict[tuple[str, str], int] = {}
        """How often an operation was answered, or refused with a code."""

    def call(self, operation: str, **parameters: Any) -> Any:
        """Make the call of both, which answer alike. Returns the answer."""
        ours = outcome(self.simulated, operation, parameters)
        theirs = outcome(self.moto, operation, parameters)
        expected = self._alike(operation, theirs)
        assert self._alike(operation, ours) == expected, f"{operation} {parameters}"
        kind = ours[1] if ours[0] == "error" else "answer"
        self.seen[operation, kind] = self.seen.get((operation, kind), 0) + 1
        return ours[1]

    def pages(self, operation: str, field: str, **parameters: Any) -> list[Any]:
        """What all pages hold, alike of both."""
        ours = pages(self.simulated, operation, parameters, field)
        assert ours == pages(self.moto, operation, parameters, field), f"{operation} {parameters}"
        return ours
