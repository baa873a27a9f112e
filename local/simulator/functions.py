"""Lambda: calls of other functions, which whoever plays the world carries out."""
# ruff: noqa: N803 - parameters are named as boto3 names them

import json
from collections.abc import Callable
from typing import Any

from local.simulator.bodies import Body
from local.simulator.client import Answer, Client, Hook, operation
from local.simulator.errors import Exceptions, RefusedError

LARGEST = 6 << 20
"""Bytes of a request or an answer:
docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""
Run = Callable[[str, bytes], bytes]
"""Runs the function of this name on the bytes of its event. What it raises is a failed function."""


class Functions:
    """`run` carries out a call; a function that it does not know raises KeyError."""

    def __init__(self) -> None:
        self.run: Run = _nothing

    def reset(self) -> None:
        """Nothing: functions have no state of their own."""


def _nothing(name: str, _: bytes) -> bytes:
    raise KeyError(name)


class Lambda(Client):
    """A double of boto3's client over `store`."""

    service = "lambda"
    exceptions = Exceptions(
        "RequestTooLargeException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"
    )

    def __init__(self, hook: Hook, store: Functions) -> None:
        super().__init__(hook)
        self._store = store

    @operation
    def invoke(self, *, FunctionName: str, Payload: bytes) -> Answer:
        if len(Payload) > LARGEST:
            raise RefusedError("RequestTooLargeException", "Request must be smaller than 6291456 bytes", 413)
        try:
            answer = self._store.run(FunctionName, bytes(Payload))
        except KeyError:
            raise RefusedError("ResourceNotFoundException", f"Function not found: {FunctionName}", 404) from None
        except Exception as error:  # noqa: BLE001 - as the runtime does
            failure: dict[str, Any] = {"errorMessage": str(error), "errorType": type(error).__name__}
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": Body(json.dumps(failure).encode())}
        return {"StatusCode": 200, "Payload": Body(answer)}
