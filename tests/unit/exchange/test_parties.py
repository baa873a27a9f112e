"""The parties of an exchange: what they must be granted, and who brings the files of one that was
taken over."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tegemoet.application.exchange.parties import readable, represented, require_granted
from tegemoet.application.exchange.records import StateShown
from tegemoet.application.exchange.state import state_for
from tegemoet.application.partners.grants import Grants
from tegemoet.application.records import Batch, GrantedKind, Registration
from tegemoet.domain.problems import ConflictError, InvalidError, NotFoundError
from tegemoet.schemes.increased_reimbursement import SLUG
from tests.support.dropping import refusal_of
from tests.support.exchange_world import (
    INSURERS,
    TAX_OFFICE,
    YEAR,
    ExchangeWorld,
    Person,
    few_shards,
    household,
    income,
    request,
    result,
    unknown,
)
from tests.support.fakes import FakeClock
from tests.support.fakes.partners import any_number_of, anything_of

A, B, C = INSURERS
TWO = {"a": "101", "b": "202"}
HEIR, NEW_OFFICE = "heir", "new-office"
ANNA, BERT, CARL, DORA = (Person(date(1960 + n, 5, 1)) for n in range(4))
"""Adults: requests of A (Anna, Bert) and of B (Carl), and one of nobody."""


# --- the start ------------------------------------------------------------------------------------


def registered(*, changes: Mapping[str, Mapping[str, Any]] | None = None) -> list[Registration]:
    """Two insurers and the tax office by their profiles, each changed as `changes` says."""
    insurers = (("a", ("101", "111")), ("b", ("202",)))
    kinds = ("households", "results", "entitled")
    found = [
        replace(anything_of(name), profile="insurers", keys=keys, grants=tuple(granted(kind) for kind in kinds))
        for name, keys in insurers
    ]
    incomes = tuple(granted(kind) for kind in ("incomes-1", "incomes-2"))
    found.append(replace(anything_of("tax"), profile="tax-office", grants=incomes))
    return [replace(each, **(changes or {}).get(each.partner, {})) for each in found]


def granted(kind: str, from_year: int = YEAR, withdrawn_at: str | None = None) -> GrantedKind:
    return GrantedKind(SLUG, kind, from_year, withdrawn_at)


def faults(registrations: list[Registration], insurers: Mapping[str, str] | None = None) -> set[tuple[str, str]]:
    """What each party lacks at the start of an exchange."""
    with pytest.raises(InvalidError) as invalid:
        require_granted(YEAR, insurers or TWO, "tax", Grants(registrations))
    assert invalid.value.code == "party-not-granted"
    return {(fault.path, fault.code) for fault in invalid.value.faults}


@pytest.mark.parametrize("number", ["101", "111"])
def test_parties_that_are_granted_what_they_bring_may_start(number: str) -> None:
    require_granted(YEAR, {"a": number, "b": "202"}, "tax", Grants(registered()))


@pytest.mark.parametrize(
    ("party", "changes", "lacks"),
    [
        ("a", {"grants": (granted("households"),)}, {("/insurers/a", "results-not-granted")}),
        ("b", {"grants": (granted("results"),)}, {("/insurers/b", "households-not-granted")}),
        ("b", {"grants": ()}, {("/insurers/b", f"{kind}-not-granted") for kind in ("households", "results")}),
        (
            "a",
            {"grants": (granted("households", YEAR + 1), granted("results"))},
            {("/insurers/a", "households-not-granted")},
        ),
        (
            "a",
            {"grants": (granted("households"), granted("results", withdrawn_at="2020-01-01T00:00:00Z"))},
            {("/insurers/a", "results-not-granted")},
        ),
        ("a", {"keys": ("111",)}, {("/insurers/a", "number-not-granted")}),
        ("a", {"profile": "operator", "keys": ()}, {("/insurers/a", "number-not-granted")}),
        ("tax", {"grants": (granted("incomes-1"),)}, {("/tax_office", "incomes-2-not-granted")}),
        ("tax", {"grants": (granted("incomes-2"),)}, {("/tax_office", "incomes-1-not-granted")}),
    ],
)
def test_what_a_party_lacks_is_said_of_that_party(
    party: str, changes: Mapping[str, Any], lacks: set[tuple[str, str]]
) -> None:
    assert faults(registered(changes={party: changes})) == lacks


def test_every_party_that_lacks_something_is_named() -> None:
    some = [each for each in registered() if each.partner == "b"]
    assert faults(some, {"a": "101", "b": "203"}) == {
        ("/insurers/a", "party-unknown"),
        ("/insurers/b", "number-not-granted"),
        ("/tax_office", "party-unknown"),
    }


def test_a_party_that_was_taken_over_is_none_and_its_successor_has_its_numbers() -> None:
    heir = replace(any_number_of("heir"), keys=("303",), predecessor="a")
    assert faults([*registered(), heir]) == {("/insurers/a", "party-has-successor")}
    require_granted(YEAR, {"heir": "101", "b": "202"}, "tax", Grants([*registered(), heir]))


def test_an_exchange_whose_parties_lack_something_is_not_started() -> None:
    world = ExchangeWorld()
    world.registrations.append(replace(any_number_of(A), number=2, keys=("102",)))
    with pytest.raises(InvalidError) as invalid:
        world.start()
    assert [(fault.path, fault.code) for fault in invalid.value.faults] == [(f"/insurers/{A}", "number-not-granted")]
    assert world.exchanges.items == {}
    assert not world.workflows.started


def test_a_start_that_is_repeated_after_a_grant_ended_returns_the_same_exchange() -> None:
    world = ExchangeWorld()
    started = world.start()
    world.registrations.append(replace(any_number_of(A), number=2, grants=()))
    assert world.start() == started


# --- a successor ----------------------------------------------------------------------------------


@pytest.fixture
def world() -> Iterator[ExchangeWorld]:
    with few_shards():
        world = ExchangeWorld()
        world.start()
        yield world


def at(world: ExchangeWorld, seconds: int = 0) -> str:
    """The moment that many seconds after the last file was written."""
    return (world.exchange.now + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def take_over(world: ExchangeWorld, successor: str, predecessor: str, moment: str) -> None:
    """Register a successor, with its own grants, from that moment on."""
    partner = any_number_of(successor)
    number = 1 + sum(each.partner == successor for each in world.registrations.all())
    assert world.registrations.append(replace(partner, number=number, predecessor=predecessor, at=moment))


def test_a_successor_brings_the_files_of_a_party_from_the_second_of_its_registration(world: ExchangeWorld) -> None:
    # the clock of the bucket is one second further with each file
    take_over(world, HEIR, A, at(world, 2))
    before = world.deliver(A, "households", household(ANNA))
    on_it = world.deliver(A, "households", household(BERT))
    assert (before.state, on_it.state, refusal_of(on_it).code) == ("done", "refused", "kind-not-granted")
    heirs = world.deliver(HEIR, "households", household(BERT))
    world.resume("households")
    assert world.state()["steps"][0]["step"] == "households"
    assert used(world) == (before.id, heirs.id)
    assert world.state()["selected"][A]["requests"] == 2


def test_what_a_successor_brings_before_it_is_one_is_not_the_partys(world: ExchangeWorld) -> None:
    world.registrations.admit_insurers(HEIR)
    take_over(world, HEIR, A, at(world, 2))
    early = world.deliver(HEIR, "households", household(ANNA))
    in_time = world.deliver(HEIR, "households", household(BERT))
    assert (early.state, in_time.state) == ("done", "done")
    world.resume("households")
    assert used(world) == (in_time.id,)


def used(world: ExchangeWorld) -> tuple[str, ...]:
    """Ids of the batches of households that the exchange uses."""
    exchange = world.exchanges.get(YEAR)
    assert exchange is not None
    return exchange.notes["households"].batches


def test_from_the_incomes_on_successors_bring_what_the_parties_would_have_brought(world: ExchangeWorld) -> None:
    world.deliver(A, "households", [*household(ANNA), *household(BERT)])
    world.deliver(B, "households", household(CARL, insurer="202"))
    world.resume("households")
    take_over(world, HEIR, A, at(world))
    take_over(world, NEW_OFFICE, TAX_OFFICE, at(world))
    assert world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "1")]).state == "refused"
    world.deliver(NEW_OFFICE, "incomes-1", [income(ANNA, "1"), unknown(BERT), income(CARL, "1")])
    world.resume("incomes-1")
    world.deliver(NEW_OFFICE, "incomes-2", [income(BERT, "1")])
    world.resume("incomes-2")
    assert world.codes(1) | world.codes(2) == {request(ANNA): "OK", request(BERT): "OK", request(CARL, "202"): "OK"}
    assert world.deliver(A, "results", [result(request(BERT), BERT, 4)]).state == "refused"
    world.deliver(HEIR, "results", [result(request(ANNA), ANNA, 5), result(request(CARL, "202"), CARL, 5)])
    world.resume("results")
    found = world.state()["statistics"]
    assert (found[A]["households/5"], found[A]["households/not-reported"]) == (1, 1)
    assert found[A]["rows-of-other-requests"] == 1  # Carl's is not theirs
    assert found[B]["households/not-reported"] == 1
    world.deliver(HEIR, "entitled", [{"insz": ANNA.insz}])
    world.evaluate()
    assert world.evaluated()[0] == "OK;3;1;3;1"
    assert not any(key.startswith(f"out/{HEIR}/") for key in world.outputs())


def test_a_party_that_took_over_another_one_brings_rows_of_both(world: ExchangeWorld) -> None:
    world.deliver(A, "households", household(ANNA))
    world.deliver(B, "households", household(CARL, insurer="202"))
    take_over(world, B, A, at(world))
    world.deliver(B, "households", [*household(BERT), *household(CARL, insurer="202"), *household(DORA, insurer="303")])
    world.resume("households")
    selected = world.state()["selected"]
    assert (selected[A]["requests"], selected[B]["requests"]) == (2, 1)
    assert selected[B]["reasons"] == {"insurer-not-yours": 1}
    world.deliver(TAX_OFFICE, "incomes-1", [income(person, "1") for person in (ANNA, BERT, CARL)])
    world.resume("incomes-1")
    rows = [result(request(ANNA), ANNA, 5), result(request(BERT), BERT, 4), result(request(CARL, "202"), CARL, 5)]
    world.deliver(B, "results", rows)
    world.resume("results")
    found = world.state()["statistics"]
    assert [(found[A]["households/5"], found[A]["households/4"]), found[B]["households/5"]] == [(1, 1), 1]


def test_a_later_row_of_a_successor_replaces_that_of_the_party(world: ExchangeWorld) -> None:
    world.deliver(A, "households", [{**row, "fictitious": "yes"} for row in household(ANNA)])
    take_over(world, HEIR, A, at(world))
    world.deliver(HEIR, "households", [{**row, "entitled_on_1_january": "yes"} for row in household(ANNA)])
    world.resume("households")
    assert world.state()["selected"][A]["reasons"] == {"all-entitled": 1}


def test_an_automatic_exchange_waits_for_the_successor_in_the_partys_place() -> None:
    with few_shards():
        world = ExchangeWorld()
        world.start(automatic=True)
        world.walk()
        world.deliver(B, "households", household(CARL, insurer="202"))
        world.deliver(C, "households", household(DORA, insurer="303"))
        take_over(world, HEIR, A, at(world))
        assert world.deliver(A, "households", household(ANNA)).state == "refused"
        assert world.state()["state"] == "households"
        world.deliver(HEIR, "households", household(ANNA))
        assert world.state()["state"] == "select"


def test_a_party_delivers_for_another_one_once_it_brings_a_file_as_its_successor() -> None:
    with few_shards():
        world = ExchangeWorld()
        world.start(automatic=True)
        world.walk()
        world.deliver(B, "households", household(CARL, insurer="202"))
        take_over(world, B, A, at(world))
        world.deliver(C, "households", household(DORA, insurer="303"))
        assert world.state()["state"] == "households"
        world.deliver(B, "households", household(ANNA))
        assert world.state()["state"] == "select"


def test_a_late_file_of_a_successor_counts_as_the_partys(world: ExchangeWorld) -> None:
    take_over(world, HEIR, A, at(world))
    world.resume("households")
    world.deliver(HEIR, "households", household(ANNA))
    assert world.state()["late"] == {f"households/{A}": 1}


def test_a_successors_file_that_is_loading_is_waited_for(world: ExchangeWorld) -> None:
    take_over(world, HEIR, A, at(world))
    loading = world.deliver(HEIR, "households", household(ANNA))
    assert world.batches.update(loading.id, state="loading", detail=loading.detail, expected=("done",))
    with pytest.raises(ConflictError, match="still loading"):
        world.resume("households")


# --- whose file, and who reads --------------------------------------------------------------------


def batch_of(partner: str, written_at: str) -> Batch:
    return Batch("id", partner, SLUG, "households", YEAR, "key", None, written_at, "1", 1, "done")


def test_a_file_is_of_the_parties_that_its_partner_owned_when_it_was_written() -> None:
    second = FakeClock(datetime(2020, 5, 1, tzinfo=UTC)).now()
    moments = [(second + timedelta(seconds=n)).isoformat() for n in range(3)]
    chain = [
        *(any_number_of(name) for name in ("a", "b", "c", "d")),
        replace(any_number_of("b"), number=2, predecessor="a", at=moments[1]),
        replace(any_number_of("c"), number=2, predecessor="b", at=moments[2]),
    ]
    grants, parties = Grants(chain), ("a", "b", "d")
    of = {(name, n): represented(batch_of(name, moments[n]), parties, grants) for name in "abcd" for n in range(3)}
    assert [of["a", n] for n in range(3)] == [("a",), (), ()]
    assert [of["b", n] for n in range(3)] == [("b",), ("b", "a"), ()]
    assert [of["c", n] for n in range(3)] == [(), (), ("a", "b")]
    assert {of["d", n] for n in range(3)} == {("d",)}
    assert readable(None, grants) is None
    assert [readable(name, grants) for name in "abcd"] == [[], [], ["c", "a", "b"], ["d"]]


def state_of(world: ExchangeWorld, parties: list[str] | None) -> StateShown:
    return state_for(YEAR, parties, exchanges=world.exchanges)


def test_a_partner_that_was_taken_over_sees_no_exchange(world: ExchangeWorld) -> None:
    take_over(world, HEIR, A, at(world))
    grants = Grants(world.registrations.all())
    with pytest.raises(NotFoundError):
        state_of(world, readable(A, grants))
    assert state_of(world, readable(HEIR, grants))["insurers"] == {A: INSURERS[A]}
