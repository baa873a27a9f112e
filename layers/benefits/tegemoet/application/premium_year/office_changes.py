"""Accounts of tariff offices that changed since the last release; `account_changes` has persons."""

from collections.abc import Iterable, Iterator, Mapping

from tegemoet.application.premium_year.account_changes import AccountSource, account_change
from tegemoet.application.premium_year.authority import USE
from tegemoet.application.premium_year.changes import Change
from tegemoet.application.premium_year.offices import OfficeAccounts, OfficeRow, account_of, change_id
from tegemoet.application.premium_year.ownership import OwnedFacts, RankedFact, by_key
from tegemoet.application.premium_year.records import OfficesThen, Plan

NONE = OfficesThen({}, {}, None)


def office_changes(
    facts: Iterable[RankedFact[OfficeRow]],
    offices: OfficeAccounts,
    plan: Plan,
    then: OfficesThen | None,
    secret: bytes,
) -> tuple[Mapping[str, str], list[Change]]:
    """Tariff office → the partner that brought its account, and the changes to list, by id.

    `then` = the offices of the last released run, whether they were paid or not; `secret` = that of
    the digests.
    """
    before = then or NONE
    batches = {batch.id: batch for batch in plan.batches}
    brought, changes = dict(before.brought), list[Change]()
    for (office,), owned in by_key(facts, plan.ownership()).items():
        if offices.accounts[office] == account_of(owned.valid):
            last = owned.own[-1]
            source = AccountSource(
                last.row["partner"],
                batches[last.batch],
                questions=tuple(_answered(office, owned, offices, plan, secret)),
            )
            brought[office] = source.partner
            changes.extend(_change(office, offices, source, before))
    return brought, sorted(changes, key=lambda change: change.id)


def _answered(
    office: str, owned: OwnedFacts[OfficeRow], offices: OfficeAccounts, plan: Plan, secret: bytes
) -> Iterator[str]:
    """The questions by whose choice the account of the office counts."""
    yield from owned.owner.answered
    if former := offices.stood.get(office):
        question = change_id(office, former, account_of(owned.valid), secret)
        if plan.choices.get(question) == USE:
            yield question


def _change(office: str, offices: OfficeAccounts, source: AccountSource, before: OfficesThen) -> Iterator[Change]:
    stood = before.accounts.get(office)
    partner = before.brought.get(office)
    if stood != offices.accounts[office] and (ways := source.ways(() if partner is None else (partner,))):
        payee = {"tariff_office": office}
        yield account_change(f"office.{office}", payee, source, ways, source.questions, stood is not None)
