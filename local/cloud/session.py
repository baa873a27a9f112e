"""A boto3 session that talks to the local cloud, whatever the environment says about endpoints."""

from __future__ import annotations

from typing import Any, Final

import boto3
from botocore.config import Config

REGION: Final = "eu-west-1"
SECRET_KEY: Final = "test"  # noqa: S105
# Root of the emulator's default account. Any other key id
# must exist there, or be a 12-digit account number.
ACCESS_KEY = "test"


class LocalSession(boto3.Session):
    """A session whose every client talks to the local cloud at `url`, with that account or key."""

    def __init__(self, url: str, account: str, secret: str = SECRET_KEY, token: str | None = None) -> None:
        super().__init__(
            aws_access_key_id=account, aws_secret_access_key=secret, aws_session_token=token, region_name=REGION
        )
        self._url = url

    def client(self, *args: Any, **kwargs: Any) -> Any:
        return super().client(*args, **self._local(kwargs))

    def resource(self, *args: Any, **kwargs: Any) -> Any:
        return super().resource(*args, **self._local(kwargs))

    def _local(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        # No proxy for 127.0.0.1; and the emulator has no virtual hosts for buckets and services.
        local = Config(proxies={}, s3={"addressing_style": "path"}, inject_host_prefix=False)
        config = kwargs.pop("config", None)
        return {"endpoint_url": self._url, "config": local.merge(config) if config else local, **kwargs}
