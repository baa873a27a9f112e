"""Presigned forms and links on S3: rights to write one object or to read one, for a quarter of an hour."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

SECONDS = 15 * 60


class S3Forms:
    """Forms for the inbox `bucket`. The client has to sign with version 4: objects are under a key of our own."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def form(self, key: str, size: int, batch: str) -> "Mapping[str, Any]":
        fields = {"x-amz-meta-batch": batch}
        conditions: list[Any] = [
            ["content-length-range", size, size],
            *({name: value} for name, value in fields.items()),
        ]
        return self._client.generate_presigned_post(self._bucket, key, fields, conditions, SECONDS)


class S3Links:
    """Links to the output `bucket`."""

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
