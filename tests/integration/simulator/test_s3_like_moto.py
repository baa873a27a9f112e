"""Random calls of the simulated S3 and of moto are answered alike, call by call.

Identifiers of versions and uploads differ; the same one always stands for the same one. What only
one of them knows has its tests in `tests/unit/simulator`.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.simulator.client import direct
from local.simulator.clock import WorldClock
from local.simulator.s3.buckets import Bucket
from local.simulator.s3.client import S3, Buckets
from tests.support.machines import REGION
from tests.support.twins import Twins, outcome

PLAIN, VERSIONED = "plain", "versioned"
IDS = ("VersionId", "UploadId", "NextVersionIdMarker", "VersionIdMarker")
OTHERWISE = (
    *("LastModified", "Owner", "AcceptRanges", "ContentType", "MaxKeys", "Name", "EncodingType", "Prefix", "Delimiter"),
    *("KeyMarker", "VersionIdMarker", "StorageClass", "ChecksumCRC32", "ChecksumType", "ChecksumAlgorithm", "Location"),
    *("ChecksumCRC64NVME", "ChecksumCRC32C", "ChecksumSHA1", "ChecksumSHA256", "ServerSideEncryption", "DeleteMarker"),
    *("DeleteMarkerVersionId", "UploadIdMarker", "MaxUploads", "Initiated", "Initiator"),
    *("IsTruncated", "NextKeyMarker", "NextContinuationToken", "ContinuationToken", "KeyCount", "Bucket"),
)
"""Fields that the application does not read, or whose value is the service's own choice."""


class Named(Twins):
    """Twins that name versions and uploads differently."""

    def __init__(self, simulated: Any, moto: Any) -> None:
        super().__init__(simulated, moto)
        self.names: dict[str, str] = {}

    def learn(self, ours: Any, theirs: Any) -> None:
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            for name in ours.keys() & theirs.keys():
                if name in IDS:
                    self.names.setdefault(ours[name], theirs[name])
                self.learn(ours[name], theirs[name])
        elif isinstance(ours, list) and isinstance(theirs, list):
            for one, other in zip(ours, theirs, strict=False):
                self.learn(one, other)

    def theirs(self, value: Any) -> Any:
        """A value with moto's names."""
        if isinstance(value, Mapping):
            return {
                name: self.names.get(each, each) if name in IDS else self.theirs(each)
                for name, each in value.items()
                if name not in OTHERWISE and each != "null"  # which moto names where AWS does not
            }
        return [self.theirs(each) for each in value] if isinstance(value, list) else value

    def call(self, operation: str, **parameters: Any) -> Any:
        ours = outcome(self.simulated, operation, parameters)
        named = {name: self.names.get(value, value) if name in IDS else value for name, value in parameters.items()}
        theirs = outcome(self.moto, operation, named)
        self.learn(ours[1], theirs[1])
        assert self.theirs(list(ours)) == self.theirs(list(theirs)), f"{operation} {str(parameters)[:300]}"
        kind = ours[1] if ours[0] == "error" else "answer"
        self.seen[operation, kind] = self.seen.get((operation, kind), 0) + 1
        return ours[1]


@pytest.fixture(scope="module")
def twins() -> Iterator[Named]:
    clock = WorldClock()
    with mock_aws():
        moto = boto3.client("s3", REGION)
        for name in (PLAIN, VERSIONED):
            moto.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        moto.put_bucket_versioning(Bucket=VERSIONED, VersioningConfiguration={"Status": "Enabled"})
        made = {name: Bucket(name, clock, versioned=name == VERSIONED) for name in (PLAIN, VERSIONED)}
        yield Named(S3(direct, Buckets(made, clock)), moto)


