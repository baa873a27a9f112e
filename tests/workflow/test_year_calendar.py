"""A premium year on a virtual calendar, on which every lifecycle rule and time to live deletes.

Facts come in November, phase 2 is a hundred and eighty-three days after phase 1, auditors come
years later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import boto3
import pytest

from tegemoet.application.premium_year.phase_state import phase_state
from tegemoet.application.premium_year.releasing import payment_file_sum
from tegemoet.application.premium_year.year_check import check_year, replay_run
from tegemoet.application.records import Run
from tegemoet.domain.problems import ConflictError, NotFoundError
from tests.support import machines
from tests.support.calendar import Calendar, calendar_from
from tests.support.dropping import Cloud as Intake
from tests.support.machines import CONTEXT
from tests.support.moto_cloud import Cloud, cloud
from tests.support.premium_world import YEAR, World, account, activity, practice, provider, riziv

NAMES = {
    "WorkBucket": "tegemoet-work",
    "OutputBucket": "tegemoet-output",
    "FactsTable": "facts",
    "DecisionsTable": "decisions",
    "LedgerTable": "ledger",
    "ControlTable": "control",
    "YearsTable": "years",
}
NUMBER, LATE = riziv(400_001), riziv(400_002)
PHASE_1, PHASE_2 = date(2023, 12, 1), date(2024, 6, 1)
CLOSED, FACTS_UNTIL, RECORDS_UNTIL = date(2024, 9, 30), date(2027, 9, 30), date(2034, 9, 30)
ONE_DAY = timedelta(days=1)


@dataclass
class Year:
    """A premium year on the calendar, with the purge that a rule calls every day."""

    made: Cloud
    calendar: Calendar
    purge: Any

    @property
    def world(self) -> World:
        return self.made.world

    def to(self, day: date) -> dict[str, int]:
        """Go to the day and purge. Returns what the purge deleted of the year."""
        self.world.clock.at = self.calendar.to(day)
        found = self.purge({"time": f"{day}T03:00:00Z"}, CONTEXT)
        assert found["complete"]
        deleted: dict[str, int] = found["deleted"]
        return {name.partition("/")[2]: n for name, n in deleted.items()}

    def close(self) -> None:
        self.world.close()

    def is_whole(self, *runs: Run) -> None:
        """Whoever may look at these runs finds all of them: reader, auditor, replay."""
        world = self.world
        decisions = world.dossier(NUMBER).decisions
        assert [found.run for found in decisions] == [run.id for run in runs]
        for run in runs:
            assert replay_run(run, digest_secret=world.secrets.digest_secret(), work=world.work).holds
            assert world.output.get(f"payments/{YEAR}/phase-{run.phase}/{run.id}/report.html")
        for phase in {run.phase for run in runs}:
            state = phase_state(YEAR, phase, runs=world.runs, work=world.work)
            assert state.totals is not None
            assert state.progress["evaluated"] == state.progress["settled"] == world.shards
        self.checks_hold()

    def checks_hold(self) -> None:
        """Every check of the operator's command, whatever is left of the year."""
        world = self.world
        ports = {name: getattr(world, name) for name in ("batches", "registrations", "facts", "runs")}
        secret = world.secrets.digest_secret()
        stored = {"ledger": world.ledger, "output": world.output, "seal": world.seal}
        checks = list(check_year(YEAR, **ports, **stored, digest_secret=secret))
        assert [check for check in checks if not check.holds] == []

    def versions(self, bucket: str, prefix: str) -> int:
        """Every version and delete marker that lies there."""
        found = boto3.client("s3").list_object_versions(Bucket=bucket, Prefix=prefix)
        return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))


@pytest.fixture
def year() -> Iterator[Year]:
    with cloud() as made, calendar_from(date(2023, 11, 2), NAMES) as calendar:
        boto3.client("s3").create_bucket(
            Bucket="tegemoet-exchange", CreateBucketConfiguration={"LocationConstraint": machines.REGION}
        )
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("EXCHANGE_BUCKET", "tegemoet-exchange")
            environment.setenv("FACTS_YEARS", "3")
            environment.setenv("RECORDS_YEARS", "10")
            purge = machines.load("purge")
            world = made.world
            # moto's tables do not bear several threads
            purge.cloud.facts, purge.cloud.ordinary_decisions = world.facts, world.decisions
            purge.cloud.runs = world.runs
            world.clock.at = calendar.now
            yield Year(made, calendar, purge.handler)


def paid_once(world: World, *persons: str) -> None:
    paid = world.paid()
    assert set(paid) == set(persons)
    assert all(len(entries) == 1 for entries in paid.values())


def drop_through_the_intake(world: World) -> str:
    """A file that is read, cut into chunks and stored as any other. Returns its batch."""
    intake = Intake(work=world.work, facts=world.facts, batches=world.batches, runs=world.runs)
    body = f"riziv_number;status;from;until\n{LATE};full;2020-01-01;\n"
    return intake.drop(f"in/fund/convention-premium/{YEAR}/conventions/november.csv", body).id


