"""PartiQL in its one known form: `INSERT INTO "T" VALUE {'name': ?, …}` with parameters.

docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html. An existing key
is refused and not returned.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from local.simulator.dynamodb import writes
from local.simulator.dynamodb.tables import Table
from local.simulator.dynamodb.writes import Write
from local.simulator.errors import RefusedError, UnsupportedError, invalid

_INSERT = re.compile(r"""INSERT INTO "([\w.-]+)" VALUE \{((?:'(?:[^']|'')+': \?(?:, )?)+)\}""")
_NAME = re.compile(r"'((?:[^']|'')+)': \?")
STATEMENTS = 25
"""Statements of one BatchExecuteStatement."""
ABSENT = "attribute_not_exists({})"


@dataclass(slots=True)
class Insert(Write):
    """A put that requires that its key is free."""


@lru_cache(maxsize=1024)
def _parsed(statement: str) -> tuple[str, tuple[str, ...]]:
    """Table and names of the attributes."""
    found = _INSERT.fullmatch(statement)
    if found is None:
        raise UnsupportedError(f"this form of a statement: {statement}")
    return found[1], tuple(name.replace("''", "'") for name in _NAME.findall(found[2]))


def table_named(statement: str) -> str:
    return _parsed(statement)[0]


def inserted(statement: str, parameters: Sequence[Mapping[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Table and item of a statement that was carried out."""
    table, names = _parsed(statement)
    return table, dict(zip(names, parameters, strict=True))


def insert(table: Table, statement: str, parameters: Sequence[Mapping[str, Any]]) -> Insert:
    """The insertion that a statement is. Raises RefusedError."""
    _, names = _parsed(statement)
    if len(set(names)) < len(names):
        raise UnsupportedError("an attribute that is named twice")
    if len(names) != len(parameters):
        raise invalid("Number of parameters in request and statement don't match.")
    put = writes.put(table, dict(zip(names, parameters, strict=True)), ABSENT.format(table.keys.partition))
    return Insert(put.table, put.place, put.expressions, put.test, put.result, returns=False)


def insert_many(
    given: Sequence[Mapping[str, Any]], table_of: Callable[[str], Table], left_out: frozenset[int]
) -> dict[str, Any]:
    """The answer of BatchExecuteStatement: every statement for itself. Raises RefusedError."""
    if not 1 <= len(given) <= STATEMENTS:
        raise invalid(f"Value at 'statements' failed to satisfy constraint: 1 to {STATEMENTS}")
    inserts = [insert(table_of(table_named(one["Statement"])), **_parameters(one)) for one in given]
    if len({(one.table.name, one.place) for one in inserts}) < len(inserts):
        raise UnsupportedError("two statements of a batch on one key: AWS does not document what happens")
    responses = []
    for number, one in enumerate(inserts):
        response: dict[str, Any] = {"TableName": one.table.name}
        if number in left_out:
            response["Error"] = {"Code": "ThrottlingError", "Message": "Rate of requests exceeds the limit"}
        elif one.refusal() is not None:
            response["Error"] = {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}
        else:
            one.apply()
        responses.append(response)
    return {"Responses": responses}


def _parameters(one: Mapping[str, Any]) -> dict[str, Any]:
    if one.keys() != {"Statement", "Parameters"}:
        raise UnsupportedError("a statement with other fields than Statement and Parameters")
    return {"statement": one["Statement"], "parameters": one["Parameters"]}


def of_transaction(one: Mapping[str, Any], table_of: Callable[[str], Table]) -> Insert:
    """A statement of ExecuteTransaction. Raises RefusedError."""
    return insert(table_of(table_named(one["Statement"])), **_parameters(one))


def duplicate() -> RefusedError:
    return RefusedError("DuplicateItemException", "Duplicate primary key exists in table")
