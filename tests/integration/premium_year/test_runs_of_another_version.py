"""A run that an earlier version began: it can be abandoned and read, and goes on in no step."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import boto3
import orjson
import pytest

from tegemoet.application.premium_year import running
from tegemoet.application.premium_year.approval import Answer, answer_run
from tegemoet.application.premium_year.phase_state import phase_state
from tegemoet.application.premium_year.running import RunOfAnotherVersionError
from tegemoet.application.records import Person, RunState
from tegemoet.domain.problems import ConflictError
from tests.support.moto_cloud import Cloud, cloud
from tests.support.premium_world import YEAR, account, provider, riziv

RUN = f"{YEAR}-1-0a1b2c3d4e"
CALL = {"run": RUN, "year": YEAR, "phase": 1, "on": "2023-12-01"}
SHARD = {"run": RUN, "shard": 0}
OPERATOR = Person("operator", "An Operator")


@pytest.fixture
def made() -> Iterator[Cloud]:
    with cloud() as found:
        found.world.drop([*provider("v1-a", riziv(400_000), s1=20_000), account("v1-a")])
        found.world.runs.begin_year(YEAR, "v1")
        yield found


def begun_before(state: RunState, **detail: str) -> None:
    """The run as the version before this one stored it, with the year that it locks."""
    stored = {"execution": f'"{RUN}"', "attempt": "0", **detail}
    item: Any = {
        "pk": {"S": f"year#{YEAR}"},
        "sk": {"S": f"run#{RUN}"},
        "phase": {"N": "1"},
        "on": {"S": "2023-12-01"},
        "started_by": {"S": "operator"},
        "started_at": {"S": "2023-12-01T09:00:00.000+00:00"},
        "state": {"S": state},
        "detail": {"M": {name: {"S": text} for name, text in stored.items()}},
    }
    dynamodb = boto3.client("dynamodb")
    dynamodb.put_item(TableName="years", Item=item)
    dynamodb.update_item(
        TableName="years",
        Key={"pk": {"S": f"year#{YEAR}"}, "sk": {"S": "state"}},
        UpdateExpression="SET open_run = :run",
        ExpressionAttributeValues={":run": {"S": RUN}},
    )


APPROVED = {"approved_by": '"7f1a"', "control_sum": '"945.95"', "payments_sha256": '"00"', "token": '"t"'}


@pytest.mark.parametrize(
    ("function", "event", "state", "detail"),
    [
        ("freeze", {"action": "plan", **CALL}, "started", {}),
        ("report", {"action": "propose", **CALL}, "started", {}),
        ("settle", {"action": "settle", **SHARD}, "approved", APPROVED),
        ("report", {"action": "release", **CALL}, "approved", APPROVED),
    ],
)
def test_every_step_names_why_it_does_not_go_on(
    made: Cloud, function: str, event: dict[str, Any], state: RunState, detail: dict[str, str]
) -> None:
    begun_before(state, **detail)
    with pytest.raises(RunOfAnotherVersionError, match="abandon the run"):
        made.invoke(function, event)
    assert made.world.entries() == []
    assert list(made.world.work.keys("runs/")) == []
    assert list(made.world.output.keys("")) == []


@pytest.mark.parametrize(
    ("function", "event"),
    [
        ("freeze", {"action": "join", "shard": 0}),
        ("freeze", {"action": "pharmacies"}),
        ("evaluate", {"shard": 0}),
    ],
)
@pytest.mark.parametrize("layout", [None, running.LAYOUT - 1])
def test_a_step_that_reads_the_plan_alone_does_not_go_on_either(
    made: Cloud, function: str, event: dict[str, Any], layout: int | None
) -> None:
    world = made.world
    world.make_plan(run := world.start(1, date(2023, 12, 1)))
    key = f"runs/{run.id}/batches.json"
    plan = orjson.loads(world.work.get(key))
    assert plan["layout"] == running.LAYOUT
    world.work.put(key, orjson.dumps({**plan, "layout": layout}))
    with pytest.raises(RunOfAnotherVersionError, match="abandon the run"):
        made.invoke(function, {**CALL, "run": run.id, **event})
    assert list(world.work.keys("runs/")) == [key]


def resume(made: Cloud) -> object:
    return running.resume_run(RUN, by=OPERATOR, runs=made.world.runs, workflows=made.world.workflows)


def approve(made: Cloud) -> object:
    answer = Answer(YEAR, 1, RUN, "945.95", approve=True)
    return answer_run(answer, made.world.approver, made.world.answering)


@pytest.mark.parametrize(
    ("state", "call"), [("failed", resume), ("started", resume), ("approved", resume), ("waiting", approve)]
)
def test_whoever_continues_or_approves_it_is_told_what_to_do(
    made: Cloud, state: RunState, call: Callable[[Cloud], object]
) -> None:
    begun_before(state, **(APPROVED if state == "approved" else {"control_sum": '"945.95"', "token": '"t"'}))
    before = made.world.runs.get(RUN)
    with pytest.raises(ConflictError, match="Abandon it and start another") as found:
        call(made)
    assert found.value.code == "run-of-another-version"
    assert made.world.runs.get(RUN) == before
    assert made.world.workflows.started == {}


@pytest.mark.parametrize("state", ["waiting", "refused", "expired", "released"])
def test_nobody_is_told_to_abandon_one_that_has_not_failed(made: Cloud, state: RunState) -> None:
    begun_before(state)
    with pytest.raises(ConflictError) as found:
        resume(made)
    assert found.value.code == "not-failed"


@pytest.mark.parametrize("state", ["started", "waiting", "failed"])
def test_it_can_be_abandoned_and_another_one_pays(made: Cloud, state: RunState) -> None:
    begun_before(state, token='"t"')
    world = made.world
    running.abandon_run(
        RUN, by=OPERATOR, reason="before the update", runs=world.runs, workflows=world.workflows, clock=world.clock
    )
    world.run(1, date(2023, 12, 1))
    assert world.paid() == {"v1-a": [94_595]}


PLAN = {
    "run": RUN,
    "shards": 2,
    "parameters": {"version": "2023-1", "sha256": "00"},
    "batches": [{"id": "20231114T221321Z-000000000001", "kind": "practices", "partner": "fund"}],
    "roots": {},
    "exceptions": [],
    "choices": {},
}
"""A plan as the version before this one wrote it."""


def test_an_approver_can_refuse_it(made: Cloud) -> None:
    begun_before("waiting", control_sum='"945.95"', token='"t"')
    made.world.work.put(f"runs/{RUN}/batches.json", orjson.dumps(PLAN))
    answer = Answer(YEAR, 1, RUN, "945.95", approve=False, reason="before the update")
    assert answer_run(answer, made.world.approver, made.world.answering).state == "refused"


def test_what_it_released_is_read_and_paid_no_second_time(made: Cloud) -> None:
    begun_before("released", **APPROVED)
    world = made.world
    world.work.put(f"runs/{RUN}/batches.json", orjson.dumps(PLAN))
    dossier = world.dossier(riziv(400_000))
    assert (dossier.decisions, dossier.entries) == ([], [])
    assert phase_state(YEAR, 1, runs=world.runs, work=world.work).run == RUN
