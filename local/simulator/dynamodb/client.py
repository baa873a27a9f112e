"""The client of DynamoDB."""
# ruff: noqa: N803 - parameters are named as boto3 names them

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, ClassVar

from local.simulator.client import Answer, Client, Counter, Hook, delivered, operation
from local.simulator.clock import WorldClock
from local.simulator.dynamodb import reading, statements, transactions, writes
from local.simulator.dynamodb.places import Lag
from local.simulator.dynamodb.tables import Table, missing
from local.simulator.dynamodb.writes import Write
from local.simulator.errors import Exceptions, RefusedError, UnsupportedError
from local.simulator.faults import Delivery

TOKEN_LIVES = timedelta(minutes=10)
"""How long a repeated transaction is known by its token:
docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html."""
EXCEPTIONS = Exceptions(
    *("ConditionalCheckFailedException", "DuplicateItemException", "IdempotentParameterMismatchException"),
    *("InternalServerError", "ItemCollectionSizeLimitExceededException", "ProvisionedThroughputExceededException"),
    *("RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException", "TransactionCanceledException"),
    *("TransactionConflictException", "TransactionInProgressException"),
)


class Tables:
    """Every table, and the transactions that may be repeated."""

    def __init__(self, tables: Mapping[str, Table], clock: WorldClock) -> None:
        self.tables, self.clock = tables, clock
        self.tokens = Counter()
        self.done: dict[str, tuple[object, datetime]] = {}

    def table(self, name: str) -> Table:
        try:
            return self.tables[name]
        except KeyError:
            raise missing(name) from None

    def reset(self) -> None:
        self.done.clear()
        self.tokens = Counter()
        for table in self.tables.values():
            table.clear()

    def is_done(self, token: str, request: object) -> bool:
        """Whether the transaction with this token was carried out. Raises RefusedError."""
        found = self.done.get(token)
        if found is None or found[1] + TOKEN_LIVES < self.clock.now():
            return False
        if found[0] != request:
            raise RefusedError("IdempotentParameterMismatchException", "The token was used with other parameters")
        return True

    def finish(self, token: str, request: object) -> None:
        now = self.clock.now()
        old = [name for name, (_, at) in islice(self.done.items(), 2) if at + TOKEN_LIVES < now]
        for name in old:
            del self.done[name]
        self.done[token] = (request, now)


