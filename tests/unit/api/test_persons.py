"""Roles of persons over the API: a registrar changes them, and whoever must know reads them."""

from typing import Any

import pytest

from tests.support.api_world import APPROVER, BOTH, OPERATOR, READER, REGISTRAR, Answer, World


@pytest.fixture
def world() -> World:
    made = World()
    made.people.add("anna-1", name="Anna")
    return made


def give(world: World, *roles: str, key: str = "key-1", subject: str = "anna-1", **more: Any) -> Answer:
    return world.post(f"/v1/persons/{subject}/roles", {"roles": list(roles), **more}, REGISTRAR, key)


def test_roles_are_read_back_with_who_and_when(world: World) -> None:
    made = give(world, "operator", "approver")
    assert made.status == 201
    assert made.body == {
        "subject": "anna-1",
        "number": 1,
        "name": "Anna",
        "roles": ["approver", "operator"],
        "partner": None,
        "at": "2023-12-01T09:00:00Z",
        "by": {"subject": REGISTRAR.principal, "name": REGISTRAR.name},
    }
    assert world.people.accounts["anna-1"].groups == {"operator", "approver"}
    for reader in (REGISTRAR, OPERATOR, APPROVER, READER):
        assert world.get("/v1/persons/anna-1", reader).body == {**made.body, "earlier": []}


def test_the_same_request_is_done_once_and_the_next_one_keeps_the_first_on_record(world: World) -> None:
    first = give(world, "operator")
    assert give(world, "operator").body == first.body
    second = give(world, key="key-2")
    assert (second.body["number"], second.body["roles"]) == (2, [])
    assert give(world, "operator").body == first.body, "and does not come back by a repeated request"
    found = world.get("/v1/persons/anna-1", OPERATOR).body
    assert (found["roles"], [version["roles"] for version in found["earlier"]]) == ([], [["operator"]])
    assert world.people.accounts["anna-1"].groups == frozenset()


def test_a_request_that_broke_off_before_the_user_pool_is_repaired_by_its_repetition(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(world.people, "assign", lambda *_: 1 / 0)
        assert give(world, "approver").status == 500
    assert world.people.accounts["anna-1"].groups == frozenset()
    made = give(world, "approver")
    assert (made.status, made.body["number"]) == (201, 1)
    assert world.people.accounts["anna-1"].groups == {"approver"}


def test_persons_come_in_pages_with_the_roles_of_now(world: World) -> None:
    for name in ("bert-2", "carl-3"):
        world.people.add(name)
        give(world, "case-worker", subject=name, key=name, partner="mutuality")
    give(world, "reader")
    give(world, "approver", key="key-2")
    shown, cursor = [], None
    while True:
        found = world.get("/v1/persons", OPERATOR, limit="2", **({"cursor": cursor} if cursor else {})).body
        shown += [(person["subject"], person["roles"], person["partner"]) for person in found["persons"]]
        cursor = found["next"]
        if cursor is None:
            break
    worker = ["case-worker"]
    assert shown == [
        ("anna-1", ["approver"], None),
        ("bert-2", worker, "mutuality"),
        ("carl-3", worker, "mutuality"),
    ]


def test_a_registrar_does_not_change_the_own_roles(world: World) -> None:
    world.people.add(REGISTRAR.principal, "registrar")
    refused = give(world, "registrar", "approver", subject=REGISTRAR.principal)
    assert (refused.status, refused.code) == (409, "own-roles")
    assert world.people.accounts[REGISTRAR.principal].groups == {"registrar"}
    assert list(world.roles.all()) == []


@pytest.mark.parametrize(
    ("roles", "more", "status", "faults"),
    [
        (["god"], {}, 422, {("/roles/0", "not-a-choice")}),
        (["partner"], {}, 422, {("/roles/0", "not-a-choice")}),
        (["case-worker"], {}, 422, {("/partner", "partner-missing")}),
        (["case-worker"], {"partner": "nobody"}, 422, {("/partner", "partner-unknown")}),
        (["case-worker", "reader"], {"partner": "mutuality"}, 422, {("/roles", "case-worker-alone")}),
        (["reader"], {"partner": "mutuality"}, 422, {("/partner", "partner-not-for-roles")}),
        (["reader"], {"name": "Other"}, 422, {("", "unknown-field")}),
    ],
)
def test_roles_that_cannot_be_are_refused(
    world: World, roles: list[str], more: dict[str, Any], status: int, faults: set[tuple[str, str]]
) -> None:
    refused = give(world, *roles, **more)
    assert (refused.status, refused.faults) == (status, faults)
    assert list(world.roles.all()) == []


def test_who_has_no_account_or_no_roles_is_unknown(world: World) -> None:
    for answer in (give(world, "reader", subject="nobody"), world.get("/v1/persons/anna-1", OPERATOR)):
        assert (answer.status, answer.code) == (404, "person-unknown")
    assert world.get("/v1/persons/a_b", OPERATOR).status == 422


@pytest.mark.parametrize("caller", [OPERATOR, APPROVER, BOTH, READER])
def test_nobody_but_a_registrar_changes_roles(world: World, caller: Any) -> None:
    refused = world.post("/v1/persons/anna-1/roles", {"roles": ["approver"]}, caller)
    assert (refused.status, refused.code) == (403, "forbidden")
    assert world.people.accounts["anna-1"].groups == frozenset()
