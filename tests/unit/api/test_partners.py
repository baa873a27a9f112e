"""Who may bring what: registered by a registrar, read by persons, enforced on every upload."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.api_world import APPROVER, OPERATOR, OTHER_PARTNER, PARTNER, REGISTRAR, World

BODY: dict[str, Any] = {
    "profile": "tariff-services",
    "from_year": 2023,
    "keys": ["o-2", "o-1"],
    "answerable": ["ann", "bob"],
}
UPLOAD = {"scheme": "convention-premium", "year": 2023, "kind": "practices", "name": "november", "size": 48_210}


@pytest.fixture
def world() -> World:
    return World()


def register(world: World, partner: str = "office", key: str = "key-1", **more: Any) -> Any:
    return world.post(f"/v1/partners/{partner}/registrations", {**BODY, **more}, REGISTRAR, key)


def test_a_registration_is_read_back_with_who_and_when(world: World) -> None:
    made = register(world)
    assert made.status == 201
    assert made.body == {
        "partner": "office",
        "number": 1,
        "profile": "tariff-services",
        "grants": [
            {"scheme": "convention-premium", "kind": kind, "from_year": 2023, "withdrawn_at": None}
            for kind in ("practices", "tariff-offices")
        ],
        "keys": ["o-1", "o-2"],
        "accounts_from": None,
        "identities_from": None,
        "answerable": ["ann", "bob"],
        "predecessor": None,
        "at": "2023-12-01T09:00:00Z",
        "by": {"subject": REGISTRAR.principal, "name": made.body["by"]["name"]},
    }
    registration = {name: value for name, value in made.body.items() if name != "partner"}
    for reader in (REGISTRAR, OPERATOR, APPROVER):
        found = world.get("/v1/partners/office", reader).body
        assert found == {"partner": "office", "successor": None, "registration": registration, "earlier": []}


def test_the_same_request_is_done_once_and_the_next_one_keeps_the_first_on_record(world: World) -> None:
    first = register(world)
    assert register(world).body == first.body
    second = register(world, key="key-2", keys=["o-3"], grants=[], authority=["accounts"])
    assert (second.body["number"], second.body["accounts_from"]) == (2, 2023)
    assert {grant["withdrawn_at"] for grant in second.body["grants"]} == {"2023-12-01T09:00:00Z"}
    found = world.get("/v1/partners/office", REGISTRAR).body
    assert found["registration"]["keys"] == ["o-3"]
    assert [version["keys"] for version in found["earlier"]] == [["o-1", "o-2"]]


def test_partners_come_in_pages_with_their_successors(world: World) -> None:
    register(world)
    register(world, "office-new", "key-2", keys=["o-9"], predecessor="office")
    names, cursor = [], None
    while True:
        found = world.get("/v1/partners", OPERATOR, limit="2", **({"cursor": cursor} if cursor else {})).body
        names += [(partner["partner"], partner["successor"]) for partner in found["partners"]]
        cursor = found["next"]
        if cursor is None:
            break
    assert names == [
        ("mutuality", None),
        ("office", "office-new"),
        ("office-new", None),
        ("operator", None),
        ("rival", None),
    ]


def test_a_partner_that_nobody_registered_is_unknown(world: World) -> None:
    answer = world.get("/v1/partners/nobody", OPERATOR)
    assert (answer.status, answer.code) == (404, "partner-unknown")


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"profile": "king"}, 422, "profile-unknown"),
        ({"keys": []}, 422, "keys-missing"),
        ({"answerable": []}, 422, "answerable-missing"),
        ({"answerable": ["no one"]}, 422, "invalid"),
        ({"answerable": ["ann", "nobody"]}, 422, "answerable-unknown"),
        ({"grants": [{"scheme": "convention-premium", "kind": "gold", "from_year": 2023}]}, 422, "kind-unknown"),
        ({"authority": ["gold"]}, 422, "invalid"),
        ({"predecessor": "nobody"}, 422, "predecessor-unknown"),
        ({"number": 7}, 422, "invalid"),
    ],
)
def test_a_registration_that_says_something_impossible_is_refused(
    world: World, more: dict[str, Any], status: int, code: str
) -> None:
    answer = register(world, **more)
    assert (answer.status, answer.code) == (status, code)
    assert world.get("/v1/partners/office", REGISTRAR).status == 404


def test_who_answers_for_a_partner_may_lose_the_account(world: World) -> None:
    register(world)
    del world.people.accounts["bob"]
    again = register(world, key="key-2", keys=["o-3"])
    assert (again.status, again.body["answerable"]) == (201, ["ann", "bob"])
    other = register(world, "elsewhere", "key-3", keys=["o-4"])
    assert (other.status, other.body["errors"]) == (422, [{"path": "/answerable/1", "code": "answerable-unknown"}])


def test_a_name_that_no_partner_can_have_is_refused(world: World) -> None:
    assert register(world, "An-Office").status == 422


def test_a_key_of_another_partner_is_a_conflict(world: World) -> None:
    register(world)
    answer = register(world, "other", "key-2")
    assert (answer.status, answer.code) == (409, "key-taken")


# --- uploads --------------------------------------------------------------------------------------


def test_an_upload_of_a_kind_that_is_not_granted_is_403_and_leaves_nothing(world: World) -> None:
    world.registrations.items.clear()
    answer = world.post("/v1/uploads", UPLOAD)
    assert (answer.status, answer.code) == (403, "kind-not-granted")
    register(world, "mutuality", profile="accounts", keys=None)
    assert world.post("/v1/uploads", UPLOAD, key="key-2").code == "kind-not-granted"
    assert world.post("/v1/uploads", {**UPLOAD, "kind": "accounts", "year": 2022}, key="key-3").status == 404
    assert world.post("/v1/uploads", {**UPLOAD, "kind": "accounts"}, key="key-4").status == 201
    assert [batch.kind for batch in world.batches.items.values()] == ["accounts"]
    assert world.forms.made == 1


def test_an_upload_that_was_refused_is_made_under_the_same_key_once_it_is_granted(world: World) -> None:
    world.registrations.items.clear()
    assert world.post("/v1/uploads", UPLOAD).status == 403
    register(world, "mutuality", profile="register", keys=None)
    assert world.post("/v1/uploads", UPLOAD, PARTNER).status == 201


def test_operators_bring_what_is_granted_to_their_own_name(world: World) -> None:
    assert world.post("/v1/uploads", UPLOAD, OPERATOR).status == 201
    register(world, "operator", profile="accounts", keys=None)
    assert world.post("/v1/uploads", UPLOAD, OPERATOR, "key-2").code == "kind-not-granted"


# --- successors -----------------------------------------------------------------------------------


def test_a_successor_lists_and_reads_the_batches_of_those_before_it(world: World) -> None:
    for number, caller in enumerate((PARTNER, OTHER_PARTNER, PARTNER, OTHER_PARTNER, PARTNER)):
        world.clock.at += timedelta(seconds=1)
        world.post("/v1/uploads", {**UPLOAD, "name": f"n-{number}"}, caller, f"key-{number}")
    theirs = world.get("/v1/batches", PARTNER).body["batches"][0]["id"]
    assert world.get(f"/v1/batches/{theirs}", OTHER_PARTNER).status == 404
    assert world.get("/v1/batches", OTHER_PARTNER, partner="mutuality").status == 404
    register(world, "rival", profile="register", keys=None, predecessor="mutuality")
    assert world.get(f"/v1/batches/{theirs}", OTHER_PARTNER).status == 200
    keys: list[str] = []
    cursor = None
    while True:
        found = world.get("/v1/batches", OTHER_PARTNER, limit="2", **({"cursor": cursor} if cursor else {})).body
        keys += [batch["key"].rpartition("/")[2] for batch in found["batches"]]
        cursor = found["next"]
        if cursor is None:
            break
    assert keys == [f"n-{number}.csv" for number in (4, 3, 2, 1, 0)]
    only = world.get("/v1/batches", OTHER_PARTNER, partner="mutuality").body["batches"]
    assert {batch["key"].split("/")[1] for batch in only} == {"mutuality"}
    assert len(world.get("/v1/batches", PARTNER).body["batches"]) == 3
    assert world.get("/v1/batches", PARTNER, partner="rival").status == 404


def test_a_successor_reads_its_predecessors_part_of_an_exchange_in_its_place(world: World) -> None:
    world.registrations.items.clear()
    for name, number in (("mutuality", "100"), ("other", "200"), ("rival", "300")):
        register(world, name, key=f"register-{name}", profile="insurers", keys=[number], from_year=2020)
    register(world, "tax", key="register-tax", profile="tax-office", keys=None, from_year=2020)
    parties = {"insurers": {"mutuality": "100", "other": "200"}, "tax_office": "tax"}
    body = {"on": "2020-03-02", "automatic": False, **parties}
    assert world.post("/v1/increased-reimbursement/2020", body, OPERATOR).status == 202
    assert world.get("/v1/increased-reimbursement/2020", OTHER_PARTNER).status == 404
    assert world.get("/v1/increased-reimbursement/2020", PARTNER).status == 200
    register(world, "rival", key="succeed", profile="insurers", keys=["300"], predecessor="mutuality")
    assert world.get("/v1/increased-reimbursement/2020", OTHER_PARTNER).body["insurers"] == {"mutuality": "100"}
    assert world.get("/v1/increased-reimbursement/2020", PARTNER).code == "flow-unknown"
