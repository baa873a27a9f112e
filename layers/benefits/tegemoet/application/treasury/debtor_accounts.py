"""The account that pays, and its settings: one person proposes them, another one confirms.

A deployment has one body that pays, so its versions are one sequence. Nothing is ever changed.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson

from tegemoet.application.ports import Clock, DebtorAccounts
from tegemoet.application.records import DebtorAccount, DebtorAccountProposal, DebtorAccountVersion, Person
from tegemoet.banking.characters import is_taken, says_nothing
from tegemoet.banking.debtor import is_bic
from tegemoet.domain.iban import is_iban
from tegemoet.domain.identity import holds_insz
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError
from tegemoet.schemes.languages import LANGUAGES

LAPSES_AFTER = timedelta(days=7)
"""How long a proposal can be confirmed."""
TEXT_LENGTH = 100
"""The maximum number of characters of a remittance text. What the file adds to it fits behind."""
YEAR = "{year}"
"""Stands for the premium year in a remittance text."""
_YEARS = range(2000, 2100)
_PURPOSE = re.compile("[A-Z]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DebtorAccountPorts:
    """What proposing and confirming need."""

    accounts: DebtorAccounts
    clock: Clock


def current(accounts: DebtorAccounts) -> DebtorAccountVersion | None:
    """The version that holds; None while nobody has confirmed one."""
    return max(accounts.all(), key=lambda each: each.number, default=None)


def version(number: int, accounts: DebtorAccounts) -> DebtorAccountVersion:
    """The version of that number. Raises KeyError if there is none."""
    for each in accounts.all():
        if each.number == number:
            return each
    raise KeyError(number)


def waiting(ports: DebtorAccountPorts) -> list[DebtorAccountProposal]:
    """The proposals that can still be confirmed, the newest first."""
    clock = ports.clock
    held, now = current(ports.accounts), clock.now()
    number = held.number if held else 0
    found = (each for each in ports.accounts.proposals() if each.replaces == number and not _has_lapsed(each, now))
    return sorted(found, key=lambda each: (each.at, each.id), reverse=True)


def propose(
    account: DebtorAccount, reason: str, *, by: Person, key: str, ports: DebtorAccountPorts
) -> DebtorAccountProposal:
    """Propose to pay from this account, with these settings, from now on.

    `key` = the Idempotency-Key: what one person proposes again under one key is one proposal.
    Raises InvalidError with every field at fault, ConflictError `debtor-account-unchanged`.
    """
    if faults := tuple(_faults(account)):
        raise InvalidError("The account that pays has fields at fault.", faults=faults)
    held = current(ports.accounts)
    if held is not None and held.account == account:
        raise ConflictError("The body pays from this account already, with these settings.", "debtor-account-unchanged")
    clock = ports.clock
    sent = orjson.dumps([by.subject, key, asdict(account), reason], option=orjson.OPT_SORT_KEYS)
    proposal = DebtorAccountProposal(
        id=hashlib.sha256(sent).hexdigest()[:16],
        replaces=held.number if held else 0,
        account=account,
        reason=reason,
        by=by,
        at=clock.now().isoformat(timespec="seconds"),
    )
    if ports.accounts.propose(proposal):
        return proposal
    return require_proposal(proposal.id, ports.accounts)


def require_proposal(proposal_id: str, accounts: DebtorAccounts) -> DebtorAccountProposal:
    """The proposal. Raises NotFoundError `proposal-unknown`."""
    proposal = accounts.proposal(proposal_id)
    if proposal is None:
        raise NotFoundError("There is no such proposal.", "proposal-unknown")
    return proposal


def confirm(proposal_id: str, *, by: Person, ports: DebtorAccountPorts) -> DebtorAccountVersion:
    """Let the account that was proposed pay from now on; it becomes a version.

    One's own confirmation may be repeated. Raises NotFoundError `proposal-unknown`; ConflictError
    `confirmed-by-proposer`, `proposal-lapsed`, and `debtor-account-changed` where another version
    holds than the one that the proposal replaces.
    """
    proposal = require_proposal(proposal_id, ports.accounts)
    if proposal.by.subject == by.subject:
        raise ConflictError("The person who proposed the account cannot confirm it.", "confirmed-by-proposer")
    made = _made_of(proposal, by, ports.accounts)
    if made is not None:
        return made
    clock = ports.clock
    now = clock.now()
    if _has_lapsed(proposal, now):
        raise ConflictError("The proposal has lapsed.", "proposal-lapsed")
    confirmed = DebtorAccountVersion(
        number=proposal.replaces + 1,
        proposal=proposal.id,
        account=proposal.account,
        reason=proposal.reason,
        by=proposal.by,
        at=proposal.at,
        confirmed_by=by,
        confirmed_at=now.isoformat(timespec="seconds"),
    )
    if ports.accounts.append(confirmed):
        return confirmed
    made = _made_of(proposal, by, ports.accounts)
    if made is None:
        raise ConflictError("The account that pays was changed since.", "debtor-account-changed")
    return made


def _made_of(proposal: DebtorAccountProposal, by: Person, accounts: DebtorAccounts) -> DebtorAccountVersion | None:
    """The version that this person made of the proposal, if any."""
    made = (each for each in accounts.all() if each.proposal == proposal.id)
    return next((each for each in made if each.confirmed_by.subject == by.subject), None)


def _has_lapsed(proposal: DebtorAccountProposal, now: datetime) -> bool:
    return now > datetime.fromisoformat(proposal.at) + LAPSES_AFTER


# --- what an account has to be --------------------------------------------------------------------


def _faults(account: DebtorAccount) -> Iterator[Fault]:
    """Every field at fault. No bank and no country of a bank is looked up."""
    if says_nothing(account.name):
        yield Fault("/account/name", "name-says-nothing")
    if holds_insz(account.name):
        yield Fault("/account/name", "holds-identity-number")
    if not is_iban(account.iban):
        yield Fault("/account/iban", "iban-invalid")
    if not is_bic(account.bic):
        yield Fault("/account/bic", "bic-invalid")
    if account.purpose is not None and not _PURPOSE.fullmatch(account.purpose):
        yield Fault("/account/purpose", "purpose-invalid")
    if account.language not in LANGUAGES:
        yield Fault("/account/language", "language-unknown")
    if account.language not in account.texts:
        yield Fault("/account/texts", "remittance-text-missing")
    yield from _faults_of_texts(account.texts)
    for place, iban in enumerate(account.institutions):
        if not is_iban(iban):
            yield Fault(f"/account/institutions/{place}", "iban-invalid")


def _faults_of_texts(texts: Mapping[str, str]) -> Iterator[Fault]:
    for language in sorted(texts):
        if language not in LANGUAGES:
            yield Fault(f"/account/texts/{language}", "language-unknown")
        written = [texts[language].replace(YEAR, str(year)) for year in _YEARS]
        if says_nothing(written[0]) or not is_taken(written[0]) or len(written[0]) > TEXT_LENGTH:
            yield Fault(f"/account/texts/{language}", "remittance-text-invalid")
        # a statement travels through several banks: no year may complete a number
        if any(map(holds_insz, written)):
            yield Fault(f"/account/texts/{language}", "holds-identity-number")
