"""Routes of the account that pays: one person proposes it, another one confirms."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import YEAR_READERS
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.persons import person
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import treasury as shapes
from tegemoet.application import records
from tegemoet.domain.money import cents, euro, from_cents

router = Routes[YearServices]("treasury")
ACCOUNTS = "/debtor-accounts"


@router.reads(ACCOUNTS, *YEAR_READERS, answer="The account that pays, with a page of its earlier versions.")
def list_debtor_accounts(limit: Limit = 100, cursor: Cursor = None) -> shapes.DebtorAccounts:
    """List the account that pays, the proposals that wait for a confirmation, and what was before.

    The newest comes first.
    """
    from tegemoet.application.treasury.debtor_accounts import DebtorAccountPorts, waiting

    services = router.services
    ports = DebtorAccountPorts(services.debtor_accounts, services.clock)
    newest_first = sorted(services.debtor_accounts.all(), key=lambda version: -version.number)
    found, following = page(newest_first[1:], limit, cursor, lambda version: f"{999_999 - version.number:06}")
    return {
        "current": _version(newest_first[0]) if newest_first else None,
        "proposals": [_proposal(each) for each in waiting(ports)],
        "earlier": [_version(version) for version in found],
        "next": following,
    }


@router.writes(f"{ACCOUNTS}/proposals", "operator", status=201, answer="The account was proposed.")
def propose_debtor_account(
    body: Annotated[shapes.DebtorAccountProposalBody, Body()], idempotency_key: IdempotencyKey = None
) -> shapes.DebtorAccountProposal:
    """Propose the account that pays from now on, with all its settings.

    Another person confirms it within seven days. 409 `debtor-account-unchanged` if the account that
    pays is this one already. 422 with the fields at fault: `iban-invalid`, `bic-invalid`,
    `name-says-nothing`, `language-unknown`, `remittance-text-missing` in the language of the
    account, `remittance-text-invalid`, `holds-identity-number`.
    """
    from tegemoet.application.treasury import debtor_accounts

    services, by, key = router.services, router.caller.person, str(idempotency_key)
    ports = debtor_accounts.DebtorAccountPorts(services.debtor_accounts, services.clock)
    account = _account_of(body.account)
    proposal = id_once(
        router,
        idempotency_key,
        "proposal",
        lambda: debtor_accounts.propose(account, body.reason, by=by, key=key, ports=ports).id,
    )
    return _proposal(debtor_accounts.require_proposal(proposal, services.debtor_accounts))


@router.writes(
    f"{ACCOUNTS}/proposals/<proposal>/confirmations",
    "operator",
    "approver",
    status=201,
    answer="The account pays from now on.",
)
def confirm_debtor_account(
    proposal: shapes.ProposalPath, idempotency_key: IdempotencyKey = None
) -> shapes.DebtorAccountVersion:
    """Confirm the account that another person proposed; it pays from now on.

    A run that waits for approval keeps the version that it was proposed with. 404
    `proposal-unknown`. 409 `confirmed-by-proposer`, `proposal-lapsed` after seven days,
    `debtor-account-changed` if another version was confirmed after this one was proposed.
    """
    from tegemoet.application.treasury import debtor_accounts

    services, by = router.services, router.caller.person
    ports = debtor_accounts.DebtorAccountPorts(services.debtor_accounts, services.clock)
    number = id_once(
        router, idempotency_key, "number", lambda: debtor_accounts.confirm(proposal, by=by, ports=ports).number
    )
    return _version(debtor_accounts.version(number, services.debtor_accounts))


def _account_of(body: shapes.DebtorAccountBody) -> records.DebtorAccount:
    return records.DebtorAccount(
        name=body.name,
        iban=body.iban,
        bic=body.bic,
        message=body.message,
        transfers_per_file=body.transfers_per_file,
        days_ahead=body.days_ahead,
        answer_days=body.answer_days,
        purpose=body.purpose,
        texts=dict(sorted(body.texts.items())),
        language=body.language,
        closing_days=tuple(sorted({day.isoformat() for day in body.closing_days or ()})),
        hold_above=None if body.hold_above is None else cents(body.hold_above),
        persons_per_account=body.persons_per_account,
        institutions=tuple(body.institutions or ()),
    )


def _account(account: records.DebtorAccount) -> shapes.DebtorAccount:
    return {
        "name": account.name,
        "iban": account.iban,
        "bic": account.bic,
        "message": account.message,
        "transfers_per_file": account.transfers_per_file,
        "days_ahead": account.days_ahead,
        "answer_days": account.answer_days,
        "purpose": account.purpose,
        "texts": dict(account.texts),
        "language": account.language,
        "closing_days": list(account.closing_days),
        "hold_above": None if account.hold_above is None else euro(from_cents(account.hold_above)),
        "persons_per_account": account.persons_per_account,
        "institutions": list(account.institutions),
    }


def _proposal(proposal: records.DebtorAccountProposal) -> shapes.DebtorAccountProposal:
    return {
        "proposal": proposal.id,
        "replaces": proposal.replaces,
        "account": _account(proposal.account),
        "reason": proposal.reason,
        "proposed_by": person(proposal.by.subject, proposal.by.name),
        "proposed_at": proposal.at,
    }


def _version(version: records.DebtorAccountVersion) -> shapes.DebtorAccountVersion:
    return {
        "number": version.number,
        "proposal": version.proposal,
        "account": _account(version.account),
        "reason": version.reason,
        "proposed_by": person(version.by.subject, version.by.name),
        "proposed_at": version.at,
        "confirmed_by": person(version.confirmed_by.subject, version.confirmed_by.name),
        "confirmed_at": version.confirmed_at,
    }
