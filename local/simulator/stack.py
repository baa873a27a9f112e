"""The stack of template.yaml as a world has it: tables, buckets, keys and the environment.

Every resource has its logical name as its physical one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from local.cloud.templates import read_template

ROOT = Path(__file__).parents[2]
REGION, ACCOUNT, NAME = "eu-west-1", "123456789012", "tegemoet"
_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": NAME,
}
_ARNS = {
    "AWS::KMS::Key": "kms:{}:key/{}",
    "AWS::SecretsManager::Secret": "secretsmanager:{}:secret:{}",
    "AWS::Serverless::Function": "lambda:{}:function:{}",
}
_VARIABLE = re.compile(r"\$\{([\w:.]+)\}")


@dataclass(frozen=True, slots=True)
class Stack:
    """A template, and the values of its parameters where they are not the defaults."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]

    def resources(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Name and properties of every resource of a type."""
        for name, resource in self.template["Resources"].items():
            if resource["Type"] == kind:
                yield name, resource.get("Properties", {})

    def arn(self, name: str) -> str:
        """The ARN of a resource."""
        form = _ARNS[self.template["Resources"][name]["Type"]]
        return "arn:aws:" + form.format(f"{REGION}:{ACCOUNT}", name)

    def value(self, given: Any) -> Any:
        """A property with its references resolved. Raises KeyError for a form that is not known."""
        match given:
            case {"Ref": name}:
                return self._reference(name)
            case {"Fn::GetAtt": [name, "Arn" | "Id"]}:
                return self.arn(name)
            case {"Fn::Sub": text}:
                return _VARIABLE.sub(lambda found: str(self._reference(found[1])), text)
            case {"Fn::If": [condition, chosen, other]}:
                return self.value(chosen if self._holds(self.template["Conditions"][condition]) else other)
            case Mapping():
                raise KeyError(*given)
        return given

    def _reference(self, name: str) -> str:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.template["Parameters"]:
            return str(self.parameters.get(name, self.template["Parameters"][name].get("Default", "")))
        return name

    def _holds(self, condition: Mapping[str, Any]) -> bool:
        match condition:
            case {"Fn::Not": [other]}:
                return not self._holds(other)
            case {"Fn::Equals": [one, other]}:
                return bool(self.value(one) == self.value(other))
        raise KeyError(*condition)

    def environ(self) -> dict[str, str]:
        """Every variable of every function."""
        found = {}
        for _, properties in self.resources("AWS::Serverless::Function"):
            variables = properties.get("Environment", {}).get("Variables", {})
            found.update({name: str(self.value(value)) for name, value in variables.items()})
        return found

    def key_of(self, bucket: Mapping[str, Any]) -> str | None:
        """The ARN of the KMS key under which a bucket encrypts by default."""
        rules = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", ())
        default: Mapping[str, Any] = rules[0]["ServerSideEncryptionByDefault"] if rules else {}
        return str(self.value(default["KMSMasterKeyID"])) if "KMSMasterKeyID" in default else None


@cache
def _template() -> Mapping[str, Any]:
    return read_template(ROOT / "template.yaml")


def stack(**parameters: str) -> Stack:
    """The stack of template.yaml."""
    return Stack(_template(), parameters)
