"""Registrations of partners and roles of persons in a table of DynamoDB of their own.

Items are put once and never changed. Registrations lie under `registrations` /
`<partner>#<number>` and roles under `roles` / `<subject>#<number>`, so that one query reads every
one of a kind.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from tegemoet.adapters.table import condition_held, encode, query
from tegemoet.application.records import Registration, RoleChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGISTRATIONS = "registrations"
ROLES = "roles"


class _Versions:
    """The versions of one kind in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str, partition: str) -> None:
        self._client, self._table, self._partition = client, table, partition

    def append(self, name: str, number: int, version: Registration | RoleChange) -> bool:
        place = {"pk": self._partition, "sk": f"{name}#{number:06}"}
        body = orjson.dumps(asdict(version), default=sorted).decode()
        return condition_held(
            self._client.put_item,
            TableName=self._table,
            Item=encode({**place, "body": body}),
            ConditionExpression="attribute_not_exists(pk)",
        )

    def read(self, prefix: str = "") -> Iterator[Any]:
        for item in query(self._client, self._table, self._partition, prefix):
            yield orjson.loads(item["body"]["S"])


class DynamoRegistrations:
    """The registrations in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._versions = _Versions(client, table, REGISTRATIONS)

    def append(self, registration: Registration) -> bool:
        return self._versions.append(registration.partner, registration.number, registration)

    def all(self) -> list[Registration]:
        return [Registration.parse(values) for values in self._versions.read()]


class DynamoRoles:
    """The roles in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._versions = _Versions(client, table, ROLES)

    def append(self, change: RoleChange) -> bool:
        return self._versions.append(change.subject, change.number, change)

    def latest(self, subject: str) -> RoleChange | None:
        return next(reversed(self.versions(subject)), None)

    def versions(self, subject: str) -> list[RoleChange]:
        return [RoleChange.parse(values) for values in self._versions.read(f"{subject}#")]

    def all(self) -> Iterator[RoleChange]:
        return (RoleChange.parse(values) for values in self._versions.read())
