"""The watch: each promise is found broken by the least that breaks it."""

import json
from typing import Any

import pytest

from local.simulator.histories.population import ACCOUNTS, FALSE_ACCOUNT, Provider, insz, riziv
from local.simulator.histories.watch import Watch

NURSE = Provider((insz(1),), riziv(412_345, 401), "nurse", ACCOUNTS[0], 900_000)
PREMIUM = {"nurse": 94_595, "pharmacist": 179_000}
HEADER = "entry_id;payee;holder;iban;amount;kind\n"
FILE = "payments/2023/phase-1/run/payments.csv"


def entry(number: int = 1, **more: Any) -> dict[str, Any]:
    values = {
        "pk": "2023#0",
        "sk": f"person#{number:06}",
        "entry_id": f"entry-{number}",
        "run": "run",
        "riziv_number": NURSE.short,
        "profession": "nurse",
        "kind": "payment",
        "amount": 94_595,
        **more,
    }
    return {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in values.items()}


def run_item(approver: str | None = "ap", **detail: Any) -> dict[str, Any]:
    known = {"cut_off": "2023-12-01T10:00:00Z", **detail, **({"approved_by": approver} if approver else {})}
    return {
        "started_by": {"S": "op"},
        "started_at": {"S": "2023-12-01T10:00:00"},
        "phase": {"N": "1"},
        "detail": {"M": {name: {"S": json.dumps(value)} for name, value in known.items()}},
    }


class Seen:
    """A watch over a world that a test describes."""

    def __init__(self) -> None:
        self.run: dict[str, Any] | None = run_item()
        self.closed = False
        self.batches: list[dict[str, Any]] = []
        self.watch = Watch((NURSE,), PREMIUM, lambda _: self.run, lambda: self.closed, lambda: self.batches)
        self.watch.accounts[NURSE.short] = {NURSE.iban}
        self.watch.approved = {("run", "ap")}

    @property
    def promises(self) -> set[str]:
        return {violation.promise for violation in self.watch.violations}

    def pay(self, **more: Any) -> "Seen":
        self.watch.item_put("LedgerTable", entry(**more))
        return self

    def file(self, *rows: str) -> "Seen":
        self.watch.object_put("OutputBucket", FILE, (HEADER + "".join(rows)).encode())
        return self


def row(entry_id: str = "entry-1", iban: str = NURSE.iban, amount: str = "945.95") -> str:
    return f"{entry_id};{NURSE.number};Holder;{iban};{amount};first\n"


@pytest.fixture
def seen() -> Seen:
    return Seen()


def test_a_payment_that_is_right_breaks_nothing(seen: Seen) -> None:
    seen.pay().file(row())
    seen.watch.end(["run"], undisturbed=True)
    assert seen.promises == set()


def test_an_entry_is_put_once(seen: Seen) -> None:
    seen.pay(amount=1).pay(amount=1)
    assert seen.promises == {"an-entry-is-put-once"}


def test_the_ledger_is_only_appended_to(seen: Seen) -> None:
    seen.watch.item_changed("LedgerTable", "delete_item")
    seen.watch.item_changed("YearsTable", "update_item")
    assert [violation.promise for violation in seen.watch.violations] == ["the-ledger-is-appended-to"]


@pytest.mark.parametrize(("cents", "broken"), [(94_595, set()), (94_596, {"a-number-is-paid-one-premium"})])
def test_a_number_is_paid_one_premium_whoever_has_it(seen: Seen, cents: int, broken: set[str]) -> None:
    seen.pay(amount=1).pay(number=2, pk="2023#1", amount=cents - 1)
    assert seen.promises == broken


def test_a_pharmacy_is_paid_one_premium_whoever_has_it(seen: Seen) -> None:
    seen.pay(amount=179_000, profession="pharmacist", pharmacy_id="p")
    seen.pay(number=2, amount=1, profession="pharmacist", pharmacy_id="p", riziv_number="22334447")
    assert seen.promises == {"a-pharmacy-is-paid-one-premium"}


@pytest.mark.parametrize(
    "run",
    [None, run_item(None), run_item("op"), run_item("other")],
    ids=["no run", "nobody", "the starter", "somebody who gave no approval"],
)
def test_an_entry_is_approved_by_another(seen: Seen, run: dict[str, Any] | None) -> None:
    seen.run = run
    assert seen.pay().promises == {"an-entry-is-approved-by-another"}


def choice(by: str, number: int, chosen: str = "use") -> dict[str, Any]:
    values = {"sk": f"choice#x#{number:06}", "subject": by, "choice": chosen}
    return {name: {"S": value} for name, value in values.items()}


