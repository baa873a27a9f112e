"""Secrets Manager: texts by their ARN."""
# ruff: noqa: N803 - parameters are named as boto3 names them

from local.simulator.client import Answer, Client, Hook, operation
from local.simulator.errors import Exceptions, RefusedError


class SecretsManager(Client):
    """A double of boto3's client. `texts` = the current version of each secret, by ARN."""

    service = "secretsmanager"
    exceptions = Exceptions("InternalServiceError", "ResourceNotFoundException")

    def __init__(self, hook: Hook, texts: dict[str, str]) -> None:
        super().__init__(hook)
        self._texts = texts

    @operation
    def get_secret_value(self, *, SecretId: str) -> Answer:
        if SecretId not in self._texts:
            raise RefusedError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return {"ARN": SecretId, "SecretString": self._texts[SecretId]}
