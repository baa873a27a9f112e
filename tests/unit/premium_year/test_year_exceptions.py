"""The exceptions of a year: those of its latest run from its folder, the others from the table."""

from collections.abc import Iterator

import pytest

from tegemoet.domain.manual_review import YearException
from tests.support.premium_world import DECEMBER, YEAR, World, account, activity, practice, provider, riziv, two_shards

MISSING = [f"practice-missing.{riziv(400_000 + n)}" for n in range(9)]
LATE = [f"late-facts.batch-{n}" for n in range(3)]


@pytest.fixture
def world() -> Iterator[World]:
    """A run with nine exceptions of one kind and one of another, and three late files."""
    with two_shards():
        made = World()
        made.drop([activity(riziv(400_000 + n), 1) for n in range(9)])
        made.drop([*provider("v1-a", riziv(410_000), s1=20_000), account("v1-a")])
        made.drop([practice("v1-b", riziv(410_000))])
        made.run(1, DECEMBER)
        made.runs.keep_exceptions(YEAR, [YearException.about("late-facts", f"batch-{n}", {}) for n in range(3)])
        yield made


def pages(world: World, limit: int, kind: str | None = None) -> list[str]:
    ids: list[str] = []
    cursor: str | None = None
    while True:
        found, cursor = world.year_exceptions.page(cursor, limit, kind)
        assert len(found) <= limit
        ids += [exception.id for exception in found]
        if cursor is None:
            return ids


CONFLICT = f"identity-conflict.{riziv(410_000)[:8]}"
ALL = sorted([*MISSING, *LATE, CONFLICT])


@pytest.mark.parametrize("limit", range(1, 15))
def test_pages_have_what_the_run_found_and_what_came_late_once_by_id(world: World, limit: int) -> None:
    assert pages(world, limit) == ALL


@pytest.mark.parametrize("limit", [1, 2, 3, 8, 9, 10])
def test_a_page_of_one_kind_has_that_kind_alone(world: World, limit: int) -> None:
    assert pages(world, limit, "practice-missing") == MISSING
    assert pages(world, limit, "late-facts") == LATE
    assert pages(world, limit, "recovery") == []


@pytest.mark.parametrize("limit", [1, 5, 13, 14])
def test_what_was_chosen_is_listed_once_with_its_choice(world: World, limit: int) -> None:
    world.choose(MISSING[4], "seen")
    world.choose(LATE[1], "noted")
    assert pages(world, limit) == ALL
    assert [e.id for e in world.reviewed() if e.choice is not None] == [LATE[1], MISSING[4]]


def test_what_is_undecided_is_counted_wherever_it_lies(world: World) -> None:
    assert world.year_exceptions.undecided() == 13
    world.choose(MISSING[0], "seen")
    assert world.year_exceptions.undecided() == 12
    world.choose(LATE[0], "noted")
    assert world.year_exceptions.undecided() == 11
    world.choose(MISSING[0], "seen")
    assert world.year_exceptions.undecided() == 11, "the same one again"


def test_the_table_holds_no_exception_of_a_run_before_somebody_chooses(world: World) -> None:
    assert {found.id for found in world.runs.exceptions(YEAR)} == set(LATE)
    world.choose(MISSING[0], "seen")
    assert {found.id for found in world.runs.exceptions(YEAR)} == {*LATE, MISSING[0]}


def test_what_new_facts_resolved_is_listed_only_with_a_choice(world: World) -> None:
    world.choose(MISSING[0], "seen")
    world.drop([row for n in range(2) for row in provider(f"v1-{n}", riziv(400_000 + n))])
    world.run(1, DECEMBER, "again")
    found = pages(world, 100)
    assert MISSING[0] in found
    assert MISSING[1] not in found
    assert world.year_exceptions.undecided() == 11


def test_a_year_without_a_run_has_what_came_late_alone() -> None:
    with two_shards():
        world = World()
        assert (pages(world, 5), world.year_exceptions.undecided()) == ([], 0)
        world.runs.keep_exceptions(YEAR, [YearException.about("late-facts", "b", {})])
        assert (pages(world, 5), world.year_exceptions.undecided()) == (["late-facts.b"], 1)