class Chance:
    """Draws calls over few keys, so that they meet."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.versions = ["nothing"]
        self.etags = ['"0cc175b9c0f1b6a831c399e269772661"']

    def place(self) -> dict[str, str]:
        return {"Bucket": self.random.choice((PLAIN, VERSIONED)), "Key": self.random.choice(("a", "a/b", "c", "é"))}

    def body(self) -> bytes:
        return self.random.choice((b"", b"a", b"0123456789"))


def write(twins: Named, chance: Chance) -> None:
    condition = chance.random.choice(({}, {}, {"IfNoneMatch": "*"}, {"IfMatch": chance.random.choice(chance.etags)}))
    metadata = chance.random.choice(({}, {"Metadata": {"batch": "b-1"}}))
    answer = twins.call("put_object", **chance.place(), Body=chance.body(), **condition, **metadata)
    if isinstance(answer, Mapping):
        chance.etags.append(answer["ETag"])
        chance.versions.append(answer.get("VersionId", "nothing"))


def read(twins: Named, chance: Chance) -> None:
    place = chance.place()
    twins.call("head_object", **place)
    twins.call("get_object", **place)
    if chance.random.random() < 0.5:
        twins.call(
            "get_object", **place, Range=chance.random.choice(("bytes=0-0", "bytes=2-5", "bytes=8-99", "bytes=50-60"))
        )


def remove(twins: Named, chance: Chance) -> None:
    """Delete what is there: moto adds no deletion of what is not."""
    place = chance.place()
    listed_keys = twins.call("list_objects_v2", Bucket=place["Bucket"]).get("Contents", [])
    keys = sorted(each["Key"] for each in listed_keys if chance.random.random() < 0.5)
    if len(keys) == 1:
        twins.call("delete_object", Bucket=place["Bucket"], Key=keys[0])
    elif keys:
        twins.call("delete_objects", Bucket=place["Bucket"], Delete={"Objects": [{"Key": key} for key in keys]})


def listed(twins: Named, chance: Chance) -> None:
    for prefix in ("", "a"):
        for bucket in (PLAIN, VERSIONED):
            twins.call("list_objects_v2", Bucket=bucket, Prefix=prefix)
            twins.call("list_object_versions", Bucket=bucket, Prefix=prefix)
    found = twins.call("list_object_versions", Bucket=VERSIONED)
    for kind in ("Versions", "DeleteMarkers"):
        for each in chance.random.sample(found.get(kind, []), min(2, len(found.get(kind, [])))):
            version = {"Bucket": VERSIONED, "Key": each["Key"], "VersionId": each["VersionId"]}
            twins.call("head_object", **version)
            if kind == "Versions":
                twins.call("get_object", **version)
            if chance.random.random() < 0.3:
                twins.call("delete_object", **version)


def upload(twins: Named, chance: Chance) -> None:
    place = chance.place()
    begun = twins.call("create_multipart_upload", **place, Metadata={"batch": "b-2"})
    where = {**place, "UploadId": begun["UploadId"]}
    large = b"x" * (5 << 20)
    parts = []
    for number, body in enumerate((chance.random.choice((large, large, b"small")), b"end"), start=1):
        sent = twins.call("upload_part", **where, PartNumber=number, Body=body)
        parts.append({"ETag": sent["ETag"], "PartNumber": number})
    twins.call("list_multipart_uploads", Bucket=place["Bucket"])
    condition = chance.random.choice(({}, {"IfNoneMatch": "*"}))
    if chance.random.random() < 0.2:
        parts[0]["ETag"] = '"0cc175b9c0f1b6a831c399e269772661"'
    answer = twins.call("complete_multipart_upload", **where, MultipartUpload={"Parts": parts}, **condition)
    if not isinstance(answer, Mapping):
        twins.call("abort_multipart_upload", **where)


def test_random_calls_are_answered_alike(twins: Named) -> None:
    chance = Chance(seed=1)
    for _ in range(25):
        for step in (write, write, write, read, read, remove, listed):
            step(twins, chance)
        if chance.random.random() < 0.4:
            upload(twins, chance)
    seen = twins.seen
    assert seen["put_object", "answer"] > 10
    assert seen["complete_multipart_upload", "answer"] > 1
    for refused in (
        ("put_object", "PreconditionFailed"),
        ("put_object", "NoSuchKey"),
        ("get_object", "NoSuchKey"),
        ("get_object", "InvalidRange"),
        ("head_object", "404"),
        ("head_object", "405"),
        ("complete_multipart_upload", "PreconditionFailed"),
        ("complete_multipart_upload", "EntityTooSmall"),
        ("complete_multipart_upload", "InvalidPart"),
    ):
        assert seen[refused] > 0, refused


def test_a_bucket_that_is_not_there_is_refused_alike(twins: Named) -> None:
    place = {"Bucket": "nothing", "Key": "a"}
    assert twins.call("put_object", **place, Body=b"") == "NoSuchBucket"
    assert twins.call("get_object", **place) == "NoSuchBucket"
    assert twins.call("list_objects_v2", Bucket="nothing") == "NoSuchBucket"
