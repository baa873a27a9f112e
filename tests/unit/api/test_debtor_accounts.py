"""The account that pays over the API: an operator proposes it, another person confirms it."""

from datetime import timedelta
from typing import Any

import pytest

from tegemoet.api.callers import Caller
from tests.support.api_world import APPROVER, OPERATOR, READER, Answer, World
from tests.support.debtors import DEBTOR

ACCOUNTS = "/v1/debtor-accounts"
PROPOSALS = f"{ACCOUNTS}/proposals"
OTHER = Caller("55e0-operator", frozenset({"operator"}), None, "Another Operator")
DEFAULTS = {
    "message": "001.001.09",
    "transfers_per_file": 10_000,
    "days_ahead": 1,
    "answer_days": 30,
    "purpose": None,
    "closing_days": [],
    "hold_above": None,
    "persons_per_account": 2,
    "institutions": [],
}
AT = "2023-12-01T09:00:00+00:00"


@pytest.fixture
def world() -> World:
    return World()


def propose(world: World, key: str = "key-1", by: Caller = OPERATOR, /, **settings: Any) -> Answer:
    return world.post(PROPOSALS, {**DEBTOR, "account": {**DEBTOR["account"], **settings}}, by, key)


def confirm(world: World, proposal: str, by: Caller = APPROVER, key: str = "key-1") -> Answer:
    return world.post(f"{PROPOSALS}/{proposal}/confirmations", None, by, key)


def faults(answer: Answer) -> set[tuple[str, str]]:
    assert (answer.status, answer.code) == (422, "invalid")
    return {(path.removeprefix("/account/"), code) for path, code in answer.faults}


def test_nobody_has_confirmed_an_account_yet(world: World) -> None:
    assert world.get(ACCOUNTS, READER).body == {"current": None, "proposals": [], "earlier": [], "next": None}


@pytest.mark.parametrize("second", [APPROVER, OTHER], ids=["an approver", "another operator"])
def test_an_account_is_proposed_confirmed_and_read_back(world: World, second: Caller) -> None:
    proposed = propose(world)
    assert proposed.status == 201
    assert proposed.body == {
        "proposal": proposed.body["proposal"],
        "replaces": 0,
        "account": {**DEFAULTS, **DEBTOR["account"]},
        "reason": DEBTOR["reason"],
        "proposed_by": {"subject": OPERATOR.principal, "name": OPERATOR.name},
        "proposed_at": AT,
    }
    waiting = world.get(ACCOUNTS, READER).body
    assert (waiting["current"], waiting["proposals"]) == (None, [proposed.body])
    made = confirm(world, proposed.body["proposal"], second)
    assert made.status == 201
    said = {name: value for name, value in proposed.body.items() if name != "replaces"}
    confirmed_by = {"subject": second.principal, "name": second.name}
    assert made.body == {**said, "number": 1, "confirmed_by": confirmed_by, "confirmed_at": AT}
    assert world.get(ACCOUNTS, READER).body == {"current": made.body, "proposals": [], "earlier": [], "next": None}


def test_every_setting_is_kept(world: World) -> None:
    settings = {
        "message": "001.001.03",
        "transfers_per_file": 2,
        "days_ahead": 0,
        "answer_days": 45,
        "purpose": "SSBE",
        "closing_days": ["2023-12-28", "2023-12-27", "2023-12-28"],
        "hold_above": "0.01",
        "persons_per_account": 1,
        "institutions": ["BE68539007547034"],
    }
    kept = {**DEBTOR["account"], **settings, "closing_days": ["2023-12-27", "2023-12-28"]}
    made = confirm(world, propose(world, **settings).body["proposal"])
    assert made.body["account"] == kept


def test_earlier_versions_are_read_in_pages_the_newest_first(world: World) -> None:
    for days in range(4):
        propose_again = propose(world, f"key-{days}", days_ahead=days)
        assert confirm(world, propose_again.body["proposal"], key=f"key-{days}").body["number"] == days + 1
    page = world.get(ACCOUNTS, READER, limit="2").body
    assert (page["current"]["number"], [version["number"] for version in page["earlier"]]) == (4, [3, 2])
    rest = world.get(ACCOUNTS, READER, limit="2", cursor=page["next"]).body
    assert (rest["current"]["number"], [version["number"] for version in rest["earlier"]]) == (4, [1])
    assert rest["next"] is None


