"""A case worker: a person with one partner, who decides, reads and replaces its cases."""

from dataclasses import replace
from typing import Any

import pytest

from tegemoet.api.callers import Caller
from tegemoet.application.records import Batch, KeptDecision, Person
from tegemoet.schemes.registry import SCHEMES
from tests.support.api_world import (
    APPROVER,
    CASE_WORKER,
    OPERATOR,
    OTHER_PARTNER,
    PARTNER,
    READER,
    Answer,
    World,
)

EXAMPLE = SCHEMES["convention-premium"].example
SCHEME = "/v1/schemes/convention-premium"
DECIDE = f"{SCHEME}/decisions"
OF_A_RIVAL = replace(CASE_WORKER, principal="ca5e-rival", partner="rival", name="Another Worker")
WORKER = {"subject": CASE_WORKER.principal, "name": CASE_WORKER.name}
PAGES = ("", "/timeline", "/letter", "/documents/d", "/days", "/difference")


@pytest.fixture
def world() -> World:
    return World()


def decide(world: World, caller: Caller, key: str = "key-1", **changes: Any) -> Answer:
    return world.post(DECIDE, {**EXAMPLE, **changes}, caller, key)


def test_the_decision_is_that_of_the_partner_byte_for_byte(world: World) -> None:
    made = decide(world, CASE_WORKER)
    assert made.status == 201
    by_system = decide(World(), PARTNER)
    assert {**by_system.body, "decided_by": WORKER} == made.body
    kept: KeptDecision = world.decisions.single[made.body["id"]]
    assert (kept.partner, kept.by) == ("mutuality", Person(CASE_WORKER.principal, CASE_WORKER.name))


@pytest.mark.parametrize(
    ("decider", "shown"),
    [(CASE_WORKER, WORKER), (OPERATOR, {"subject": OPERATOR.principal, "name": OPERATOR.name}), (PARTNER, None)],
)
def test_who_decided_is_shown_to_persons(world: World, decider: Caller, shown: dict[str, str] | None) -> None:
    made = decide(world, decider).body
    assert made.get("decided_by") == (None if decider is PARTNER else shown)
    for reader in (APPROVER, READER, *([CASE_WORKER] if decider is not OPERATOR else [])):
        assert world.get(f"/v1/decisions/{made['id']}", reader).body.get("decided_by") == shown
    if decider is not OPERATOR:
        assert "decided_by" not in world.get(f"/v1/decisions/{made['id']}", PARTNER).body


def test_who_decided_first_stays_on_record(world: World) -> None:
    made = decide(world, CASE_WORKER).body
    colleague = replace(CASE_WORKER, principal="ca5e-other", name="A Colleague")
    assert decide(world, colleague).body == made
    assert world.decisions.single[made["id"]].by.name == CASE_WORKER.name


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("decider", "reader", "sees"),
    [
        (CASE_WORKER, CASE_WORKER, True),
        (PARTNER, CASE_WORKER, True),
        (CASE_WORKER, PARTNER, True),
        (CASE_WORKER, OPERATOR, True),
        (CASE_WORKER, OTHER_PARTNER, False),
        (CASE_WORKER, OF_A_RIVAL, False),
        (OTHER_PARTNER, CASE_WORKER, False),
        (OF_A_RIVAL, CASE_WORKER, False),
        (OPERATOR, CASE_WORKER, False),
    ],
)
def test_a_decision_is_for_its_partner_and_its_case_workers(
    world: World, page: str, decider: Caller, reader: Caller, sees: bool
) -> None:
    made = decide(world, decider).body
    found = world.get(f"/v1/decisions/{made['id']}{page}", reader)
    if sees:
        assert (found.status, page) == (200, page) or found.code in ("document-unknown", "nothing-superseded")
    else:
        assert (found.status, found.code) == (404, "decision-unknown")


@pytest.mark.parametrize("decider", [PARTNER, CASE_WORKER])
def test_a_case_worker_supersedes_what_the_partner_decided(world: World, decider: Caller) -> None:
    first = decide(world, decider).body["id"]
    second = decide(world, CASE_WORKER, "key-2", case_id="again", supersedes=first)
    assert second.status == 201
    assert world.get(f"/v1/decisions/{first}", CASE_WORKER).body["superseded_by"] == second.body["id"]


