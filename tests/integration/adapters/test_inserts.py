"""Entries and claims are put by statements of which each may fail for itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Self

import boto3
import pytest
from botocore.stub import ANY, Stubber

from local.simulator.determinism import deterministic
from local.simulator.faults import Call, Delivery, Fate, cancelled, timeout
from local.simulator.world import World
from tegemoet.adapters.cloud import Cloud
from tegemoet.adapters.inserts import Inserts
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.table import TRIES, NotWrittenError
from tegemoet.application.records import Entry

YEAR = 2023
MANY = [Entry(f"v1-{n:03}", 1, "payment", 1, f"4{n:07}", "nurse", 100 + n, None, "run", f"e{n}") for n in range(60)]
TITULAR = Entry("v1-t", 1, "payment", 1, "20000110", "pharmacist", 179000, "P1", "run", "t")
PASSING = (
    *("InternalServerError", "ProvisionedThroughputExceeded", "RequestLimitExceeded", "ThrottlingError"),
    "TransactionConflict",
)
"""docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html"""
BATCH, TOGETHER = "batch_execute_statement", "execute_transaction"


@pytest.fixture
def world() -> World:
    return World()


def ledger_of(world: World) -> DynamoLedger:
    return Cloud(world.environ, client=world.client).ledger


def append(world: World, *entries: Entry) -> list[Entry | None]:
    with deterministic(world, 1):
        return ledger_of(world).append(YEAR, 0, *entries)


def stored(world: World) -> list[Entry]:
    world.faults = None
    return list(ledger_of(world).entries(YEAR, 0))


def failing(world: World, operation: str, *fates: Fate | None) -> list[Call]:
    """Let the calls of an operation have these fates, one after the other. Returns the calls."""
    seen: list[Call] = []

    def fate(call: Call) -> Fate | None:
        if call.operation != operation:
            return None
        seen.append(call)
        return fates[len(seen) - 1] if len(seen) <= len(fates) else None

    world.faults = fate
    return seen


def sizes(calls: Sequence[Call]) -> list[int]:
    return [len(call.parameters["Statements"]) for call in calls]


def test_entries_are_put_twenty_five_at_a_time(world: World) -> None:
    calls = failing(world, BATCH)
    assert append(world, *MANY) == MANY
    assert sizes(calls) == [25, 25, 10]
    assert stored(world) == MANY


def test_no_entry_is_no_call(world: World) -> None:
    calls = failing(world, BATCH)
    assert append(world) == []
    assert calls == []


def test_what_a_batch_leaves_out_is_put_again_and_nothing_else(world: World) -> None:
    some, fewer = Fate(Delivery(left_out=frozenset({0, 7, 24}))), Fate(Delivery(left_out=frozenset({1})))
    calls = failing(world, BATCH, some, fewer)
    assert append(world, *MANY) == MANY
    assert sizes(calls) == [25, 3, 1, 25, 10]
    assert stored(world) == MANY


@pytest.mark.parametrize("fate", [Fate(lost=timeout()), Fate(twice=True)], ids=["answer lost", "delivered twice"])
def test_an_entry_that_was_put_unseen_is_found_as_its_own(world: World, fate: Fate) -> None:
    failing(world, BATCH, None, fate)
    if fate.lost:
        with pytest.raises(type(fate.lost)):
            append(world, *MANY)
    assert append(world, *MANY) == MANY
    assert stored(world) == MANY


def test_of_a_batch_that_is_partly_there_each_entry_says_what_is_at_its_number(world: World) -> None:
    other = replace(MANY[3], amount=1, run="another-run")
    append(world, other, MANY[30])
    assert append(world, *MANY) == [*MANY[:3], other, *MANY[4:]]
    assert stored(world) == [*MANY[:3], other, *MANY[4:]]


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_is_held_up_is_made_again(world: World, code: str) -> None:
    held_up = Fate(refused=cancelled([{"Code": "None"}, {"Code": code}]))
    calls = failing(world, TOGETHER, held_up, held_up)
    assert append(world, TITULAR) == [TITULAR]
    assert len(calls) == 3
    tokens = {call.parameters["ClientRequestToken"] for call in calls}
    assert len(tokens) == 3, "another attempt is another transaction; boto3 repeats one with its token"


@pytest.mark.parametrize("fate", [Fate(lost=timeout()), Fate(twice=True)], ids=["answer lost", "delivered twice"])
def test_a_claim_that_was_put_unseen_is_found_with_its_entry(world: World, fate: Fate) -> None:
    failing(world, TOGETHER, fate)
    if fate.lost:
        with pytest.raises(type(fate.lost)):
            append(world, TITULAR)
    assert append(world, TITULAR) == [TITULAR]
    assert stored(world) == [TITULAR]
    assert ledger_of(world).claims(YEAR) == {"P1": ("v1-t", "20000110")}


def test_an_entry_at_the_number_decides_before_the_claim_of_another(world: World) -> None:
    mine, rival = replace(TITULAR, pharmacy_id=None, amount=1), replace(TITULAR, person="v1-u")
    append(world, mine, rival)
    assert append(world, TITULAR) == [mine]
    assert ledger_of(world).claims(YEAR) == {"P1": ("v1-u", "20000110")}


def test_a_claim_is_not_put_without_its_entry(world: World) -> None:
    taken = replace(TITULAR, pharmacy_id="P0")
    append(world, taken)
    assert append(world, TITULAR) == [taken]
    assert ledger_of(world).claims(YEAR) == {"P0": ("v1-t", "20000110")}


# --- answers that the double does not give --------------------------------------------------------


class Answering:
    """A client that is stubbed, and what it paused."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "dynamodb", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.stub = Stubber(self.client)
        self.pauses: list[float] = []
        self.inserts = Inserts(self.client, "table", self.pauses.append)

    def __enter__(self) -> Self:
        self.stub.activate()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self.stub.deactivate()
        if error is None:
            self.stub.assert_no_pending_responses()

    def batch(self, names: str, *codes: str | None) -> None:
        statements = [
            {"Statement": "INSERT INTO \"table\" VALUE {'pk': ?, 'sk': ?}", "Parameters": [{"S": "p"}, {"S": name}]}
            for name in names
        ]
        responses: Any = [{"TableName": "table"} | ({"Error": {"Code": code}} if code else {}) for code in codes]
        self.stub.add_response(BATCH, {"Responses": responses}, {"Statements": statements})

    def refused(self, *codes: str) -> None:
        self.stub.add_client_error(
            TOGETHER,
            "TransactionCanceledException",
            expected_params={"TransactStatements": ANY},
            modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
        )


