"""PartiQL's INSERT with parameters on moto, as DynamoDB carries it out.

moto 5.2 fails on parameters, and with literals it overwrites an existing item without an error. One
form is taught, the one that the application may use: `INSERT INTO "T" VALUE {'name': ?, …}`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.dynamodb import exceptions
from moto.dynamodb.models import DynamoDBBackend

INSERT = re.compile(r"""INSERT INTO "([\w.-]+)" VALUE \{(.*)\}""")
NAME = re.compile(r"'((?:[^']|'')+)': \?")
DUPLICATE = "Duplicate primary key exists in table"


class DuplicateItemError(exceptions.DynamodbException):
    """The key of an INSERT is taken."""

    error_type = "com.amazonaws.dynamodb.v20120810#DuplicateItemException"

    def __init__(self) -> None:
        super().__init__(self.error_type, DUPLICATE)


def _parsed(statement: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    found = INSERT.fullmatch(statement["Statement"])
    assert found is not None, statement
    names = [name.replace("''", "'") for name in NAME.findall(found[2])]
    return found[1], dict(zip(names, statement["Parameters"], strict=True))


def _is_taken(backend: Any, table: str, item: Mapping[str, Any]) -> bool:
    key = {name: item[name] for name in backend.get_table(table).table_key_attrs}
    return backend.get_item(table, key) is not None


def _execute_statement(backend: Any, statement: str, parameters: Sequence[Any]) -> list[Any]:
    table, item = _parsed({"Statement": statement, "Parameters": parameters})
    if _is_taken(backend, table, item):
        raise DuplicateItemError
    backend.put_item(table, item)
    return []


def _batch(backend: Any, statements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    responses = []
    for statement in statements:
        table, item = _parsed(statement)
        response: dict[str, Any] = {"TableName": table}
        if _is_taken(backend, table, item):
            response["Error"] = {"Code": "DuplicateItem", "Message": DUPLICATE}
        else:
            backend.put_item(table, item)
        responses.append(response)
    return responses


def _transaction(backend: Any, statements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    parsed = [_parsed(statement) for statement in statements]
    taken = [_is_taken(backend, table, item) for table, item in parsed]
    if any(taken):
        reasons = [("DuplicateItem" if each else "None", DUPLICATE if each else None, None) for each in taken]
        raise exceptions.TransactionCanceledException(reasons)
    for table, item in parsed:
        backend.put_item(table, item)
    return []


@contextmanager
def inserts() -> Iterator[None]:
    """moto knows the statement while this lasts."""
    with (
        mock.patch.object(DynamoDBBackend, "execute_statement", _execute_statement),
        mock.patch.object(DynamoDBBackend, "batch_execute_statement", _batch),
        mock.patch.object(DynamoDBBackend, "execute_transaction", _transaction),
    ):
        yield
