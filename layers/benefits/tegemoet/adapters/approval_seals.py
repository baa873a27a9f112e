"""The seal of approvals: an HMAC key of KMS, with which one function signs and others verify."""

from typing import Protocol, TypedDict

from botocore.exceptions import ClientError

ALGORITHM = "HMAC_SHA_256"


class _Made(TypedDict):
    Mac: bytes


class _Verified(TypedDict):
    MacValid: bool


class Kms(Protocol):
    """What is used of boto3's client."""

    def generate_mac(self, **call: str | bytes) -> _Made: ...
    def verify_mac(self, **call: str | bytes) -> _Verified: ...


class KmsApprovalSeal:
    """The seal under the key `key` (its ARN). A role may use it one way only."""

    def __init__(self, client: Kms, key: str) -> None:
        self._client, self._key = client, key

    def sign(self, message: bytes) -> bytes:
        return self._client.generate_mac(KeyId=self._key, Message=message, MacAlgorithm=ALGORITHM)["Mac"]

    def verify(self, message: bytes, mac: bytes) -> bool:
        try:
            found = self._client.verify_mac(KeyId=self._key, Message=message, Mac=mac, MacAlgorithm=ALGORITHM)
        except ClientError as error:
            if error.response["Error"]["Code"] == "KMSInvalidMacException":
                return False
            raise
        return found["MacValid"]