RUN = {"sk": {"S": "run#run"}}


@pytest.mark.parametrize(
    ("puts", "broken"),
    [
        ([choice("ap", 1), RUN], True),
        ([choice("ap", 1), choice("op", 2), RUN], False),
        ([choice("ap", 1, "seen"), RUN], False),
        ([RUN, choice("ap", 1)], False),
    ],
    ids=["the approver's", "another's came later", "without effect", "after the start"],
)
def test_who_made_a_choice_that_counts_does_not_approve(seen: Seen, puts: list[Any], broken: bool) -> None:
    for step, item in enumerate(puts, 1):
        seen.watch.step = step
        seen.watch.item_put("YearsTable", item)
    assert bool(seen.pay().promises) is broken


def test_nothing_is_paid_after_closing(seen: Seen) -> None:
    seen.closed = True
    assert seen.pay().promises == {"nothing-is-paid-after-closing"}


def test_an_entry_is_above_nothing(seen: Seen) -> None:
    assert seen.pay(amount=0).promises == {"an-entry-is-above-nothing"}


def test_what_is_transferred_is_in_the_ledger(seen: Seen) -> None:
    assert seen.file(row()).promises == {"what-is-transferred-is-in-the-ledger"}


def test_what_is_in_the_ledger_is_transferred(seen: Seen) -> None:
    assert seen.pay().file().promises == {"what-is-in-the-ledger-is-transferred"}


def test_what_is_in_the_ledger_is_transferred_in_the_end(seen: Seen) -> None:
    seen.pay().watch.end([], undisturbed=False)
    assert seen.promises == {"what-is-in-the-ledger-is-transferred"}


def test_a_cent_more_or_less_is_not_transferred(seen: Seen) -> None:
    assert seen.pay().file(row(amount="945.94")).promises == {"what-is-transferred-is-what-was-entered"}


def test_a_person_is_paid_on_an_account_of_that_person(seen: Seen) -> None:
    seen.pay().file(row(iban=FALSE_ACCOUNT))
    assert seen.promises == {"a-person-is-paid-on-an-account-of-that-person"}


def test_a_payment_file_is_written_once_and_stays(seen: Seen) -> None:
    seen.pay().file(row()).file(row())
    assert seen.promises == set()
    seen.watch.object_deleted("OutputBucket", FILE)
    assert seen.promises == {"a-payment-file-stays"}


def test_a_released_run_has_its_payment_file(seen: Seen) -> None:
    seen.watch.end(["run"], undisturbed=False)
    assert seen.promises == {"a-released-run-has-its-payment-file"}


def test_what_is_due_is_paid(seen: Seen) -> None:
    seen.file().watch.end(["run"], undisturbed=True)
    assert seen.promises == {"what-is-due-is-paid"}


@pytest.mark.parametrize(
    ("part", "promise"), [("decision", "a-decision-keeps-its-bytes"), ("case", "a-stored-case-stays")]
)
def test_a_decision_and_its_case_stay(seen: Seen, part: str, promise: str) -> None:
    for body in (b"a", b"a", b"b"):
        item = {"pk": {"S": "p"}, "sk": {"S": "decision"}, "decision": {"B": b"d"}, "case": {"B": b"c"}}
        seen.watch.item_put("DecisionsTable", {**item, part: {"B": body}})
    assert {violation.promise for violation in seen.watch.violations} == {promise}


def batch(**values: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in {"id": "b", "kind": "practices", **values}.items()}


@pytest.mark.parametrize(
    ("written", "state", "broken"),
    [
        ("2023-12-01T09:59:59Z", "done", False),
        ("2023-12-01T10:00:00Z", "done", True),
        ("2023-12-01T09:59:59Z", "abandoned", True),
    ],
)
def test_a_run_uses_nothing_that_came_later_or_was_given_up(seen: Seen, written: str, state: str, broken: bool) -> None:
    seen.batches = [batch(written_at=written, state=state)]
    plan = {"batches": [{"id": "b"}]}
    seen.watch.object_put("WorkBucket", "runs/run/batches.json", json.dumps(plan).encode())
    assert ("a-run-uses-nothing-else" in seen.promises) is broken


@pytest.mark.parametrize(
    ("key", "stays"),
    [
        ("runs/run/batches.json", True),
        ("runs/run/pharmacies.json", True),
        ("runs/run/numbers/0.json", True),
        ("runs/run/settled/12.json", True),
        ("runs/run/proposed.json", True),
        ("runs/run/numbers/0/attempt/index.json", False),
        ("runs/run/proposed/attempt/summary.json", False),
    ],
)
def test_a_commit_stays(seen: Seen, key: str, stays: bool) -> None:
    for body in (b'{"batches":[]}', b'{"batches":[]}', b'{"batches":[] }'):
        seen.watch.object_put("WorkBucket", key, body)
    assert ("what-is-written-once-stays" in seen.promises) is stays


