"""The ledger and the control items on DynamoDB: put once, never over what stands there."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tegemoet.adapters.decisions import DynamoDecisions, pack, unpack
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.adapters.workflows import StepFunctions
from tegemoet.application.records import (
    UNAPPROVED,
    Closing,
    ClosingProposal,
    Confirmation,
    Entry,
    KeptDecision,
    NewDecision,
    Person,
    Phase,
    Run,
    RunDetail,
    RunState,
)
from tegemoet.domain.manual_review import Choice, ReviewedException, YearException
from tests.support.machines import ROOT
from tests.support.moto_cloud import Cloud, cloud
from tests.support.premium_world import DECEMBER, YEAR, account, identity, provider, riziv

NURSE = Entry("v1-a", 1, "payment", 1, "40000110", "nurse", 94595, None, "2023-1-run", "2023-x", "of the payee")
TITULAR = Entry("v1-t", 1, "payment", 1, "20000110", "pharmacist", 179000, "P1", "2023-1-run", "2023-t")


@pytest.fixture(scope="module")
def found() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture
def ledger(found: Cloud) -> DynamoLedger:
    _clear("ledger")
    made: DynamoLedger = found.world.ledger
    return made


@pytest.fixture
def runs(found: Cloud) -> DynamoRuns:
    _clear("years")
    made: DynamoRuns = found.world.runs
    made.begin_year(YEAR, "1")
    return made


def _clear(table: str) -> None:
    client = boto3.client("dynamodb")
    for item in client.scan(TableName=table)["Items"]:
        client.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})


# --- entries --------------------------------------------------------------------------------------


def test_an_entry_is_read_back_as_it_was_put(ledger: DynamoLedger) -> None:
    assert ledger.append(YEAR, 0, TITULAR, NURSE) == [TITULAR, NURSE], "in the order in which they are given"
    assert list(ledger.entries(YEAR, 0)) == [NURSE, TITULAR]
    assert ledger.entries_of(YEAR, 0, "v1-t") == [TITULAR]
    assert ledger.entries_of(YEAR, 1, "v1-t") == []
    assert list(ledger.entries(YEAR + 1, 0)) == []


@pytest.mark.parametrize("first", [NURSE, TITULAR])
def test_where_an_entry_stands_it_stays_and_is_told(ledger: DynamoLedger, first: Entry) -> None:
    ledger.append(YEAR, 0, first)
    assert ledger.append(YEAR, 0, replace(first, amount=1, run="other")) == [first]
    assert ledger.append(YEAR, 0, first) == [first]
    assert list(ledger.entries(YEAR, 0)) == [first]


def test_a_pharmacy_is_claimed_by_the_first_one_that_is_paid(ledger: DynamoLedger) -> None:
    ledger.append(YEAR, 0, TITULAR)
    rival = replace(TITULAR, person="v1-u", riziv_number="20000207", entry_id="u")
    assert ledger.append(YEAR, 0, rival, NURSE) == [None, NURSE], "the others are not concerned"
    assert list(ledger.entries(YEAR, 0)) == [NURSE, TITULAR]
    assert ledger.claims(YEAR) == {"P1": ("v1-t", "20000110")}


def test_the_same_titular_may_get_a_difference_on_the_same_pharmacy(ledger: DynamoLedger) -> None:
    second = replace(TITULAR, number=2, amount=100, entry_id="t2")
    ledger.append(YEAR, 0, TITULAR)
    assert ledger.append(YEAR, 0, second) == [second]
    assert ledger.append(YEAR, 0, second) == [second]
    assert list(ledger.entries(YEAR, 0)) == [TITULAR, second]


def test_the_same_pharmacy_of_another_number_of_the_person_is_taken(ledger: DynamoLedger) -> None:
    ledger.append(YEAR, 0, TITULAR)
    assert ledger.append(YEAR, 0, replace(TITULAR, number=2, riziv_number="20000207")) == [None]
    assert list(ledger.entries(YEAR, 0)) == [TITULAR]


def test_closing_twice_leaves_the_first_close(ledger: DynamoLedger) -> None:
    assert not ledger.is_closed(YEAR)
    ledger.close(YEAR, "first")
    ledger.close(YEAR, "second")
    assert ledger.is_closed(YEAR)
    (item,) = boto3.client("dynamodb").scan(TableName="ledger")["Items"]
    assert item["run"] == {"S": "first"}


def test_entries_of_a_person_whose_key_begins_another_key_stay_apart(ledger: DynamoLedger) -> None:
    ledger.append(YEAR, 0, NURSE)
    ledger.append(YEAR, 0, replace(NURSE, person="v1-ab"))
    assert ledger.entries_of(YEAR, 0, "v1-a") == [NURSE]


PUTTING = {"put_item", "update_item", "delete_item", "batch_write_item", "transact_write_items"}
STATEMENTS = {"execute_statement", "batch_execute_statement", "execute_transaction"}


def calls_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & (PUTTING | STATEMENTS)


def test_only_the_ledger_adapter_has_the_ledger_table_and_it_inserts_alone() -> None:
    sources = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers" / "benefits").rglob("*.py")]
    given = [p for p in sources if "LEDGER_TABLE" in p.read_text("utf-8")]
    assert [path.name for path in given] == ["storage.py"]
    lines = [line for path in given for line in path.read_text("utf-8").splitlines() if "LEDGER_TABLE" in line]
    assert all("DynamoLedger(" in line for line in lines)
    adapters = ROOT / "layers/benefits/tegemoet/adapters"
    assert calls_in(adapters / "ledger.py") == set()
    assert calls_in(adapters / "inserts.py") == {"batch_execute_statement", "execute_transaction"}
    assert [p.name for p in sources if calls_in(p) & STATEMENTS] == ["inserts.py"]
    # the one statement there is
    texts = [p.read_text("utf-8") for p in adapters.glob("*.py")]
    assert sum(text.count("INSERT INTO") for text in texts) == 1
    assert (
        sum(text.count("""f'INSERT INTO "{self._table}" VALUE {{{names}}}', list(item.values())""") for text in texts)
        == 1
    )
    outside = [p for p in sources if "adapters" not in p.parts and calls_in(p)]
    assert outside == []


# --- runs -----------------------------------------------------------------------------------------


EXECUTION = RunDetail(execution="2023-1-a", attempt=0)


def run(phase: Phase = 1, name: str = "a", **more: Any) -> Run:
    made = Run(
        f"2023-{phase}-{name}", YEAR, phase, "2023-12-01", "operator", f"2023-12-01T0{name}", "started", EXECUTION
    )
    return replace(made, **more)


def test_a_run_is_read_back_and_its_details_are_merged(runs: DynamoRuns) -> None:
    assert runs.open(run())
    assert runs.get("2023-1-a") == run()
    assert runs.update("2023-1-a", state="waiting", detail=RunDetail(token="t", outputs=("a",)), expected=("started",))
    assert runs.get("2023-1-a") == run(state="waiting", detail=replace(EXECUTION, token="t", outputs=("a",)))
    assert not runs.update("2023-1-a", state="approved", detail=RunDetail(), expected=("started", "failed"))
    assert runs.get("2023-1-none") is None
    assert runs.get("none") is None


def test_a_run_is_changed_where_its_latest_execution_is_the_one_that_is_named(runs: DynamoRuns) -> None:
    assert runs.open(run())
    assert runs.update("2023-1-a", state="failed", detail=RunDetail(attempt=1), expected=("started",))
    before = runs.get("2023-1-a")
    again = RunDetail(attempt=2, execution="2023-1-a-2")
    for other in (0, 2):
        assert not runs.update("2023-1-a", state="started", detail=again, expected=("failed",), attempt=other)
    assert runs.get("2023-1-a") == before
    assert not runs.update("2023-1-a", state="started", detail=again, expected=("waiting",), attempt=1)
    assert runs.update("2023-1-a", state="started", detail=again, expected=("failed",), attempt=1)
    assert runs.get("2023-1-a") == run(detail=replace(EXECUTION, attempt=2, execution="2023-1-a-2"))


@pytest.mark.parametrize("state", UNAPPROVED)
def test_an_approved_run_gets_no_state_from_before_its_approval(runs: DynamoRuns, state: RunState) -> None:
    runs.open(run())
    assert runs.update("2023-1-a", state="approved", detail=RunDetail(approved_by="x"), expected=("started",))
    assert runs.update("2023-1-a", state="failed", detail=RunDetail(failure="y"), expected=("approved",))
    assert not runs.update("2023-1-a", state=state, detail=RunDetail(token="t"), expected=("failed",))
    assert not runs.finish("2023-1-a", state=state, detail=RunDetail(reason="late"), expected=("failed",))
    assert runs.get("2023-1-a").detail == replace(EXECUTION, approved_by="x", failure="y")  # type: ignore[union-attr]
    assert runs.year(YEAR).open_run == "2023-1-a"  # type: ignore[union-attr]


def test_one_run_of_a_year_is_open_at_a_time(runs: DynamoRuns) -> None:
    assert runs.open(run())
    assert runs.open(run()), "this very run is open"
    assert not runs.open(run(name="b"))
    assert runs.year(YEAR).open_run == "2023-1-a"  # type: ignore[union-attr]
    assert runs.finish("2023-1-a", state="refused", detail=RunDetail(), expected=("started",))
    assert runs.open(run(name="b"))


def test_the_order_of_the_phases_is_part_of_opening(runs: DynamoRuns) -> None:
    assert not runs.open(run(2))
    runs.open(run())
    runs.finish("2023-1-a", state="released", detail=RunDetail(), expected=("started",))
    assert runs.year(YEAR).released == (1,)  # type: ignore[union-attr]
    assert runs.open(run(2))
    runs.finish("2023-2-a", state="expired", detail=RunDetail(), expected=("started",))
    assert runs.year(YEAR).phase_2_begun  # type: ignore[union-attr]
    assert not runs.open(run(1, "b"))


def test_a_closed_year_opens_no_run_and_an_open_run_keeps_the_year_open(runs: DynamoRuns) -> None:
    proposal = ClosingProposal("p", YEAR, 2, "all is paid", Person("0d3c", "An Operator"), "2024-07-01T10:00:00+00:00")
    assert runs.closing_proposal(YEAR, "p") is None
    assert runs.propose_closing(proposal)
    assert not runs.propose_closing(replace(proposal, open_exceptions=0)), "a proposal is never changed"
    assert runs.closing_proposal(YEAR, "p") == proposal
    closing = Closing(proposal, Person("7f1a", "An Approver"), "2024-07-02T10:00:00+00:00")
    runs.open(run())
    assert not runs.close(YEAR, closing)
    runs.finish("2023-1-a", state="refused", detail=RunDetail(), expected=("started",))
    assert runs.close(YEAR, closing)
    assert not runs.close(YEAR, replace(closing, confirmed_by=Person("x", "Another"))), "once, by one person"
    year = runs.year(YEAR)
    assert year is not None
    assert (year.closed, year.closed_on, year.closing) == (True, date(2024, 7, 2), closing)
    assert not runs.open(run(name="b"))
    assert not runs.close(1999, closing)


def test_confirmations_are_added_under_their_number_and_never_changed(runs: DynamoRuns) -> None:
    amount, deadline = "premium-amount.nurse.399.19", "account-deadline.1"
    made = [
        Confirmation(day, "the board decided", Person("0d3c", "An Operator"), f"2026-01-{number:02}T10:00:00+00:00")
        for number, day in enumerate(("2026-01-30", "2026-01-31"), start=1)
    ]
    assert runs.confirmations(YEAR) == {}
    assert runs.confirm(YEAR, deadline, 1, made[0])
    assert not runs.confirm(YEAR, deadline, 1, made[1])
    assert runs.confirm(YEAR, deadline, 2, made[1])
    assert runs.confirm(YEAR, amount, 1, replace(made[0], value="399.19"))
    assert runs.confirmations(YEAR) == {amount: [replace(made[0], value="399.19")], deadline: made}
    assert runs.confirmations(YEAR + 1) == {}
    runs.open(run())
    confirmed = {amount: "a" * 64, deadline: "b" * 64}
    assert runs.update("2023-1-a", state="waiting", detail=RunDetail(confirmed=confirmed), expected=("started",))
    found = runs.get("2023-1-a")
    assert found is not None
    assert found.detail.confirmed == confirmed


def test_finishing_a_run_that_is_not_the_open_one_changes_nothing(runs: DynamoRuns) -> None:
    runs.open(run())
    assert not runs.finish("2023-1-a", state="released", detail=RunDetail(), expected=("approved",))
    assert runs.year(YEAR).open_run == "2023-1-a"  # type: ignore[union-attr]
    assert runs.get("2023-1-a") == run()


def test_runs_of_a_phase_come_oldest_first(runs: DynamoRuns) -> None:
    for name in ("9", "1"):
        runs.open(run(name=name, started_at=f"2023-12-0{2 if name == '1' else 1}"))
        runs.finish(f"2023-1-{name}", state="refused", detail=RunDetail(), expected=("started",))
    assert [r.id for r in runs.of_phase(YEAR, 1)] == ["2023-1-9", "2023-1-1"]
    assert runs.of_phase(YEAR, 2) == []


def test_a_choice_outlives_the_runs_that_find_the_exception_again(runs: DynamoRuns) -> None:
    runs.keep_exceptions(YEAR, [YearException("k.1", "k", {"n": [1]}, "run-1")])
    assert runs.exceptions(YEAR) == [ReviewedException("k.1", "k", {"n": [1]}, "run-1")]
    first = Choice("yes", "because", "0d3c", "An Operator", "2023-12-01T10:00:00+00:00")
    second = replace(first, choice="no")
    assert runs.choose(YEAR, "k.1", 1, first)
    assert not runs.choose(YEAR, "k.1", 1, second), "a choice is never overwritten"
    assert runs.choose(YEAR, "k.1", 2, second)
    runs.keep_exceptions(YEAR, [YearException("k.1", "k", {"n": [2]}, "run-2")])
    assert runs.exceptions(YEAR) == [ReviewedException("k.1", "k", {"n": [2]}, "run-2", (first, second))]


def test_a_choice_for_a_list_is_one_of_each_exception_or_of_none(runs: DynamoRuns) -> None:
    names = [f"k.{place}" for place in range(100)]  # as many as one transaction has
    runs.keep_exceptions(YEAR, [YearException(name, "k", {}, "run-1") for name in names])
    first = Choice("yes", "because", "0d3c", "An Operator", "2023-12-01T10:00:00+00:00")
    second = replace(first, choice="no")
    assert runs.choose(YEAR, "k.99", 1, first)
    assert not runs.choose_for_all(YEAR, dict.fromkeys(names, 1), second)
    assert [found.choice for found in runs.exceptions(YEAR) if found.choice] == ["yes"]
    assert runs.choose_for_all(YEAR, {**dict.fromkeys(names, 1), "k.99": 2}, second)
    assert {found.id: found.choices_made for found in runs.exceptions(YEAR)} == {
        **dict.fromkeys(names, (second,)),
        "k.99": (first, second),
    }


def test_a_year_keeps_the_key_version_that_it_began_with(runs: DynamoRuns) -> None:
    assert runs.begin_year(YEAR, "2").key_version == "1"
    assert runs.year(1999) is None


# --- decisions ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ledger", "runs")  # a test before it may have closed the year
def test_a_decision_of_a_run_fits_one_write_unit_even_with_several_practices(found: Cloud) -> None:
    rows = [account("v1-many"), identity("v1-old", "v1-many")]
    for n, profession in enumerate(("nurse", "midwife", "optician", "physiotherapist")):
        rows += provider("v1-many", riziv(400_300 + n), profession, s1=10 + n)
    world = found.world
    world.drop(rows)
    made = world.run(1, DECEMBER)
    items = boto3.client("dynamodb").scan(TableName="decisions")["Items"]
    (item,) = [i for i in items if i["sk"]["S"].endswith(made.id)]
    size = sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items() if name != "decision")
    assert size + len(item["decision"]["B"]) + len("decision") <= 1024
    decision = world.decision(made, "v1-old")
    assert len(decision["explanation"]) > 10


def test_what_is_packed_is_read_back_and_names_its_dictionary() -> None:
    text = b'{"any":"text"}' * 50
    assert unpack(pack(text)) == text
    assert pack(text)[0] == 1
    assert len(pack(text)) < 100


def test_single_decisions_are_kept_with_their_case_and_unprocessed_ones_resent(found: Cloud) -> None:
    decisions: DynamoDecisions = found.world.decisions
    decisions.put_many(NewDecision(f"d{n}", "fund", b"case", f"decision {n}".encode()) for n in range(60))
    assert decisions.put(NewDecision("d1", "fund", b"case", b"decision 1")) == "kept"
    assert decisions.get("d59") == KeptDecision("fund", b"case", b"decision 59")
    assert decisions.get("none") is None


def test_who_decided_is_kept_beside_a_decision_and_never_changed(decisions: DynamoDecisions) -> None:
    ann, bob = Person("ann-1", "Ann"), Person("bob-1", "Bob")
    assert decisions.put(NewDecision("by-1", "fund", b"case", b"decision", None, ann)) == "kept"
    assert decisions.put(NewDecision("by-1", "fund", b"case", b"decision", None, bob)) == "kept"
    assert decisions.get("by-1") == KeptDecision("fund", b"case", b"decision", ann)
    assert decisions.put(NewDecision("by-2", "fund", b"case", b"decision", "by-1", bob)) == "kept"
    assert decisions.get("by-2") == KeptDecision("fund", b"case", b"decision", bob)


def new(name: str, supersedes: str | None = None, case: bytes = b"") -> NewDecision:
    return NewDecision(f"s-{name}", "fund", case or f"{name} {supersedes}".encode(), name.encode(), supersedes)


@pytest.fixture
def decisions(found: Cloud) -> DynamoDecisions:
    _clear("decisions")
    made: DynamoDecisions = found.world.decisions
    return made


def test_a_decision_that_is_kept_is_never_changed(decisions: DynamoDecisions) -> None:
    assert decisions.put(new("a")) == "kept"
    assert decisions.put(new("a")) == "kept"
    assert decisions.put(new("a", case=b"another")) == "case-differs"
    assert decisions.put(new("a", supersedes="s-x")) == "case-differs"
    assert decisions.put_many([new("a", case=b"another"), new("b")]) == {"s-a": "case-differs"}
    assert decisions.get("s-a") == KeptDecision("fund", b"a None", b"a")
    assert decisions.superseded_by("s-x") is None, "nothing is written with what is refused"


def test_a_decision_is_superseded_by_the_first_that_does_it(decisions: DynamoDecisions) -> None:
    decisions.put(new("a"))
    assert decisions.put(new("b", supersedes="s-a")) == "kept"
    assert decisions.put(new("b", supersedes="s-a")) == "kept"
    assert decisions.put(new("c", supersedes="s-a")) == "superseded-already"
    assert (decisions.superseded_by("s-a"), decisions.superseded_by("s-b")) == ("s-b", None)
    assert decisions.get("s-c") is None


@pytest.mark.parametrize("sk", ["decision", "superseded"])
def test_what_an_earlier_version_or_a_lost_call_left_out_is_put(decisions: DynamoDecisions, sk: str) -> None:
    decisions.put(new("b", supersedes="s-a"))
    key = {"pk": {"S": "s-b" if sk == "decision" else "s-a"}, "sk": {"S": sk}}
    boto3.client("dynamodb").delete_item(TableName="decisions", Key=key)
    assert decisions.put(new("b", supersedes="s-a")) == "kept"
    assert decisions.get("s-b") == KeptDecision("fund", b"b s-a", b"b")
    assert decisions.superseded_by("s-a") == "s-b"


def test_a_transaction_that_another_one_holds_up_is_tried_again() -> None:
    client = boto3.client("dynamodb", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    pauses: list[float] = []
    with Stubber(client) as stub:
        stub.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}]},
        )
        stub.add_response("transact_write_items", {})
        assert DynamoDecisions(client, "t", sleep=pauses.append).put(new("b", supersedes="s-a")) == "kept"
        stub.assert_no_pending_responses()
    assert len(pauses) == 1


def test_items_that_dynamodb_sends_back_are_sent_again() -> None:
    client = boto3.client("dynamodb", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    pauses: list[float] = []
    with Stubber(client) as stub:
        request = {"PutRequest": {"Item": {"pk": {"S": "back"}}}}
        stub.add_response("batch_write_item", {"UnprocessedItems": {"t": [request]}})
        stub.add_response("batch_write_item", {}, {"RequestItems": {"t": [request]}})
        DynamoDecisions(client, "t", sleep=pauses.append).put_run(YEAR, 0, [("v1-a", "run", b"{}")])
        stub.assert_no_pending_responses()
    assert len(pauses) == 1


def test_a_number_that_is_taken_between_the_two_tries_of_a_difference_is_told(
    ledger: DynamoLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(YEAR, 0, TITULAR)
    rival = replace(TITULAR, number=2, amount=1, pharmacy_id=None, run="2023-1-rival", entry_id="2023-rival")
    together = ledger._inserts.together

    def before_a_rival(*items: Any) -> Any:
        refused = together(*items)
        assert ledger.append(YEAR, 0, rival) == [rival]
        return refused

    monkeypatch.setattr(ledger._inserts, "together", before_a_rival)
    difference = replace(TITULAR, number=2, amount=500, run="2023-2-run", entry_id="2023-d")
    assert ledger.append(YEAR, 0, difference) == [rival]
    assert list(ledger.entries(YEAR, 0)) == [TITULAR, rival]


def test_the_ledger_is_read_consistently() -> None:
    client = boto3.client("dynamodb", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        asked = {"TableName": "t", "ConsistentRead": True}
        query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "2023#0"}}}
        stub.add_response("query", {"Items": []}, asked | query)
        stub.add_response("get_item", {}, asked | {"Key": {"pk": {"S": "2023#close"}, "sk": {"S": "CLOSE"}}})
        ledger = DynamoLedger(client, "t")
        assert list(ledger.entries(YEAR, 0)) == []
        assert not ledger.is_closed(YEAR)
        stub.assert_no_pending_responses()


# --- redrive --------------------------------------------------------------------------------------


def test_a_failed_execution_is_redriven_where_it_failed() -> None:
    client = boto3.client("stepfunctions", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    arn = "arn:aws:states:eu-west-1:123456789012:{}:phase{}"
    with Stubber(client) as stub:
        stub.add_response(
            "redrive_execution",
            {"redriveDate": "2023-12-01T00:00:00Z"},
            {"executionArn": arn.format("execution", ":2023-1-a")},
        )
        StepFunctions(client, {"phase": arn.format("stateMachine", "")}).redrive("phase", "2023-1-a")
        stub.assert_no_pending_responses()
