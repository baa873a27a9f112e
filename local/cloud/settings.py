"""Settings of a template that the emulator accepts, drops, and can be given by a call.

On AWS CloudFormation applies them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.cloud.stack import Stack


def apply_settings(template: Mapping[str, Any], stack: Stack) -> None:
    """Give every bucket the encryption and the lock of the template, and every table its policy."""
    s3, dynamodb = stack.session.client("s3"), stack.session.client("dynamodb")
    for name, resource in template["Resources"].items():
        if policy := resource.get("Properties", {}).get("ResourcePolicy"):
            arn = dynamodb.describe_table(TableName=stack.physical_id(name))["Table"]["TableArn"]
            document = policy["PolicyDocument"]
            # the template cannot refer to a table in the table itself, and spells its ARN out
            statements = [{**statement, "Resource": arn} for statement in document["Statement"]]
            dynamodb.put_resource_policy(ResourceArn=arn, Policy=json.dumps({**document, "Statement": statements}))
        if encryption := resource.get("Properties", {}).get("BucketEncryption"):
            [rule] = encryption["ServerSideEncryptionConfiguration"]
            default: Any = dict(rule["ServerSideEncryptionByDefault"])
            if "KMSMasterKeyID" in default:
                default["KMSMasterKeyID"] = key_arn(stack, default["KMSMasterKeyID"]["Fn::GetAtt"])
            rules: Any = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
            s3.put_bucket_encryption(Bucket=stack.physical_id(name), ServerSideEncryptionConfiguration=rules)
        if lock := resource.get("Properties", {}).get("ObjectLockConfiguration"):
            retention: Any = {key: _value(value, stack) for key, value in lock["Rule"]["DefaultRetention"].items()}
            configuration: Any = {**lock, "Rule": {"DefaultRetention": retention | {"Days": int(retention["Days"])}}}
            s3.put_object_lock_configuration(Bucket=stack.physical_id(name), ObjectLockConfiguration=configuration)


def _value(value: Any, stack: Stack) -> Any:
    """What the template says, or the value of the parameter that it names."""
    return stack.parameters[value["Ref"]] if isinstance(value, Mapping) else value


def key_arn(stack: Stack, reference: str | list[str]) -> str:
    """The ARN that `!GetAtt <key>.Arn` stands for."""
    name = reference.partition(".")[0] if isinstance(reference, str) else reference[0]
    return str(stack.session.client("kms").describe_key(KeyId=stack.physical_id(name))["KeyMetadata"]["Arn"])
