"""S3 and DynamoDB on a virtual calendar: what template.yaml lets them delete is really deleted.

Neither moto nor the local cloud ever carries out a lifecycle rule, and moto no time to live either.
The reaper reads both from the template and does what AWS documents, as of a moment that it is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from local.simulator.stack import Stack, stack


@dataclass
class Reaper:
    """`names` = the real name of each bucket and table by its name in the template.

    The clients are of boto3 or of a world, whose `direct` ones no fault disturbs.
    """

    s3: Any
    dynamodb: Any
    names: Mapping[str, str]
    made: Stack = field(default_factory=stack)

    def version_buckets(self) -> None:
        """Give the buckets the versions that the template says."""
        for bucket, properties in self._resources("AWS::S3::Bucket"):
            if configured := properties.get("VersioningConfiguration"):
                self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=configured)

    def reap(self, now: datetime) -> None:
        """Delete everything that has expired at that moment."""
        for bucket, properties in self._resources("AWS::S3::Bucket"):
            rules = properties["LifecycleConfiguration"]["Rules"]
            for rule in rules:
                if "AbortIncompleteMultipartUpload" in rule:
                    self._abort(rule, bucket, now)
            for key, versions in self._versions(bucket):
                for rule in rules:
                    if key.startswith(rule.get("Prefix", "")) and self._apply(rule, bucket, key, versions, now):
                        break  # what another rule would do to it, it does the next time
        for table, properties in self._resources("AWS::DynamoDB::Table"):
            if "TimeToLiveSpecification" in properties:
                self._expire(table, properties, now)

    def _resources(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, properties in self.made.resources(kind):
            if name in self.names:
                yield self.names[name], properties

    def _days(self, value: Any) -> timedelta:
        return timedelta(days=int(self.made.value(value)))

    def _versions(self, bucket: str) -> Iterator[tuple[str, list[Any]]]:
        """The versions of each key, the newest first."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        found = [each for page in pages for kind in ("Versions", "DeleteMarkers") for each in page.get(kind, [])]
        found.sort(key=lambda each: (each["Key"], not each["IsLatest"], -each["LastModified"].timestamp()))
        for key, group in groupby(found, lambda each: each["Key"]):
            yield key, list(group)

    def _apply(self, rule: Mapping[str, Any], bucket: str, key: str, versions: Sequence[Any], now: datetime) -> bool:
        """Delete what the rule lets expire of a key. Returns whether anything was."""
        newest, is_object = versions[0], "Size" in versions[0]
        expired: list[dict[str, str]] = []
        expires = newest["LastModified"] + self._days(rule.get("ExpirationInDays", 0))
        if "ExpirationInDays" in rule and is_object and expires <= now:
            expired.append({})
        if "NoncurrentVersionExpiration" in rule and len(versions) > 1:
            kept = self._days(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
            for newer, older in pairwise(versions):  # it is not current since the newer one was written
                if newer["LastModified"] + kept <= now:
                    expired.append({"VersionId": older["VersionId"]})
        if rule.get("ExpiredObjectDeleteMarker") and not is_object and len(versions) == 1:
            expired.append({"VersionId": newest["VersionId"]})
        for version in expired:
            self.s3.delete_object(Bucket=bucket, Key=key, **version)
        return bool(expired)

    def _abort(self, rule: Mapping[str, Any], bucket: str, now: datetime) -> None:
        kept = self._days(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
        for page in self.s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in page.get("Uploads", []):
                if upload["Initiated"] + kept <= now:
                    self.s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])

    def _expire(self, table: str, properties: Mapping[str, Any], now: datetime) -> None:
        keys = [each["AttributeName"] for each in properties["KeySchema"]]
        attribute = properties["TimeToLiveSpecification"]["AttributeName"]
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                if attribute in item and int(item[attribute]["N"]) < now.timestamp():
                    self.dynamodb.delete_item(TableName=table, Key={key: item[key] for key in keys})
