"""The errors of a service, in the classes and the form in which boto3 raises them."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError


class UnsupportedError(NotImplementedError):
    """The double does not know this call, expression or behaviour, and does not guess."""


class RefusedError(Exception):
    """A service refuses a request. The client raises it as the ClientError of its code.

    `extra` = fields of the response beside the error, such as `CancellationReasons`.
    """

    def __init__(self, code: str, message: str = "", status: int = 400, **extra: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.extra = code, message, status, extra


def invalid(message: str) -> RefusedError:
    """The refusal of a request that breaks a rule of DynamoDB or KMS."""
    return RefusedError("ValidationException", message)


class Exceptions:
    """`client.exceptions`: one class for each code that the service declares."""

    def __init__(self, *codes: str) -> None:
        classes = {code: type(code, (ClientError,), {}) for code in codes}
        self._classes: Mapping[str, type[ClientError]] = {"ClientError": ClientError, **classes}

    def __getattr__(self, name: str) -> type[ClientError]:
        try:
            return self._classes[name]
        except KeyError:
            raise AttributeError(name) from None

    def made(self, refused: RefusedError, operation: str) -> ClientError:
        """The error as boto3 raises it; a code that is not declared is a plain ClientError."""
        response: Any = {
            "Error": {"Code": refused.code, "Message": refused.message},
            "ResponseMetadata": {"HTTPStatusCode": refused.status},
            **refused.extra,
        }
        name = "".join(part.capitalize() for part in operation.split("_"))
        return self._classes.get(refused.code, ClientError)(response, name)