def play_until_closed(year: Year) -> list[Run]:
    """Both phases and a run again, each approved on the last day of its wait. Returns the runs."""
    world = year.world
    batch = drop_through_the_intake(world)
    world.drop([*provider("v1-a", NUMBER, "dentist", s1=27_000, specialism="general-dentistry"), account("v1-a")])
    world.drop([practice("v1-b", LATE), *provider("v1-b", LATE, s1=20_000)[2:]])
    assert list(world.work.keys(f"batches/{batch}/"))

    assert year.to(PHASE_1) == {}
    first = world.evaluate(world.start(1, PHASE_1))
    assert year.to(PHASE_1 + timedelta(days=29)) == {}  # the last day of the wait for approval
    world.approve(first)
    first = world.pay(first)
    paid_once(world, "v1-a")

    # the chunks of the files are gone, and nothing of the run
    assert year.to(date(2024, 4, 15)) == {}
    assert list(world.work.keys("batches/")) == []
    year.is_whole(first)
    again = world.run(1, PHASE_1, "differences")
    paid_once(world, "v1-a")

    # a hundred and eighty-three days after phase 1
    assert (PHASE_2 - PHASE_1).days == 183
    assert year.to(PHASE_2) == {}
    whole = [activity(NUMBER, 54_000, whole_year=True), activity(LATE, 40_000, whole_year=True)]
    world.drop([account("v1-b"), *whole])
    second = world.evaluate(world.start(2, PHASE_2))
    report = world.output.get(f"payments/{YEAR}/phase-2/{second.id}/report.html").decode()
    assert "Both phases" in report
    assert year.to(PHASE_2 + timedelta(days=29)) == {}
    world.approve(second)
    second = world.pay(second)
    paid_once(world, "v1-a", "v1-b")

    assert year.to(CLOSED) == {}
    year.close()
    return [first, again, second]


def test_a_whole_year_and_ten_years_of_readers(year: Year) -> None:
    world, runs = year.world, play_until_closed(year)
    assert year.to(CLOSED + ONE_DAY).keys() == {"run"}
    year.is_whole(*runs)

    # three years later, on the last day
    assert year.to(FACTS_UNTIL) == {}
    year.is_whole(*runs)
    assert year.to(FACTS_UNTIL + ONE_DAY).keys() == {"facts"}
    assert boto3.client("dynamodb").scan(TableName="facts")["Items"] == []
    with pytest.raises(NotFoundError, match="no longer kept"):
        world.dossier(NUMBER)
    assert world.decision(runs[-1], "v1-a")["outcome"] == "granted"
    year.checks_hold()

    # ten years later, on the last day
    assert year.to(RECORDS_UNTIL) == {}
    year.checks_hold()
    for run in runs:
        assert world.now(run).detail.approved_by == world.approver
        assert world.summary(run)["state"] == "released"
    assert payment_file_sum(runs[-1], world.output) == world.paid()["v1-b"][0]
    assert year.to(RECORDS_UNTIL + ONE_DAY).keys() == {"records"}
    assert world.runs.get(runs[-1].id) is None
    assert boto3.client("dynamodb").scan(TableName="decisions")["Items"] == []
    assert world.batches.of_year(YEAR) == []
    assert list(world.output.keys("payments/")) == list(world.work.keys("runs/")) == []
    paid_once(world, "v1-a", "v1-b")
    assert world.ledger.is_closed(YEAR)
    with pytest.raises(ConflictError, match="expire soon"):
        world.start(1, PHASE_1, "ten years later")

    # and no version of it is left
    assert year.versions("tegemoet-work", "runs/") > 0
    year.to(RECORDS_UNTIL + timedelta(days=31))
    year.to(RECORDS_UNTIL + timedelta(days=32))
    assert year.versions("tegemoet-work", "runs/") == year.versions("tegemoet-output", "payments/") == 0
    assert list(world.work.keys("parameters/"))


def test_a_year_that_is_never_closed_waits_for_ever(year: Year) -> None:
    world = year.world
    world.drop([*provider("v1-a", NUMBER, s1=20_000), account("v1-a")])
    year.to(PHASE_1)
    first = world.run(1, PHASE_1)
    for day in (date(2027, 9, 30), date(2034, 10, 1), date(2060, 1, 1)):
        assert year.to(day) == {}
        year.is_whole(first)
    second = world.run(2, PHASE_2)
    year.is_whole(first, second)


def test_an_approved_run_is_released_long_after_the_run_that_it_builds_on(year: Year) -> None:
    """Its report shows the run before it, of which an earlier version had deleted the folder."""
    world = year.world
    world.drop([*provider("v1-a", NUMBER, s1=20_000), account("v1-a"), *provider("v1-b", LATE, s1=20_000)])
    year.to(PHASE_1)
    first = world.run(1, PHASE_1)
    world.drop([account("v1-b")])
    late = world.evaluate(world.start(1, PHASE_1, "late"))
    year.to(PHASE_1 + timedelta(days=119))
    world.approve(late)
    for shard in range(world.shards):
        world.settle_shard(late, shard)
    year.to(PHASE_1 + timedelta(days=365))
    world.release(late)
    year.is_whole(first, world.now(late))
    paid_once(world, "v1-a", "v1-b")


def test_a_phase_goes_on_where_an_earlier_version_deleted_the_folder_of_the_first(year: Year) -> None:
    world = year.world
    world.drop([*provider("v1-a", NUMBER, s1=20_000), account("v1-a")])
    year.to(PHASE_1)
    first = world.run(1, PHASE_1)
    world.work.delete(list(world.work.keys(f"runs/{first.id}/")))
    year.to(PHASE_2)
    second = world.run(2, PHASE_2)
    page = world.output.get(f"payments/{YEAR}/phase-2/{second.id}/report.html").decode()
    assert "Both phases" in page
    assert first.id in page
    paid_once(world, "v1-a")
