"""A call of intake or of the workflow of a batch hangs, others finish the batch and deliver more;
then it goes on, and nothing changes."""

import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tegemoet.application.intake.channels import ObjectCreated
from tegemoet.schemes.registry import scheme_named
from tests.support.dropping import PREMIUM, Cloud, riziv
from tests.support.lagging import Lag, lagging

ACTIVITY = "riziv_number;setting;amount\n"
ROWS = f"{riziv(1)};ambulatory;1\n{riziv(2)};ambulatory;2\nbad\n{riziv(2)};ambulatory;2\n"
Step = Callable[[Cloud, ObjectCreated], object]


def case_of(case_id: str, **changes: object) -> bytes:
    """The scheme's own example under another id."""
    return orjson.dumps({**scheme_named("convention-premium").example, "case_id": case_id, **changes})


def rows(cloud: Cloud) -> ObjectCreated:
    """A file whose keys a partner has who came before, and one who comes later."""
    cloud.drop("in/before/convention-premium/2023/activity-s1/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;7\n")
    return cloud.put(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + ROWS)


def cases(cloud: Cloud) -> ObjectCreated:
    cloud.drop("in/riziv/convention-premium/cases/former.jsonl", case_of("former"))
    (former,) = cloud.decisions.single
    body = b"\n".join([case_of("a", supersedes=former), case_of("b", supersedes=former), b"bad", case_of("c")])
    return cloud.put("in/riziv/convention-premium/cases/a.jsonl", body)


def ingest(cloud: Cloud, created: ObjectCreated) -> object:
    return cloud.try_to_ingest(created)


def work(cloud: Cloud, created: ObjectCreated) -> object:
    return cloud.run_workflow(batch_of(cloud, created))


def batch_of(cloud: Cloud, created: ObjectCreated) -> str:
    return next(batch.id for batch in cloud.batches.items.values() if batch.sequencer == created.sequencer)


def later(cloud: Cloud) -> None:
    """What others deliver once the batch is done."""
    cloud.drop("in/after/convention-premium/2023/activity-s1/a.csv", f"{ACTIVITY}{riziv(2)};ambulatory;9\n")
    cloud.drop("in/riziv/convention-premium/cases/later.jsonl", case_of("later"))


def state(cloud: Cloud) -> dict[str, Any]:
    return copy.deepcopy(
        {
            "batches": cloud.batches.items,
            "facts": cloud.facts.items,
            "decisions": (cloud.decisions.single, cloud.decisions.superseding),
            "work": cloud.work.versions,
            "output": cloud.output.versions,
            "started": cloud.workflows.started,
        }
    )


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", [ingest, work])
@pytest.mark.parametrize("file", [rows, cases])
def test_a_call_that_goes_on_late_changes_nothing(
    file: Callable[[Cloud], ObjectCreated], step: Step, after: bool
) -> None:
    begun = Cloud()
    created = file(begun)
    if step is work:
        ingest(begun, created)
    counting = Lag()
    step(lagging(copy.deepcopy(begun), counting), created)
    for at, where in enumerate(counting.calls):
        cloud = copy.deepcopy(begun)
        ended: list[dict[str, Any]] = []

        def meanwhile(cloud: Cloud = cloud, ended: list[dict[str, Any]] = ended) -> None:
            if step is ingest:
                ingest(cloud, created)
            work(cloud, created)
            later(cloud)
            ended.append(state(cloud))

        step(lagging(cloud, Lag(at, after, meanwhile)), created)
        found = state(cloud)
        assert cloud.batches.items[batch_of(cloud, created)].state == "done"
        assert [found] == ended, where


def test_a_rejected_row_stays_rejected_whatever_a_later_attempt_sees() -> None:
    cloud = Cloud()
    batch = cloud.ingest(rows(cloud))
    cloud.run_workflow(batch.id)
    before = cloud.output.bodies
    cloud.facts.items.clear()
    cloud.run_workflow(batch.id)
    assert cloud.output.bodies == before
    summary = orjson.loads(cloud.output.get(f"out/riziv/convention-premium/{batch.id}/summary.json"))
    assert {r["code"]: r["count"] for r in summary["reasons"]} == {"field-count": 1}
