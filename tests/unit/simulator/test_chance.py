"""Faults of a seed are possible ones, and every kind of them comes."""

from random import Random
from typing import Any

import pytest

from local.simulator.chance import Seeded
from local.simulator.faults import Call, Fate

PUT = {"TableName": "T", "Item": {}}
GROUPS: dict[str, Any] = {"RequestItems": {"T": [{}, {}], "U": [{}]}}
EVERYWHERE = {"refused", "lost", "twice"}


def kinds(call: Call, seed: int = 1) -> set[str]:
    """The faults that a call meets."""
    decide, met = Seeded(Random(seed), 1), set()
    for _ in range(300):
        fate = decide(call)
        assert fate is not None
        met.add(kind_of(fate))
    return met


def kind_of(fate: Fate) -> str:
    if fate.refused is not None:
        return "conflict" if "onflict" in repr(vars(fate.refused)) else "refused"
    if fate.lost is not None:
        return "lost"
    if fate.delivery.lag:
        return "late"
    if fate.delivery.cut is not None:
        return "broken"
    return "twice" if fate.twice else "in part"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "more"),
    [
        ("dynamodb", "get_item", {"Key": {}}, {"late"}),
        ("dynamodb", "get_item", {"Key": {}, "ConsistentRead": True}, set()),
        ("dynamodb", "query", {"IndexName": "by_owner"}, {"late"}),
        ("dynamodb", "put_item", PUT, {"conflict"}),
        ("dynamodb", "transact_write_items", {"TransactItems": [{"Put": PUT}] * 3}, {"conflict"}),
        ("dynamodb", "execute_transaction", {"TransactStatements": [{}]}, {"conflict"}),
        ("dynamodb", "batch_write_item", GROUPS, {"in part"}),
        ("dynamodb", "batch_execute_statement", {"Statements": [{}]}, {"in part"}),
        ("s3", "put_object", {"Body": b""}, set()),
        ("s3", "put_object", {"Body": b"", "IfNoneMatch": "*"}, {"conflict"}),
        ("s3", "get_object", {}, {"broken"}),
        ("s3", "head_object", {}, set()),
        ("s3", "delete_objects", {"Delete": {"Objects": [{}]}}, {"in part"}),
        ("events", "put_events", {"Entries": [{}]}, {"in part"}),
        ("kms", "generate_mac", {}, set()),
        ("lambda", "invoke", {}, set()),
        ("stepfunctions", "start_execution", {}, set()),
        ("cognito-idp", "admin_get_user", {}, set()),
        ("secretsmanager", "get_secret_value", {}, set()),
    ],
)
def test_a_call_meets_the_faults_of_its_operation(
    service: str, operation: str, parameters: dict[str, Any], more: set[str]
) -> None:
    assert kinds(Call(1, service, operation, parameters)) == EVERYWHERE | more


def test_a_bulk_write_leaves_out_what_it_was_asked() -> None:
    decide, left_out = Seeded(Random(1), 1), set[frozenset[int]]()
    for _ in range(300):
        fate = decide(Call(1, "dynamodb", "batch_write_item", GROUPS))
        assert fate is not None
        left_out.add(fate.delivery.left_out)
    assert frozenset({0, 1, 2}) in left_out
    assert set().union(*left_out) == {0, 1, 2}


def test_the_same_seed_decides_the_same() -> None:
    call = Call(1, "dynamodb", "put_item", PUT)

    def met(seed: int) -> list[str]:
        decide = Seeded(Random(seed), 3)
        return ["" if (fate := decide(call)) is None else kind_of(fate) for _ in range(100)]

    assert met(1) == met(1) != met(2)
    assert 20 < sum(map(bool, met(1))) < 50
