"""What reads the facts of a year now reads what a run would read: those of complete files alone."""

from dataclasses import replace
from datetime import date

import pytest

from tegemoet.application.premium_year.plan import complete, identities_now
from tegemoet.application.records import BatchState
from tegemoet.domain.problems import NotFoundError
from tests.support.premium_world import YEAR, World, account, identity, practice, provider, riziv

DECEMBER = date(2023, 12, 1)
NURSE = riziv(400_000)
NOT_COMPLETE: list[BatchState] = ["loading", "abandoned", "failed", "refused"]


@pytest.fixture
def world() -> World:
    made = World()
    made.drop([*provider("v1-a", NURSE, s1=20_000), account("v1-a")])
    made.run(1, DECEMBER)
    return made


def leave(world: World, state: BatchState) -> None:
    """Leave the last file in that state; facts of it are in the table."""
    last = max(world.batches.items)
    world.batches.items[last] = replace(world.batches.items[last], state=state)


@pytest.mark.parametrize("state", NOT_COMPLETE)
def test_a_dossier_has_nothing_of_a_file_that_is_not_complete(world: World, state: BatchState) -> None:
    before = world.dossier(NURSE)
    assert before.entries
    assert not before.identity_conflict
    world.drop([practice("v1-b", NURSE)])
    assert world.dossier(NURSE).identity_conflict, "of a complete file it shows"
    leave(world, state)
    assert world.dossier(NURSE) == before


@pytest.mark.parametrize("state", NOT_COMPLETE)
def test_a_number_of_such_a_file_alone_is_unknown(world: World, state: BatchState) -> None:
    other = riziv(500_000)
    world.drop([practice("v1-c", other)])
    assert world.dossier(other).riziv_number == other[:8]
    leave(world, state)
    with pytest.raises(NotFoundError) as found:
        world.dossier(other)
    assert found.value.code == "practice-unknown"


def roots(world: World) -> dict[str, str]:
    return dict(
        identities_now(
            YEAR, batches=world.batches, registrations=world.registrations, facts=world.facts, runs=world.runs
        ).roots
    )


@pytest.mark.parametrize("state", NOT_COMPLETE)
def test_the_check_of_a_year_believes_no_identity_of_such_a_file(world: World, state: BatchState) -> None:
    world.drop([identity("v1-old", "v1-a")])
    assert roots(world) == {"v1-a": "v1-old"}
    leave(world, state)
    assert roots(world) == {}


def test_a_file_of_another_scheme_whose_kind_has_the_same_name_is_not_read(world: World) -> None:
    world.drop([identity("v1-old", "v1-a")])
    last = max(world.batches.items)
    world.batches.items[last] = replace(world.batches.items[last], scheme="increased-reimbursement")
    assert last not in {batch.id for batch in complete(world.batches.of_year(YEAR))}
    assert roots(world) == {}
