"""Whole runs of both phases in memory."""

from collections.abc import Iterator

import pytest

from tests.premium_world import DECEMBER, World, account, provider, two_shards

NURSE, MIDWIFE, DENTIST = 94595, 97549, 170731


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        yield World()


def test_a_nurse_with_enough_activity_and_an_account_is_paid_in_december(world: World) -> None:
    world.drop([*provider("v1-nurse", "41234502401", s1=11_800), account("v1-nurse")])
    run = world.run(1, DECEMBER)
    assert run.state == "released"
    assert world.paid() == {"v1-nurse": [NURSE]}