@pytest.mark.parametrize("decider", [OTHER_PARTNER, OF_A_RIVAL, OPERATOR])
def test_a_case_worker_supersedes_nobody_elses_decision(world: World, decider: Caller) -> None:
    first = decide(world, decider).body["id"]
    refused = decide(world, CASE_WORKER, "key-2", case_id="again", supersedes=first)
    assert (refused.status, refused.code) == (409, "superseded-unknown")


def batch(world: World, name: str, kind: str, partner: str = "mutuality") -> str:
    year = None if kind == "cases" else 2023
    made = Batch(f"20231101T08000{name}Z-0", partner, "convention-premium", kind, year, name, None, "t", "", 1, "done")
    world.batches.create(made)
    return made.id


def test_a_case_worker_reads_the_batches_of_cases_and_no_file_of_a_premium_year(world: World) -> None:
    cases, accounts = batch(world, "1", "cases"), batch(world, "2", "accounts")
    rivals = batch(world, "3", "cases", "rival")
    assert [found["id"] for found in world.get("/v1/batches", CASE_WORKER).body["batches"]] == [cases]
    assert world.get(f"/v1/batches/{cases}", CASE_WORKER).status == 200
    for other in (accounts, rivals):
        refused = world.get(f"/v1/batches/{other}", CASE_WORKER)
        assert (refused.status, refused.code) == (404, "batch-unknown")
    assert world.get("/v1/batches", CASE_WORKER, partner="rival").status == 404
    assert {found["id"] for found in world.get("/v1/batches", PARTNER).body["batches"]} == {cases, accounts}


# --- grants --------------------------------------------------------------------------------------


def registered(world: World, *grants: dict[str, Any]) -> None:
    body = {"profile": "case-senders", "from_year": 2023, "answerable": ["a"], "grants": list(grants)}
    from tests.support.api_world import REGISTRAR

    assert world.post("/v1/partners/mutuality/registrations", body, REGISTRAR, str(len(grants))).status == 201


CASES = {"scheme": "convention-premium", "kind": "cases", "from_year": 2023}


@pytest.mark.parametrize("caller", [PARTNER, CASE_WORKER])
@pytest.mark.parametrize(
    "others",
    [
        [],
        [{"scheme": "convention-premium", "kind": "practices", "from_year": 2023}],
        [{"scheme": "first-hire", "kind": "cases", "from_year": 2023}],
    ],
)
def test_a_partner_decides_no_case_that_it_may_not_bring(
    world: World, caller: Caller, others: list[dict[str, Any]]
) -> None:
    registered(world, *others)
    refused = decide(world, caller)
    assert (refused.status, refused.code) == (403, "kind-not-granted")
    assert world.decisions.single == {}
    assert decide(world, caller, case="nonsense").code == "kind-not-granted"


@pytest.mark.parametrize("caller", [PARTNER, CASE_WORKER])
def test_a_case_of_a_granted_kind_is_decided_until_the_grant_is_withdrawn(world: World, caller: Caller) -> None:
    registered(world, CASES)
    made = decide(world, caller)
    assert made.status == 201
    registered(world)
    refused = decide(world, caller, "key-2", case_id="later")
    assert (refused.status, refused.code) == (403, "kind-not-granted")
    assert decide(world, caller).body == made.body, "the same request has the same answer"
    assert world.get(f"/v1/decisions/{made.body['id']}", caller).status == 200


@pytest.mark.parametrize("caller", [PARTNER, CASE_WORKER])
def test_a_dry_run_stores_nothing_and_requires_no_grant(world: World, caller: Caller) -> None:
    registered(world)
    assert decide(world, caller, dry_run=True).status == 200
    assert world.decisions.single == {}


def test_a_partner_that_nobody_registered_decides_nothing(world: World) -> None:
    stranger = Caller("partner:stranger", frozenset({"partner"}), "stranger")
    refused = decide(world, stranger)
    assert (refused.status, refused.code) == (403, "kind-not-granted")
    assert decide(world, stranger, dry_run=True).status == 200