class DynamoDb(Client):
    """A double of boto3's client over `store`. `page` = the most items of one page.

    A page of DynamoDB ends after 1 MB; a small page shows whether code reads them all.
    """

    service = "dynamodb"
    exceptions = EXCEPTIONS
    pages: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "query": {"LastEvaluatedKey": "ExclusiveStartKey"},
        "scan": {"LastEvaluatedKey": "ExclusiveStartKey"},
    }

    def __init__(self, hook: Hook, store: Tables, page: int | None = None) -> None:
        super().__init__(hook)
        self._store, self._page = store, page

    # --- reading

    @delivered
    def get_item(
        self,
        delivery: Delivery,
        *,
        TableName: str,
        Key: Mapping[str, Any],
        ConsistentRead: bool = False,
        ProjectionExpression: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
    ) -> Answer:
        table = self._store.table(TableName)
        lag = Lag() if ConsistentRead else _lag(delivery)
        return reading.get(table, Key, lag, ProjectionExpression, ExpressionAttributeNames)

    @delivered
    def query(self, delivery: Delivery, *, TableName: str, **request: Any) -> Answer:
        table = self._store.table(TableName)
        return reading.query(table, self._page, _lag(delivery), **request)

    @delivered
    def scan(self, delivery: Delivery, *, TableName: str, **request: Any) -> Answer:
        table = self._store.table(TableName)
        return reading.scan(table, self._page, _lag(delivery), **request)

    # --- single writes

    @operation
    def put_item(
        self,
        *,
        TableName: str,
        Item: Mapping[str, Any],
        ConditionExpression: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
        ExpressionAttributeValues: Mapping[str, Any] | None = None,
        ReturnValuesOnConditionCheckFailure: str = "NONE",
        ReturnValues: str = "NONE",
    ) -> Answer:
        write = writes.put(
            self._store.table(TableName),
            Item,
            ConditionExpression,
            ExpressionAttributeNames,
            ExpressionAttributeValues,
            ReturnValuesOnConditionCheckFailure,
        )
        return _written(write, ReturnValues)

    @operation
    def update_item(
        self,
        *,
        TableName: str,
        Key: Mapping[str, Any],
        UpdateExpression: str,
        ConditionExpression: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
        ExpressionAttributeValues: Mapping[str, Any] | None = None,
        ReturnValuesOnConditionCheckFailure: str = "NONE",
        ReturnValues: str = "NONE",
    ) -> Answer:
        write = writes.update(
            self._store.table(TableName),
            Key,
            UpdateExpression,
            ConditionExpression,
            ExpressionAttributeNames,
            ExpressionAttributeValues,
            ReturnValuesOnConditionCheckFailure,
        )
        return _written(write, ReturnValues)

    @operation
    def delete_item(
        self,
        *,
        TableName: str,
        Key: Mapping[str, Any],
        ConditionExpression: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
        ExpressionAttributeValues: Mapping[str, Any] | None = None,
        ReturnValuesOnConditionCheckFailure: str = "NONE",
        ReturnValues: str = "NONE",
    ) -> Answer:
        write = writes.delete(
            self._store.table(TableName),
            Key,
            ConditionExpression,
            ExpressionAttributeNames,
            ExpressionAttributeValues,
            ReturnValuesOnConditionCheckFailure,
        )
        return _written(write, ReturnValues)

    @operation
    def execute_statement(self, *, Statement: str, Parameters: Sequence[Any]) -> Answer:
        self._insert(Statement, Parameters)
        return {"Items": []}

    def _insert(self, statement: str, parameters: Sequence[Any]) -> str:
        """Insert one item. Returns the name of its table; raises RefusedError."""
        table = self._store.table(statements.table_named(statement))
        write = statements.insert(table, statement, parameters)
        if write.refusal() is not None:
            raise statements.duplicate()
        write.apply()
        return table.name

    # --- many writes

    @delivered
    def batch_write_item(self, delivery: Delivery, *, RequestItems: Mapping[str, Sequence[Any]]) -> Answer:
        unprocessed = transactions.write_batch(RequestItems, self._store.table, delivery.left_out)
        return {"UnprocessedItems": unprocessed}

    @delivered
    def batch_execute_statement(self, delivery: Delivery, *, Statements: Sequence[Mapping[str, Any]]) -> Answer:
        return statements.insert_many(Statements, self._store.table, delivery.left_out)

    @operation
    def _transact_write_items(self, *, TransactItems: Sequence[Mapping[str, Any]], ClientRequestToken: str) -> Answer:
        return self._once(ClientRequestToken, TransactItems, transactions.transact)

    @operation
    def _execute_transaction(
        self, *, TransactStatements: Sequence[Mapping[str, Any]], ClientRequestToken: str
    ) -> Answer:
        return {"Responses": [], **self._once(ClientRequestToken, TransactStatements, transactions.insert_together)}

    def transact_write_items(self, **parameters: Any) -> Answer:
        return self._transact_write_items(**self._with_token(parameters))

    def execute_transaction(self, **parameters: Any) -> Answer:
        return self._execute_transaction(**self._with_token(parameters))

    def _with_token(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters with a token: boto3 adds one, by which a repeated call is known."""
        if "ClientRequestToken" not in parameters:
            parameters["ClientRequestToken"] = _OwnToken(f"{self._store.tokens.next():032x}")
        return parameters

    def _once(self, token: str, actions: Sequence[Any], carry_out: Callable[..., None]) -> Answer:
        # what boto3 repeats is the same object; a caller's own request may have changed since
        request: object = actions if isinstance(token, _OwnToken) else repr(actions)
        if not self._store.is_done(token, request):
            carry_out(actions, self._store.table)
            self._store.finish(token, request)
        return {}


class _OwnToken(str):
    """A token that the client made."""

    __slots__ = ()


def _lag(delivery: Delivery) -> Lag:
    return Lag(delivery.lag, delivery.scattered)


def _written(write: Write, returned: str) -> Answer:
    if returned not in ("NONE", "ALL_OLD"):
        raise UnsupportedError(f"ReturnValues {returned}")
    before = write.apply()
    return {"Attributes": before.copy()} if before is not None and returned == "ALL_OLD" else {}
