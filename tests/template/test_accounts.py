"""Who can read a holder or an account number, and that decision 0010 says the same.

Whoever has a right on the place and on the key that it is under can read it.
"""

import re

import pytest

from tests.support.facts_read import READS_FACTS
from tests.template.stack import ROOT, Stack, name_of

DECISION = ROOT / "docs/decisions/0010-two-keys-and-one-role-a-function.md"
OBJECTS = {
    "`in/*`": ["InboxBucket/in/p/convention-premium/2023/accounts/a.csv"],
    "`facts/*`": ["WorkBucket/facts/b/000.jsonl"],
    "`batches/*`": ["WorkBucket/batches/b/chunks/000.jsonl"],
    "`runs/*/pharmacies.json`": ["WorkBucket/runs/r/pharmacies.json"],
    "`runs/*/evaluated/*`": [
        "WorkBucket/runs/r/evaluated/7/a/persons.jsonl",
        "WorkBucket/runs/r/evaluated/7/a/payees.jsonl",
    ],
    "`payments/*`": ["OutputBucket/payments/2023/phase-1/r/payments.csv"],
}
"""Objects that hold a holder or an account number, by the decision's name of their place."""
ITEMS = {
    "facts `<year>#p<shard>`": ("FactsTable", "2023#p7"),
    "facts `<year>#tariff-offices`": ("FactsTable", "2023#tariff-offices"),
    "decisions `<id>`": ("DecisionsTable", "0123456789abcdef"),
}
"""Partitions that do, with their table."""
OTHERS = [
    "WorkBucket/runs/r/batches.json",
    "WorkBucket/runs/r/numbers/7/a/practices.jsonl",
    "WorkBucket/runs/r/evaluated/7.json",
    "WorkBucket/runs/r/evaluated/7/a/payments.jsonl",
    "WorkBucket/runs/r/proposed/a/proposal.json",
    "WorkBucket/runs/r/settled/7.json",
    "WorkBucket/batches/b/manifest.json",
    "WorkBucket/batches/b/results/000.json",
]
"""Objects beside them, which hold none."""


def can_decrypt(stack: Stack, function: str) -> bool:
    return any(right.action == "kms:Decrypt" and right.on == "IdentityKey" for right in stack.rights_of(function))


def read_by(stack: Stack, function: str) -> set[str]:
    """The places that the function can read and decrypt."""
    if not can_decrypt(stack, function):
        return set()
    objects = {name for name, places in OBJECTS.items() if any(stack.reads_object(function, place) for place in places)}
    return objects | {name for name, place in ITEMS.items() if stack.reads_item(function, *place)}


def told() -> dict[str, set[str]]:
    """Function → places, as the table of the decision has it."""
    rows = [line.strip("| ").split(" | ") for line in DECISION.read_text("utf-8").splitlines() if "|" in line]
    named = [(row[0], row[1]) for row in rows if re.fullmatch(r"`[a-z_]+`", row[0])]
    assert named
    return {function.strip("`"): set(places.split(", ")) for function, places in named}


def test_the_decision_says_who_can_read_a_holder_or_an_account(stack: Stack) -> None:
    found = {function: read_by(stack, function) for function in stack.functions}
    assert {function: places for function, places in found.items() if places} == told()


def test_every_place_has_a_reader_and_lies_under_the_identity_key(stack: Stack) -> None:
    assert {place for places in told().values() for place in places} == {*OBJECTS, *ITEMS}
    for places in OBJECTS.values():
        for place in places:
            [rule] = stack.of("AWS::S3::Bucket")[place.partition("/")[0]]["BucketEncryption"][
                "ServerSideEncryptionConfiguration"
            ]
            assert name_of(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == "IdentityKey"
    for table, _ in ITEMS.values():
        assert name_of(stack.of("AWS::DynamoDB::Table")[table]["SSESpecification"]["KMSMasterKeyId"]) == "IdentityKey"


@pytest.mark.parametrize("function", ["settle", "store", "freeze", "approve", "api", "purge"])
def test_who_does_not_pay_reads_no_account_of_a_person_in_a_run(stack: Stack, function: str) -> None:
    for place in (*OBJECTS["`runs/*/evaluated/*`"], *OBJECTS["`payments/*`"]):
        assert not stack.reads_object(function, place)


def test_who_settles_reads_what_was_approved_and_nothing_else_of_a_run(stack: Stack) -> None:
    runs = [place for place in OTHERS if "/runs/" in place]
    assert {place.partition("/r/")[2] for place in runs if stack.reads_object("settle", place)} == {
        "evaluated/7.json",
        "evaluated/7/a/payments.jsonl",
        "proposed/a/proposal.json",
        "settled/7.json",
    }


@pytest.mark.parametrize("partition", READS_FACTS)
def test_only_who_must_can_read_a_partition_of_the_facts(stack: Stack, partition: str) -> None:
    found = {function for function in stack.functions if stack.reads_item(function, "FactsTable", partition)}
    assert found == READS_FACTS[partition]
    assert all(can_decrypt(stack, function) for function in found)
    assert not {
        right.action
        for function in stack.functions
        for right in stack.rights_of(function)
        if right.on == "FactsTable" and right.action.partition(":")[2] not in ("Query", "BatchWriteItem", "DeleteItem")
    }
