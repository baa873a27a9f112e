"""Doing what a POST asks for once, however often it is sent (`Idempotency-Key`).

What is kept per caller, route and key is the reference of what was made (an id), never the answer: the answer is made again from
what is stored, so that no personal data live here. The body is kept as a keyed digest, for the same reason.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent

from tegemoet.api.services import Common
from tegemoet.domain.problems import Conflict, Fault, Malformed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig

KEPT = timedelta(days=3653)
"""How long a key is kept. Decisions, batches and runs are kept for ten years at most, and a key as long as what it made."""
KEY_PATTERN = r"^[A-Za-z0-9._:-]{1,128}$"

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Required where the call stores something: the same key and body give the same answer, however often they are sent."
        f" Pattern `{KEY_PATTERN}`.",
    ),
]


def once(router: Router, key: str | None, make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """The reference that `make` returned the first time that this caller sent this request under `key`.

    An attempt that raised is not kept. Raises Malformed without a key, Conflict `idempotency-mismatch` for a key that came with
    another path or body, Conflict `in-progress` while the first call is still running, or might be: until its function's time is up.
    """
    import re

    from aws_lambda_powertools.utilities.idempotency import idempotent_function
    from aws_lambda_powertools.utilities.idempotency.exceptions import (
        IdempotencyAlreadyInProgressError,
        IdempotencyValidationError,
    )

    if key is None:
        fault = Fault("/header/Idempotency-Key", "required")
        raise Malformed("The header Idempotency-Key is required.", "idempotency-key-required", (fault,))
    if not re.fullmatch(KEY_PATTERN, key):
        fault = Fault("/header/Idempotency-Key", "pattern")
        raise Malformed("The header Idempotency-Key is not a key.", "idempotency-key-invalid", (fault,))

    services: Common = router.context["services"]
    config = _config()
    config.register_lambda_context(router.lambda_context)

    @idempotent_function(  # type: ignore[untyped-decorator]
        data_keyword_argument="sent", config=config, persistence_store=services.answers, key_prefix="api"
    )
    def first_time(*, sent: Mapping[str, str]) -> Mapping[str, Any]:  # noqa: ARG001 - read by the decorator
        return make()

    try:
        made: Mapping[str, Any] = first_time(
            sent={
                "principal": router.context["caller"].principal,
                "route": router.context["_route"].path,
                "key": key,
                "body": _digest(router.current_event, services.secrets.digest_secret()),
            }
        )
    except IdempotencyValidationError:
        raise Conflict("This key came with another request.", "idempotency-mismatch") from None
    except IdempotencyAlreadyInProgressError:
        raise Conflict("The first call with this key is still running.", "in-progress") from None
    return made


def _digest(event: BaseProxyEvent, secret: bytes) -> str:
    """A keyed digest of the path and the JSON of the body, however it is spaced and ordered."""
    sent = orjson.dumps([event.path, event.json_body], option=orjson.OPT_SORT_KEYS, default=repr)
    return hmac.digest(secret, sent, "sha256").hex()


@cache
def _config() -> "IdempotencyConfig":
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig

    return IdempotencyConfig(
        event_key_jmespath="[principal, route, key]",
        payload_validation_jmespath="body",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=int(KEPT.total_seconds()),
        hash_function="sha256",
    )
