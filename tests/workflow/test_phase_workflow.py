"""The real state machine of a phase with the real handlers."""

from tests.moto_cloud import Cloud, cloud, execution_status, wait_until
from tests.premium_world import DECEMBER, JUNE, account, activity, provider

NURSE, MIDWIFE = 94595, 97549


def waiting(found: Cloud, run_id: str) -> None:
    wait_until(lambda: found.world.runs.get(run_id).state == "waiting")


def ended(run_id: str) -> str:
    wait_until(lambda: execution_status(run_id)["status"] != "RUNNING")
    return str(execution_status(run_id)["status"])


def test_two_phases_from_start_to_release() -> None:
    with cloud(workflow=True) as found:
        world = found.world
        world.drop([*provider("v1-a", "41234502401", s1=11_800), account("v1-a")])
        world.drop([*provider("v1-b", "42234590402", "midwife", s1=10), account("v1-b")])
        first = world.start(1, DECEMBER)
        waiting(found, first.id)
        assert found.published == [
            (
                "run.waiting",
                {
                    "run": first.id,
                    "year": 2023,
                    "phase": 1,
                    "control_sum": "945.95",
                    "payments": 1,
                    "exceptions": 0,
                },
            )
        ]
        assert world.entries() == []
        world.approve(first)
        assert ended(first.id) == "SUCCEEDED"
        assert world.now(first).state == "released"
        assert world.paid() == {"v1-a": [NURSE]}

        world.drop([activity("41234502401", 30_000, whole_year=True), activity("42234590402", 2_000, whole_year=True)])
        second = world.start(2, JUNE)
        waiting(found, second.id)
        world.approve(second)
        assert ended(second.id) == "SUCCEEDED"
        assert world.paid() == {"v1-a": [NURSE], "v1-b": [MIDWIFE]}
        assert [kind for kind, _ in found.published] == ["run.waiting", "run.released"] * 2
