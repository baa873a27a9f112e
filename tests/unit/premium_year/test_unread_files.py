"""Files that lie in the inbox and have no batch when a run plans its inputs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tegemoet.application.premium_year.unread import FileUnreadError
from tegemoet.application.records import Batch
from tests.support.fakes.partners import anything_of
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    SCHEME,
    YEAR,
    World,
    account,
    provider,
    riziv,
    two_shards,
)

KEY = f"in/p/{SCHEME}/{YEAR}/practices/a.csv"
CUT_OFF = datetime(2023, 12, 1, 9, 0, 1, tzinfo=UTC)
"""Of a run that starts when the clock says 09:00:01."""


def put(world: World, written: datetime, key: str = KEY, body: bytes = b"rows") -> str:
    """Write an object into the inbox that nothing takes in. Returns its version."""
    world.inbox.now = written - timedelta(seconds=1)
    world.inbox.put(key, body)
    return str(world.inbox.head(key).version)


def taken_in(version: str, written: str = "2023-12-01T09:00:00Z") -> Batch:
    return Batch("b", "p", SCHEME, "practices", YEAR, KEY, version, written, "s", 1, "done")


@pytest.fixture
def world() -> Iterator[World]:
    """A world of a partner that may bring everything."""
    with two_shards():
        made = World()
        made.drop([*provider("v1-a", riziv(400_001), s1=11_800), account("v1-a")])
        made.registrations.append(anything_of("p"))
        yield made


def test_a_file_that_nothing_has_taken_in_is_waited_for(world: World) -> None:
    """Its message is on the way: it has no batch yet, and the run that starts can see none."""
    version = put(world, CUT_OFF - timedelta(seconds=1))
    run = world.start(1, DECEMBER)
    with pytest.raises(FileUnreadError, match=re.escape(KEY)):
        world.make_plan(run)
    assert not world.folder(run).has_plan()
    world.batches.create(taken_in(version))
    world.make_plan(run)
    assert "b" in world.folder(run).plan().ranks()


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (CUT_OFF, KEY),
        (CUT_OFF - timedelta(hours=1), f"in/p/{SCHEME}/{YEAR}/activity-year/a.csv"),
        (CUT_OFF - timedelta(hours=1), f"in/p/{SCHEME}/{YEAR + 1}/practices/a.csv"),
        (CUT_OFF - timedelta(hours=1), f"in/p/premium-allocation/{YEAR}/population/a.csv"),
        (CUT_OFF - timedelta(hours=1), f"in/stranger/{SCHEME}/{YEAR}/practices/a.csv"),
        (CUT_OFF - timedelta(hours=1), f"in/p/{SCHEME}/{YEAR}/practices/A file.csv"),
    ],
)
def test_no_file_is_waited_for_that_the_run_could_not_use(world: World, written: datetime, key: str) -> None:
    put(world, written, key)
    run = world.start(1, DECEMBER)
    world.make_plan(run)
    assert world.folder(run).plan().unused == {}


def test_phase_2_waits_for_unread_amounts_of_the_whole_year(world: World) -> None:
    world.run(1, DECEMBER)
    put(world, world.clock.now(), f"in/p/{SCHEME}/{YEAR}/activity-year/a.csv")
    run = world.start(2, JUNE)
    with pytest.raises(FileUnreadError):
        world.make_plan(run)


@pytest.mark.parametrize("younger", [True, False])
def test_a_file_that_nobody_took_in_for_a_day_holds_no_run_up_and_is_listed(world: World, younger: bool) -> None:
    put(world, CUT_OFF - timedelta(days=1) + timedelta(seconds=1 if younger else 0))
    run = world.start(1, DECEMBER)
    if younger:
        with pytest.raises(FileUnreadError):
            world.make_plan(run)
        return
    world.make_plan(run)
    plan = world.folder(run).plan()
    assert plan.unused == {"unread": 1}
    (listed,) = (change for change in plan.changes if change.kind == "unused-files")
    assert (listed.facts["state"], listed.facts["key"], listed.facts["partner"]) == ("unread", KEY, "p")


def test_the_newest_of_equal_files_is_taken_in_for_those_before_it(world: World) -> None:
    """A message without a version stands for the newest version that has its ETag."""
    put(world, CUT_OFF - timedelta(minutes=3))
    newest = put(world, CUT_OFF - timedelta(minutes=2))
    world.batches.create(taken_in(newest))
    world.make_plan(world.start(1, DECEMBER))


def test_a_file_is_not_taken_in_with_an_equal_one_before_it(world: World) -> None:
    first = put(world, CUT_OFF - timedelta(minutes=3))
    put(world, CUT_OFF - timedelta(minutes=2))
    world.batches.create(taken_in(first))
    run = world.start(1, DECEMBER)
    with pytest.raises(FileUnreadError):
        world.make_plan(run)


def test_a_file_that_is_taken_in_between_two_looks_is_not_left_out(world: World) -> None:
    """The inbox is listed before the batches are, and after the cut-off."""
    version = put(world, CUT_OFF - timedelta(seconds=1))
    run = world.start(1, DECEMBER)
    listed = world.inbox.written

    def taken_in_meanwhile(prefix: str) -> Any:
        assert world.clock.awaited == CUT_OFF + timedelta(seconds=1)
        found = list(listed(prefix))
        world.batches.create(taken_in(version))
        return iter(found)

    world.inbox.written = taken_in_meanwhile
    world.make_plan(run)
    assert "b" in world.folder(run).plan().ranks()
