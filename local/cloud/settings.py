"""Settings of a template that the emulator accepts, drops, and can be given by a call.

On AWS CloudFormation applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.cloud.stack import Stack


def apply_settings(template: Mapping[str, Any], stack: Stack) -> None:
    """Give every bucket the encryption that the template says."""
    s3 = stack.session.client("s3")
    for name, resource in template["Resources"].items():
        if encryption := resource.get("Properties", {}).get("BucketEncryption"):
            [rule] = encryption["ServerSideEncryptionConfiguration"]
            default: Any = dict(rule["ServerSideEncryptionByDefault"])
            if "KMSMasterKeyID" in default:
                default["KMSMasterKeyID"] = key_arn(stack, default["KMSMasterKeyID"]["Fn::GetAtt"])
            rules: Any = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
            s3.put_bucket_encryption(Bucket=stack.physical_id(name), ServerSideEncryptionConfiguration=rules)


def key_arn(stack: Stack, reference: str | list[str]) -> str:
    """The ARN that `!GetAtt <key>.Arn` stands for."""
    name = reference.partition(".")[0] if isinstance(reference, str) else reference[0]
    return str(stack.session.client("kms").describe_key(KeyId=stack.physical_id(name))["KeyMetadata"]["Arn"])
