"""The ledger in DynamoDB. Only this module puts into its table, and every put is conditional.

`<year>#<shard>` / `<person>#<nnnnnn>` is an entry, `<year>#pharmacies` / `<pharmacy>` the claim of
a pharmacy, `<year>#close` / `CLOSE` the last entry of a year.
"""

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, cast

from botocore.exceptions import ClientError

from tegemoet.adapters.table import Item, decode, encode, query
from tegemoet.application.ports import PharmacyTakenError
from tegemoet.application.records import Entry, Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import ConditionCheckTypeDef, PutTypeDef, TransactWriteItemTypeDef

ONLY_NEW = "attribute_not_exists(pk)"


class _Entry(TypedDict):
    """The values of an entry."""

    sk: str
    kind: Literal["payment", "return"]
    phase: Phase
    riziv_number: str
    profession: str
    amount: int
    pharmacy_id: NotRequired[str]
    run: str
    entry_id: str
    payee_mac: NotRequired[str]


class _Claim(TypedDict):
    """The values of the claim of a pharmacy; `sk` = the pharmacy."""

    sk: str
    person: str
    riziv_number: str


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
            return self._append_with_claim(year, entry, entry.pharmacy_id, item)
        try:
            self._client.put_item(**self._new(item))
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            return _read(refused.response["Item"])  # type: ignore[typeddict-item]
        return entry

    def _append_with_claim(self, year: int, entry: Entry, pharmacy: str, item: Item) -> Entry:
        key = encode({"pk": f"{year}#pharmacies", "sk": pharmacy})
        holder = encode({"person": entry.person, "riziv_number": entry.riziv_number})
        existing = self._together(item, {"Put": self._new({**key, **holder})})
        if existing is None:
            return entry
        taken, claimed = existing
        if taken:
            return _read(taken)
        if {name: claimed[name] for name in holder} != holder:
            raise PharmacyTakenError
        # A difference on a pharmacy that this very titular was paid for before.
        check: ConditionCheckTypeDef = {
            "TableName": self._table,
            "Key": key,
            "ConditionExpression": "person = :person AND riziv_number = :riziv_number",
            "ExpressionAttributeValues": {f":{name}": value for name, value in holder.items()},
        }
        existing = self._together(item, {"ConditionCheck": check})
        if existing is None:
            return entry
        return _read(existing[0])

    def _together(self, item: Item, claim: "TransactWriteItemTypeDef") -> "tuple[Item, Item] | None":
        """Put both or neither. Returns the existing items if a condition failed."""
        actions: list[TransactWriteItemTypeDef] = [{"Put": self._new(item)}, claim]
        try:
            self._client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            reasons = error.response.get("CancellationReasons", [])
            if "ConditionalCheckFailed" not in {reason.get("Code") for reason in reasons}:
                raise
            taken, claimed = (cast("Item", reason.get("Item", {})) for reason in reasons)
            return taken, claimed
        return None

    def _new(self, item: Item) -> "PutTypeDef":
        """Every put is conditional on the key being absent; the existing item is returned."""
        return {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": ONLY_NEW,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def claims(self, year: int) -> "Mapping[str, tuple[str, str]]":
        claims = (cast("_Claim", decode(item)) for item in query(self._client, self._table, f"{year}#pharmacies"))
        return {claim["sk"]: (claim["person"], claim["riziv_number"]) for claim in claims}

    def close(self, year: int, run: str) -> None:
        try:
            self._client.put_item(**self._new(encode({**_close(year), "run": run})))
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def is_closed(self, year: int) -> bool:
        return "Item" in self._client.get_item(TableName=self._table, Key=encode(_close(year)), ConsistentRead=True)


def _close(year: int) -> dict[str, str]:
    return {"pk": f"{year}#close", "sk": "CLOSE"}


def _write(year: int, shard: int, entry: Entry) -> Item:
    item: dict[str, str | int] = {
        "pk": f"{year}#{shard}",
        "sk": f"{entry.person}#{entry.number:06}",
        "kind": entry.kind,
        "phase": entry.phase,
        "riziv_number": entry.riziv_number,
        "profession": entry.profession,
        "amount": entry.amount,
        "run": entry.run,
        "entry_id": entry.entry_id,
    }
    if entry.pharmacy_id:
        item["pharmacy_id"] = entry.pharmacy_id
    if entry.payee_mac:
        item["payee_mac"] = entry.payee_mac
    return encode(item)


def _read(item: Item) -> Entry:
    values = cast("_Entry", decode(item))
    person, _, number = values["sk"].rpartition("#")
    return Entry(
        person,
        int(number),
        values["kind"],
        values["phase"],
        values["riziv_number"],
        values["profession"],
        values["amount"],
        values.get("pharmacy_id"),
        values["run"],
        values["entry_id"],
        values.get("payee_mac"),
    )
