"""What a bank answers, from the dropped file to the facts."""

from typing import Any

import orjson
import pytest

from tegemoet.application.intake.finish import year_of_answers
from tests.support.dropping import Cloud, counts_of, refusal_of
from tests.unit.banking.test_answers import details, entry, movements, payment, status, transaction

HEADER = "end_to_end_id;state;reason;amount;booked_on;reference;communication\n"
PLACE = "in/treasury/convention-premium/2023"
REJECTED = status(payment(transaction("TGM-2023-a", "RJCT", "AC04") + transaction("TGM-2023-b", "ACSC")))


def drop(cloud: Cloud, text: str, kind: str) -> Any:
    extension = "xml" if kind == "bank-answers" else "csv"
    return cloud.drop(f"{PLACE}/{kind}/a.{extension}", text)


def facts(cloud: Cloud) -> list[tuple[str, dict[str, Any]]]:
    """The facts that were stored: kind and body."""
    return [(fact.kind, orjson.loads(fact.body)) for fact in cloud.facts.stored]


def test_a_message_of_a_bank_becomes_facts_one_for_each_answer() -> None:
    cloud = Cloud()
    batch = drop(cloud, REJECTED, "bank-answers")
    assert (batch.state, counts_of(batch).accepted) == ("done", 2)
    assert year_of_answers(batch) == 2023
    found = facts(cloud)
    assert [kind for kind, _ in found] == ["answer", "answer"]
    bodies = sorted((body for _, body in found), key=lambda body: body["end_to_end_id"])
    assert bodies[0] == {
        "message_id": "TGM-1",
        "payment_id": "TGM-1-P",
        "end_to_end_id": "TGM-2023-a",
        "state": "rejected",
        "reason": "AC04",
        "cents": 94_595,
        "on": None,
        "reference": None,
        "partner": "treasury",
    }


def test_other_movements_of_the_account_are_counted_and_left_alone() -> None:
    cloud = Cloud()
    text = movements(entry(details("TGM-2023-a", back="AC04")), entry(direction="DBIT"), entry(state="PDNG"))
    batch = drop(cloud, text, "bank-answers")
    assert counts_of(batch).rows == 1
    summary = orjson.loads(cloud.output.get(batch.detail.outputs["summary.json"]))
    assert [(warning["code"], warning["count"]) for warning in summary["warnings"]] == [("movement-of-others", 2)]


def test_the_same_answer_twice_in_a_message_is_a_duplicate() -> None:
    cloud = Cloud()
    batch = drop(cloud, movements(*[entry(details("TGM-2023-a", back="AC04"))] * 2), "bank-answers")
    assert (counts_of(batch).accepted, counts_of(batch).duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (REJECTED[:-9], "message-malformed"),
        (REJECTED.replace("<Document", "<!DOCTYPE a><Document"), "message-dtd-forbidden"),
        (REJECTED.replace("pain.002.001.10", "pain.002.001.11"), "message-unknown"),
        (REJECTED.replace("<OrgnlEndToEndId>TGM-2023-b</OrgnlEndToEndId>", ""), "message-field-missing"),
        (REJECTED.replace("945.95", "945,95"), "message-field-invalid"),
        (REJECTED.replace("<GrpHdr>", "<GrpHdr>" + "<a>" * 40), "message-too-deep"),
        (REJECTED.replace("TGM-2023-a", "a" * 200_000), "message-too-large"),
    ],
)
def test_a_message_that_is_not_read_is_refused_and_nothing_of_it_is_stored(text: str, code: str) -> None:
    cloud = Cloud()
    batch = drop(cloud, text, "bank-answers")
    assert (batch.state, refusal_of(batch).code) == ("refused", code)
    assert not cloud.facts.stored


@pytest.mark.parametrize("key", ["bank-answers/a.csv", "returns/a.xml", "practices/a.xml"])
def test_a_kind_has_one_form(key: str) -> None:
    cloud = Cloud()
    batch = cloud.drop(f"{PLACE}/{key}", "x")
    assert (batch.state, refusal_of(batch).code) == ("refused", "key-unknown")


def test_a_row_of_returns_is_the_answer_that_a_message_has() -> None:
    one, other = Cloud(), Cloud()
    text = movements(entry(details("TGM-2023-a", back="AC04")))
    row = "TGM-2023-a;returned;AC04;945,95;2023-12-06;entry-1;\n"
    drop(one, text, "bank-answers")
    drop(other, HEADER + row, "returns")
    assert facts(one) == facts(other) != []


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (";accepted;;;;;", "end_to_end_id", "identifier-invalid"),
        (f"{'a' * 36};accepted;;;;;", "end_to_end_id", "identifier-invalid"),
        ("86020345613;accepted;;;;;", "end_to_end_id", "identifier-invalid"),
        ("a;paid;;;;;", "state", "state-unknown"),
        ("a;rejected;w@y;;;;", "reason", "identifier-invalid"),
        ("a;returned;AC04;;2023-12-06;r;", "amount", "value-missing-for-state"),
        ("a;returned;AC04;0;2023-12-06;r;", "amount", "value-missing-for-state"),
        ("a;returned;AC04;1.00;;r;", "booked_on", "value-missing-for-state"),
        ("a;returned;AC04;1.00;2023-12-06;;", "reference", "value-missing-for-state"),
        ("a;returned;AC04;1.00;2023-12-32;r;", "booked_on", "not-a-day"),
        ("a;returned;AC04;1.001;2023-12-06;r;", "amount", "not-an-amount"),
        ("a;accepted;;;;;+++090/9337/55493+++", "communication", "communication-for-received"),
        ("a;received;;1.00;2023-12-06;r;+++090/9337/55493+++", "end_to_end_id", "communication-for-received"),
        (";received;;1.00;2023-12-06;r;", "communication", "value-missing-for-state"),
        (";received;;1.00;2023-12-06;r;+++090/9337/55494+++", "communication", "communication-invalid"),
    ],
)
def test_a_row_of_returns_that_breaks_a_rule_is_rejected(row: str, column: str, code: str) -> None:
    cloud = Cloud()
    batch = drop(cloud, f"{HEADER}{row}\n", "returns")
    assert counts_of(batch).rejected == 1
    assert cloud.rejected(batch) == [(2, column, code)]


def test_what_was_received_becomes_a_credit() -> None:
    cloud = Cloud()
    row = ";received;;100.00;2024-08-06;r1;+++090/9337/55493+++\n"
    drop(cloud, HEADER + row, "returns")
    [(kind, body)] = facts(cloud)
    assert kind == "credit"
    assert body == {
        "cents": 10_000,
        "on": "2024-08-06",
        "structured": "090933755493",
        "reference": "r1",
        "partner": "treasury",
    }


def test_who_is_not_registered_for_them_cannot_say_what_became_of_payments() -> None:
    cloud = Cloud(admits=False)
    for kind in ("returns", "bank-answers"):
        extension = "xml" if kind == "bank-answers" else "csv"
        batch = cloud.drop(f"in/riziv/convention-premium/2023/{kind}/a.{extension}", HEADER)
        assert refusal_of(batch).code == "kind-not-granted"
