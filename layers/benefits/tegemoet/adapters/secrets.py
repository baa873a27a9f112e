"""Secrets in Secrets Manager, read once per process: a rotation adds a version and changes none."""

from functools import cached_property
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_secretsmanager import SecretsManagerClient


class ManagedSecrets:
    """The secrets of two ARNs; a function gives those that it may read.

    `person` = ARN of the JSON {"current": "1", "1": "…"}; `digest` = ARN of a plain text.
    """

    def __init__(self, client: "SecretsManagerClient", person: str = "", digest: str = "") -> None:
        self._client, self._person_arn, self._digest_arn = client, person, digest

    @cached_property
    def _person(self) -> dict[str, str]:
        text = self._client.get_secret_value(SecretId=self._person_arn)["SecretString"]
        secrets: dict[str, str] = orjson.loads(text)
        return secrets

    @cached_property
    def _digest(self) -> bytes:
        return self._client.get_secret_value(SecretId=self._digest_arn)["SecretString"].encode()

    def person_secrets(self) -> "Mapping[str, str]":
        return {version: secret for version, secret in self._person.items() if version != "current"}

    def current_version(self) -> str:
        return self._person["current"]

    def digest_secret(self) -> bytes:
        return self._digest
