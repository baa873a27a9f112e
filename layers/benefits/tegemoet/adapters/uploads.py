"""Presigned forms and links on S3: each writes or reads one object, for a quarter of an hour."""

from typing import TYPE_CHECKING

from botocore.config import Config

from tegemoet.application.records import UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SECONDS = 15 * 60
PRESIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
"""The configuration of a client that presigns. By default boto3 uses the old signature, which S3
refuses for objects under a customer-managed key, and the global address, which redirects while a
bucket is new; a form follows no redirection."""
ENCRYPTION = "x-amz-server-side-encryption"


class S3Forms:
    """Forms for the inbox `bucket`; with `key` (an ARN) they encrypt under that KMS key.

    `client` is made with `PRESIGNING`.
    """

    def __init__(self, client: "S3Client", bucket: str, key: str | None = None) -> None:
        self._client, self._bucket = client, bucket
        self._encryption = {} if key is None else {ENCRYPTION: "aws:kms", f"{ENCRYPTION}-aws-kms-key-id": key}

    def form(self, key: str, size: int, batch: str) -> UploadForm:
        fields = {"x-amz-meta-batch": batch, **self._encryption}
        conditions: list[list[str | int] | dict[str, str]] = [
            ["content-length-range", size, size],
            *({name: value} for name, value in fields.items()),
        ]
        post = self._client.generate_presigned_post(self._bucket, key, fields, conditions, SECONDS)
        return UploadForm(post["url"], post["fields"])


class S3Links:
    """Links to the output `bucket`. `client` is made with `PRESIGNING`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def link(self, key: str) -> str:
        where = {
            "Bucket": self._bucket,
            "Key": key,
            # a browser saves it as a file, so no content of a partner is executed under this origin
            "ResponseContentDisposition": f'attachment; filename="{key.rpartition("/")[2]}"',
        }
        return self._client.generate_presigned_url("get_object", where, SECONDS)
