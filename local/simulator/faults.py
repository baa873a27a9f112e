"""What may happen to one call: the faults that AWS documents, decided by whoever plays a world.

| fault | where | source |
|---|---|---|
| refused, nothing applied | everywhere | throttling and 5xx errors of each service, `REFUSALS` |
| applied, the answer is lost | everywhere | a timeout says nothing of the outcome |
| applied twice, the second answer returned | everywhere | the SDK repeats a request whose answer \
is lost: docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html |
| stale read | DynamoDB reads without ConsistentRead, every read of an index | \
docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html |
| some items unprocessed | BatchWriteItem | \
docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html |
| some statements failed | BatchExecuteStatement | \
docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html |
| some keys not deleted | DeleteObjects | \
docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html |
| some events not taken | PutEvents | \
docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html |
| conflict with a transaction | writes of DynamoDB | \
docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html |
| conflict with another conditional write | PutObject, CompleteMultipartUpload | \
docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html |
| a body that breaks off while it is read | GetObject | \
botocore.amazonaws.com/v1/documentation/api/latest/reference/response.html |

S3 is never stale: docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from botocore.exceptions import (
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from local.simulator.errors import RefusedError

REFUSALS: Mapping[str, tuple[RefusedError, ...]] = {
    "dynamodb": (
        RefusedError("ProvisionedThroughputExceededException", "The level of throughput was exceeded."),
        RefusedError("ThrottlingException", "Rate of requests exceeds the allowed throughput."),
        RefusedError("RequestLimitExceeded", "Throughput exceeds the current limit of the account."),
        RefusedError("InternalServerError", "Internal server error", 500),
    ),
    "s3": (
        RefusedError("SlowDown", "Please reduce your request rate.", 503),
        RefusedError("InternalError", "We encountered an internal error. Please try again.", 500),
    ),
    "kms": (
        RefusedError("ThrottlingException", "Rate exceeded"),
        RefusedError("KMSInternalException", "", 500),
        RefusedError("DependencyTimeoutException", "", 503),
    ),
    "secretsmanager": (
        RefusedError("ThrottlingException", "Rate exceeded"),
        RefusedError("InternalServiceError", "", 500),
    ),
    "events": (RefusedError("ThrottlingException", "Rate exceeded"), RefusedError("InternalException", "", 500)),
    "cognito-idp": (
        RefusedError("TooManyRequestsException", "Rate exceeded"),
        RefusedError("InternalErrorException", "", 500),
    ),
    "lambda": (
        RefusedError("TooManyRequestsException", "Rate exceeded", 429),
        RefusedError("ServiceException", "", 500),
    ),
    "stepfunctions": (
        RefusedError("ThrottlingException", "Rate exceeded"),
        RefusedError("ServiceUnavailable", "", 503),
    ),
}
"""What a service answers when it takes a request for none of its faults."""
SHORTAGES = frozenset({"batch_write_item", "batch_execute_statement", "delete_objects", "put_events"})
"""Operations that may leave out a part of what they were asked."""
CONDITIONAL = frozenset({"put_object", "complete_multipart_upload"})
WRITES = frozenset({"put_item", "update_item", "delete_item", "execute_statement"})


class Call(NamedTuple):
    """One call: `operation` as the method is named, `parameters` as they were given."""

    number: int
    service: str
    operation: str
    parameters: Mapping[str, Any]


class Cut(NamedTuple):
    """Where a body breaks off: after that share of its bytes (0 to 1), with an error."""

    share: float
    error: Exception

    def after(self, size: int) -> int:
        """How many bytes of a body of that size arrive."""
        return int(size * self.share)


class Delivery(NamedTuple):
    """How the service carries out a request.

    `lag` = how many writes of its table a read does not see yet; `scattered`: of each partition
    another number, at most so many. `left_out` = the positions of what a bulk operation leaves out.
    `cut` = where the body of the answer breaks off.
    """

    lag: int = 0
    left_out: frozenset[int] = frozenset()
    scattered: bool = False
    cut: Cut | None = None


PLAIN = Delivery()


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a call.

    `refused` is raised before anything is applied. `twice` applies it again and returns the second
    answer. `lost` is raised after it was applied.
    """

    delivery: Delivery = PLAIN
    refused: Exception | None = None
    twice: bool = False
    lost: Exception | None = None


Faults = Callable[[Call], Fate | None]
"""Decides the fate of each call; None leaves it alone."""


def timeout() -> ReadTimeoutError:
    """The answer did not come in time, after the SDK's own attempts."""
    return ReadTimeoutError(endpoint_url="https://simulated.amazonaws.com")


def closed() -> ConnectionClosedError:
    """The connection was closed before an answer came."""
    return ConnectionClosedError(endpoint_url="https://simulated.amazonaws.com")


def broken_off() -> tuple[Exception, ...]:
    """What reading a body raises when its connection is silent, is closed, or ends too early."""
    early = ResponseStreamingError(error="IncompleteRead")
    return timeout(), early, IncompleteReadError(actual_bytes=0, expected_bytes=1)


def conflict(call: Call, at: int = 0) -> RefusedError | None:
    """The refusal of a write that meets another one; None where none is documented.

    In a transaction, the action `at` is the one that meets it.
    """
    if call.operation in WRITES:
        return RefusedError("TransactionConflictException", "Transaction is ongoing for the item")
    if call.operation in CONDITIONAL and {"IfNoneMatch", "IfMatch"} & call.parameters.keys():
        message = "The conditional request cannot succeed due to a conflicting operation against this resource."
        return RefusedError("ConditionalRequestConflict", message, 409)
    actions = call.parameters.get("TransactItems", call.parameters.get("TransactStatements"))
    if actions is None:
        return None
    codes = ["TransactionConflict" if number == at % len(actions) else "None" for number in range(len(actions))]
    return cancelled([{"Code": code} for code in codes])


def cancelled(reasons: list[dict[str, Any]]) -> RefusedError:
    """The refusal of a transaction, with the reason of each of its actions."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return RefusedError("TransactionCanceledException", message, CancellationReasons=reasons, Message=message)
