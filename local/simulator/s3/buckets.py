"""Buckets: the versions of every object, and conditional writes of them."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from itertools import count

from local.simulator.clock import WorldClock
from local.simulator.errors import RefusedError

NO_VERSION = "null"
"""The version of every object in a bucket without versions."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an object; a deletion has neither body nor `etag`.

    `written` has whole seconds, as S3 has. `key_id` = the ARN of the KMS key that encrypts it.
    """

    id: str
    written: datetime
    body: bytes = b""
    etag: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    key_id: str | None = None
    is_deletion: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """What a write requires: `absent` that there is no object, `etag` that it is this one."""

    absent: bool = False
    etag: str | None = None

    def check(self, current: Version | None) -> None:
        """Raises RefusedError."""
        if self.etag is not None and current is None:
            raise no_such_key(404)
        if (self.absent and current is not None) or (
            self.etag is not None and current is not None and self.etag.strip('"') != current.etag
        ):
            message = "At least one of the pre-conditions you specified did not hold"
            raise RefusedError("PreconditionFailed", message, 412)


@dataclass(slots=True)
class Bucket:
    """A bucket. `key_id` = the KMS key under which it encrypts what names none.

    The ETag of an object under a KMS key is not the digest of its bytes, and two objects with the
    same bytes have different ones:
    docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html.
    """

    name: str
    clock: WorldClock
    versioned: bool = False
    key_id: str | None = None
    objects: dict[str, list[Version]] = field(default_factory=dict)
    """By key, the versions, oldest first."""
    order: list[str] = field(default_factory=list)
    """Every key, in the order of a list."""
    created: Callable[[str, str, Version], None] | None = None
    """Told of every object that is written: bucket, key, version."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def clear(self) -> None:
        self.objects.clear()
        self.order.clear()
        self._numbers = count(1)

    def current(self, key: str) -> Version | None:
        """The object, unless there is none or it was deleted."""
        versions = self.objects.get(key)
        return None if versions is None or versions[-1].is_deletion else versions[-1]

    def version(self, key: str, version_id: str | None) -> Version:
        """The object or one of its versions. Raises RefusedError."""
        if version_id is None:
            found = self.current(key)
            if found is None:
                raise no_such_key()
            return found
        for found in self.objects.get(key, ()):
            if found.id == version_id:
                if found.is_deletion:
                    message = "The specified method is not allowed against this resource."
                    raise RefusedError("MethodNotAllowed", message, 405)
                return found
        raise RefusedError("NoSuchVersion", "The specified version does not exist.", 404)

    def put(
        self,
        key: str,
        body: bytes,
        condition: Condition,
        metadata: Mapping[str, str],
        key_id: str | None,
        etag: str | None = None,
    ) -> Version:
        """Write the object. Raises RefusedError when the condition does not hold."""
        condition.check(self.current(key))
        number = next(self._numbers)
        key_id = key_id if key_id is not None else self.key_id
        if key_id is not None:
            made = f"{number:032x}" + ("-" + etag.rpartition("-")[2] if etag is not None else "")
        else:
            made = etag if etag is not None else md5(body, usedforsecurity=False).hexdigest()
        version = Version(self._id(number), self._now(), body, made, dict(metadata), key_id)
        self._append(key, version)
        if self.created is not None:
            self.created(self.name, key, version)
        return version

    def delete(self, key: str, version_id: str | None = None) -> Version | None:
        """Delete the object, or that version for good. Returns the deletion that this leaves.

        In a bucket with versions, deleting the object adds a deletion, whether there is one or not.
        """
        if version_id is None and self.versioned:
            deletion = Version(self._id(next(self._numbers)), self._now(), is_deletion=True)
            self._append(key, deletion)
            return deletion
        wanted = version_id if version_id is not None else NO_VERSION
        versions = self.objects.get(key, [])
        versions[:] = [version for version in versions if version.id != wanted]
        if not versions and self.objects.pop(key, None) is not None:
            del self.order[bisect_left(self.order, key)]
        return None

    def _append(self, key: str, version: Version) -> None:
        versions = self.objects.get(key)
        if versions is None:
            self.objects[key] = [version]
            insort(self.order, key)
        elif self.versioned:
            versions.append(version)
        else:
            versions[:] = [version]

    def _id(self, number: int) -> str:
        return f"{number:032}" if self.versioned else NO_VERSION

    def _now(self) -> datetime:
        return self.clock.now().replace(microsecond=0)

    def keys(self, prefix: str, after: str = "") -> Iterator[str]:
        """The keys with this prefix that follow `after`, in order, deleted objects included."""
        order = self.order
        at = bisect_left(order, max(prefix, after))
        while at < len(order) and order[at].startswith(prefix):
            if order[at] != after:
                yield order[at]
            at += 1


def no_such_key(status: int = 404) -> RefusedError:
    return RefusedError("NoSuchKey", "The specified key does not exist.", status)
