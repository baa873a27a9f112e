"""The client of S3. Every read sees every write before it: S3 is strongly consistent."""
# ruff: noqa: N803 - parameters are named as boto3 names them

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from local.simulator.bodies import Body
from local.simulator.client import Answer, Client, Hook, delivered, operation
from local.simulator.clock import WorldClock
from local.simulator.errors import Exceptions, RefusedError, UnsupportedError
from local.simulator.faults import Delivery
from local.simulator.s3 import listing, presigned
from local.simulator.s3.buckets import Bucket, Condition, Version
from local.simulator.s3.uploads import Upload, Uploads

MOST = 1_000
"""Keys of one DeleteObjects."""
EXCEPTIONS = Exceptions("BucketAlreadyExists", "NoSuchBucket", "NoSuchKey", "NoSuchUpload")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(slots=True)
class Buckets:
    """Every bucket, and the uploads in progress."""

    buckets: Mapping[str, Bucket]
    clock: WorldClock
    uploads: Uploads = field(default_factory=Uploads)

    def bucket(self, name: str) -> Bucket:
        try:
            return self.buckets[name]
        except KeyError:
            raise RefusedError("NoSuchBucket", "The specified bucket does not exist", 404) from None

    def reset(self) -> None:
        self.uploads.clear()
        for bucket in self.buckets.values():
            bucket.clear()


class S3(Client):
    """A double of boto3's client over `store`. `page` = the most keys of one page of a list."""

    service = "s3"
    exceptions = EXCEPTIONS
    pages: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "list_objects_v2": {"NextContinuationToken": "ContinuationToken"},
        "list_object_versions": {"NextKeyMarker": "KeyMarker", "NextVersionIdMarker": "VersionIdMarker"},
        "list_multipart_uploads": {},
    }

    def __init__(self, hook: Hook, store: Buckets, page: int = MOST) -> None:
        super().__init__(hook)
        self._store, self._page = store, page

    # --- objects

    @operation
    def put_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: bytes = b"",
        IfNoneMatch: str | None = None,
        IfMatch: str | None = None,
        Metadata: Mapping[str, str] | None = None,
        ContentType: str | None = None,  # noqa: ARG002 - nothing reads it
        ServerSideEncryption: str | None = None,
        SSEKMSKeyId: str | None = None,
    ) -> Answer:
        bucket, condition = self._store.bucket(Bucket), _condition(IfNoneMatch, IfMatch)
        key_id = _key_id(ServerSideEncryption, SSEKMSKeyId)
        version = bucket.put(Key, bytes(Body), condition, _metadata(Metadata), key_id)
        return _written(bucket, version)

    @delivered
    def get_object(
        self, delivery: Delivery, *, Bucket: str, Key: str, Range: str | None = None, VersionId: str | None = None
    ) -> Answer:
        bucket = self._store.bucket(Bucket)
        version = bucket.version(Key, VersionId)
        body, described = version.body, _described(bucket, version)
        if Range is not None:
            start, stop = _span(Range, len(body))
            described["ContentRange"] = f"bytes {start}-{stop - 1}/{len(body)}"
            body = body[start:stop]
        return {**described, "ContentLength": len(body), "Body": _body(body, delivery.cut)}

    @operation
    def head_object(self, *, Bucket: str, Key: str, VersionId: str | None = None) -> Answer:
        # the answer to a HEAD has no body: the code of an error is its status
        try:
            bucket = self._store.bucket(Bucket)
            return _described(bucket, bucket.version(Key, VersionId))
        except RefusedError as refused:
            reason = {404: "Not Found", 405: "Method Not Allowed"}[refused.status]
            raise RefusedError(str(refused.status), reason, refused.status) from None

    @operation
    def delete_object(self, *, Bucket: str, Key: str, VersionId: str | None = None) -> Answer:
        bucket = self._store.bucket(Bucket)
        return _deleted(bucket, bucket.delete(Key, VersionId), VersionId)

    @delivered
    def delete_objects(self, delivery: Delivery, *, Bucket: str, Delete: Mapping[str, Any]) -> Answer:
        bucket, named = self._store.bucket(Bucket), Delete["Objects"]
        if not 1 <= len(named) <= MOST:
            raise RefusedError("MalformedXML", "The XML you provided was not well-formed")
        gone, errors = [], []
        for number, one in enumerate(named):
            if number in delivery.left_out:
                message = "We encountered an internal error. Please try again."
                errors.append({**one, "Code": "InternalError", "Message": message})
            else:
                deletion = bucket.delete(one["Key"], one.get("VersionId"))
                marker = {} if deletion is None else {"DeleteMarker": True, "DeleteMarkerVersionId": deletion.id}
                gone.append({**one, **marker})
        answer = {} if Delete.get("Quiet") else {"Deleted": gone}
        return answer | ({"Errors": errors} if errors else {})

    # --- lists

    @operation
    def list_objects_v2(
        self, *, Bucket: str, Prefix: str = "", MaxKeys: int = MOST, ContinuationToken: str = ""
    ) -> Answer:
        most = min(MaxKeys, self._page)
        return listing.objects(self._store.bucket(Bucket), Prefix, most, ContinuationToken)

    @operation
    def list_object_versions(
        self, *, Bucket: str, Prefix: str = "", MaxKeys: int = MOST, KeyMarker: str = "", VersionIdMarker: str = ""
    ) -> Answer:
        most = min(MaxKeys, self._page)
        return listing.versions(self._store.bucket(Bucket), Prefix, most, KeyMarker, VersionIdMarker)

    @operation
    def list_multipart_uploads(self, *, Bucket: str, Prefix: str = "") -> Answer:
        return listing.uploads(self._store.bucket(Bucket), self._store.uploads, Prefix)

    # --- uploads in parts

    @operation
    def create_multipart_upload(
        self,
        *,
        Bucket: str,
        Key: str,
        Metadata: Mapping[str, str] | None = None,
        ServerSideEncryption: str | None = None,
        SSEKMSKeyId: str | None = None,
    ) -> Answer:
        bucket, key_id = self._store.bucket(Bucket), _key_id(ServerSideEncryption, SSEKMSKeyId)
        upload = Upload(bucket.name, Key, self._store.clock.now(), _metadata(Metadata), key_id)
        return {"Bucket": Bucket, "Key": Key, "UploadId": self._store.uploads.begin(upload)}

    @operation
    def upload_part(self, *, Bucket: str, Key: str, UploadId: str, PartNumber: int, Body: bytes) -> Answer:
        uploads = self._store.uploads
        etag = uploads.put_part(uploads.get(UploadId, Bucket, Key), PartNumber, bytes(Body))
        return {"ETag": f'"{etag}"'}

    @operation
    def complete_multipart_upload(
        self,
        *,
        Bucket: str,
        Key: str,
        UploadId: str,
        MultipartUpload: Mapping[str, Sequence[Mapping[str, Any]]],
        IfNoneMatch: str | None = None,
        IfMatch: str | None = None,
    ) -> Answer:
        bucket, condition = self._store.bucket(Bucket), _condition(IfNoneMatch, IfMatch)
        self._store.uploads.get(UploadId, Bucket, Key)
        version = self._store.uploads.complete(bucket, UploadId, MultipartUpload["Parts"], condition)
        return {"Bucket": Bucket, "Key": Key, **_written(bucket, version)}

    @operation
    def abort_multipart_upload(self, *, Bucket: str, Key: str, UploadId: str) -> Answer:
        self._store.uploads.get(UploadId, Bucket, Key)
        del self._store.uploads.open[UploadId]
        return {}

    # --- presigned rights: no call is made

    def generate_presigned_post(
        self,
        Bucket: str,
        Key: str,
        Fields: Mapping[str, str] | None = None,
        Conditions: Sequence[Any] = (),
        ExpiresIn: int = 3600,
    ) -> Answer:
        return presigned.post(self._store.clock, Bucket, Key, Fields or {}, Conditions, ExpiresIn)

    def generate_presigned_url(self, ClientMethod: str, Params: Mapping[str, Any], ExpiresIn: int = 3600) -> str:
        return presigned.url(self._store.clock, ClientMethod, Params, ExpiresIn)


