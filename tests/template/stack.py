"""Reads the translated template the way the tests ask about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


KEYS_ALONE = {
    "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk"]},
    "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
}
"""The condition under which a query returns the keys of items and nothing of what they hold."""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def name_of(value: Any) -> str:
    """What a reference points at: `LedgerTable`, `InboxBucket/in/*`,
    `batch` for a state machine named by its ARN.
    """
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "Arn" | "StreamArn" | "QueueName" | "Id"]}:
            return name
        case {"Fn::Sub": str(text)}:
            for prefix in ("stateMachine", "execution", "table"):
                if f":{prefix}:${{AWS::StackName}}-" in text or f":{prefix}/${{AWS::StackName}}-" in text:
                    return text.rpartition("${AWS::StackName}-")[2]
            return text.replace("${", "").replace(".Arn}", "")
        case str():
            return value
    raise ValueError(f"unexpected reference {value}")


@dataclass(frozen=True)
class Right:
    """One action on one resource that a role is allowed."""

    action: str
    on: str

    @property
    def owner(self) -> str:
        """The resource without the path inside it."""
        return self.on.partition("/")[0]


class Stack:
    """The resources of the translated template, by type and by role."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self.template = template
        self.resources: Mapping[str, Mapping[str, Any]] = template["Resources"]

    def of(self, type_: str) -> dict[str, Mapping[str, Any]]:
        """Logical id -> properties of every resource of a type."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == type_
        }

    @property
    def functions(self) -> dict[str, str]:
        """Folder under functions/ -> logical id."""
        return {
            properties["Code"]["S3Key"].removeprefix("functions/"): name
            for name, properties in self.of("AWS::Lambda::Function").items()
        }

    def environment(self, function: str) -> Mapping[str, Any]:
        variables: Mapping[str, Any] = self.of("AWS::Lambda::Function")[self.functions[function]]["Environment"][
            "Variables"
        ]
        return variables

    def role_of(self, function: str) -> str:
        return name_of(self.of("AWS::Lambda::Function")[self.functions[function]]["Role"])

    def statements(self, role: str) -> Iterator[Mapping[str, Any]]:
        properties = self.of("AWS::IAM::Role")[role]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        documents += [
            self.of("AWS::IAM::ManagedPolicy")[policy["Ref"]]["PolicyDocument"]
            for policy in properties.get("ManagedPolicyArns", [])
            if isinstance(policy, Mapping) and "Ref" in policy
        ]
        for document in documents:
            yield from as_list(document["Statement"])

    def rights(self, role: str) -> set[Right]:
        """Everything the role is allowed beside logging
        and tracing, which AWS's own policies give.
        """
        return {
            Right(action, name_of(on))
            for statement in self.statements(role)
            if statement["Effect"] == "Allow"
            for action in as_list(statement["Action"])
            for on in as_list(statement["Resource"])
        }

    def rights_of(self, function: str) -> set[Right]:
        return self.rights(self.role_of(function))

    def conditions(self, function: str, table: str, action: str) -> list[Any]:
        """The condition of every statement that lets the function do that on a table."""
        return [
            statement.get("Condition")
            for statement in self.statements(self.role_of(function))
            if action in as_list(statement["Action"]) and table in map(name_of, as_list(statement["Resource"]))
        ]

    def reads_object(self, function: str, place: str) -> bool:
        """Whether the function may read that object, named `<bucket>/<key>`."""
        return any(
            right.action.startswith("s3:GetObject") and fnmatchcase(place, right.on)
            for right in self.rights_of(function)
        )

    def reads_item(self, function: str, table: str, pk: str) -> bool:
        """Whether the function may read items of that partition, beyond their keys."""
        return any(
            _allows(condition, pk)
            for action in ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:Scan")
            for condition in self.conditions(function, table, action)
        )


def _allows(condition: Any, pk: str) -> bool:
    """Whether a condition on partition keys, or none, lets a statement apply to that key."""
    if condition is None:
        return True
    if condition == KEYS_ALONE:
        return False
    [(operator, [(name, patterns)])] = [(key, list(value.items())) for key, value in condition.items()]
    assert name == "dynamodb:LeadingKeys"
    matches = any(fnmatchcase(pk, pattern) for pattern in patterns)
    return {"ForAllValues:StringLike": matches, "ForAllValues:StringNotLike": not matches}[operator]
