"""Objects of one S3 bucket."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import ClientError

from tegemoet.application.ports import Sink
from tegemoet.application.records import ObjectVersion, WrittenVersion

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

BLOCK = 1 << 20
MOST = 1_000
"""The most keys of one DeleteObjects."""
PART = 8 << 20
"""Bytes of a part of a large object; S3 requires at least 5 MiB, and at most 10,000 parts."""
_NOT_THERE = frozenset(("404", "NoSuchKey", "NoSuchVersion", "NotFound"))


class NotDeletedError(Exception):
    """S3 did not delete some objects; the message is its error code."""


class S3Objects:
    """The objects of `bucket`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def head(self, key: str, version: str | None = None, etag: str | None = None) -> ObjectVersion:
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key, **_version(version))
        except ClientError as error:
            missing = _missing(error, key)
            if not isinstance(missing, KeyError) or version is not None or etag is None:
                raise missing from None
            return self.head(key, self._version_with(key, etag), etag)
        if etag is not None and found["ETag"].strip('"') != etag:
            if version is not None:
                raise KeyError(key)
            return self.head(key, self._version_with(key, etag), etag)
        return ObjectVersion(
            key=key,
            version=found.get("VersionId", version),
            etag=found["ETag"].strip('"'),
            size=found["ContentLength"],
            written_at=_second(found["LastModified"]),
            metadata=found["Metadata"],
            encryption=found.get("SSEKMSKeyId"),
        )

    def _version_with(self, key: str, etag: str) -> str:
        """The version with that ETag, where the newest version is another one or a deletion.

        Raises KeyError.
        """
        for found in self.written(key):
            if (found.key, found.etag) == (key, etag):
                return found.version
        raise KeyError(key)

    def written(self, prefix: str) -> Iterator[WrittenVersion]:
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for found in page.get("Versions", []):
                etag, written_at = found["ETag"].strip('"'), _second(found["LastModified"])
                yield WrittenVersion(found["Key"], found["VersionId"], etag, written_at)

    def get(self, key: str) -> bytes:
        return b"".join(self.stream(key))

    def stream(self, key: str, version: str | None = None) -> Iterator[bytes]:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key, **_version(version))
        except ClientError as error:
            raise _missing(error, key) from None
        return iter(found["Body"].iter_chunks(BLOCK))

    def get_range(self, key: str, start: int, stop: int) -> bytes:
        if start >= stop:
            return b""  # S3 has no empty range
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={start}-{stop - 1}")
        except ClientError as error:
            raise _missing(error, key) from None
        return found["Body"].read()

    def put(self, key: str, body: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body)

    def put_once(self, key: str, body: bytes) -> bool:
        while True:
            try:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
            except ClientError as error:
                match error.response["Error"]["Code"]:
                    case "PreconditionFailed":
                        return False
                    case "ConditionalRequestConflict":
                        continue  # another writer is writing it at this moment: try again
                raise
            return True

    @contextmanager
    def writer(self, key: str, once: bool = False) -> Iterator[Sink]:
        sink = _Parts(self._client, self._bucket, key, _Condition(IfNoneMatch="*") if once else _Condition())
        try:
            yield sink
        except BaseException:
            sink.abort()
            raise
        sink.close()

    def exists(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_THERE:
                return False
            raise
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        return (key for key, _ in self.sizes(prefix))

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                yield found["Key"], found["Size"]

    def delete(self, keys: Iterable[str]) -> None:
        rest = iter(keys)
        while batch := list(islice(rest, MOST)):
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
            )
            if errors := answer.get("Errors"):
                raise NotDeletedError(errors[0].get("Code", "unknown"))


class _Parts:
    """Collects what is written into the parts of an upload; a small object is put in one call."""

    def __init__(self, client: "S3Client", bucket: str, key: str, condition: "_Condition") -> None:
        self._client, self._bucket, self._key = client, bucket, key
        self._condition = condition
        self._held = bytearray()
        self._upload: str | None = None
        self._parts: list[CompletedPartTypeDef] = []

    def write(self, data: bytes, /) -> None:
        self._held += data
        while len(self._held) >= PART:
            self._send(bytes(self._held[:PART]))
            del self._held[:PART]

    def _send(self, part: bytes) -> None:
        if self._upload is None:
            self._upload = self._client.create_multipart_upload(Bucket=self._bucket, Key=self._key)["UploadId"]
        number = len(self._parts) + 1
        sent = self._client.upload_part(
            Bucket=self._bucket, Key=self._key, UploadId=self._upload, PartNumber=number, Body=part
        )
        self._parts.append({"ETag": sent["ETag"], "PartNumber": number})

    def close(self) -> None:
        """Make the object visible, unless its condition does not hold."""
        try:
            self._close()
        except BaseException as error:
            self.abort()
            if isinstance(error, ClientError) and error.response["Error"]["Code"] == "PreconditionFailed":
                return
            raise

    def _close(self) -> None:
        if self._upload is None:
            self._client.put_object(Bucket=self._bucket, Key=self._key, Body=bytes(self._held), **self._condition)
            return
        if self._held:
            self._send(bytes(self._held))
        self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload,
            MultipartUpload={"Parts": self._parts},
            **self._condition,
        )

    def abort(self) -> None:
        if self._upload is not None:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload)


class _Condition(TypedDict, total=False):
    IfNoneMatch: str


class _Version(TypedDict, total=False):
    VersionId: str


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _version(version: str | None) -> _Version:
    return {} if version is None else {"VersionId": version}


def _missing(error: ClientError, key: str) -> Exception:
    return KeyError(key) if error.response["Error"]["Code"] in _NOT_THERE else error
