"""The partners of OAuth2 clients, in the control table.

The item `client#<client id>` / `partner` is written when the client is created.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoClients:
    """The clients in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def partner_of(self, client_id: str) -> str | None:
        """The partner of the client; None for an unknown client."""
        key = {"pk": {"S": f"client#{client_id}"}, "sk": {"S": "partner"}}
        found = self._client.get_item(TableName=self._table, Key=key, ProjectionExpression="partner")
        item = found.get("Item")
        return item["partner"]["S"] if item else None
