"""Items that are put where their key is free and nowhere else, by PartiQL's INSERT.

PutItem replaces an item when its condition is forgotten, and a role that may put may do so. INSERT
has no condition to forget: DynamoDB refuses it on a key that is taken, and it requires the right
dynamodb:PartiQLInsert alone
(docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html and ql-iam.html).
A refusal does not return the existing item: whoever needs it reads it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tegemoet.adapters.table import TRIES, Item, NotWrittenError, pause

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

STATEMENTS = 25
"""Statements of one BatchExecuteStatement."""
PASSING = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)
"""Why a statement or a transaction was not carried out now, and may be later."""


class Inserts:
    """INSERTs into `table`, whose items have the keys `pk` and `sk`."""

    def __init__(self, client: "DynamoDBClient", table: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._table, self._sleep = client, table, sleep

    def each(self, items: Sequence[Item]) -> Iterator[bool]:
        """Put each item whose key is free; no two may have one key. Yields whether each was put.

        Of an item that is put while the answer is lost, it yields that its key is taken. Raises
        NotWrittenError.
        """
        for first in range(0, len(items), STATEMENTS):
            yield from self._group(items[first : first + STATEMENTS])

    def _group(self, group: Sequence[Item]) -> list[bool]:
        put: dict[int, bool] = {}
        waiting = list(range(len(group)))
        for attempt in range(TRIES):
            inserts = (self._insert(group[place]) for place in waiting)
            answer = self._client.batch_execute_statement(
                Statements=[{"Statement": text, "Parameters": values} for text, values in inserts]
            )
            codes = [response.get("Error", {}).get("Code") for response in answer["Responses"]]
            failed = set(codes) - PASSING - {None, "DuplicateItem"}
            if failed:
                raise NotWrittenError(", ".join(sorted(map(str, failed))))
            answers = dict(zip(waiting, codes, strict=True))
            put.update({place: code is None for place, code in answers.items()})
            waiting = [place for place, code in answers.items() if code in PASSING]
            if not waiting:
                return [put[place] for place in range(len(group))]
            pause(attempt, self._sleep)
        raise NotWrittenError(f"{len(waiting)} items")

    def together(self, *items: Item) -> frozenset[str]:
        """Put all items or none. Returns why none was put, in DynamoDB's codes; empty if all were.

        That of a taken key is not documented: whoever calls reads what is there. Raises
        NotWrittenError.
        """
        codes: frozenset[str] = frozenset()
        for attempt in range(TRIES):
            try:
                self._client.execute_transaction(
                    TransactStatements=[
                        {"Statement": text, "Parameters": values} for text, values in map(self._insert, items)
                    ]
                )
            except self._client.exceptions.TransactionCanceledException as cancelled:
                reasons = cancelled.response.get("CancellationReasons", [])
                codes = frozenset(reason["Code"] for reason in reasons) - {"None"}
                if not codes & PASSING:
                    return codes or frozenset({"cancelled"})
            else:
                return frozenset()
            pause(attempt, self._sleep)
        raise NotWrittenError(", ".join(sorted(codes)))

    def _insert(self, item: Item) -> "tuple[str, list[AttributeValueTypeDef]]":
        """The one form of a statement that is used, and its parameters: every value is one."""
        names = ", ".join(f"'{name}': ?" for name in item)
        return f'INSERT INTO "{self._table}" VALUE {{{names}}}', list(item.values())
