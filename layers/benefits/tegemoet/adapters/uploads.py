"""Presigned forms and links on S3: rights to write one object or to read one, for a quarter of an hour."""

from typing import TYPE_CHECKING, Any

from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

SECONDS = 15 * 60
PRESIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
"""How a client that presigns is made. Unless told so, boto3 signs the old way, which S3 refuses for objects under a key of our own,
and names the global address, which answers with a redirection while a bucket is new; no form follows one."""
ENCRYPTION = "x-amz-server-side-encryption"


class S3Forms:
    """Forms for the inbox `bucket`; with `key` (an ARN) they write under that key of KMS. The client is one for `PRESIGNING`."""

    def __init__(self, client: "S3Client", bucket: str, key: str | None = None) -> None:
        self._client, self._bucket = client, bucket
        self._encryption = {} if key is None else {ENCRYPTION: "aws:kms", f"{ENCRYPTION}-aws-kms-key-id": key}

    def form(self, key: str, size: int, batch: str) -> "Mapping[str, Any]":
        fields = {"x-amz-meta-batch": batch, **self._encryption}
        conditions: list[Any] = [
            ["content-length-range", size, size],
            *({name: value} for name, value in fields.items()),
        ]
        return self._client.generate_presigned_post(self._bucket, key, fields, conditions, SECONDS)


class S3Links:
    """Links to the output `bucket`. The client is one for `PRESIGNING`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def link(self, key: str) -> str:
        where = {
            "Bucket": self._bucket,
            "Key": key,
            # A browser keeps it as a file: nothing that a partner wrote runs in our name.
            "ResponseContentDisposition": f'attachment; filename="{key.rpartition("/")[2]}"',
        }
        return self._client.generate_presigned_url("get_object", where, SECONDS)
