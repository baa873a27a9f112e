"""Other functions of the application, called through Lambda."""

from collections.abc import Mapping
from typing import Protocol

import orjson


class NotClosedError(Exception):
    """The function `settle` failed and put no CLOSE entry; carries the year."""


class Lambda(Protocol):
    """What is used of boto3's client."""

    def invoke(self, **call: str | bytes) -> Mapping[str, object]: ...


class SettleFunction:
    """The function `settle`, named `name`: the only one that may write to the ledger."""

    def __init__(self, client: Lambda, name: str) -> None:
        self._client, self._name = client, name

    def close(self, year: int) -> None:
        """Put the CLOSE entry of the year. Raises NotClosedError."""
        payload = orjson.dumps({"action": "close", "year": year})
        answer = self._client.invoke(FunctionName=self._name, Payload=payload)
        if "FunctionError" in answer:
            raise NotClosedError(year)
