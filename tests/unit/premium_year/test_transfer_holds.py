"""What one account or one transfer is paid above a limit of the body waits for an operator."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tegemoet.application.premium_year import transfer_holds
from tegemoet.application.records import Run
from tegemoet.domain.problems import ConflictError
from tests.support.premium_world import DECEMBER, World, account, office, provider, riziv, two_shards

SHARED, OWN = "BE68539007547034", ("BE43068999999501", "NL91ABNA0417164300", "DE89370400440532013000")
NURSE, PHARMACY = 94_595, 179_000
HOLDS = ("account-of-several-persons", "amount-above-limit", "payment-returned")


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        yield World()


def nurses(world: World, *persons: str, iban: str = SHARED) -> None:
    for person in persons:
        number = riziv(400_000 + ord(person))
        world.drop([*provider(f"v1-{person}", number, s1=20_000), account(f"v1-{person}", iban)])


def pharmacists(world: World, *persons: str) -> None:
    world.drop([office("O1")])
    for person in persons:
        number = riziv(210_000 + ord(person))
        name = f"P{person}"
        world.drop(provider(f"v1-{person}", number, "pharmacist", pharmacy_id=name, tariff_office="O1"))


def waiting(world: World, key: str = "key") -> Run:
    world.clock.at += timedelta(minutes=1)
    return world.evaluate(world.start(1, DECEMBER, key))


def released(world: World, run: Run) -> Run:
    world.approve(run)
    return world.pay(run)


def held(world: World) -> list[Any]:
    """The holds that nobody has answered."""
    return [each for each in world.reviewed() if each.kind in HOLDS and each.choice is None]


def paid(world: World) -> dict[str, int]:
    return {entry.person: entry.amount for entry in world.entries() if entry.kind == "payment"}


# --- one account ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "persons", "found"), [(2, "ab", 0), (2, "abc", 1), (3, "abc", 0), (1, "ab", 1)])
def test_more_persons_on_one_account_than_the_body_allows_are_held(
    world: World, most: int, persons: str, found: int
) -> None:
    world.pay_from(persons_per_account=most)
    nurses(world, *persons)
    nurses(world, "z", iban=OWN[0])
    run = released(world, waiting(world))
    assert len(held(world)) == found
    alone = {"v1-z": NURSE}
    assert paid(world) == (alone if found else {**{f"v1-{person}": NURSE for person in persons}, **alone})
    assert world.summary(run).get("held") == (
        {"count": len(persons), "amount": f"{NURSE * len(persons) / 100:.2f}"} if found else None
    )


def test_who_is_on_the_account_is_said_and_the_account_is_not(world: World) -> None:
    world.pay_from()
    nurses(world, *"abc")
    waiting(world)
    [found] = held(world)
    numbers = sorted(riziv(400_000 + ord(person))[:8] for person in "abc")
    assert found.facts == {"persons": 3, "riziv_numbers": numbers, "amount": "2837.85"}
    assert SHARED not in found.id


def test_a_hundred_are_named_and_all_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_holds, "NAMED", 2)
    world.pay_from()
    nurses(world, *"abc")
    waiting(world)
    [found] = held(world)
    assert (found.facts["persons"], len(found.facts["riziv_numbers"])) == (3, 2)


def test_only_who_sent_no_account_decides_on_a_shared_one(world: World) -> None:
    world.pay_from()
    nurses(world, *"abc")
    world.drop([account("v1-z")], sent_by="accounts")
    world.drop(provider("v1-y", riziv(400_777)), sent_by="practices")
    waiting(world)
    [found] = held(world)
    with pytest.raises(ConflictError) as refused:
        world.choose(found.id, "pay-it", by="accounts")
    assert refused.value.code == "own-file"
    world.choose(found.id, "pay-it", by="practices")


def test_the_account_of_an_institution_may_be_that_of_any_number_of_persons(world: World) -> None:
    world.pay_from(institutions=(OWN[1], SHARED))
    nurses(world, *"abcd")
    released(world, waiting(world))
    assert (held(world), len(paid(world))) == ([], 4)


def test_a_tariff_office_is_paid_for_any_number_of_persons(world: World) -> None:
    world.pay_from()
    pharmacists(world, *"tuv")
    nurses(world, "a", "b")  # on the account of the office, which counts for no person
    released(world, waiting(world))
    assert (held(world), len(paid(world))) == ([], 5)


def test_once_an_operator_has_decided_all_are_paid(world: World) -> None:
    world.pay_from()
    nurses(world, *"abc")
    released(world, waiting(world))
    [found] = held(world)
    world.choose(found.id, "pay-it")
    released(world, waiting(world, "second"))
    assert (held(world), set(paid(world))) == ([], {"v1-a", "v1-b", "v1-c"})
    assert len(world.entries()) == 3


def test_a_choice_does_not_hold_for_one_person_more(world: World) -> None:
    world.pay_from()
    nurses(world, *"abc")
    released(world, waiting(world))
    world.choose(held(world)[0].id, "pay-it")
    nurses(world, "d")
    released(world, waiting(world, "second"))
    assert [each.facts["persons"] for each in held(world)] == [4]
    assert paid(world) == {}


def test_without_an_account_that_pays_there_is_no_limit(world: World) -> None:
    nurses(world, *"abcd")
    run = released(world, waiting(world))
    assert (held(world), len(paid(world))) == ([], 4)
    assert "held" not in world.summary(run)


# --- one transfer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "is_held"), [(NURSE, False), (NURSE - 1, True), (None, False), (0, True)])
def test_a_transfer_of_one_cent_more_than_the_limit_is_held(world: World, limit: int | None, is_held: bool) -> None:
    world.pay_from(hold_above=limit)
    nurses(world, "a")
    released(world, waiting(world))
    assert [each.kind for each in held(world)] == ["amount-above-limit"] * is_held
    assert paid(world) == ({} if is_held else {"v1-a": NURSE})
    if is_held:
        [found] = held(world)
        number = riziv(400_000 + ord("a"))[:8]
        assert found.facts == {"riziv_number": number, "payments": 1, "amount": "945.95"}
        assert found.id.startswith(f"amount-above-limit.{number}.94595.")
        world.choose(found.id, "pay-it")
        released(world, waiting(world, "second"))
        assert paid(world) == {"v1-a": NURSE}


@pytest.mark.parametrize(("limit", "is_held"), [(2 * PHARMACY, False), (2 * PHARMACY - 1, True)])
def test_the_transfer_of_an_office_is_the_sum_of_its_pharmacies(world: World, limit: int, is_held: bool) -> None:
    world.pay_from(hold_above=limit)
    pharmacists(world, *"tu")
    nurses(world, "a")
    run = released(world, waiting(world))
    assert paid(world) == ({"v1-a": NURSE} if is_held else {"v1-a": NURSE, "v1-t": PHARMACY, "v1-u": PHARMACY})
    assert all(check["holds"] for check in world.summary(run)["checks"])
    if is_held:
        [found] = held(world)
        assert found.facts == {"tariff_office": "O1", "payments": 2, "amount": "3580.00"}
        world.choose(found.id, "pay-it")
        pharmacists(world, "v")
        released(world, waiting(world, "second"))
        assert [each.facts["amount"] for each in held(world)] == ["5370.00"]  # another amount, asked again
        assert "v1-t" not in paid(world)


def test_a_payment_with_two_questions_waits_for_both(world: World) -> None:
    world.pay_from(hold_above=NURSE - 1, persons_per_account=1)
    nurses(world, *"ab")
    run = waiting(world)
    assert sorted(each.kind for each in held(world)) == ["account-of-several-persons", *["amount-above-limit"] * 2]
    assert world.summary(run)["held"]["count"] == 2
    released(world, run)
    for each in held(world)[:2]:
        world.choose(each.id, "pay-it")
    released(world, waiting(world, "second"))
    assert len(paid(world)) == 1
    world.choose(held(world)[0].id, "pay-it")
    released(world, waiting(world, "third"))
    assert len(paid(world)) == 2


# --- order ----------------------------------------------------------------------------------------


def test_the_order_of_files_changes_no_question(world: World) -> None:
    found = []
    for order in ("abctu", "utcba"):
        other = World()
        other.pay_from(hold_above=2 * PHARMACY - 1)
        for person in order:
            nurses(other, person) if person in "abc" else pharmacists(other, person)
        released(other, waiting(other))
        found.append([(each.id, each.facts) for each in held(other)])
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_a_listed_account_that_is_not_paid_has_no_amount(world: World) -> None:
    """An account of an operator is listed before the first payment, which is held here."""
    world.pay_from(hold_above=NURSE - 1)
    nurses(world, "a")
    world.drop([account("v1-a", OWN[0], "2023-07-01")], sent_by="operator")
    listed, _ = world.folder(waiting(world)).changes().page(None, 10, "accounts")
    assert [change.facts["amount"] for change in listed] == [None]


def test_the_moment_of_a_run_changes_no_question(world: World) -> None:
    world.pay_from(hold_above=0)
    nurses(world, "a")
    released(world, waiting(world))
    [first] = held(world)
    world.clock.at = datetime.fromisoformat("2023-12-20T10:00:00+00:00")
    waiting(world, "second")
    assert [each.id for each in held(world)] == [first.id]
