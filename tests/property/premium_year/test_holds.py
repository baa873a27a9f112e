"""Whatever comes back and is held, nothing that is due is lost, and
nothing is paid twice.
"""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tegemoet.application.premium_year.answers import Answers, answered_files
from tegemoet.application.premium_year.holds import HOLD, PAY
from tests.support.premium_world import DECEMBER, World, account, office, provider, riziv, told, two_shards

PERSONS = "abcdetuv"
"""Nurses and, from t on, pharmacists of one office."""
ACCOUNTS = ("BE68539007547034", "BE43068999999501", "NL91ABNA0417164300")
NURSE, PHARMACY = 94_595, 179_000
KINDS = ("account-changed", "account-of-several-persons", "amount-above-limit", "payee-deceased", "payment-returned")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, int | None]]:
    """Person → account, and the limits of the body."""
    persons = draw(st.lists(st.sampled_from(PERSONS), min_size=1, unique=True))
    limit = draw(st.sampled_from([None, 0, NURSE - 1, NURSE, PHARMACY, 2 * PHARMACY]))
    limits: dict[str, int | None] = {"hold_above": limit, "persons_per_account": draw(st.integers(1, 3))}
    return {person: draw(st.sampled_from(ACCOUNTS)) for person in sorted(persons)}, limits


def due_to(person: str) -> int:
    return PHARMACY if person >= "t" else NURSE


def drop(world: World, person: str, iban: str) -> None:
    key, number = f"v1-{person}", riziv(300_000 + ord(person))
    if due_to(person) == NURSE:
        world.drop([*provider(key, number, s1=20_000), account(key, iban)])
    else:
        world.drop(provider(key, number, "pharmacist", pharmacy_id=f"P{person}", tariff_office="O"))


def transfers(world: World) -> list[str]:
    """The transfers that no bank has answered."""
    answers = Answers.of_year(world.year, facts=world.facts, batches=world.batches)
    files = answered_files(world.year, answers, runs=world.runs, work=world.work)
    return [each.end_to_end_id for file in files for each in file.transfers if each.state == "unanswered"]


def balance(world: World) -> dict[str, int]:
    """What each person has now."""
    found: Counter[str] = Counter()
    for entry in world.entries():
        found[entry.person] += entry.signed
    return {person: cents for person, cents in found.items() if cents}


def run(world: World, key: str) -> set[str]:
    """Run the phase, and who was proposed, all of it or held."""
    world.clock.at += timedelta(minutes=1)
    before, waiting = balance(world), world.evaluate(world.start(1, DECEMBER, key))
    proposal = world.folder(waiting).approved_proposal(world.now(waiting).detail.payments_sha256)
    world.approve(waiting)
    done = world.pay(waiting)
    assert all(check["holds"] for check in world.summary(done)["checks"])
    assert sum(balance(world).values()) - sum(before.values()) == proposal.cents
    return {person.removeprefix("v1-") for person in (balance(world).keys() - before.keys()) | proposal.held}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.data())
def test_what_is_held_is_paid_once_and_when_somebody_decides(
    given_: tuple[dict[str, str], dict[str, int | None]], data: st.DataObject
) -> None:
    persons, limits = given_
    with two_shards():
        world, other = World(), World()
        for each, order in ((world, sorted(persons)), (other, data.draw(st.permutations(sorted(persons))))):
            each.pay_from(**limits)
            each.drop([office("O")])
            for person in order:
                drop(each, person, persons[person])
        for place in range(3):
            lacking = {person for person in persons if f"v1-{person}" not in balance(world)}
            assert run(world, str(place)) == lacking
            if place == 0:
                run(other, "0")
                assert [found.id for found in other.reviewed()] == [found.id for found in world.reviewed()]
                assert other.bytes_of_ledger() == world.bytes_of_ledger()
            for name in data.draw(st.lists(st.sampled_from(transfers(world) or ["none"]), max_size=2, unique=True)):
                world.answer(told(name, "returned", reason=data.draw(st.sampled_from(["AC04", "MD07"]))))
            for found in world.reviewed():
                if found.kind in KINDS and data.draw(st.booleans()):
                    world.choose(found.id, data.draw(st.sampled_from([PAY, HOLD])))
        for place in range(2):  # what is held is asked at once: one answer to each question is enough
            for found in world.reviewed():
                if found.kind in KINDS and found.choice != PAY:
                    world.choose(found.id, PAY)
            run(world, f"last {place}")
        assert balance(world) == {f"v1-{person}": due_to(person) for person in persons}