@pytest.mark.parametrize(
    ("states", "broken"),
    [
        (("loading", "done"), False),
        (("loading", "abandoned", "done"), True),
        (("done", "loading"), True),
        (("refused", "refused"), False),
    ],
)
def test_a_batch_ends_once(seen: Seen, states: tuple[str, ...], broken: bool) -> None:
    for state in states:
        seen.batches = [batch(written_at="2023-12-01T09:59:59Z", state=state)]
        seen.watch.item_changed("ControlTable", "update_item")
    assert ("a-batch-ends-once" in seen.promises) is broken


@pytest.mark.parametrize(("state", "broken"), [("waiting", True), ("failed", True), ("released", False)])
def test_one_run_of_a_year_is_open(seen: Seen, state: str, broken: bool) -> None:
    seen.run = {**run_item(), "state": {"S": state}}
    for run in ("run", "run", "run-2"):
        seen.watch.item_put("YearsTable", {"sk": {"S": f"run#{run}"}})
    assert ("one-run-of-a-year-is-open" in seen.promises) is broken


@pytest.mark.parametrize(
    ("kind", "written", "state", "broken"),
    [
        ("practices", "2023-12-01T09:59:59Z", "loading", True),
        ("practices", "2023-12-01T09:59:59Z", "done", True),
        ("practices", "2023-12-01T10:00:00Z", "loading", False),
        ("practices", "2023-12-01T09:59:59Z", "abandoned", False),
        ("activity-year", "2023-12-01T09:59:59Z", "loading", False),
    ],
)
def test_a_run_uses_all_that_was_brought_before(seen: Seen, kind: str, written: str, state: str, broken: bool) -> None:
    seen.batches = [batch(kind=kind, written_at=written, state=state)]
    seen.watch.object_put("WorkBucket", "runs/run/batches.json", json.dumps({"batches": []}).encode())
    assert ("a-run-uses-all-that-was-brought-before" in seen.promises) is broken


@pytest.mark.parametrize(
    ("written", "listed", "broken"),
    [
        ("2023-11-30T10:00:00Z", True, False),
        ("2023-11-30T10:00:01Z", True, True),  # less than a day old: a run waits for it
        ("2023-11-20T10:00:00Z", False, True),
    ],
)
def test_a_late_message_about_a_file_listed_as_unread(seen: Seen, written: str, listed: bool, broken: bool) -> None:
    seen.batches = [batch(written_at=written, state="loading", key="in/a/b.csv")]
    changes = [{"facts": {"state": "unread", "key": "in/a/b.csv"}}] if listed else []
    plan = {"batches": [], "changes": changes}
    seen.watch.object_put("WorkBucket", "runs/run/batches.json", json.dumps(plan).encode())
    assert ("a-run-uses-all-that-was-brought-before" in seen.promises) is broken


@pytest.mark.parametrize(("back", "broken"), [((94_595,), False), ((94_594, 1), False), ((94_595, 1), True)])
def test_a_payment_comes_back_once(seen: Seen, back: tuple[int, ...], broken: bool) -> None:
    seen.pay(number=1)
    for number, cents in enumerate(back, 2):
        seen.pay(number=number, kind="return", amount=cents, corrects="entry-1")
    assert ("a-payment-comes-back-once" in seen.promises) is broken


def test_what_came_back_may_be_paid_again_and_no_more(seen: Seen) -> None:
    seen.pay(number=1).pay(number=2, kind="return", corrects="entry-1").pay(number=3)
    assert seen.promises == set()
    seen.pay(number=4, amount=1)
    assert seen.promises == {"a-number-is-paid-one-premium"}


def test_what_comes_back_after_the_closing_is_written(seen: Seen) -> None:
    seen.pay(number=1)
    seen.closed = True
    seen.pay(number=2, kind="return", corrects="entry-1")
    assert seen.promises == set()
    seen.pay(number=3)
    assert seen.promises == {"nothing-is-paid-after-closing"}


@pytest.mark.parametrize("kind", ["bank-answers", "returns"])
def test_a_run_does_not_use_what_the_bank_answers(seen: Seen, kind: str) -> None:
    seen.batches = [batch(kind=kind, state="done", written_at="2023-12-01T09:59:59Z", key="k")]
    seen.watch.object_put("WorkBucket", "runs/run/batches.json", json.dumps({"batches": []}).encode())
    assert seen.promises == set()
