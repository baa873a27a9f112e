"""The accounts of tariff offices, and what of them is held until an operator has decided."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tegemoet.application.ports import Objects
from tegemoet.application.premium_year.authority import USE, USE_OR_LEAVE, AccountRow
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.ownership import (
    OfPartner,
    OwnedFacts,
    RankedFact,
    by_key,
    claims_of,
    conflicts_in,
)
from tegemoet.application.premium_year.payees import account_name
from tegemoet.application.premium_year.pharmacy_ids import KIND
from tegemoet.application.premium_year.records import BankAccount, OfficesThen, Plan, PracticeLine
from tegemoet.domain.manual_review import YearException
from tegemoet.schemes.convention_premium.case import Hold

CHANGED: Final = "office-account-changed"
DISPUTED: Final = "key-of-another-partner"


class OfficeRow(OfPartner):
    """A row of a `tariff-offices` file."""

    tariff_office: str
    holder: str
    iban: str


@dataclass(frozen=True, slots=True)
class OfficeAccounts:
    """The account of each tariff office, and of those that were paid the one that stood before.

    `held` = office → why nothing is paid through it.
    """

    accounts: Mapping[str, BankAccount]
    stood: Mapping[str, BankAccount]
    held: Mapping[str, Hold]
    exceptions: list[YearException]


@dataclass(frozen=True, slots=True)
class PaidThrough:
    """The offices that were paid, each with the account that it was last paid on.

    It is None where what an earlier version released is no longer kept: then the account that its
    partner delivered first stands. `then` = the offices of the last released run, paid or not.
    """

    accounts: Mapping[str, BankAccount | None]
    then: OfficesThen | None = None

    def stood(self, office: str, delivered: OwnedFacts[OfficeRow] | None) -> BankAccount | None:
        """The account that the office was last paid on; None for an office that was never paid."""
        known = self.accounts.get(office)
        if known is None and office in self.accounts and delivered is not None:
            return account_of(delivered.own[0].row)
        return known


def paid_through(plan: Plan, claims: Collection[str], through: Mapping[str, str], work: Objects) -> PaidThrough:
    """The offices that were paid before this run, by what the last released run paid through.

    `claims` = pharmacies that were paid, `through` = pharmacy → its tariff office in this run.
    """
    if plan.released is None:
        return PaidThrough({})
    then = RunFolder(work, plan.released).offices()
    places = through if then is None or then.through is None else then.through
    paid = {places[pharmacy] for pharmacy in claims if pharmacy in places}
    if then is None:
        return PaidThrough(dict.fromkeys(paid))
    return PaidThrough({**then.stood, **{office: then.accounts.get(office) for office in paid}}, then)


def office_accounts(
    facts: Iterable[RankedFact[OfficeRow]], plan: Plan, paid: PaidThrough, secret: bytes
) -> OfficeAccounts:
    """The accounts of the offices in a run.

    An account that is not the one that an office was paid on before is a change, which an operator
    has to decide; before the first payment nothing has changed. `secret` = that of the digests.
    """
    offices = by_key(facts, plan.ownership())
    stood: dict[str, BankAccount] = {}
    accounts: dict[str, BankAccount] = {}
    held: dict[str, Hold] = {office: DISPUTED for (office,), owned in offices.items() if owned.disputed}
    exceptions = conflicts_in(offices)
    for (office,), owned in offices.items():
        accounts[office] = account = account_of(owned.valid)
        former = paid.stood(office, owned)
        if former is not None:
            stood[office] = former
        if former is not None and account != former:
            asked = YearException.about(CHANGED, _subject(office, former, account, secret), _facts(office, owned))
            choice = plan.choices.get(asked.id)
            if choice != USE:
                accounts[office] = former
            if choice not in USE_OR_LEAVE:
                held[office] = CHANGED
                exceptions.append(asked)
    return OfficeAccounts(accounts, stood, held, exceptions)


def holds(
    line: PracticeLine, held: Mapping[str, Hold], claimed: Collection[str], questioned: Collection[str]
) -> Hold | None:
    """Why nothing is paid for the practice of a titular.

    A number that was paid stays as it is where only the owner of its office is disputed.
    """
    if line["pharmacy_id"] in questioned:
        return KIND
    why = held.get(line["tariff_office"]) or (DISPUTED if line.get("disputed") else None)
    paid = line["practice"]["riziv_number"][:8] in claimed
    return None if why == DISPUTED and paid else why


def change_id(office: str, former: BankAccount, account: BankAccount, secret: bytes) -> str:
    """The id of the question whether the account of the office changes."""
    return f"{CHANGED}.{_subject(office, former, account, secret)}"


def _subject(office: str, former: BankAccount, account: BankAccount, secret: bytes) -> str:
    parts = (former["holder"], former["iban"], account["holder"], account["iban"])
    return f"{office}.{account_name(parts, secret)}"


def account_of(row: OfficeRow | AccountRow) -> BankAccount:
    return {"holder": row["holder"], "iban": row["iban"]}


def _facts(office: str, owned: OwnedFacts[OfficeRow]) -> dict[str, object]:
    changed = account_of(owned.valid)
    return {"tariff_office": office, "claims": claims_of(fact for fact in owned.own if account_of(fact.row) == changed)}
