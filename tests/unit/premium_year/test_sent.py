"""In which file each payment of a dossier went to the bank, and what the bank answered."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from tegemoet.application.premium_year import sent as sending
from tegemoet.application.premium_year.bank_file_record import RecordPorts, record_fetch
from tegemoet.application.premium_year.sent import SentPayment, SentPorts, sent_payments
from tegemoet.application.premium_year.transfers import paid_entries
from tegemoet.application.records import Person
from tests.support.fakes import FakeFacts
from tests.support.premium_world import DECEMBER, JUNE, YEAR, World, account, office, provider, riziv, told, two_shards

NURSE, OTHER, PHARMACIST, SECOND = riziv(400_001), riziv(400_002), riziv(200_001), riziv(200_002)
PERSONS = {"v1-a": NURSE, "v1-b": OTHER, "v1-t": PHARMACIST, "v1-u": SECOND}


@pytest.fixture
def world() -> Iterator[World]:
    """A released phase 1 in two files: two nurses, and two pharmacies of one tariff office."""
    with two_shards():
        made = World()
        made.pay_from(transfers_per_file=2)
        for person in ("v1-a", "v1-b"):
            made.drop([*provider(person, PERSONS[person], s1=20_000), account(person)])
        for person, pharmacy in (("v1-t", "P1"), ("v1-u", "P2")):
            made.drop(provider(person, PERSONS[person], "pharmacist", pharmacy_id=pharmacy, tariff_office="O1"))
        made.drop([office("O1")])
        made.run(1, DECEMBER)
        yield made


def sent(world: World, person: str) -> list[SentPayment | None]:
    """How each entry of a person was sent, in the order of the dossier."""
    found = world.dossier(PERSONS[person])
    return [found.sent.get(entry.entry_id) for entry in found.entries]


def only(world: World, person: str) -> SentPayment:
    [found] = sent(world, person)
    assert found is not None
    return found


def test_each_payment_is_found_in_its_file(world: World) -> None:
    files = world.bank_files()
    assert [file.transfers for file in files] == [1, 2]
    of_files = {person: only(world, person).message_id for person in PERSONS}
    first = min(("v1-a", "v1-b"), key=[e.person for e in world.entries()].index)
    for person in PERSONS:
        assert of_files[person] == files[0 if person == first else 1].message_id
        assert only(world, person).execution == files[0].execution
        assert (only(world, person).state, only(world, person).fetched) == ("unanswered", [])


def test_the_pharmacies_of_an_office_went_in_one_transfer(world: World) -> None:
    names = {person: only(world, person).end_to_end_id for person in PERSONS}
    assert names["v1-t"] == names["v1-u"]
    assert len(set(names.values())) == 3
    for person in ("v1-a", "v1-b"):
        [entry] = world.dossier(PERSONS[person]).entries
        assert names[person] == f"TGM-{entry.entry_id}"


def test_each_fetch_of_the_file_is_shown(world: World) -> None:
    name, before = only(world, "v1-a").message_id, world.clock.now().isoformat(timespec="seconds")
    ports = RecordPorts(world.runs, world.work, world.clock, lambda run, message_id: None)
    for _ in range(2):
        record_fetch(YEAR, name, by=Person("operator", "An Operator"), ports=ports)
    assert only(world, "v1-a").fetched == [before] * 2
    others = [person for person in PERSONS if only(world, person).message_id != name]
    assert others
    assert all(only(world, person).fetched == [] for person in others)


@pytest.mark.parametrize(
    ("state", "more", "shown"),
    [
        ("accepted", {}, ("accepted", None, None)),
        ("pending", {"reason": "PDNG"}, ("pending", "PDNG", None)),
        ("rejected", {"reason": "AC04"}, ("rejected", "AC04", None)),
        ("returned", {"reason": "AC04", "on": "2023-12-06"}, ("returned", "AC04", "2023-12-06")),
        ("returned", {"reason": "AC04", "cents": 1}, ("unclear", None, None)),
    ],
    ids=["accepted", "pending", "rejected", "returned", "another amount"],
)
def test_what_the_bank_answered_is_shown(
    world: World, state: str, more: Mapping[str, str | int], shown: tuple[str, str | None, str | None]
) -> None:
    other = only(world, "v1-b")
    world.answer(told(only(world, "v1-a").end_to_end_id, state, **more))
    found = sent(world, "v1-a")[0]
    assert found is not None
    assert (found.state, found.reason, found.on) == shown
    assert only(world, "v1-b") == other


def test_a_withdrawn_file_is_shown_with_its_returns(world: World) -> None:
    world.withdraw(only(world, "v1-a").message_id)
    payment, back = world.dossier(NURSE).entries
    assert (back.kind, back.corrects, back.cause) == ("return", payment.entry_id, "withdrawn")
    first, second = sent(world, "v1-a")
    assert first is not None
    assert (first.state, first.reason, second) == ("withdrawn", "withdrawn", None)


def test_what_is_paid_again_is_in_a_file_of_its_own_run(world: World) -> None:
    before = only(world, "v1-t")
    world.answer(told(before.end_to_end_id, "rejected", reason="AC04"))
    world.run(2, JUNE)
    [held] = [found.id for found in world.reviewed() if found.kind == "payment-returned"]
    world.choose(held, "pay-it")
    world.run(2, JUNE, "again")
    first, back, again = sent(world, "v1-t")
    assert first == replace(before, state="rejected", reason="AC04")
    assert back is None
    assert again is not None
    assert (again.state, again.message_id) == ("unanswered", world.bank_files()[-1].message_id)
    assert again.end_to_end_id != before.end_to_end_id


def test_the_list_is_read_up_to_the_payment_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transfer of the first nurse is on the first line of the list: the others stay unread."""
    lines, read = paid_entries, list[object]()

    def counted(*args: object) -> Iterator[object]:
        for line in lines(*args):  # type: ignore[arg-type]
            read.append(line)
            yield line

    first = min(("v1-a", "v1-b"), key=[e.person for e in world.entries()].index)
    monkeypatch.setattr(sending, "paid_entries", counted)
    only(world, first)
    assert len(read) == 1
    only(world, "v1-u")
    assert len(read) == 4


def test_without_files_no_answer_is_read() -> None:
    """A body without an account that pays costs a dossier nothing."""
    with two_shards():
        world = World()
        world.drop([*provider("v1-a", NURSE, s1=20_000), account("v1-a")])
        world.run(1, DECEMBER)
        assert sent(world, "v1-a") == [None]

        class Unread(FakeFacts):
            def of_kind(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
                raise AssertionError("the answers were read")

        ports = SentPorts(world.batches, Unread(), world.runs, world.work)  # type: ignore[arg-type]
        assert sent_payments(YEAR, world.entries(), ports) == {}
