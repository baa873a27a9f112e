"""Uploads in parts: docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html has the limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from itertools import count, pairwise
from typing import Any

from local.simulator.errors import RefusedError
from local.simulator.s3.buckets import Bucket, Condition, Version

SMALLEST = 5 << 20
"""Bytes of a part that is not the last one."""
MOST_PARTS = 10_000


@dataclass(slots=True)
class Upload:
    """An upload that is neither completed nor aborted. `parts` = ETag and bytes by number."""

    bucket: str
    key: str
    begun: datetime
    metadata: Mapping[str, str]
    key_id: str | None
    parts: dict[int, tuple[str, bytes]] = field(default_factory=dict)


@dataclass(slots=True)
class Uploads:
    """The uploads in progress, by id."""

    open: dict[str, Upload] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def clear(self) -> None:
        self.open.clear()
        self._numbers = count(1)

    def begin(self, upload: Upload) -> str:
        """Returns the id of the upload."""
        upload_id = f"upload-{next(self._numbers):08}"
        self.open[upload_id] = upload
        return upload_id

    def get(self, upload_id: str, bucket: str, key: str) -> Upload:
        """Raises RefusedError for an upload that was completed or aborted, or never begun."""
        found = self.open.get(upload_id)
        if found is None or (found.bucket, found.key) != (bucket, key):
            message = (
                "The specified upload does not exist. The upload ID may be invalid, "
                "or the upload may have been aborted or completed."
            )
            raise RefusedError("NoSuchUpload", message, 404)
        return found

    def put_part(self, upload: Upload, number: int, body: bytes) -> str:
        """Returns the ETag of the part; raises RefusedError. A part replaces the one before it."""
        if not 1 <= number <= MOST_PARTS:
            message = "Part number must be an integer between 1 and 10000, inclusive"
            raise RefusedError("InvalidArgument", message)
        etag = md5(body, usedforsecurity=False).hexdigest()
        upload.parts[number] = (etag, body)
        return etag

    def complete(self, bucket: Bucket, upload_id: str, named: Sequence[Mapping[str, Any]], when: Condition) -> Version:
        """Write the object from its parts. Raises RefusedError, and keeps the upload then."""
        upload = self.open[upload_id]
        when.check(bucket.current(upload.key))
        bodies, etags = _checked(upload, named)
        etag = f"{md5(b''.join(etags), usedforsecurity=False).hexdigest()}-{len(etags)}"
        version = bucket.put(upload.key, b"".join(bodies), when, upload.metadata, upload.key_id, etag)
        del self.open[upload_id]
        return version


def _checked(upload: Upload, named: Sequence[Mapping[str, Any]]) -> tuple[list[bytes], list[bytes]]:
    """The bodies and the digests of the named parts. Raises RefusedError."""
    if not named:
        raise RefusedError("MalformedXML", "The XML you provided was not well-formed")
    numbers = [part["PartNumber"] for part in named]
    if any(one >= other for one, other in pairwise(numbers)):
        message = "The list of parts was not in ascending order. The parts list must be specified in order."
        raise RefusedError("InvalidPartOrder", message)
    bodies, etags = [], []
    for part in named:
        etag, body = upload.parts.get(part["PartNumber"], (None, b""))
        if etag is None or part["ETag"].strip('"') != etag:
            raise RefusedError("InvalidPart", "One or more of the specified parts could not be found.")
        bodies.append(body)
        etags.append(bytes.fromhex(etag))
    if any(len(body) < SMALLEST for body in bodies[:-1]):
        message = "Your proposed upload is smaller than the minimum allowed object size."
        raise RefusedError("EntityTooSmall", message)
    return bodies, etags
