"""Executing a POST once, however often it is sent (`Idempotency-Key`).

A record per caller, route and key keeps the id of what was created, never the response: the
response is built again from what is stored, so that records contain no personal data. For the same
reason the body is kept as a keyed digest.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import orjson
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent

from tegemoet.api.services import Common
from tegemoet.domain.identity import holds_insz
from tegemoet.domain.problems import ConflictError, Fault, MalformedError

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig

Id = TypeVar("Id", str, int)

KEPT = timedelta(days=3653)
"""How long a record is kept: as long as the decision, batch or run that it refers to, ten years."""
KEY_PATTERN = r"^[A-Za-z0-9._:-]{1,128}$"
UUID_PATTERN = r"[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}"
"""A random key: one in some thousands contains eleven digits that are a valid identity number by
chance, and is accepted."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Required if the request stores something. The same key with the same body always returns the"
        f" same response. Pattern: `{KEY_PATTERN}`. It must not contain an identity number.",
    ),
]


def once(router: Router, key: str | None, make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """The reference that `make` returned when this caller first sent this request under `key`.

    Nothing is recorded if `make` raises. Raises MalformedError without a valid key, ConflictError
    `idempotency-mismatch` if the key was used with another path or body, and ConflictError
    `in-progress` while the first request is running, or may be: until its function times out.
    """
    import re

    from aws_lambda_powertools.utilities.idempotency import idempotent_function
    from aws_lambda_powertools.utilities.idempotency.exceptions import (
        IdempotencyAlreadyInProgressError,
        IdempotencyValidationError,
    )

    if key is None:
        fault = Fault("/header/Idempotency-Key", "required")
        raise MalformedError("The header Idempotency-Key is required.", "idempotency-key-required", (fault,))
    if not re.fullmatch(KEY_PATTERN, key) or (holds_insz(key) and not re.fullmatch(UUID_PATTERN, key)):
        fault = Fault("/header/Idempotency-Key", "pattern")
        raise MalformedError("The header Idempotency-Key is invalid.", "idempotency-key-invalid", (fault,))

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
        raise ConflictError("The key was already used with another request.", "idempotency-mismatch") from None
    except IdempotencyAlreadyInProgressError:
        raise ConflictError("The first request with this key is still running.", "in-progress") from None
    return made


def id_once(router: Router, key: str | None, name: str, make: Callable[[], Id]) -> Id:
    """As `once`, if one id is all that identifies what was created; it is recorded under `name`."""
    found: Id = once(router, key, lambda: {name: make()})[name]
    return found


def _digest(event: BaseProxyEvent, secret: bytes) -> str:
    """A keyed digest of the path and the JSON body, independent of its formatting."""
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