def test_a_repeated_call_gets_the_same_answer_whatever_was_done_since(world: World) -> None:
    first = propose(world)
    assert propose(world).body == first.body
    made = confirm(world, first.body["proposal"])
    assert (propose(world).body, confirm(world, first.body["proposal"]).body) == (first.body, made.body)
    later = propose(world, "key-2", days_ahead=5)
    assert confirm(world, later.body["proposal"], key="key-2").body["number"] == 2
    assert confirm(world, first.body["proposal"]).body == made.body
    assert propose(world, days_ahead=6).code == "idempotency-mismatch"


@pytest.mark.parametrize(("by", "code"), [(OPERATOR, "confirmed-by-proposer"), (OTHER, "proposal-lapsed")])
def test_a_confirmation_that_may_not_be_is_refused(world: World, by: Caller, code: str) -> None:
    proposal = propose(world).body["proposal"]
    world.clock.at += timedelta(days=7, seconds=1)
    refused = confirm(world, proposal, by)
    assert (refused.status, refused.code) == (409, code)
    assert world.get(ACCOUNTS, READER).body["current"] is None


def test_a_proposal_that_nobody_made_is_unknown(world: World) -> None:
    refused = confirm(world, "0123456789abcdef")
    assert (refused.status, refused.code) == (404, "proposal-unknown")


def test_what_holds_is_not_proposed_again(world: World) -> None:
    confirm(world, propose(world).body["proposal"])
    refused = propose(world, "key-2")
    assert (refused.status, refused.code) == (409, "debtor-account-unchanged")


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        ("transfers_per_file", (1, 100_001, "2", 2.0), (2, 100_000)),
        ("days_ahead", (-1, 31, "1"), (0, 30)),
        ("answer_days", (-1, 367, "1"), (0, 366)),
        ("persons_per_account", (0, 1_001, "1"), (1, 1_000)),
        ("hold_above", ("-0.01", "0.001", 1, ""), ("0.00", "99999.99", None)),
        ("message", ("001.001.08", ""), ("001.001.03", "001.001.09")),
        ("purpose", ("ssbe", "SSB", "SSBEN"), ("SSBE", None)),
        ("bic", ("GKCCBEB", "GKCCBEBBXXXX"), ("GKCCBEBB", "GKCCBEBBXXX")),
        ("name", ("", "x" * 71, "a\u200bb"), ("x", "x" * 70)),
    ],
)
def test_a_setting_has_limits(world: World, field: str, wrong: tuple[Any, ...], right: tuple[Any, ...]) -> None:
    for value in wrong:
        refused = propose(world, **{field: value})
        assert {path for path, _ in faults(refused)} == {field}, value
    assert world.debtor_accounts.proposed == {}
    for number, value in enumerate(right):
        assert propose(world, f"key-{number}", **{field: value}).body["account"][field] == value


@pytest.mark.parametrize("day", ["2023-2-1", "01/02/2023", "2023-02-30", "2023-02-01T00:00:00Z", "20230201", ""])
def test_a_closing_day_is_an_iso_day(world: World, day: str) -> None:
    refused = propose(world, closing_days=["2023-12-27", day])
    assert {path for path, _ in faults(refused)} == {"closing_days/1"}


def test_every_fault_of_the_account_is_told(world: World) -> None:
    texts = {**DEBTOR["account"]["texts"], "fr": "850730.{year}5"}
    refused = propose(world, name="--", iban="BE71096123456768", bic="1KCCBEBB", language="it", texts=texts)
    assert faults(refused) == {
        ("name", "name-says-nothing"),
        ("iban", "iban-invalid"),
        ("bic", "bic-invalid"),
        ("language", "language-unknown"),
        ("texts", "remittance-text-missing"),
        ("texts/fr", "holds-identity-number"),
    }
    assert "096123456768" not in refused.text


def test_a_reason_and_all_that_has_no_default_are_required(world: World) -> None:
    for field in DEBTOR["account"]:
        account = {name: value for name, value in DEBTOR["account"].items() if name != field}
        refused = world.post(PROPOSALS, {**DEBTOR, "account": account}, OPERATOR)
        assert faults(refused) == {(field, "required")}
    refused = world.post(PROPOSALS, {"account": DEBTOR["account"]}, OPERATOR)
    assert refused.faults == {("/reason", "required")}
