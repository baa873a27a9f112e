"""The watch of an exchange: each promise is found broken by the least that breaks it."""

import json
from typing import Any

import pytest

from local.simulator.histories.exchange.population import INCOMES, TAX_OFFICE, shows_an_income
from local.simulator.histories.exchange.watch import BUCKET, KEYS, ExchangeWatch

OUT = "out/{}/increased-reimbursement/2020/{}"
ANNA, BERT = "60010100195", "60020100196"
REQUEST, OTHER = f"1012020{ANNA}", f"2022020{BERT}"


class Watched:
    """A watch of an exchange whose state is `item`."""

    def __init__(self) -> None:
        self.item: Any = self.state("households")
        self.watch = ExchangeWatch.of(lambda: self.item)
        self.watch.sent = {"insurer-a": {REQUEST}, "insurer-b": {OTHER}}
        self.watch.members = {ANNA, BERT}
        self.become(self.item)

    @staticmethod
    def state(step: str, **notes: str) -> Any:
        texts = {"run": "run", "insurers": "{}", "tax_office": TAX_OFFICE, "step": step}
        stored: Any = {name: {"S": text} for name, text in texts.items()}
        return stored | {"steps": {"M": {name: {"S": note} for name, note in notes.items()}}}

    def become(self, item: Any) -> None:
        self.item = item
        self.watch.item_changed("ControlTable", "update_item")

    def put(self, receiver: str, name: str, *rows: str) -> None:
        self.watch.object_put(BUCKET, OUT.format(receiver, name), "\n".join(("header", *rows)).encode())

    @property
    def broken(self) -> list[str]:
        return [violation.promise for violation in self.watch.violations]


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_an_exchange_that_goes_forward_breaks_nothing(watched: Watched) -> None:
    watched.become(Watched.state("select", households="{}"))
    watched.put(TAX_OFFICE, "pro_02-1.csv", ANNA, BERT)
    watched.put("insurer-a", "excluded.csv")
    watched.become(Watched.state("results", households="{}", evaluation="1"))
    watched.become(Watched.state("results", households="{}", evaluation="2"))
    watched.put("insurer-a", "pro_04-1.csv", f"{REQUEST};OK")
    watched.put("insurer-a", "pro_04-2.csv")
    watched.watch.object_put(BUCKET, KEYS + "incomes-1", b"key")
    watched.watch.object_put(BUCKET, KEYS + "incomes-1", b"")
    assert watched.broken == []


@pytest.mark.parametrize("after", ["households", "select"])
def test_a_step_that_goes_back_is_found(watched: Watched, after: str) -> None:
    watched.become(Watched.state("incomes-1"))
    watched.become(Watched.state(after))
    assert watched.broken == ["a-step-never-goes-back"]


def test_an_exchange_that_is_gone_is_found(watched: Watched) -> None:
    watched.become(None)
    assert watched.broken == ["a-step-never-goes-back"]


def test_a_note_that_changes_is_found(watched: Watched) -> None:
    watched.become(Watched.state("select", households="{}"))
    watched.become(Watched.state("select", households='{"on":1}'))
    assert watched.broken == ["a-step-keeps-its-note"]


@pytest.mark.parametrize(
    ("receiver", "name", "rows", "promise"),
    [
        ("insurer-a", "pro_04-1.csv", [f"{OTHER};OK"], "an-insurer-learns-of-its-own-alone"),
        ("insurer-b", "excluded.csv", [f"{REQUEST};all-entitled"], "an-insurer-learns-of-its-own-alone"),
        (TAX_OFFICE, "pro_04-1.csv", [f"{REQUEST};OK"], "an-insurer-learns-of-its-own-alone"),
        ("insurer-a", "pro_02-1.csv", [ANNA], "an-insurer-learns-of-its-own-alone"),
        (TAX_OFFICE, "statistics.xlsx", [], "an-insurer-learns-of-its-own-alone"),
        (TAX_OFFICE, "pro_02-1.csv", [ANNA, ANNA], "a-person-is-asked-once"),
        (TAX_OFFICE, "pro_02-1.csv", ["60030100197"], "a-person-is-asked-once"),
        ("insurer-a", "pro_04-1.csv", [f"{REQUEST};OK", f"{REQUEST};NOK"], "a-request-has-one-code"),
    ],
)
def test_what_is_not_for_its_receiver_is_found(
    watched: Watched, receiver: str, name: str, rows: list[str], promise: str
) -> None:
    watched.put(receiver, name, *rows)
    assert watched.broken == [promise]


def test_a_second_code_is_found(watched: Watched) -> None:
    watched.put("insurer-a", "pro_04-1.csv", f"{REQUEST};OK")
    watched.put("insurer-a", "pro_04-2.csv", f"{REQUEST};OK")
    assert watched.broken == ["a-request-has-one-code"]


def test_a_file_that_is_written_anew_or_deleted_is_found(watched: Watched) -> None:
    watched.put("insurer-a", "excluded.csv")
    watched.put("insurer-a", "excluded.csv", f"{REQUEST};all-entitled")
    watched.watch.object_deleted(BUCKET, OUT.format("insurer-a", "excluded.csv"))
    assert watched.broken == ["what-is-written-once-stays", "what-is-handed-over-stays"]


@pytest.mark.parametrize("mark", [True, False])
def test_a_key_that_is_made_again_is_found(watched: Watched, mark: bool) -> None:
    watched.watch.object_put(BUCKET, KEYS + "incomes-1", b"key")
    if mark:
        watched.watch.object_put(BUCKET, KEYS + "incomes-1", b"")
    else:
        watched.watch.object_deleted(BUCKET, KEYS + "incomes-1")
    watched.watch.object_put(BUCKET, KEYS + "incomes-1", b"another")
    assert watched.broken == ["a-destroyed-key-is-not-made-again"]


def test_a_key_in_the_place_of_another_is_found(watched: Watched) -> None:
    watched.watch.object_put(BUCKET, KEYS + "incomes-1", b"key")
    watched.watch.object_put(BUCKET, KEYS + "incomes-1", b"another")
    assert watched.broken == ["a-data-key-is-made-once"]


def test_an_income_in_the_clear_is_found(watched: Watched) -> None:
    watched.watch.object_put("WorkBucket", "a", json.dumps({"cents": INCOMES[0]}).encode())
    watched.watch.item_put("ControlTable", {"pk": {"S": "a"}, "amount": {"N": str(INCOMES[1])}})
    assert watched.broken == ["an-income-is-nowhere-in-the-clear"] * 2


@pytest.mark.parametrize(
    ("text", "shown"), [("9013.73", True), ("9013,73;", True), ("a901373b", False), ("90137", False)]
)
def test_an_income_is_told_from_other_digits(text: str, shown: bool) -> None:
    assert shows_an_income(text) is shown
