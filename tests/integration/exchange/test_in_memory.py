"""Any exchange has the same outputs, however its files are cut, ordered, repeated and processed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.exchange_world import (
    INSURERS,
    TAX_OFFICE,
    ExchangeWorld,
    Person,
    few_shards,
    household,
    income,
    request,
    result,
    unknown,
)

PEOPLE = [Person(date(1950 + 3 * n, 1 + n % 12, 1 + n)) for n in range(20)]
"""From seventy to ten years old, so the last ones are under age."""


@pytest.fixture(scope="module", autouse=True)
def _shards() -> Iterator[None]:
    with few_shards():
        yield


@dataclass(frozen=True)
class Case:
    """Rows by partner and kind; every key once."""

    rows: dict[tuple[str, str], list[Any]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rows: dict[tuple[str, str], list[Any]] = {}
    asked: set[Person] = set()
    for partner, digits in INSURERS.items():
        own = rows[partner, "households"] = []
        told = rows[partner, "results"] = []
        for applicant in draw(st.lists(st.sampled_from(PEOPLE[:8]), unique=True, max_size=4)):
            at = PEOPLE.index(applicant)
            others = draw(st.lists(st.sampled_from(PEOPLE[at + 1 :]), unique=True, max_size=4))
            changes = draw(
                st.sampled_from(
                    [{}, {}, {}, {"mutated_on": "2020-04-01"}, {"voucher_income": "20000"}, {"fictitious": "yes"}]
                )
            )
            members = [applicant, *others]
            own += household(*members, insurer=digits, **changes)
            asked.update(members)
            told += [result(request(applicant, digits), p, draw(st.integers(1, 6))) for p in members]
    for sending in (1, 2):
        found = rows[TAX_OFFICE, f"incomes-{sending}"] = []
        for person in sorted(asked, key=lambda p: p.insz):
            match draw(st.integers(0, 3)):
                case 0:
                    found.append(unknown(person, draw(st.sampled_from(("01", "02", "99")))))
                case 1:
                    pass
                case codes:
                    amounts = draw(st.lists(st.integers(0, 2_500_000), min_size=codes - 1, max_size=codes - 1))
                    found += [
                        income(person, f"{cents // 100}.{cents % 100:02}", f"{1250 + n}")
                        for n, cents in enumerate(amounts)
                    ]
    return Case(rows)


def run(case: Case, chance: Random | None = None, twice: bool = False) -> ExchangeWorld:
    """Run a case; with a `chance`, files are cut and shuffled, and rows are repeated."""
    world = ExchangeWorld()
    if twice:
        world.call = lambda step: (step(), step())[1]
    world.start()
    for wait in ("households", "incomes-1", "incomes-2", "results"):
        files = [
            (partner, part) for (partner, kind), rows in case.rows.items() if kind == wait for part in cut(rows, chance)
        ]
        if chance:
            chance.shuffle(files)
        for partner, part in files:
            world.deliver(partner, wait, part)
        if world.state()["state"] == wait:
            world.resume(wait)
    assert world.state()["state"] == "done"
    return world


def cut(rows: list[Any], chance: Random | None) -> list[list[Any]]:
    """The rows as one file; with a `chance`, as two shuffled files with repeated rows."""
    if chance is None:
        return [rows]
    shuffled = chance.sample(rows, len(rows))
    at = chance.randint(0, len(rows))
    again = chance.sample(rows, len(rows) // 2)
    return [[*shuffled[:at], *shuffled[: at // 2]], [*again, *shuffled[at:]]]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=cases(), seed=st.integers(0, 999))
def test_cut_shuffled_repeated_and_done_twice_the_outputs_are_the_same_bytes(case: Case, seed: int) -> None:
    plain, other = run(case), run(case, Random(seed), twice=True)
    assert plain.outputs() == other.outputs()
    for name in ("selected", "codes", "statistics", "asked", "ignored"):
        assert plain.state()[name] == other.state()[name]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=cases())
def test_whatever_the_households_the_sums_agree_and_no_income_is_left(case: Case) -> None:
    world = run(case)
    state = world.state()
    for partner in INSURERS:
        brought = {row["request_number"] for row in case.rows[partner, "households"]}
        left_out = {line.partition(";")[0] for line in world.out(partner, "excluded.csv")}
        first, second = (dict(line.split(";") for line in world.out(partner, f"pro_04-{n}.csv")) for n in (1, 2))
        # every request is excluded or answered once, and never ONHOLD at the first sending
        assert left_out | first.keys() | second.keys() == brought
        assert len(left_out) + len(first) + len(second) == len(brought)
        assert "ONHOLD" not in first.values()
        # every household whose code is OK is counted in one place
        counts = state["statistics"][partner]
        places = [*map(str, range(1, 7)), "not-reported", "contradicting"]
        ok = [*first.values(), *second.values()].count("OK")
        assert sum(counts.get(f"households/{place}", 0) for place in places) == ok
    asked, again = (world.out(TAX_OFFICE, f"pro_02-{n}.csv") for n in (1, 2))
    assert len(asked) == len(set(asked))
    assert set(again) <= set(asked)
    definitive = {row["insz"] for row in case.rows[TAX_OFFICE, "incomes-1"] if row["return_code"] == "00"}
    assert not set(again) & definitive
    assert world.seals.held == {}
    assert not [
        key for key in world.exchange.bodies if "/sealed/" in key or "/incomes-1/f" in key or "/incomes-2/f" in key
    ]
