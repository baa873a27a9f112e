"""Transactions and bulk writes, with the limits of
docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.simulator.dynamodb import writes
from local.simulator.dynamodb.statements import Insert, of_transaction
from local.simulator.dynamodb.tables import Table
from local.simulator.dynamodb.values import Stored
from local.simulator.dynamodb.writes import Write
from local.simulator.errors import RefusedError, UnsupportedError, invalid
from local.simulator.faults import cancelled

ACTIONS = 100
"""Actions or statements of one transaction."""
BATCH = 25
"""Requests of one BatchWriteItem."""
BYTES = 4 << 20
"""Bytes of the items of one transaction."""
_NAMES = {
    "ConditionExpression": "condition",
    "ExpressionAttributeNames": "names",
    "ExpressionAttributeValues": "values",
    "ReturnValuesOnConditionCheckFailure": "on_failure",
}
_KINDS: Mapping[str, tuple[Callable[..., Write], Mapping[str, str]]] = {
    "Put": (writes.put, {"Item": "item", **_NAMES}),
    "Update": (writes.update, {"Key": "key", "UpdateExpression": "text", **_NAMES}),
    "Delete": (writes.delete, {"Key": "key", **_NAMES}),
    "ConditionCheck": (writes.check, {"Key": "key", **_NAMES}),
}
TableOf = Callable[[str], Table]


def prepared(action: Mapping[str, Mapping[str, Any]], table_of: TableOf) -> Write:
    """One action of TransactWriteItems. Raises RefusedError."""
    [(kind, request)] = action.items()
    make, names = _KINDS[kind]
    unknown = request.keys() - names.keys() - {"TableName"}
    if unknown:
        raise UnsupportedError(f"{kind} with {', '.join(sorted(unknown))}")
    given = {names[name]: value for name, value in request.items() if name != "TableName"}
    return make(table_of(request["TableName"]), **given)


def transact(actions: Sequence[Mapping[str, Mapping[str, Any]]], table_of: TableOf) -> None:
    """Carry out all actions or none. Raises RefusedError."""
    _count(actions, ACTIONS, "transactItems")
    together([prepared(action, table_of) for action in actions])


def insert_together(given: Sequence[Mapping[str, Any]], table_of: TableOf) -> None:
    """Carry out all statements or none. Raises RefusedError."""
    _count(given, ACTIONS, "transactStatements")
    together([of_transaction(one, table_of) for one in given])


def together(all_writes: Sequence[Write]) -> None:
    """Test every write against what is there before any of them, then apply them all."""
    places = [(write.table.name, write.place) for write in all_writes]
    if len(set(places)) < len(places):
        raise invalid("Transaction request cannot include multiple operations on one item")
    tested = [_tested(write) for write in all_writes]
    if any(reason["Code"] != "None" for reason, _ in tested):
        raise cancelled([reason for reason, _ in tested])
    if sum(after.size for _, after in tested if after is not None) > BYTES:
        raise invalid("Member must have a total size less than or equal to 4194304 bytes")
    for write, (_, after) in zip(all_writes, tested, strict=True):
        if write.result is not writes.kept:
            write.table.write(write.place, after)


def _tested(write: Write) -> tuple[dict[str, Any], Stored | None]:
    """Why a write cannot be, `None` when it can, and what it leaves there."""
    existing = write.refusal()
    if existing is not None:
        code = "DuplicateItem" if isinstance(write, Insert) else "ConditionalCheckFailed"
        reason = {"Code": code, "Message": "The conditional request failed"}
        return (reason | {"Item": existing} if existing else reason), None
    try:
        return {"Code": "None"}, write.outcome()
    except RefusedError as refused:
        return {"Code": "ValidationError", "Message": refused.message}, None


def write_batch(
    requests: Mapping[str, Sequence[Mapping[str, Any]]], table_of: TableOf, left_out: frozenset[int]
) -> dict[str, list[Mapping[str, Any]]]:
    """Put and delete without conditions. Returns what was not processed; raises RefusedError."""
    every = [(name, request) for name, group in requests.items() for request in group]
    _count(every, BATCH, "requestItems")
    prepared_writes = [_bulk(table_of(name), request) for name, request in every]
    places = {(write.table.name, write.place) for write in prepared_writes}
    if len(places) < len(every):
        raise invalid("Provided list of item keys contains duplicates")
    if left_out.issuperset(range(len(every))):
        # where nothing can be processed, the whole request is refused
        raise RefusedError("ProvisionedThroughputExceededException", "The level of throughput was exceeded.")
    unprocessed: dict[str, list[Mapping[str, Any]]] = {}
    for number, ((name, request), write) in enumerate(zip(every, prepared_writes, strict=True)):
        if number in left_out:
            unprocessed.setdefault(name, []).append(request)
        else:
            write.apply()
    return unprocessed


def _bulk(table: Table, request: Mapping[str, Any]) -> Write:
    match request:
        case {"PutRequest": {"Item": item}}:
            return writes.put(table, item)
        case {"DeleteRequest": {"Key": key}}:
            return writes.delete(table, key)
    raise UnsupportedError("a request that neither puts nor deletes")


def _count(given: Sequence[object], most: int, name: str) -> None:
    if not 1 <= len(given) <= most:
        raise invalid(f"1 validation error detected: Value at '{name}' failed to satisfy constraint: 1 to {most}")
