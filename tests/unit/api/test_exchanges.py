"""The exchange over the API: start, waits, and what each party sees."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tegemoet.api.callers import Caller
from tegemoet.application.records import Batch, Notes, SelectNote
from tests.support.api_world import APPROVER, BOTH, OPERATOR, PARTNER, Answer, World
from tests.support.fakes.partners import any_number_of

PATH = "/v1/increased-reimbursement/2020"
START = {
    "on": "2020-03-02",
    "insurers": {"insurer-a": "100", "insurer-b": "300"},
    "tax_office": "tax-office",
}


def partner(name: str) -> Caller:
    return replace(PARTNER, partner=name)


@pytest.fixture
def world() -> World:
    world = World()
    world.registrations.admit_insurers("insurer-a", "insurer-b")
    world.registrations.admit("tax-office")
    return world


def started(world: World, **changes: Any) -> Answer:
    return world.post(PATH, START | changes, OPERATOR)


def test_an_operator_starts_the_exchange_and_it_waits_for_the_households(world: World) -> None:
    answer = started(world)
    assert (answer.status, answer.body["state"]) == (202, "households")
    assert answer.body["run"].startswith("increased-reimbursement-2020-")
    again = started(world)
    assert (again.status, again.body) == (202, answer.body)
    other = world.post(PATH, START, OPERATOR, key="another-key")
    assert (other.status, other.code) == (409, "flow-exists")


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"insurers": {"insurer-a": "10"}}, "/insurers/insurer-a", "insurer-invalid"),
        ({"insurers": {"insurer-a": "100", "insurer-b": "100"}}, "/insurers", "insurer-twice"),
        ({"tax_office": "insurer-a"}, "/tax_office", "tax-office-is-insurer"),
    ],
)
def test_parties_that_cannot_be_are_named(world: World, changes: dict[str, Any], path: str, code: str) -> None:
    answer = started(world, **changes)
    assert answer.status == 422
    assert (path, code) in answer.faults


def test_parties_that_may_not_bring_their_files_are_named_with_what_each_lacks(world: World) -> None:
    world.registrations.append(replace(any_number_of("insurer-a"), number=2, keys=("101",)))
    answer = started(world, tax_office="nobody")
    assert (answer.status, answer.code) == (422, "party-not-granted")
    assert answer.faults == {("/insurers/insurer-a", "number-not-granted"), ("/tax_office", "party-unknown")}
    assert world.get(PATH, OPERATOR).code == "flow-unknown"
    assert not world.workflows.started
    assert started(world, insurers={"insurer-a": "101", "insurer-b": "300"}).status == 202


def test_a_successor_announces_the_files_of_a_party_and_the_party_no_longer_does(world: World) -> None:
    started(world)
    results = {"scheme": "increased-reimbursement", "year": 2020, "kind": "results", "name": "a", "size": 10}
    assert world.post("/v1/uploads", results, partner("insurer-a"), key="before").status == 201
    world.registrations.append(replace(any_number_of("heir"), predecessor="insurer-a"))
    assert world.post("/v1/uploads", results, partner("insurer-a"), key="after").code == "kind-not-granted"
    announced = world.post("/v1/uploads", results, partner("heir"), key="after")
    assert announced.body["key"] == "in/heir/increased-reimbursement/2020/results/a.csv"


def test_a_body_that_is_not_well_formed_starts_nothing(world: World) -> None:
    wrong: list[dict[str, Any]] = [
        {"insurers": {}},
        {"insurers": []},
        {"on": "tomorrow"},
        {"automatic": "yes"},
        {"more": 1},
    ]
    for changes in wrong:
        assert started(world, **changes).status == 422
    assert world.get(PATH, OPERATOR).status == 404


def test_a_year_without_an_exchange_is_not_there(world: World) -> None:
    answer = world.post("/v1/increased-reimbursement/2019", START, OPERATOR)
    assert (answer.status, answer.code) == (404, "no-flow-for-year")
    assert world.get("/v1/increased-reimbursement/2019", OPERATOR).code == "flow-unknown"


def test_a_wait_ends_on_an_operators_word_once(world: World) -> None:
    started(world)
    early = world.post(f"{PATH}/steps/incomes-1", {"on": "2020-04-15"}, OPERATOR, key="early")
    assert (early.status, early.code) == (409, "flow-elsewhere")
    unknown = world.post(f"{PATH}/steps/tea", {"on": "2020-04-15"}, OPERATOR, key="tea")
    assert (unknown.status, unknown.code) == (404, "step-unknown")
    answer = world.post(f"{PATH}/steps/households", {"on": "2020-04-15"}, OPERATOR, key="go")
    assert (answer.status, answer.body["state"]) == (202, "select")
    assert world.post(f"{PATH}/steps/households", {"on": "2020-04-15"}, OPERATOR, key="go").body == answer.body
    other = world.post(f"{PATH}/steps/households", {"on": "2020-04-15"}, BOTH, key="other")
    assert (other.status, other.code) == (409, "flow-elsewhere")
    by = {"subject": OPERATOR.principal, "name": OPERATOR.name}
    assert world.get(PATH, APPROVER).body["steps"] == [
        {"step": "households", "on": "2020-04-15", "in_time": True, "by": by}
    ]
    assert world.get(PATH, partner("insurer-a")).body["steps"] == [
        {"step": "households", "on": "2020-04-15", "in_time": True}
    ]


def test_each_party_sees_its_own_part(world: World) -> None:
    started(world)
    whole = world.get(PATH, APPROVER).body
    assert whole["insurers"] == START["insurers"]
    assert whole["state"] == "households"
    assert whole["started_by"] == {"subject": OPERATOR.principal, "name": OPERATOR.name}
    own = world.get(PATH, partner("insurer-a")).body
    assert own["insurers"] == {"insurer-a": "100"}
    assert "asked" not in own
    assert "started_by" not in own
    assert world.get(PATH, partner("tax-office")).body["insurers"] == {}
    stranger = world.get(PATH, partner("insurer-z"))
    assert (stranger.status, stranger.code) == (404, "flow-unknown")


def test_what_was_handed_over_is_linked_for_who_it_was_handed_to(world: World) -> None:
    started(world)
    exchange = world.exchanges.get(2020)
    assert exchange is not None
    notes: Notes = {**exchange.notes, "select": SelectNote(date(2020, 4, 15), in_time=True, asked=12, insurers={})}
    world.exchanges.items[2020] = replace(exchange, step="incomes-1", notes=notes)
    own = world.get(PATH, partner("insurer-a")).body
    assert [link["name"] for link in own["links"]] == ["insurer-a/increased-reimbursement/2020/excluded.csv"]
    office = world.get(PATH, partner("tax-office")).body
    assert [link["name"] for link in office["links"]] == ["tax-office/increased-reimbursement/2020/pro_02-1.csv"]
    assert office["asked"] == {"1": 12}


def test_an_evaluation_starts_once_its_list_is_there(world: World) -> None:
    body = {"on": "2021-12-01"}
    unknown = world.post(f"{PATH}/evaluation", body, OPERATOR, key="none")
    assert (unknown.status, unknown.code) == (404, "flow-unknown")
    run = started(world).body["run"]
    early = world.post(f"{PATH}/evaluation", body, OPERATOR, key="early")
    assert (early.status, early.code) == (409, "codes-missing")
    exchange = world.exchanges.get(2020)
    assert exchange is not None
    world.exchanges.items[2020] = replace(exchange, step="done")
    empty = world.post(f"{PATH}/evaluation", body, OPERATOR, key="empty")
    assert (empty.status, empty.code) == (409, "nothing-delivered")
    batch = Batch(
        id="20211130T080000Z-0123456789ab",
        partner="insurer-a",
        scheme="increased-reimbursement",
        kind="entitled",
        year=2020,
        key="in/insurer-a/increased-reimbursement/2020/entitled/a.csv",
        version=None,
        written_at="2021-11-30T08:00:00Z",
        sequencer="1",
        size=1,
        state="done",
    )
    assert world.batches.create(batch)
    answer = world.post(f"{PATH}/evaluation", body, OPERATOR, key="go")
    assert (answer.status, answer.body["year"]) == (202, 2020)
    assert answer.body["run"].startswith(f"{run}-evaluation-")
    [given] = [given for (_, name), given in world.workflows.started.items() if name == answer.body["run"]]
    assert given["evaluation"]["batches"] == [batch.id]
    assert world.post(f"{PATH}/evaluation", body, OPERATOR, key="go").body == answer.body


def test_an_insurer_asks_whether_to_contact_a_household_and_is_told_every_reason(world: World) -> None:
    check = f"{PATH}/contact-check"
    nothing = world.post(check, {"size": 4, "voucher_income": "29327.67"}, partner("insurer-a"))
    assert (nothing.status, nothing.body) == (200, {"contact": True, "reasons": [], "category": None})
    newborn = {"kind": "arrival", "on": "2020-09-01", "birth_date": "2020-09-01", "dependant": True}
    question = {
        "size": 4,
        "voucher_income": "29327.68",
        "changes": [
            {**newborn, "first_registration": True},
            {"kind": "death", "on": "2020-10-01", "birth_date": "1940-01-01"},
        ],
    }
    answer = world.send("POST", check, partner("insurer-a"), body=question, query={"lang": "en"})
    assert (answer.body["contact"], answer.body["category"]) == (False, 1)
    assert [(r["reason"], r["text"]) for r in answer.body["reasons"]] == [
        (
            "vouchers-above-real-ceiling",
            "The contribution vouchers of the members are together above the ceiling of the real household.",
        ),
        ("member-died", "A member of the household died."),
    ]
    assert answer.body["reasons"][0]["source"]["article"] == "2.3"


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({}, 422, "/size"),
        ({"size": 0}, 422, "/size"),
        ({"size": 1, "voucher_income": 10}, 422, "/voucher_income"),
        ({"size": 1, "right_opened": "yes"}, 422, "/right_opened"),
        (
            {"size": 1, "changes": [{"kind": "divorce", "on": "2020-09-01", "birth_date": "1980-01-01"}]},
            422,
            "/changes/0/kind",
        ),
        ({"size": 1, "insz": "x"}, 422, ""),
    ],
)
def test_a_question_that_is_not_well_formed_is_refused_at_its_field(
    world: World, body: dict[str, Any], status: int, path: str
) -> None:
    answer = world.post(f"{PATH}/contact-check", body, partner("insurer-a"))
    assert answer.status == status
    assert path in [where for where, _ in answer.faults]


def test_whom_to_contact_is_asked_of_a_year_with_figures_in_a_language_with_texts(world: World) -> None:
    other = world.post("/v1/increased-reimbursement/2019/contact-check", {"size": 1}, partner("insurer-a"))
    assert (other.status, other.code) == (404, "no-flow-for-year")
    greek = world.send("POST", f"{PATH}/contact-check", partner("insurer-a"), body={"size": 1}, query={"lang": "el"})
    assert (greek.status, greek.code) == (404, "language-unknown")