def item(name: str) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": name}}


ITEMS = [item(name) for name in "abc"]


@pytest.mark.parametrize("code", PASSING)
def test_a_statement_that_is_refused_for_now_is_made_again_after_a_pause(code: str) -> None:
    with Answering() as answering:
        answering.batch("abc", None, code, "DuplicateItem")
        answering.batch("b", code)
        answering.batch("b", None)
        assert list(answering.inserts.each(ITEMS)) == [True, True, False]
    assert len(answering.pauses) == 2


def test_a_statement_that_was_carried_out_with_an_error_is_a_taken_key_afterwards() -> None:
    with Answering() as answering:
        answering.batch("abc", None, "InternalServerError", None)
        answering.batch("b", "DuplicateItem")
        assert list(answering.inserts.each(ITEMS)) == [True, False, True]


@pytest.mark.parametrize("code", ["AccessDenied", "ValidationError", "ResourceNotFound", "ConditionalCheckFailed"])
def test_a_statement_that_can_never_be_carried_out_is_an_error(code: str) -> None:
    with Answering() as answering:
        answering.batch("abc", None, code, "ThrottlingError")
        with pytest.raises(NotWrittenError, match=code):
            list(answering.inserts.each(ITEMS))


def test_an_answer_that_leaves_out_a_statement_is_an_error() -> None:
    with Answering() as answering:
        answering.batch("abc", None, None)
        with pytest.raises(ValueError, match="shorter"):
            list(answering.inserts.each(ITEMS))


def exhausted(answering: Answering, answer: Callable[[], None], call: Callable[[], object]) -> None:
    for _ in range(TRIES):
        answer()
    with pytest.raises(NotWrittenError, match=r"1 items|ThrottlingError"):
        call()
    assert len(answering.pauses) == TRIES


def test_a_batch_is_given_up_after_the_last_try() -> None:
    with Answering() as answering:
        exhausted(
            answering,
            lambda: answering.batch("a", "ThrottlingError"),
            lambda: list(answering.inserts.each(ITEMS[:1])),
        )


def test_a_transaction_is_given_up_after_the_last_try() -> None:
    with Answering() as answering:
        exhausted(
            answering, lambda: answering.refused("None", "ThrottlingError"), lambda: answering.inserts.together(*ITEMS)
        )


def test_a_transaction_that_is_carried_out_has_no_reason_against_it() -> None:
    with Answering() as answering:
        answering.refused("TransactionConflict", "None")
        answering.stub.add_response(TOGETHER, {})
        assert answering.inserts.together(*ITEMS[:2]) == frozenset()
    assert len(answering.pauses) == 1


@pytest.mark.parametrize("code", ["DuplicateItem", "DuplicateItemException", "ConditionalCheckFailed"])
def test_why_a_transaction_is_refused_is_told_whatever_the_code(code: str) -> None:
    with Answering() as answering:
        answering.refused("None", code)
        assert answering.inserts.together(*ITEMS[:2]) == {code}
    assert answering.pauses == []


def test_a_transaction_that_is_refused_without_a_reason_was_not_carried_out() -> None:
    with Answering() as answering:
        answering.refused("None", "None")
        assert answering.inserts.together(*ITEMS[:2]) == {"cancelled"}


def test_a_transaction_that_is_cancelled_with_both_keys_free_is_an_error() -> None:
    with Answering() as answering:
        answering.refused("ValidationError", "None")
        for _ in range(2):
            answering.stub.add_response("get_item", {}, {"TableName": "table", "Key": ANY, "ConsistentRead": True})
        with pytest.raises(NotWrittenError, match="ValidationError"):
            DynamoLedger(answering.client, "table").append(YEAR, 0, TITULAR)


def test_a_key_that_is_taken_by_nothing_is_an_error() -> None:
    with Answering() as answering:
        answering.stub.add_response(BATCH, {"Responses": [{"Error": {"Code": "DuplicateItem"}}]})
        answering.stub.add_response("query", {"Items": []})
        with pytest.raises(NotWrittenError, match="nothing is there"):
            DynamoLedger(answering.client, "table").append(YEAR, 0, MANY[0])
