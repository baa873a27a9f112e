"""The ledger in DynamoDB. Nothing else puts into its table, and nothing is ever put over what stands there.

`<year>#<shard>` / `<person>#<nnnnnn>` is an entry, `<year>#pharmacies` / `<pharmacy>` the claim of a pharmacy, `<year>#close` /
`CLOSE` the last entry of a year.
"""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tegemoet.adapters.table import query
from tegemoet.application.ports import Entry, PharmacyTaken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

ONLY_NEW = "attribute_not_exists(pk)"
_TEXTS = ("kind", "riziv_number", "profession", "run", "entry_id")


class DynamoLedger:
    """The ledger in `table`. The client may be shared by threads."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def entries(self, year: int, shard: int) -> "Iterator[Entry]":
        return self._query(f"{year}#{shard}", "")

    def entries_of(self, year: int, shard: int, person: str) -> list[Entry]:
        return list(self._query(f"{year}#{shard}", f"{person}#"))

    def _query(self, pk: str, prefix: str) -> "Iterator[Entry]":
        return map(_read, query(self._client, self._table, pk, prefix))

    def append(self, year: int, shard: int, entry: Entry) -> Entry:
        item = _write(year, shard, entry)
        if entry.pharmacy_id:
            return self._append_with_claim(year, entry, item)
        try:
            self._client.put_item(**self._new(item))
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            return _read(refused.response["Item"])  # type: ignore[typeddict-item]
        return entry

    def _append_with_claim(self, year: int, entry: Entry, item: dict[str, Any]) -> Entry:
        place = {"pk": {"S": f"{year}#pharmacies"}, "sk": {"S": entry.pharmacy_id or ""}}
        holder = {"person": {"S": entry.person}, "riziv_number": {"S": entry.riziv_number}}
        claim: dict[str, Any] = {"Put": self._new({**place, **holder})}
        standing = self._together(item, claim)
        if standing is None:
            return entry
        taken, claimed = standing
        if taken:
            return _read(taken)
        if {name: claimed[name] for name in holder} != holder:
            raise PharmacyTaken
        # A difference on a pharmacy that this very titular was paid for before.
        check = {
            "TableName": self._table,
            "Key": place,
            "ConditionExpression": "person = :person AND riziv_number = :riziv_number",
            "ExpressionAttributeValues": {f":{name}": value for name, value in holder.items()},
        }
        standing = self._together(item, {"ConditionCheck": check})
        if standing is None:
            return entry
        return _read(standing[0])

    def _together(self, item: dict[str, Any], claim: dict[str, Any]) -> "tuple[Any, Any] | None":
        """Put entry and claim, both or none. Where a condition failed: what stands in their places."""
        actions: Any = [{"Put": self._new(item)}, claim]
        try:
            self._client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            reasons = error.response.get("CancellationReasons", [])
            if "ConditionalCheckFailed" not in {reason.get("Code") for reason in reasons}:
                raise
            taken, claimed = (reason.get("Item") for reason in reasons)
            return taken, claimed
        return None

    def _new(self, item: dict[str, Any]) -> dict[str, Any]:
        """How everything is put: only where nothing stands, and what stands is told."""
        return {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": ONLY_NEW,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def claims(self, year: int) -> "Mapping[str, tuple[str, str]]":
        return {
            item["sk"]["S"]: (item["person"]["S"], item["riziv_number"]["S"])
            for item in query(self._client, self._table, f"{year}#pharmacies")
        }

    def close(self, year: int, run: str) -> None:
        try:
            self._client.put_item(**self._new({**_close(year), "run": {"S": run}}))
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def is_closed(self, year: int) -> bool:
        return "Item" in self._client.get_item(TableName=self._table, Key=_close(year), ConsistentRead=True)


def _close(year: int) -> dict[str, Any]:
    return {"pk": {"S": f"{year}#close"}, "sk": {"S": "CLOSE"}}


def _write(year: int, shard: int, entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {"pk": {"S": f"{year}#{shard}"}, "sk": {"S": f"{entry.person}#{entry.number:06}"}}
    item |= {name: {"S": getattr(entry, name)} for name in _TEXTS}
    item |= {"phase": {"N": str(entry.phase)}, "amount": {"N": str(entry.amount)}}
    if entry.pharmacy_id:
        item["pharmacy_id"] = {"S": entry.pharmacy_id}
    return item


def _read(item: "Mapping[str, Any]") -> Entry:
    person, _, number = item["sk"]["S"].rpartition("#")
    texts = {name: item[name]["S"] for name in _TEXTS}
    return Entry(
        **texts,
        person=person,
        number=int(number),
        phase=int(item["phase"]["N"]),
        amount=int(item["amount"]["N"]),
        pharmacy_id=item["pharmacy_id"]["S"] if "pharmacy_id" in item else None,
    )
