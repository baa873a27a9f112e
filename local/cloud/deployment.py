"""Deploys a template to the local cloud through CloudFormation.

The code that the template names is packed, and uploaded under the hash of its content.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from local.cloud.packaging import pack_function, pack_layer
from local.cloud.session import REGION
from local.cloud.settings import apply_settings
from local.cloud.stack import Stack
from local.cloud.templates import read_template

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The property of a resource that names a file or folder of this tree, and how that is packed.
PACKED: Mapping[str, tuple[str, Callable[[Path], bytes]]] = {
    "AWS::Serverless::Function": ("CodeUri", pack_function),
    "AWS::Serverless::LayerVersion": ("ContentUri", pack_layer),
    "AWS::Serverless::StateMachine": ("DefinitionUri", Path.read_bytes),
}


class DeploymentError(Exception):
    """The stack was rejected or failed; the message names the resources and the reasons."""


def host_architecture() -> str:
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def deploy(session: boto3.Session, url: str, path: Path, name: str, parameters: Mapping[str, str]) -> Stack:
    """Create or update a stack, and return when that
    is complete; DeploymentError where it fails.
    """
    template = read_template(path)
    bucket = _upload(session, template, path.parent)
    # A template as text may have 51,200 characters; from a bucket, twenty times as many.
    document = _put(session.client("s3"), bucket, json.dumps(template, separators=(",", ":")).encode())
    defaults = {"Arch": host_architecture(), "Cloud": "local", "CognitoEndpoint": url}
    wanted = {key: value for key, value in defaults.items() if key in template.get("Parameters", {})} | dict(parameters)
    arguments: dict[str, Any] = {
        "StackName": name,
        "TemplateURL": f"{url}/{bucket}/{document['Key']}",
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in wanted.items()],
    }
    cloudformation = session.client("cloudformation")
    try:
        if _exists(session, name):
            cloudformation.update_stack(**arguments)
        else:
            cloudformation.create_stack(**arguments)
    except ClientError as refused:
        message = refused.response["Error"]["Message"]
        if "No updates" not in message:
            raise DeploymentError(f"{name}: {message}") from refused
    while (status := _status(session, name)).endswith("IN_PROGRESS"):
        time.sleep(0.1)
    if "ROLLBACK" in status or "FAILED" in status:
        raise DeploymentError(f"{name}: {status}\n" + "\n".join(_failures(session, name)))
    stack = Stack(name, url, session)
    apply_settings(template, stack)
    return stack


def _exists(session: boto3.Session, name: str) -> bool:
    try:
        _status(session, name)
    except ClientError:
        return False
    return True


def _status(session: boto3.Session, name: str) -> str:
    return session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def _failures(session: boto3.Session, name: str) -> list[str]:
    events = session.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [
        f"  {event.get('LogicalResourceId')} ({event.get('ResourceType')}): {event.get('ResourceStatusReason')}"
        for event in reversed(events)
        if "FAILED" in event.get("ResourceStatus", "")
    ]


def _upload(session: boto3.Session, template: dict[str, Any], folder: Path) -> str:
    """Put every packed resource in a bucket, and its
    place in the template; the name of the bucket.
    """
    s3 = session.client("s3")
    bucket = f"artifacts-{session.client('sts').get_caller_identity()['Account']}"
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    done: dict[Path, dict[str, str]] = {}
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] not in PACKED:
            continue
        property_, pack = PACKED[resource["Type"]]
        if isinstance(named := resource.get("Properties", {}).get(property_), str):
            path = folder / named
            if not path.exists():
                raise DeploymentError(f"{logical_id}: {named} does not exist")
            if path not in done:
                done[path] = _put(s3, bucket, pack(path))
            resource["Properties"][property_] = done[path]
    return bucket


def _put(s3: S3Client, bucket: str, content: bytes) -> dict[str, str]:
    key = hashlib.sha256(content).hexdigest()
    try:
        # The emulator keeps every archive in memory for as long as it runs.
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    return {"Bucket": bucket, "Key": key}
