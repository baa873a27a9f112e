"""The exchange on increased reimbursement over the API: who starts it, who ends a wait, and what each party sees."""

from dataclasses import replace
from typing import Any

import pytest

from tegemoet.api.callers import Caller
from tests.api_world import APPROVER, OPERATOR, PARTNER, Answer, World

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
    return World()


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


def test_each_party_sees_its_own_part(world: World) -> None:
    started(world)
    whole = world.get(PATH, APPROVER).body
    assert whole["insurers"] == START["insurers"]
    assert whole["state"] == "households"
    own = world.get(PATH, partner("insurer-a")).body
    assert own["insurers"] == {"insurer-a": "100"}
    assert "asked" not in own
    assert world.get(PATH, partner("tax-office")).body["insurers"] == {}
    stranger = world.get(PATH, partner("insurer-z"))
    assert (stranger.status, stranger.code) == (404, "flow-unknown")


def test_what_was_handed_over_is_linked_for_who_it_was_handed_to(world: World) -> None:
    started(world)
    flow = world.flows.get(2020)
    assert flow is not None
    done = {"select": {"on": "2020-04-15", "in_time": True, "insurers": {}, "asked": 12}}
    world.flows.items[2020] = replace(flow, step="incomes-1", steps={**flow.steps, **done})
    own = world.get(PATH, partner("insurer-a")).body
    assert [link["name"] for link in own["links"]] == ["insurer-a/increased-reimbursement/2020/excluded.csv"]
    office = world.get(PATH, partner("tax-office")).body
    assert [link["name"] for link in office["links"]] == ["tax-office/increased-reimbursement/2020/pro_02-1.csv"]
    assert office["asked"] == {"1": 12}
