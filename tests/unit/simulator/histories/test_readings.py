"""What is shown in the end: each promise is found broken by the least that breaks it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulator.histories import desk
from local.simulator.histories.desk import Chosen, Open
from local.simulator.histories.population import ACCOUNTS, File, Provider, insz, practice, riziv
from local.simulator.histories.readings import Readings
from local.simulator.histories.watch import Watch

NURSE = Provider((insz(1),), riziv(412_345, 401), "nurse", ACCOUNTS[0], 900_000)
CHOICE = {
    "sk": {"S": f"choice#recovery.{NURSE.short}.94595#000001"},
    "subject": {"S": "op-1"},
    "choice": {"S": "settled"},
}


class Shown:
    """What persons are shown; each field is what one call returns."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.returns: dict[str, Any] = {
            "has_totals": True,
            "dossier_decisions": ["run.person"],
            "is_replayed": True,
            "choices": {},
            "listed": [],
            "who_closed": ["op-1", "op-2"],
            "recoveries": {},
        }
        for name in self.returns:
            monkeypatch.setattr(desk, name, lambda *_, name=name: self.returns[name])
        monkeypatch.setattr(desk, "person", lambda _, who: f"key of {who}")
        self.closed = False
        self.watch = Watch((NURSE,), {"nurse": 94_595}, lambda _: None, lambda: self.closed, list)
        stage: Any = SimpleNamespace(watch=self.watch, cloud=None, quietly=lambda read: read())
        self.partners = cast("Any", SimpleNamespace(brought=[]))
        self.readings = Readings(stage, self.partners)

    def entry(self, person: str = "person") -> dict[str, Any]:
        values = {"sk": f"{person}#000001", "run": "run", "entry_id": "e", "riziv_number": NURSE.short}
        return {name: {"S": value} for name, value in values.items()}

    @property
    def promises(self) -> set[str]:
        self.readings.check()
        return {violation.promise for violation in self.watch.violations}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    made = Shown(monkeypatch)
    made.watch.entries["p", "s"] = made.entry()
    return made


def test_what_is_shown_breaks_nothing(shown: Shown) -> None:
    shown.closed = True
    assert shown.promises == set()


def unread(*_: object) -> None:
    raise KeyError


@pytest.mark.parametrize(
    ("name", "returned"), [("has_totals", False), ("dossier_decisions", []), ("is_replayed", False)]
)
def test_what_was_decided_can_be_shown(shown: Shown, name: str, returned: object) -> None:
    shown.returns[name] = returned
    assert shown.promises == {"what-was-decided-can-be-shown"}


def test_what_nobody_can_read_is_not_shown(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "dossier_decisions", unread)
    assert shown.promises == {"what-was-decided-can-be-shown"}


@pytest.mark.parametrize(
    ("made", "stays"),
    [([Chosen("op-1", "settled")], True), ([Chosen("op-2", "settled")], False), ([], False)],
    ids=["as it was", "another person", "none"],
)
def test_a_choice_stays(shown: Shown, made: list[Chosen], stays: bool) -> None:
    name = f"recovery.{NURSE.short}.94595"
    shown.returns["listed"] = [Open(name, "recovery", {"recovery": "945.95"}, ("settled",), "settled")]
    shown.watch.item_put("YearsTable", CHOICE)
    shown.returns["choices"] = {name: made}
    assert shown.promises == (set() if stays else {"a-choice-stays"})


@pytest.mark.parametrize("who", [[], ["op-1"], ["op-1", "op-1"]])
def test_a_year_is_closed_by_two(shown: Shown, who: list[str]) -> None:
    shown.closed, shown.returns["who_closed"] = True, who
    assert shown.promises == {"a-year-is-closed-by-two"}


@pytest.mark.parametrize(("settled", "answered"), [("945.95", True), ("945.94", False), (None, False)])
def test_a_choice_answers_what_was_shown(shown: Shown, settled: str | None, answered: bool) -> None:
    name = f"recovery.{NURSE.short}.94595"
    if settled is not None:
        shown.returns["listed"] = [Open(name, "recovery", {"recovery": settled}, ("settled",), "settled")]
        shown.returns["choices"] = {name: [Chosen("op-1", "settled")]}
        shown.watch.item_put("YearsTable", CHOICE)
    shown.returns["recoveries"] = {NURSE.short: "945.95"}
    assert shown.promises == (set() if answered else {"a-choice-answers-what-was-shown"})


@pytest.mark.parametrize(
    ("paid", "joined", "broken"),
    [(insz(1), False, False), (insz(2), False, True), (insz(2), True, False)],
    ids=["the chosen one", "the other one", "the other one, who is the same person by now"],
)
def test_who_was_chosen_is_paid(shown: Shown, paid: str, joined: bool, broken: bool) -> None:
    name = f"identity-conflict.{NURSE.short}"
    candidates = [{"choice": "a", "batch": "1"}, {"choice": "b", "batch": "2"}]
    shown.returns["listed"] = [Open(name, "identity-conflict", {"candidates": candidates}, ("a", "b"), None)]
    files = [("1", insz(1)), ("2", insz(2))]
    shown.partners.brought = [(batch, File("p", "practices", (practice(who, NURSE),))) for batch, who in files]
    if joined:
        shown.partners.brought.append(("3", File("p", "identities", ((insz(1), insz(2)),))))
    told: Callable[[str, str], None] = shown.watch.chosen_now
    told(name, "a")
    shown.watch.step, shown.watch.opened["run"] = 2, 1
    shown.watch.paid_now(shown.entry(f"key of {paid}"))
    assert {violation.promise for violation in shown.watch.violations} == (
        {"who-was-chosen-is-paid"} if broken else set()
    )


@pytest.mark.parametrize(
    ("kind", "choices", "truth"),
    [
        ("identity-conflict", ("a", "b"), "a"),
        ("key-of-another-partner", ("cheat", "register"), "register"),
        ("account-of-another-partner", ("use-it", "leave-it"), "leave-it"),
        ("undecided", ("seen",), None),
    ],
)
def test_what_somebody_who_knows_the_truth_chooses(
    shown: Shown, kind: str, choices: tuple[str, ...], truth: str | None
) -> None:
    shown.partners.brought = [
        (batch, File("p", "practices", (practice(who, NURSE),))) for batch, who in (("1", insz(1)), ("2", insz(2)))
    ]
    candidates = [{"choice": "a", "batch": "1"}, {"choice": "b", "batch": "2"}]
    found = Open(f"{kind}.{NURSE.short}", kind, {"candidates": candidates}, choices, None)
    assert shown.readings.truth(found) == truth
