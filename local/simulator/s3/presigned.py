"""Presigned forms and links: texts that are the same in every replay. Nothing accepts them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from local.simulator.clock import WorldClock


def post(
    clock: WorldClock, bucket: str, key: str, fields: Mapping[str, str], conditions: Sequence[Any], seconds: int
) -> dict[str, Any]:
    """A form that writes the object, until `seconds` from now."""
    policy = repr((bucket, key, list(conditions), _until(clock, seconds)))
    signed = {"key": key, "policy": sha256(policy.encode()).hexdigest(), "x-amz-signature": _signature(policy)}
    return {"url": f"https://{bucket}.s3.amazonaws.com/", "fields": {**fields, **signed}}


def url(clock: WorldClock, method: str, parameters: Mapping[str, Any], seconds: int) -> str:
    """A link for one call of the method, until `seconds` from now."""
    text = repr((method, sorted(parameters.items()), _until(clock, seconds)))
    query = urlencode({"X-Amz-Expires": seconds, "X-Amz-Signature": _signature(text)})
    return f"https://{parameters['Bucket']}.s3.amazonaws.com/{quote(parameters['Key'])}?{query}"


def _until(clock: WorldClock, seconds: int) -> str:
    return (clock.now() + timedelta(seconds=seconds)).isoformat()


def _signature(text: str) -> str:
    return sha256(f"signed {text}".encode()).hexdigest()
