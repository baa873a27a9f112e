"""All that a deployed system wrote, as text with its place, to look for what must not be there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from local.cloud.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Places = Iterator[tuple[str, str]]
"""Place and text."""


class StackContents:
    """Objects in all their versions, tables, logs, executions and queues of a stack.

    The body of an object is fetched once: a version with the same checksum holds the same bytes.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._texts: dict[tuple[str, str, str, str], str] = {}

    def everything(self) -> Places:
        yield from self.objects()
        yield from self.items()
        yield from self.log_lines()
        yield from self.executions()
        yield from self.messages()

    def keys(self, bucket: str) -> set[str]:
        """The keys of a bucket, by its name."""
        pages = self._stack.session.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def objects(self) -> Places:
        s3 = self._stack.session.client("s3")
        for bucket in sorted(name for key, name in self._stack.outputs.items() if key.endswith("Bucket")):
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
                for item in page.get("Versions", []):
                    yield item["Key"], self._text(s3, bucket, item["Key"], item.get("VersionId", "null"), item["ETag"])

    def _text(self, s3: S3Client, bucket: str, key: str, version: str, etag: str) -> str:
        known = (bucket, key, version, etag)
        if known not in self._texts:
            found = (
                s3.get_object(Bucket=bucket, Key=key)
                if version == "null"
                else s3.get_object(Bucket=bucket, Key=key, VersionId=version)
            )
            self._texts[known] = text_of(found["Body"].read())
        return self._texts[known]

    def items(self) -> Places:
        dynamodb = self._stack.session.client("dynamodb")
        for table in dynamodb.list_tables()["TableNames"]:
            for page in dynamodb.get_paginator("scan").paginate(TableName=table):
                for item in page["Items"]:
                    yield f"table {table}", repr(item)

    def log_lines(self) -> Places:
        logs = self._stack.session.client("logs")
        for page in logs.get_paginator("describe_log_groups").paginate():
            for group in page["logGroups"]:
                name = group["logGroupName"]
                for events in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                    for event in events["events"]:
                        yield f"log {name}", event["message"]

    def executions(self) -> Places:
        """The input and output of every execution, and the history of its states."""
        states = self._stack.session.client("stepfunctions")
        for machine in states.list_state_machines()["stateMachines"]:
            for execution in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
                arn = execution["executionArn"]
                yield f"execution {machine['name']}", repr(states.describe_execution(executionArn=arn))
                for page in states.get_paginator("get_execution_history").paginate(executionArn=arn):
                    for event in page["events"]:
                        yield f"history {machine['name']}", repr(event)

    def messages(self) -> Places:
        queues = self._stack.session.client("sqs")
        for url in queues.list_queues().get("QueueUrls", []):
            for message in queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                yield f"queue {url}", message["Body"]


def text_of(body: bytes) -> str:
    """An object as text; of a workbook, the files that are packed in it."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(packed.read(name).decode("latin-1") for name in packed.namelist())
    return body.decode("latin-1")
