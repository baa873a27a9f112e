"""The ledger in DynamoDB. Only this module puts into its table, and only where a key is free.

`<year>#<shard>` / `<person>#<nnnnnn>` is an entry, `<year>#pharmacies` / `<pharmacy>` the claim of
a pharmacy, `<year>#close` / `CLOSE` the last entry of a year.
"""

import time
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

from tegemoet.adapters.inserts import Inserts
from tegemoet.adapters.table import Item, NotWrittenError, decode, encode, query
from tegemoet.application.records import Entry, EntryKind, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient


class _Entry(TypedDict):
    """The values of an entry."""

    sk: str
    kind: EntryKind
    phase: Phase
    riziv_number: str
    profession: str
    amount: int
    pharmacy_id: NotRequired[str]
    run: str
    entry_id: str
    payee_mac: NotRequired[str]
    corrects: NotRequired[str]
    cause: NotRequired[str]


class _Claim(TypedDict):
    """The values of the claim of a pharmacy; `sk` = the pharmacy."""

    sk: str
    person: str
    riziv_number: str


class DynamoLedger:
    """The ledger in `table`. The client may be shared by threads."""

    def __init__(self, client: "DynamoDBClient", table: str, sleep: "Callable[[float], None]" = time.sleep) -> None:
        self._client, self._table = client, table
        self._inserts = Inserts(client, table, sleep)

    def entries(self, year: int, shard: int) -> "Iterator[Entry]":
        return self._query(f"{year}#{shard}", "")

    def entries_of(self, year: int, shard: int, person: str) -> list[Entry]:
        return list(self._query(f"{year}#{shard}", f"{person}#"))

    def _query(self, pk: str, prefix: str) -> "Iterator[Entry]":
        return map(_read, query(self._client, self._table, pk, prefix))

    def append(self, year: int, shard: int, *entries: Entry) -> list[Entry | None]:
        present: dict[Entry, Entry | None] = {}
        present.update(self._append_alone(year, shard, [entry for entry in entries if not entry.pharmacy_id]))
        for entry in entries:
            if entry.pharmacy_id:
                present[entry] = self._append_with_claim(year, shard, entry, entry.pharmacy_id)
        return [present[entry] for entry in entries]

    def _append_alone(self, year: int, shard: int, entries: "Sequence[Entry]") -> dict[Entry, Entry]:
        """What is now at the number of each. Raises NotWrittenError."""
        put = list(self._inserts.each([_write(year, shard, entry) for entry in entries]))
        # One key that is taken is rare; after an attempt that was lost, all of them are.
        existing = {} if all(put) else {(entry.person, entry.number): entry for entry in self.entries(year, shard)}
        present = {}
        for entry, is_put in zip(entries, put, strict=True):
            found = entry if is_put else existing.get((entry.person, entry.number))
            if found is None:
                raise NotWrittenError("a key is taken, and nothing is there")
            present[entry] = found
        return present

    def _append_with_claim(self, year: int, shard: int, entry: Entry, pharmacy: str) -> Entry | None:
        item, claim = _write(year, shard, entry), _claim(year, entry, pharmacy)
        refused = self._inserts.together(item, claim)
        if not refused:
            return entry
        if taken := self._get(item):
            return _read(taken)
        claimed = self._get(claim)
        if not claimed:
            raise NotWrittenError(", ".join(sorted(refused)))
        if claimed != claim:
            return None
        # A difference on a pharmacy that this very titular was paid for before; a claim stays.
        return self._append_alone(year, shard, [entry])[entry]

    def _get(self, item: Item) -> "Item | None":
        """What is under the key of the item."""
        key = {name: item[name] for name in ("pk", "sk")}
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def claims(self, year: int) -> "Mapping[str, tuple[str, str]]":
        claims = (cast("_Claim", decode(item)) for item in query(self._client, self._table, f"{year}#pharmacies"))
        return {claim["sk"]: (claim["person"], claim["riziv_number"]) for claim in claims}

    def close(self, year: int, run: str) -> None:
        list(self._inserts.each([encode({**_close(year), "run": run})]))

    def is_closed(self, year: int) -> bool:
        return self._get(encode(_close(year))) is not None


def _close(year: int) -> dict[str, str]:
    return {"pk": f"{year}#close", "sk": "CLOSE"}


def _claim(year: int, entry: Entry, pharmacy: str) -> Item:
    return encode(
        {"pk": f"{year}#pharmacies", "sk": pharmacy, "person": entry.person, "riziv_number": entry.riziv_number}
    )


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
    if entry.corrects:
        item["corrects"] = entry.corrects
    if entry.cause:
        item["cause"] = entry.cause
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
        values.get("corrects"),
        values.get("cause"),
    )
