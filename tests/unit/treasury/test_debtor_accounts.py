"""The account that pays: one person proposes a version, another one confirms it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tegemoet.application.records import DebtorAccount, DebtorAccountProposal, DebtorAccountVersion, Person
from tegemoet.application.treasury import debtor_accounts
from tegemoet.application.treasury.debtor_accounts import DebtorAccountPorts, current, version, waiting
from tegemoet.domain.problems import ConflictError, InvalidError, NotFoundError
from tests.support.debtors import SETTINGS
from tests.support.fakes import FakeClock, FakeDebtorAccounts

OMAR, ANN, BEA = Person("omar-1", "Omar"), Person("ann-1", "Ann"), Person("bea-1", "Bea")
AT = "2023-12-01T09:00:00+00:00"
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


class World:
    """A body without an account that pays, and who proposes and confirms one."""

    def __init__(self) -> None:
        self.accounts, self.clock = FakeDebtorAccounts(), FakeClock()
        self.ports = DebtorAccountPorts(self.accounts, self.clock)

    def propose(
        self, *, by: Person = OMAR, key: str = "key", reason: str = "the board", **settings: Any
    ) -> DebtorAccountProposal:
        account = DebtorAccount(**{**SETTINGS, **settings})
        return debtor_accounts.propose(account, reason, by=by, key=key, ports=self.ports)

    def confirm(self, proposal: DebtorAccountProposal, by: Person = ANN) -> DebtorAccountVersion:
        return debtor_accounts.confirm(proposal.id, by=by, ports=self.ports)

    def refusal(self, proposal: DebtorAccountProposal, by: Person = ANN) -> str:
        """The code with which a confirmation is refused. Nothing is stored by it."""
        before = dict(self.accounts.versions)
        with pytest.raises(ConflictError) as refused:
            self.confirm(proposal, by)
        assert self.accounts.versions == before
        return refused.value.code

    def faults(self, **settings: Any) -> set[tuple[str, str]]:
        """The fields at fault of a proposal. It is not stored."""
        with pytest.raises(InvalidError) as refused:
            self.propose(**settings)
        assert (refused.value.code, self.accounts.proposed) == ("invalid", {})
        return {(fault.path.removeprefix("/account/"), fault.code) for fault in refused.value.faults}


@pytest.fixture
def world() -> World:
    return World()


# --- two persons ----------------------------------------------------------------------------------


def test_nobody_pays_from_anything_before_a_confirmation(world: World) -> None:
    proposal = world.propose()
    assert current(world.accounts) is None
    assert waiting(world.ports) == [proposal]
    assert (proposal.replaces, proposal.by, proposal.at, proposal.reason) == (0, OMAR, AT, "the board")


def test_what_another_person_confirms_holds_with_both_names(world: World) -> None:
    proposal = world.propose()
    world.clock.at += SECOND
    made = world.confirm(proposal)
    later = "2023-12-01T09:00:01+00:00"
    assert made == DebtorAccountVersion(1, proposal.id, DebtorAccount(**SETTINGS), "the board", OMAR, AT, ANN, later)
    assert current(world.accounts) == version(1, world.accounts) == made
    assert waiting(world.ports) == []


def test_who_proposed_an_account_does_not_confirm_it(world: World) -> None:
    proposal = world.propose()
    assert world.refusal(proposal, replace(OMAR, name="Omar under another name")) == "confirmed-by-proposer"


def test_a_later_version_holds_and_the_one_before_stays(world: World) -> None:
    first = world.confirm(world.propose())
    second = world.confirm(world.propose(bic="KREDBEBB"), BEA)
    assert (second.number, second.account.bic) == (2, "KREDBEBB")
    assert current(world.accounts) == second
    assert [version(number, world.accounts) for number in (1, 2)] == [first, second]
    with pytest.raises(KeyError):
        version(3, world.accounts)


def test_a_proposal_that_does_not_exist_is_not_confirmed(world: World) -> None:
    proposal = world.propose()
    with pytest.raises(NotFoundError) as refused:
        world.confirm(replace(proposal, id="0" * 16))
    assert refused.value.code == "proposal-unknown"


# --- how long -------------------------------------------------------------------------------------


def test_a_proposal_is_confirmed_until_the_last_second_of_seven_days(world: World) -> None:
    proposal = world.propose()
    world.clock.at += WEEK
    assert waiting(world.ports) == [proposal]
    assert world.confirm(proposal).number == 1


def test_a_proposal_lapses_a_second_after_seven_days(world: World) -> None:
    proposal = world.propose()
    world.clock.at += WEEK + SECOND
    assert waiting(world.ports) == []
    assert world.refusal(proposal) == "proposal-lapsed"


def test_what_has_lapsed_can_be_proposed_again(world: World) -> None:
    first = world.propose()
    world.clock.at += WEEK + SECOND
    second = world.propose(key="another key")
    assert second.id != first.id
    assert world.confirm(second).number == 1


# --- meanwhile, and again -------------------------------------------------------------------------


def test_a_proposal_to_replace_another_version_is_not_confirmed(world: World) -> None:
    stale, chosen = world.propose(), world.propose(bic="KREDBEBB")
    world.confirm(chosen)
    assert waiting(world.ports) == []
    assert world.refusal(stale) == "debtor-account-changed"
    assert world.refusal(stale, BEA) == "debtor-account-changed"


def test_an_old_proposal_does_not_bring_back_an_old_account(world: World) -> None:
    """A, then B; a second proposal of A from before B would undo B unseen."""
    first, again = world.propose(key="one"), world.propose(key="two")
    world.confirm(first)
    world.confirm(world.propose(bic="KREDBEBB"))
    assert world.refusal(again) == "debtor-account-changed"


def test_one_confirms_again_and_nothing_changes_even_after_it_lapsed(world: World) -> None:
    proposal = world.propose()
    made = world.confirm(proposal)
    world.clock.at += WEEK + SECOND
    assert world.confirm(proposal) == made
    assert list(world.accounts.all()) == [made]


def test_a_second_person_who_confirms_the_same_is_told(world: World) -> None:
    proposal = world.propose()
    world.confirm(proposal)
    assert world.refusal(proposal, BEA) == "debtor-account-changed"


def test_one_proposes_again_under_one_key_and_it_is_one_proposal(world: World) -> None:
    first = world.propose()
    world.clock.at += SECOND
    assert world.propose() == first
    assert world.accounts.proposals() == [first]


@pytest.mark.parametrize("more", [{"key": "k2"}, {"by": BEA}, {"reason": "other"}, {"days_ahead": 3}])
def test_another_key_person_reason_or_setting_is_another_proposal(world: World, more: dict[str, Any]) -> None:
    first = world.propose()
    world.clock.at += SECOND
    second = world.propose(**more)
    assert second.id != first.id
    assert waiting(world.ports) == [second, first], "the newest first"


def test_what_holds_already_is_not_proposed(world: World) -> None:
    world.confirm(world.propose())
    with pytest.raises(ConflictError) as refused:
        world.propose(key="another key")
    assert refused.value.code == "debtor-account-unchanged"
    assert world.propose(hold_above=1).replaces == 1


# --- what an account has to be --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "  ", "-", "日本", "؟"])
def test_a_name_of_which_a_bank_reads_nothing_is_a_fault(world: World, name: str) -> None:
    assert world.faults(name=name) == {("name", "name-says-nothing")}


@pytest.mark.parametrize("name", ["A", "7", "é", "Œuvre – Ν"])
def test_a_name_of_which_a_bank_reads_something_is_taken(world: World, name: str) -> None:
    assert world.propose(name=name).account.name == name


def test_a_name_with_an_identity_number_is_a_fault(world: World) -> None:
    assert world.faults(name="Body 85.07.30-033.28") == {("name", "holds-identity-number")}


@pytest.mark.parametrize("iban", ["BE71096123456768", "BE7109612345676", "be71096123456769", "XX82096123456769", ""])
def test_an_account_that_is_no_iban_is_a_fault(world: World, iban: str) -> None:
    assert world.faults(iban=iban) == {("iban", "iban-invalid")}


@pytest.mark.parametrize("bic", ["GKCCBEBB", "GKCCBEBBXXX"])
def test_a_code_of_8_or_11_characters_is_a_bank(world: World, bic: str) -> None:
    assert world.propose(bic=bic).account.bic == bic


@pytest.mark.parametrize("bic", ["GKCCBEB", "GKCCBEBBX", "GKCCBEBBXX", "GKCCBEBBXXXX", "gkccbebb", "1KCCBEBB", ""])
def test_any_other_code_is_no_bank(world: World, bic: str) -> None:
    assert world.faults(bic=bic) == {("bic", "bic-invalid")}


@pytest.mark.parametrize("purpose", ["SAL", "SALAR", "sala", "SAL1", ""])
def test_a_purpose_has_four_capital_letters(world: World, purpose: str) -> None:
    assert world.faults(purpose=purpose) == {("purpose", "purpose-invalid")}
    assert world.propose(purpose="SALA").account.purpose == "SALA"


def test_the_language_of_payees_is_one_that_exists(world: World) -> None:
    texts = {**SETTINGS["texts"], "it": "Premio"}
    assert world.faults(language="it", texts=texts) == {
        ("language", "language-unknown"),
        ("texts/it", "language-unknown"),
    }


@pytest.mark.parametrize("texts", [{}, {"fr": "Prime {year}"}])
def test_the_language_of_the_account_has_a_text(world: World, texts: dict[str, str]) -> None:
    assert world.faults(texts=texts) == {("texts", "remittance-text-missing")}


def test_another_language_may_have_none(world: World) -> None:
    assert world.propose(texts={"nl": "Premie {year}"}).account.texts == {"nl": "Premie {year}"}


def test_no_text_is_in_a_language_that_nobody_knows(world: World) -> None:
    assert world.faults(texts={**SETTINGS["texts"], "it": "Premio"}) == {("texts/it", "language-unknown")}


def with_text(language: str, text: str) -> dict[str, Any]:
    return {"texts": {**SETTINGS["texts"], language: text}}


@pytest.mark.parametrize("language", SETTINGS["texts"])
@pytest.mark.parametrize("text", ["", "...", "Prämie {year}", "{jaar}", "Premie & co", "x" * 101, "x" * 97 + "{year}"])
def test_a_text_that_no_bank_takes_is_a_fault_in_its_language(world: World, language: str, text: str) -> None:
    assert world.faults(**with_text(language, text)) == {(f"texts/{language}", "remittance-text-invalid")}


@pytest.mark.parametrize("language", SETTINGS["texts"])
@pytest.mark.parametrize("text", ["x" * 100, "x" * 96 + "{year}", "{year}", "Premie (net): +1,00"])
def test_a_text_of_100_characters_is_taken(world: World, language: str, text: str) -> None:
    changes = with_text(language, text)
    assert world.propose(**changes).account.texts[language] == text


@pytest.mark.parametrize("text", ["850730 033 28", "{year}0730-033.09", "850730.{year}2"])
def test_no_text_holds_an_identity_number_whatever_the_year(world: World, text: str) -> None:
    assert world.faults(**with_text("fr", text)) == {("texts/fr", "holds-identity-number")}


@pytest.mark.parametrize("place", [0, 1])
def test_an_institution_is_an_iban(world: World, place: int) -> None:
    ibans = ["BE68539007547034", "BE68539007547034"]
    ibans[place] = "BE68539007547035"
    assert world.faults(institutions=tuple(ibans)) == {(f"institutions/{place}", "iban-invalid")}


def test_every_field_at_fault_is_told_at_once(world: World) -> None:
    faults = world.faults(name="-", iban="", bic="", purpose="x", language="it", texts={}, institutions=("",))
    assert {field for field, _ in faults} == {"name", "iban", "bic", "purpose", "language", "texts", "institutions/0"}
