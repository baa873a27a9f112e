"""Rows that don't contradict each other, in any order
and any split, give the same ledger byte for byte.
"""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year.sealing import has_seal
from tegemoet.schemes.convention_premium.year import premium_year
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    World,
    account,
    activity,
    convention,
    identity,
    office,
    practice,
    riziv,
    two_shards,
)

PROFESSIONS = ("nurse", "midwife", "physiotherapist", "optician")
AMOUNTS = st.sampled_from([0, 100, 873, 2_273, 6_599, 11_455, 11_456, 40_000])


@st.composite
def persons(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of a few persons: those of before December, and those of the whole year."""
    first: list[dict[str, Any]] = [office("T0")]
    later: list[dict[str, Any]] = []
    for person in range(draw(st.integers(1, 4))):
        name = f"v1-{person}"
        for number in range(draw(st.integers(1, 3))):
            code = riziv(400_000 + 10 * person + number)
            if draw(st.integers(0, 5)) == 0:
                shop = {"pharmacy_id": f"P{draw(st.integers(0, 1))}", "tariff_office": f"T{draw(st.integers(0, 1))}"}
                first.append(practice(name, code, "pharmacist", **shop))
            else:
                first.append(practice(name, code, draw(st.sampled_from(PROFESSIONS))))
                first.append(activity(code, draw(AMOUNTS)))
                later.append(activity(code, draw(AMOUNTS), whole_year=True))
            status = draw(st.sampled_from(["full", "full", "full", "partial"]))
            first.append(convention(code, status, "2022-01-01", draw(st.sampled_from([None, "2023-12-15"]))))
        if draw(st.booleans()):
            first.append(account(name, day=draw(st.sampled_from(["2023-06-01", "2023-12-15"]))))
        if draw(st.integers(0, 3)) == 0:
            first.append(identity(f"{name}-before", name))
    return first, later


def dropped(rows: list[dict[str, Any]], data: st.DataObject, world: World) -> None:
    """The rows in an order and a split of hypothesis' choosing, some of them twice."""
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        world.drop(shuffled[start:stop])
    if rows:
        world.drop(data.draw(st.lists(st.sampled_from(rows), max_size=3, unique_by=str)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(persons(), st.data())
def test_any_order_and_split_gives_the_same_ledger(
    rows: tuple[list[dict[str, Any]], list[dict[str, Any]]], data: st.DataObject
) -> None:
    with two_shards() as parameters:
        plain, mixed = World(), World()
        for phase, on, part in ((1, DECEMBER, rows[0]), (2, JUNE, rows[1])):
            plain.drop(part)
            dropped(part, data, mixed)
            plain.run(phase, on)
            mixed.run(phase, on)
        assert plain.bytes_of_ledger() == mixed.bytes_of_ledger()

        entries = mixed.entries()
        year = premium_year(parameters)
        highest = {profession: row.premium for (profession, _), row in year.rows.items()}
        invariants.require(
            invariants.within_premium(entries, highest.__getitem__),
            invariants.numbered_without_gap(entries),
            invariants.paid_by_approved_runs(entries, mixed.runs.items.values(), lambda run: has_seal(run, mixed.seal)),
            invariants.released_sums(entries, mixed.runs.items.values()),
        )
        before = mixed.bytes_of_ledger()
        mixed.run(2, JUNE, "again")
        assert mixed.bytes_of_ledger() == before, "a run on the same facts pays nothing more"
