"""Letters on money that comes back: asked for with the release, and what holds now over the API."""

import re
from collections.abc import Iterator

import pytest

from tegemoet.application.decisions.letter.particulars import body_of
from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.application.premium_year.letters.of_run import LetterPorts, pay_back_by, read_letter
from tegemoet.application.premium_year.recoveries import communication_of
from tegemoet.application.premium_year.run_decisions import FrozenRunDecisions
from tegemoet.application.records import OPERATORS, Run
from tegemoet.banking.communication import printed
from tegemoet.domain.problems import ConflictError
from tegemoet.schemes.notation import languages, write_day
from tests.support.debtors import SETTINGS
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    YEAR,
    World,
    account,
    activity,
    convention,
    provider,
    riziv,
    told,
    two_shards,
)
from tests.support.said import texts_of

NURSE = riziv(400_001)
SHOWN = printed(communication_of(YEAR, NURSE[:8]))
SAID = {
    "nl": ("U moet 945,95 EUR", "De reden: de rekening is gesloten."),
    "fr": ("Vous devez rembourser 945,95 EUR", "Le motif : le compte est clôturé."),
    "en": ("You have to pay back 945.95 EUR", "The reason: the account is closed."),
    "de": ("Sie müssen 945,95 EUR", "Der Grund: das Konto ist aufgelöst."),
}
Paid = tuple[World, Run]


@pytest.fixture
def paid() -> Iterator[Paid]:
    """A nurse who was paid in December."""
    with two_shards():
        world = World()
        world.pay_from()
        world.drop([*provider("v1-a", NURSE, s1=20_000), account("v1-a")])
        yield world, world.run(1, DECEMBER)


def recovered(world: World) -> Run:
    """The run of July, which finds that she has to pay it back."""
    world.drop([activity(NURSE, 40_000, whole_year=True), convention(NURSE, "none")])
    return world.run(2, JUNE, "second")


def read(world: World, run: Run, language: str | None = None) -> str:
    decisions = FrozenRunDecisions(world.decisions, world.work)
    ports = LetterPorts(decisions, world.runs, world.ledger, world.debtor_accounts, world.work)
    page = read_letter(YEAR, f"{run.id}.v1-a", language, ports)
    return re.sub(r"\s+", " ", " ".join(texts_of(page)))


def receive(world: World, cents: int) -> None:
    digits = communication_of(YEAR, NURSE[:8])
    world.receive({"cents": cents, "on": "2024-08-01", "structured": digits, "reference": f"r{cents}"})


@pytest.mark.parametrize("language", languages())
def test_a_recovery_is_asked_with_all_that_a_transfer_needs(paid: Paid, language: str) -> None:
    world, _ = paid
    run = recovered(world)
    text = read(world, run, language)
    for wanted in (SAID[language][0], SHOWN, str(SETTINGS["name"])):
        assert wanted in text
    assert str(SETTINGS["iban"]) in text.replace(" ", "")


def test_the_release_writes_the_letter_that_asks(paid: Paid) -> None:
    world, _ = paid
    run = recovered(world)
    page = world.output.get(output_prefix(run) + "letters-nl-0001.html").decode()
    assert SHOWN in page
    until = pay_back_by(body_of(OPERATORS), run)
    assert until is not None
    assert "/".join(reversed(until.split("-"))) in page


def test_a_body_without_a_term_only_announces(paid: Paid) -> None:
    world, _ = paid
    assert pay_back_by({"repayment-days": "60"}, recovered(world)) is None


def test_a_body_without_an_account_that_pays_only_announces() -> None:
    with two_shards():
        world = World()
        world.drop([*provider("v1-a", NURSE, s1=20_000), account("v1-a")])
        world.run(1, DECEMBER)
        text = read(world, recovered(world))
    assert "U hoeft nu niets terug te betalen" in text
    assert SHOWN not in text


def test_the_letter_asks_what_remains_and_ends_with_it(paid: Paid) -> None:
    world, _ = paid
    run = recovered(world)
    receive(world, 50_000)
    text = read(world, run, "en")
    assert "You have to pay back 445.95 EUR" in text
    assert "We have already received 500.00 EUR." in text
    receive(world, 44_595)
    with pytest.raises(ConflictError) as refused:
        read(world, run)
    assert refused.value.code == "recovery-ended"


def test_nobody_is_asked_for_what_two_persons_settled(paid: Paid) -> None:
    world, _ = paid
    run = recovered(world)
    world.settle_recovery(f"recovery.{NURSE[:8]}.94595")
    with pytest.raises(ConflictError) as refused:
        read(world, run)
    assert refused.value.code == "recovery-ended"


@pytest.mark.parametrize("language", languages())
def test_a_payment_that_the_bank_returned_has_a_letter_of_its_own(paid: Paid, language: str) -> None:
    world, run = paid
    assert SAID[language][1] not in read(world, run, language)
    [entry] = world.entries()
    world.answer(told(f"TGM-{entry.entry_id}", "returned", reason="AC04", cents=94_595))
    text = read(world, run, language)
    assert SAID[language][1] in text
    assert "7034" in text


@pytest.mark.parametrize("language", languages())
def test_a_letter_says_on_which_day_the_bank_pays(paid: Paid, language: str) -> None:
    world, run = paid
    [file] = world.bank_files()
    day = write_day(file.execution, language)
    assert day in read(world, run, language)
    page = world.output.get(output_prefix(run) + "letters-nl-0001.html").decode()
    assert write_day(file.execution, "nl") in page


def test_a_letter_on_a_payment_without_a_file_says_no_day() -> None:
    with two_shards():
        world = World()
        world.drop([*provider("v1-a", NURSE, s1=20_000), account("v1-a")])
        run = world.run(1, DECEMBER)
        assert "Wij storten dit bedrag op uw rekening" in read(world, run)
        page = world.output.get(output_prefix(run) + "letters-nl-0001.html").decode()
        assert "Wij storten dit bedrag op uw rekening" in page


def test_a_file_that_was_withdrawn_is_no_return_and_has_no_day(paid: Paid) -> None:
    world, run = paid
    before = read(world, run)
    [file] = world.bank_files()
    world.withdraw(file.message_id)
    assert read(world, run) == before.replace(
        f" op {write_day(file.execution, 'nl')} op uw rekening", " op uw rekening"
    )
    assert write_day(file.execution, "nl") in before
