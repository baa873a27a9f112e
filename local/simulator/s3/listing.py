"""Lists of a bucket, in pages and in the order of the keys."""

from typing import Any

from local.simulator.s3.buckets import Bucket, Version
from local.simulator.s3.uploads import Uploads

Answer = dict[str, Any]


def objects(bucket: Bucket, prefix: str, most: int, after: str) -> Answer:
    """A page of ListObjectsV2. The token of the next page is the last key of this one."""
    found: list[Answer] = []
    for key in bucket.keys(prefix, after):
        version = bucket.current(key)
        if version is None:
            continue
        if len(found) == most:
            return {
                **_contents(found, prefix),
                "IsTruncated": True,
                "NextContinuationToken": found[-1]["Key"],
            }
        found.append(_shown(key, version))
    return {**_contents(found, prefix), "IsTruncated": False}


def _contents(found: list[Answer], prefix: str) -> Answer:
    return {"KeyCount": len(found), "Prefix": prefix, **({"Contents": found} if found else {})}


def versions(bucket: Bucket, prefix: str, most: int, key_marker: str, version_marker: str) -> Answer:
    """A page of ListObjectVersions: by key, the newest version first."""
    page: dict[str, list[Answer]] = {}
    answer: Answer = {"IsTruncated": False, "Prefix": prefix}
    rest = _rest(bucket, prefix, key_marker, version_marker)
    if len(rest) > most:
        last, version, _ = rest[most - 1]
        answer |= {"IsTruncated": True, "NextKeyMarker": last, "NextVersionIdMarker": version.id}
    for key, version, is_latest in rest[:most]:
        kind = "DeleteMarkers" if version.is_deletion else "Versions"
        shown = {"Key": key, "LastModified": version.written} if version.is_deletion else _shown(key, version)
        page.setdefault(kind, []).append({**shown, "VersionId": version.id, "IsLatest": is_latest})
    return answer | page


def _rest(bucket: Bucket, prefix: str, key_marker: str, version_marker: str) -> list[tuple[str, Version, bool]]:
    """Every version after the marker."""
    found = []
    if version_marker and key_marker in bucket.objects:
        kept = bucket.objects[key_marker][::-1]
        ids = [version.id for version in kept]
        at = ids.index(version_marker) + 1 if version_marker in ids else 0
        found += [(key_marker, version, number == 0) for number, version in enumerate(kept) if number >= at]
    for key in bucket.keys(prefix, key_marker):
        found += [(key, version, number == 0) for number, version in enumerate(bucket.objects[key][::-1])]
    return found


def uploads(bucket: Bucket, in_progress: Uploads, prefix: str) -> Answer:
    """ListMultipartUploads, in one page."""
    found = [
        {"UploadId": upload_id, "Key": upload.key, "Initiated": upload.begun}
        for upload_id, upload in in_progress.open.items()
        if upload.bucket == bucket.name and upload.key.startswith(prefix)
    ]
    found.sort(key=lambda upload: (upload["Key"], upload["UploadId"]))
    return {"IsTruncated": False, **({"Uploads": found} if found else {})}


def _shown(key: str, version: Version) -> Answer:
    return {
        "Key": key,
        "LastModified": version.written,
        "ETag": f'"{version.etag}"',
        "Size": len(version.body),
        "StorageClass": "STANDARD",
    }
