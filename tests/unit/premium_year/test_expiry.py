"""The end of a premium year: everything of a kind goes on one day, that is counted from closing."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from tegemoet.application.lives import Retention
from tegemoet.application.premium_year import expiry
from tegemoet.application.premium_year.expiry import Expired, ExpiryPorts, expire
from tegemoet.application.premium_year.phase_state import phase_state
from tegemoet.application.records import Batch
from tegemoet.domain.problems import ConflictError, NotFoundError
from tegemoet.schemes.increased_reimbursement import SLUG
from tests.support.premium_world import DECEMBER, JUNE, YEAR, World, account, provider, riziv, two_shards

NUMBER = riziv(400_001)
CLOSED = date(2024, 9, 30)
FACTS_UNTIL, RECORDS_UNTIL = date(2027, 9, 30), date(2034, 9, 30)
ONE_DAY = timedelta(days=1)
EXCHANGES = Batch(
    "20231103T000000Z-0", "mutuality", SLUG, "households", YEAR, "in/x.csv", None, "20231103T000000Z", "1", 1, "done"
)
"""A batch of an exchange of the same year, which the exchange deletes by itself."""


@pytest.fixture
def world() -> Iterator[World]:
    """A closed year of which both phases are paid, and an exchange of the same year."""
    with two_shards():
        world = World()
        paid = provider("v1-a", NUMBER, "dentist", s1=27_000, specialism="general-dentistry")
        world.drop([*paid, *provider("v1-b", riziv(400_002), s1=20_000), account("v1-a")])
        world.run(1, DECEMBER)
        world.drop([account("v1-b")])
        world.run(2, JUNE)
        world.batches.create(EXCHANGES)
        yield world


def close(world: World, on: date = CLOSED) -> None:
    at(world, on)
    world.close()


def at(world: World, day: date) -> None:
    world.clock.at = datetime.combine(day, time(9), UTC)


def sweep(world: World, on: date, portions: int | None = None) -> list[Expired]:
    ports = ExpiryPorts(
        world.retention, world.runs, world.facts, world.decisions, world.batches, world.work, world.output, world.bank
    )
    return list(islice(expire(on, ports), portions))


def kept(world: World) -> dict[str, int]:
    """How much there is of each kind."""
    return {
        "numbers": len([key for key in world.work.keys("runs/") if re.search("/numbers/[0-9]+/", key)]),
        "cases": len([key for key in world.work.keys("runs/") if key.endswith("/persons.jsonl")]),
        "summaries": len([key for key in world.work.keys("runs/") if key.endswith("/summary.json")]),
        "facts": len(world.facts.items),
        "decisions": len(world.decisions.of_runs),
        "payments": len(list(world.output.keys("payments/"))),
        "runs": len(world.runs.items),
        "batches": len(world.batches.items),
        "entries": len(world.entries()),
    }


def code_of(world: World, phase: int = 2) -> str:
    with pytest.raises(ConflictError) as found:
        world.start(phase, JUNE, f"again {world.clock.at}")
    return found.value.code


def test_of_a_year_that_is_never_closed_nothing_expires(world: World) -> None:
    before = kept(world)
    assert sweep(world, date(2123, 1, 1)) == []
    assert kept(world) == before
    assert min(before.values()) > 0
    at(world, date(2123, 1, 1))
    assert world.start(2, JUNE, "a hundred years later").state == "started"


def test_a_year_that_an_earlier_version_closed_without_a_day_expires_nothing(world: World) -> None:
    close(world)
    world.runs.years[YEAR] = type(world.runs.years[YEAR])(YEAR, "v1", None, (1, 2), True, True)
    assert sweep(world, date(2123, 1, 1)) == []


def test_joined_facts_go_when_no_run_can_be_continued_any_more(world: World) -> None:
    close(world)
    before = kept(world)
    assert sweep(world, CLOSED) == []
    found = sweep(world, CLOSED + ONE_DAY)
    assert {each.life for each in found} == {"run"}
    assert kept(world) == before | {"numbers": 0}
    assert world.dossier(NUMBER).decisions


def test_facts_and_frozen_cases_go_together_three_years_later(world: World) -> None:
    close(world)
    sweep(world, FACTS_UNTIL)
    before = kept(world)
    assert before["facts"] > 0
    assert before["cases"] > 0
    found = sweep(world, FACTS_UNTIL + ONE_DAY)
    assert {each.life for each in found} == {"facts"}
    assert kept(world) == before | {"facts": 0, "cases": 0}
    state = phase_state(YEAR, 2, runs=world.runs, work=world.work)
    assert state.totals is not None
    assert sum(entry.amount for entry in world.entries()) > 0


def test_what_an_earlier_version_left_of_a_run_goes_on_the_same_days(world: World) -> None:
    close(world)
    folder = f"runs/{YEAR}-1-ffffffffff/"
    numbers, cases = [f"{folder}numbers/0.jsonl", f"{folder}ranges.json"], [f"{folder}persons/0.jsonl"]
    for key in [*numbers, *cases, f"{folder}summary.json"]:
        world.work.put(key, b"{}")
    sweep(world, CLOSED + ONE_DAY)
    assert list(world.work.keys(folder)) == [*cases, f"{folder}summary.json"]
    sweep(world, FACTS_UNTIL + ONE_DAY)
    assert list(world.work.keys(folder)) == [f"{folder}summary.json"]


def test_ten_years_later_all_is_gone_but_the_ledger_and_the_state_of_the_year(world: World) -> None:
    close(world)
    unknown = f"runs/{next(iter(world.runs.items))}/of/another-version.json"
    world.work.put(unknown, b"{}")
    sweep(world, RECORDS_UNTIL)
    before = kept(world)
    assert world.work.exists(unknown)
    assert min(before[name] for name in ("summaries", "decisions", "payments", "runs", "batches", "entries")) > 0
    assert {each.life for each in sweep(world, RECORDS_UNTIL + ONE_DAY)} == {"records"}
    assert {name: n for name, n in kept(world).items() if n} == {"entries": before["entries"], "batches": 1}
    assert list(world.batches.items.values()) == [EXCHANGES]
    assert list(world.work.keys("runs/")) == []
    assert world.runs.year(YEAR).closed
    at(world, RECORDS_UNTIL + ONE_DAY)
    assert code_of(world, 1) == "facts-expire-soon"


def test_what_comes_after_its_day_is_gone_the_next_day(world: World) -> None:
    close(world)
    sweep(world, RECORDS_UNTIL + ONE_DAY)
    world.drop([account("v1-a")])
    assert sum(each.deleted for each in sweep(world, RECORDS_UNTIL + 2 * ONE_DAY)) == 2  # the fact and its batch
    assert sweep(world, RECORDS_UNTIL + 3 * ONE_DAY) == []


@pytest.mark.parametrize("portions", range(0, 52, 3))
def test_a_sweep_that_stops_between_portions_ends_the_next_day(world: World, portions: int) -> None:
    close(world)
    expiry.PORTION = 2
    try:
        stopped = sweep(world, RECORDS_UNTIL + ONE_DAY, portions)
        assert len(stopped) == portions
        sweep(world, RECORDS_UNTIL + 2 * ONE_DAY)
    finally:
        expiry.PORTION = 1_000
    assert {name for name, n in kept(world).items() if n} == {"entries", "batches"}
    assert world.runs.year(YEAR).closed


def test_another_year_keeps_everything(world: World) -> None:
    close(world)
    others = [f"runs/{YEAR + 1}-1-aaaaaaaaaa/evaluated/0.json", f"runs/{YEAR}0-1-aaaaaaaaaa/proposed.json"]
    for key in others:
        world.work.put(key, b"{}")
    world.output.put(f"payments/{YEAR + 1}/phase-1/x/payments.csv", b"")
    sweep(world, RECORDS_UNTIL + ONE_DAY)
    assert sorted(world.work.keys("runs/")) == sorted(others)
    assert list(world.output.keys("payments/")) == [f"payments/{YEAR + 1}/phase-1/x/payments.csv"]


# --- before the day -------------------------------------------------------------------------------


def test_a_run_is_refused_from_sixty_days_before_the_facts_expire(world: World) -> None:
    close(world)
    expire_on = FACTS_UNTIL + ONE_DAY
    at(world, expire_on - timedelta(days=61))
    assert code_of(world) == "year-closed"
    for day in (expire_on - timedelta(days=60), FACTS_UNTIL, expire_on):
        at(world, day)
        assert code_of(world) == "facts-expire-soon"


def test_a_dossier_is_whole_until_the_last_day_and_then_no_longer_kept(world: World) -> None:
    close(world)
    at(world, FACTS_UNTIL)
    assert [decision.phase for decision in world.dossier(NUMBER).decisions] == [1, 2]
    at(world, FACTS_UNTIL + ONE_DAY)  # the sweep may not have come so far
    with pytest.raises(NotFoundError) as found:
        world.dossier(NUMBER)
    assert found.value.code == "facts-expired"


@pytest.mark.parametrize(
    ("closed", "until"),
    [
        (date(2024, 9, 30), date(2027, 9, 30)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 29)),  # to the end of the month, as it began
        (date(2024, 12, 31), date(2027, 12, 31)),
    ],
)
def test_years_are_counted_from_the_day_after_closing(closed: date, until: date) -> None:
    assert Retention(3, 10).last_day("facts", closed) == until
    assert not Retention(3, 10).is_over("facts", closed, until)
    assert Retention(3, 10).is_over("facts", closed, until + ONE_DAY)


def test_the_parameters_say_how_many_years(world: World) -> None:
    world.retention = Retention(1, 5)
    close(world)
    assert {each.life for each in sweep(world, date(2025, 9, 30))} == {"run"}
    assert {each.life for each in sweep(world, date(2025, 10, 1))} == {"facts"}
    assert sweep(world, date(2029, 9, 30)) == []
    assert {each.life for each in sweep(world, date(2029, 10, 1))} == {"records"}
