"""Registrations of partners in a table of DynamoDB of their own: items are put once, never changed.

All lie under `registrations` / `<partner>#<number>`, so that one query reads every one of them.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson

from tegemoet.adapters.table import condition_held, encode, query
from tegemoet.application.records import Registration

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "registrations"


class DynamoRegistrations:
    """The registrations in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def append(self, registration: Registration) -> bool:
        place = {"pk": PARTITION, "sk": f"{registration.partner}#{registration.number:06}"}
        return condition_held(
            self._client.put_item,
            TableName=self._table,
            Item=encode({**place, "body": orjson.dumps(asdict(registration)).decode()}),
            ConditionExpression="attribute_not_exists(pk)",
        )

    def all(self) -> list[Registration]:
        items = query(self._client, self._table, PARTITION)
        return [Registration.parse(orjson.loads(item["body"]["S"])) for item in items]
