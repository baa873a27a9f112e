"""S3 and DynamoDB on a virtual calendar: what template.yaml lets them delete is really deleted.

Neither moto nor the local cloud ever carries out a lifecycle rule, and moto no time to live either.
The reaper reads both from the template and does what AWS documents, as of a moment that it is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from local.cloud.templates import read_template

ROOT = Path(__file__).parents[2]
TEMPLATE: Mapping[str, Any] = read_template(ROOT / "template.yaml")


@dataclass
class Reaper:
    """`names` = the real name of each bucket and table by its name in the template.

    The clients are of boto3.
    """

    s3: Any
    dynamodb: Any
    names: Mapping[str, str]

    def version_buckets(self) -> None:
        """Give the buckets the versions that the template says."""
        for bucket, properties in self._resources("AWS::S3::Bucket"):
            if configured := properties.get("VersioningConfiguration"):
                self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=configured)

    def reap(self, now: datetime) -> None:
        """Delete everything that has expired at that moment."""
        for bucket, properties in self._resources("AWS::S3::Bucket"):
            for rule in properties["LifecycleConfiguration"]["Rules"]:
                self._apply(rule, bucket, now)
        for table, properties in self._resources("AWS::DynamoDB::Table"):
            if "TimeToLiveSpecification" in properties:
                self._expire(table, properties["TimeToLiveSpecification"]["AttributeName"], now)

    def _resources(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, resource in TEMPLATE["Resources"].items():
            if resource["Type"] == kind and name in self.names:
                yield self.names[name], resource["Properties"]

    def _days(self, value: Any) -> timedelta:
        if isinstance(value, Mapping):
            value = TEMPLATE["Parameters"][value["Ref"]]["Default"]
        return timedelta(days=int(value))

    def _apply(self, rule: Mapping[str, Any], bucket: str, now: datetime) -> None:
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=rule.get("Prefix", ""))
        found = [each for page in pages for kind in ("Versions", "DeleteMarkers") for each in page.get(kind, [])]
        found.sort(key=lambda each: (each["Key"], not each["IsLatest"], -each["LastModified"].timestamp()))
        for key, group in groupby(found, lambda each: each["Key"]):
            versions = list(group)
            newest, is_object = versions[0], "Size" in versions[0]
            expires = newest["LastModified"] + self._days(rule.get("ExpirationInDays", 0))
            if "ExpirationInDays" in rule and is_object and expires <= now:
                self.s3.delete_object(Bucket=bucket, Key=key)
            if "NoncurrentVersionExpiration" in rule:
                kept = self._days(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
                for newer, older in pairwise(versions):  # it is not current since the newer one was written
                    if newer["LastModified"] + kept <= now:
                        self.s3.delete_object(Bucket=bucket, Key=key, VersionId=older["VersionId"])
            if rule.get("ExpiredObjectDeleteMarker") and not is_object and len(versions) == 1:
                self.s3.delete_object(Bucket=bucket, Key=key, VersionId=newest["VersionId"])

    def _expire(self, table: str, attribute: str, now: datetime) -> None:
        keys = [each["AttributeName"] for each in self.dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                if attribute in item and int(item[attribute]["N"]) < now.timestamp():
                    self.dynamodb.delete_item(TableName=table, Key={key: item[key] for key in keys})
