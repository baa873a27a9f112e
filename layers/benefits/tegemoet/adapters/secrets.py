"""Secrets in Secrets Manager, read once per process: a rotation adds a version and changes none."""

from functools import cached_property
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_secretsmanager import SecretsManagerClient


class ManagedPersonSecrets:
    """The secrets of person keys: the secret `arn` holds `{"current": "1", "1": "…"}`."""

    def __init__(self, client: "SecretsManagerClient", arn: str) -> None:
        self._client, self._arn = client, arn

    @cached_property
    def _versions(self) -> dict[str, str]:
        text = self._client.get_secret_value(SecretId=self._arn)["SecretString"]
        versions: dict[str, str] = orjson.loads(text)
        return versions

    def person_secrets(self) -> "Mapping[str, str]":
        return {version: secret for version, secret in self._versions.items() if version != "current"}

    def current_version(self) -> str:
        return self._versions["current"]


class ManagedDigestSecret:
    """The secret of the digests: the plain text of the secret `arn`."""

    def __init__(self, client: "SecretsManagerClient", arn: str) -> None:
        self._client, self._arn = client, arn

    @cached_property
    def _secret(self) -> bytes:
        return self._client.get_secret_value(SecretId=self._arn)["SecretString"].encode()

    def digest_secret(self) -> bytes:
        return self._secret
