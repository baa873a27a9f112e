"""The partners of OAuth2 clients, in the control table.

The item `client#<client id>` / `partner` is written when the client is created.
"""

from typing import TYPE_CHECKING

from tegemoet.adapters.table import decode, encode

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoClients:
    """The clients in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def partner_of(self, client_id: str) -> str | None:
        """The partner of the client; None for an unknown client."""
        key = encode({"pk": f"client#{client_id}", "sk": "partner"})
        found = self._client.get_item(TableName=self._table, Key=key, ProjectionExpression="partner")
        item = found.get("Item")
        return str(decode(item)["partner"]) if item else None