_body = Body


def _condition(if_none_match: str | None, if_match: str | None) -> Condition:
    if if_none_match not in (None, "*"):
        raise RefusedError("NotImplemented", "A header you provided implies functionality not implemented", 501)
    return Condition(if_none_match is not None, if_match)


def _metadata(given: Mapping[str, str] | None) -> Mapping[str, str]:
    return {} if given is None else {name.lower(): value for name, value in given.items()}


def _key_id(encryption: str | None, key_id: str | None) -> str | None:
    if encryption not in (None, "aws:kms") or (encryption is None) != (key_id is None):
        raise UnsupportedError("an encryption other than under a named KMS key")
    return key_id


def _span(text: str, size: int) -> tuple[int, int]:
    """Where a range of an object begins and ends. Raises RefusedError."""
    found = _RANGE.fullmatch(text)
    if found is None:
        raise UnsupportedError(f"the range {text}")
    start, stop = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= size:
        raise RefusedError("InvalidRange", "The requested range is not satisfiable", 416)
    return start, stop


def _encrypted(version: Version) -> Answer:
    if version.key_id is None:
        return {"ServerSideEncryption": "AES256"}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": version.key_id}


def _versioned(bucket: Bucket, version: Version) -> Answer:
    return {"VersionId": version.id} if bucket.versioned else {}


def _written(bucket: Bucket, version: Version) -> Answer:
    return {"ETag": f'"{version.etag}"', **_encrypted(version), **_versioned(bucket, version)}


def _described(bucket: Bucket, version: Version) -> Answer:
    return {
        "LastModified": version.written,
        "ContentLength": len(version.body),
        "ETag": f'"{version.etag}"',
        "Metadata": dict(version.metadata),
        **_encrypted(version),
        **_versioned(bucket, version),
    }


def _deleted(bucket: Bucket, deletion: Version | None, version_id: str | None) -> Answer:
    if deletion is not None:
        return {"DeleteMarker": True, "VersionId": deletion.id}
    return {"VersionId": version_id} if bucket.versioned and version_id is not None else {}
