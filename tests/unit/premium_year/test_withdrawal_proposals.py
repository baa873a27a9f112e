"""Proposing to withdraw a file for the bank: once, however often it is asked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tegemoet.application.premium_year import bank_file_record as record
from tegemoet.application.records import Person
from tegemoet.domain.problems import ConflictError
from tests.support.premium_world import DECEMBER, YEAR, World, account, provider, riziv, two_shards

OPERATOR, OTHER = Person("operator", "An Operator"), Person("second-operator", "Another Operator")


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        made = World()
        made.pay_from()
        made.drop([*provider("v1-a", riziv(400_001), s1=20_000), account("v1-a")])
        made.run(1, DECEMBER)
        yield made


def propose(world: World, reason: str = "lost", by: Person = OPERATOR) -> int:
    [file] = world.bank_files()
    ports = record.RecordPorts(world.runs, world.work, world.clock, lambda *_: None)
    return record.propose_withdrawal(YEAR, file.message_id, reason, by=by, ports=ports)


def test_what_one_person_proposes_again_for_one_reason_is_one_proposal(world: World) -> None:
    assert [propose(world), propose(world), propose(world, "late"), propose(world, by=OTHER)] == [1, 1, 2, 3]
    assert propose(world) == 1


def test_a_proposal_that_lapsed_is_made_anew(world: World) -> None:
    assert propose(world) == 1
    world.clock.at += record.LAPSES_AFTER
    assert propose(world) == 1
    world.clock.at += timedelta(seconds=1)
    assert propose(world) == 2


def test_a_confirmed_proposal_is_told_again_and_no_other_one_is_made(world: World) -> None:
    [file] = world.bank_files()
    world.withdraw(file.message_id)
    world.clock.at += 2 * record.LAPSES_AFTER
    assert propose(world) == 1
    with pytest.raises(ConflictError, match="withdrawn"):
        propose(world, "late")
