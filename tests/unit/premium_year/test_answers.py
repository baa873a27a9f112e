"""What the bank answers: states of transfers, returns, and what a person has to decide."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tegemoet.application.premium_year.answers import Answers, answered_files
from tests.support.premium_world import DECEMBER, JUNE, YEAR, World, account, office, provider, riziv, told, two_shards

NURSE, OTHER = riziv(400_001), riziv(400_002)


@pytest.fixture
def world() -> Iterator[World]:
    """A released phase 1: two nurses and two pharmacies of one tariff office, in one file."""
    with two_shards():
        made = World()
        made.pay_from()
        made.drop([*provider("v1-a", NURSE, s1=20_000), account("v1-a")])
        made.drop([*provider("v1-b", OTHER, s1=20_000), account("v1-b")])
        for person, number, pharmacy in (("v1-t", riziv(200_001), "P1"), ("v1-u", riziv(200_002), "P2")):
            made.drop(provider(person, number, "pharmacist", pharmacy_id=pharmacy, tariff_office="O1"))
        made.drop([office("O1")])
        made.run(1, DECEMBER)
        yield made


def states(world: World) -> dict[str, str]:
    """The state of each transfer, by the persons whom it pays."""
    answers = Answers.of_year(YEAR, facts=world.facts, batches=world.batches)
    return {
        "+".join(entry["person"] for entry in transfer.entries): transfer.state
        for file in answered_files(YEAR, answers, runs=world.runs, work=world.work)
        for transfer in file.transfers
    }


def transfers(world: World) -> dict[str, str]:
    """The EndToEndId of each transfer, by the persons whom it pays."""
    answers = Answers.of([])
    return {
        "+".join(entry["person"] for entry in transfer.entries): transfer.end_to_end_id
        for file in answered_files(YEAR, answers, runs=world.runs, work=world.work)
        for transfer in file.transfers
    }


def returns(world: World) -> dict[str, list[str | None]]:
    """The causes of the returns of each person."""
    found: dict[str, list[str | None]] = {}
    for entry in world.entries():
        if entry.kind == "return":
            found.setdefault(entry.person, []).append(entry.cause)
    return found


def asked(world: World) -> list[str]:
    """The kinds of the exceptions about answers."""
    return sorted(found.kind for found in world.reviewed() if "answer" in found.kind or "close" in found.kind)


# --- levels ---------------------------------------------------------------------------------------


def test_a_transfer_without_an_answer_is_unanswered(world: World) -> None:
    assert states(world) == dict.fromkeys(("v1-a", "v1-b", "v1-t+v1-u"), "unanswered")


def test_the_nearest_level_counts(world: World) -> None:
    [file] = world.bank_files()
    names = transfers(world)
    world.answer(told(None, "accepted", message_id=file.message_id))
    assert states(world) == dict.fromkeys(names, "accepted")
    world.answer(told(None, "pending", message_id=file.message_id, payment_id=f"{file.message_id}-P"))
    assert states(world) == dict.fromkeys(names, "pending")
    world.answer(told(names["v1-a"], "rejected", reason="AC04"), told(names["v1-b"], "accepted"))
    assert states(world) == {"v1-a": "rejected", "v1-b": "accepted", "v1-t+v1-u": "pending"}
    assert returns(world) == {"v1-a": ["AC04"]}


@pytest.mark.parametrize("state", ["accepted", "pending"])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_transfer_that_is_taken_in_a_rejected_file_is_decided_by_a_person(
    world: World, state: str, backwards: bool
) -> None:
    """Its return may be written already: nobody pays it again before a person has seen it."""
    [file] = world.bank_files()
    name = transfers(world)["v1-a"]
    answers = [told(None, "rejected", reason="DU01", message_id=file.message_id), told(name, state)]
    for answer in reversed(answers) if backwards else answers:
        world.answer(answer)
    assert states(world)["v1-a"] == "unclear"
    assert asked(world) == ["answers-differ"]
    assert ("v1-a" in returns(world)) == (not backwards)


def test_a_rejected_file_returns_every_entry_in_it_once(world: World) -> None:
    [file] = world.bank_files()
    for _ in range(2):
        world.answer(told(None, "rejected", reason="DU01", message_id=file.message_id))
    assert returns(world) == {person: ["DU01"] for person in ("v1-a", "v1-b", "v1-t", "v1-u")}
    assert asked(world) == []


def test_a_transfer_of_an_office_that_comes_back_returns_each_pharmacy(world: World) -> None:
    world.answer(told(transfers(world)["v1-t+v1-u"], "returned", reason="AC04", cents=358_000))
    assert returns(world) == {"v1-t": ["AC04"], "v1-u": ["AC04"]}


# --- order ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("backwards", [False, True])
def test_accepted_then_returned_is_returned_in_whatever_order_it_is_told(world: World, backwards: bool) -> None:
    name = transfers(world)["v1-a"]
    answers = [told(name, "pending"), told(name, "accepted"), told(name, "returned", reason="AC04", reference="r1")]
    for answer in reversed(answers) if backwards else answers:
        world.answer(answer)
    assert (states(world)["v1-a"], returns(world), asked(world)) == ("returned", {"v1-a": ["AC04"]}, [])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("accepted", {}), ("rejected", {"reason": "AC04"})),
        (("returned", {"reference": "r1"}), ("returned", {"reference": "r2"})),
        (("rejected", {"reason": "AC04"}), ("returned", {"reference": "r1"})),
    ],
    ids=["accepted and rejected", "returned twice", "rejected and returned"],
)
@pytest.mark.parametrize("choice", ["paid", "returned"])
def test_answers_that_contradict_one_another_are_decided_by_a_person(
    world: World, first: tuple[str, dict[str, str]], second: tuple[str, dict[str, str]], choice: str
) -> None:
    name = transfers(world)["v1-a"]
    world.answer(told(name, first[0], **first[1]), told(name, second[0], **second[1]))
    assert (states(world)["v1-a"], returns(world)) == ("unclear", {})
    assert asked(world) == ["answers-differ"]
    world.choose(f"answers-differ.{name.removeprefix('TGM-')}", choice)
    world.take_answers()
    assert (states(world)["v1-a"] == "accepted") == (choice == "paid")
    assert (returns(world) == {}) == (choice == "paid")


def test_the_same_answer_in_two_files_is_one_answer(world: World) -> None:
    name = transfers(world)["v1-a"]
    for _ in range(2):
        world.answer(told(name, "returned", reason="AC04", reference="r1"))
    assert (returns(world), asked(world)) == ({"v1-a": ["AC04"]}, [])


@pytest.mark.parametrize(("cents", "state"), [(94_594, "unclear"), (94_595, "returned"), (94_596, "unclear")])
def test_another_amount_than_that_of_the_transfer_is_decided_by_a_person(world: World, cents: int, state: str) -> None:
    world.answer(told(transfers(world)["v1-a"], "returned", reason="AC04", cents=cents))
    assert states(world)["v1-a"] == state
    assert asked(world) == ([] if state == "returned" else ["answer-amount"])
    assert returns(world) == ({"v1-a": ["AC04"]} if state == "returned" else {})


# --- what is not ours -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "found"),
    [("TGM-2023-00000000000000000000", ["answer-unknown"]), ("TGM-2024-00000000000000000000", []), ("other-1", [])],
)
def test_only_an_unknown_identifier_of_ours_and_of_the_year_is_an_exception(
    world: World, name: str, found: list[str]
) -> None:
    world.answer(told(name, "returned"))
    assert (asked(world), returns(world)) == (found, {})


def test_a_file_that_was_not_taken_in_to_its_end_counts_for_nothing(world: World) -> None:
    world.answer(told(transfers(world)["v1-a"], "accepted"))
    batch = next(batch for batch in world.batches.of_year(YEAR) if batch.kind == "returns")
    world.batches.items[batch.id] = replace(batch, state="abandoned")
    assert states(world)["v1-a"] == "unanswered"


# --- withdrawn, paid again, after the end ---------------------------------------------------------


@pytest.mark.parametrize(("state", "found"), [("rejected", []), ("accepted", ["answers-differ"] * 3)])
def test_a_withdrawn_file_that_the_bank_took_is_seen_by_a_person(world: World, state: str, found: list[str]) -> None:
    [file] = world.bank_files()
    world.withdraw(file.message_id)
    world.answer(told(None, state, message_id=file.message_id))
    assert set(states(world).values()) == {"withdrawn"}
    assert asked(world) == found
    assert set(returns(world)) == {"v1-a", "v1-b", "v1-t", "v1-u"}
    assert all(len(causes) == 1 for causes in returns(world).values())


def test_what_came_back_is_paid_in_the_next_run_and_once(world: World) -> None:
    names = transfers(world)
    world.answer(told(names["v1-t+v1-u"], "rejected", reason="AC04"))
    world.run(2, JUNE)
    [held] = [found.id for found in world.reviewed() if found.kind == "payment-returned"]
    world.choose(held, "pay-it")
    world.run(2, JUNE, "again")
    kinds = {person: [e.kind for e in world.entries() if e.person == person] for person in ("v1-a", "v1-t", "v1-u")}
    assert kinds == {
        "v1-a": ["payment"],
        "v1-t": ["payment", "return", "payment"],
        "v1-u": ["payment", "return", "payment"],
    }
    assert [file.cents for file in world.bank_files()] == [94_595 * 2 + 358_000, 358_000]


def test_a_return_after_the_close_is_written_and_paid_outside_alone(world: World) -> None:
    name = transfers(world)["v1-a"]
    world.run(2, JUNE)
    world.close()
    for _ in range(2):
        world.answer(told(name, "returned", reason="AC04", reference="r1"))
    assert returns(world) == {"v1-a": ["AC04"]}
    [found] = [found for found in world.reviewed() if found.kind == "returned-after-close"]
    assert found.facts == {"entry_id": name.removeprefix("TGM-"), "amount": "945.95"}
    world.choose(found.id, "pay-outside")
    assert len(world.entries()) == 5
