"""Closing a premium year: one person proposes, another one confirms."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tegemoet.application.ports import Batches, Clock, Facts, Ledger, Objects, Runs
from tegemoet.application.premium_year.exceptions import YearExceptions
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.reconciliation import ReconciliationPorts, reconcile
from tegemoet.application.records import Closing, ClosingProposal, Person, Year
from tegemoet.domain.problems import ConflictError, NotFoundError

LAPSES_AFTER = timedelta(days=7)
"""How long a proposal can be confirmed."""


@dataclass(frozen=True, slots=True)
class ClosingPorts:
    """What closing needs. `work` = the bucket of the runs.

    `close_ledger` puts the CLOSE entry; only the function `settle` may write to the ledger.
    """

    runs: Runs
    batches: Batches
    facts: Facts
    ledger: Ledger
    work: Objects
    clock: Clock
    close_ledger: Callable[[int], object]


def propose_closing(
    year: int, exceptions: int, reason: str, *, by: Person, key: str, ports: ClosingPorts
) -> ClosingProposal:
    """Propose to close the year although `exceptions` of its exceptions are undecided.

    `key` = the Idempotency-Key. Raises NoPremiumForYearError; ConflictError `phase-2-not-released`,
    `run-open`, `year-closed`, `exceptions-differ`, `not-reconciled`, `files-unanswered`.
    """
    _check(year, exceptions, ports)
    proposal_id = hashlib.sha256(f"{year} {by.subject} {key}".encode()).hexdigest()[:16]
    clock = ports.clock
    proposal = ClosingProposal(proposal_id, year, exceptions, reason, by, clock.now().isoformat(timespec="seconds"))
    if ports.runs.propose_closing(proposal):
        return proposal
    return ports.runs.closing_proposal(year, proposal_id) or proposal


def require_proposal(year: int, proposal_id: str, runs: Runs) -> ClosingProposal:
    """The proposal. Raises NoPremiumForYearError, NotFoundError `proposal-unknown`."""
    parameters_of(year)
    proposal = runs.closing_proposal(year, proposal_id)
    if proposal is None:
        raise NotFoundError("There is no such proposal.", "proposal-unknown")
    return proposal


def confirm_closing(year: int, proposal_id: str, *, by: Person, ports: ClosingPorts) -> Closing:
    """Close the year as it was proposed: nothing is paid afterwards.

    One's own confirmation may be repeated. Raises NoPremiumForYearError; NotFoundError
    `proposal-unknown`; ConflictError `confirmed-by-proposer`, `proposal-lapsed`, and as proposing.
    """
    proposal = require_proposal(year, proposal_id, ports.runs)
    closing = _closing_of(ports.runs.year(year), proposal, by)
    if closing is None:
        closing = _confirm(proposal, by, ports)
    ports.close_ledger(year)
    return closing


def _closing_of(year: Year | None, proposal: ClosingProposal, by: Person) -> Closing | None:
    """How the year was closed, if by this very confirmation."""
    closing = year.closing if year else None
    same = closing is not None and (closing.proposal, closing.confirmed_by.subject) == (proposal, by.subject)
    return closing if same else None


def _confirm(proposal: ClosingProposal, by: Person, ports: ClosingPorts) -> Closing:
    if proposal.by.subject == by.subject:
        raise ConflictError("The person who proposed to close a year cannot confirm it.", "confirmed-by-proposer")
    _check(proposal.year, proposal.open_exceptions, ports)
    clock = ports.clock
    now = clock.now()
    if now > datetime.fromisoformat(proposal.at) + LAPSES_AFTER:
        raise ConflictError("The proposal has lapsed.", "proposal-lapsed")
    closing = Closing(proposal, by, now.isoformat(timespec="seconds"))
    if not ports.runs.close(proposal.year, closing):
        closed = _closing_of(ports.runs.year(proposal.year), proposal, by)
        if closed is None:
            _check(proposal.year, proposal.open_exceptions, ports)
            raise ConflictError("The year changed meanwhile.", "run-open")
        return closed
    return closing


def _check(year: int, exceptions: int, ports: ClosingPorts) -> None:
    """Raises unless the year can be closed with that many undecided exceptions."""
    found = YearExceptions(year, ports.runs, ports.work).undecided()
    state = ports.runs.year(year)
    if state is None or 2 not in state.released:
        raise ConflictError("Phase 2 of the year is not released.", "phase-2-not-released")
    if state.closed:
        raise ConflictError("The premium year is closed.", "year-closed")
    if state.open_run is not None:
        raise ConflictError("A run of the year is open.", "run-open")
    if found != exceptions:
        raise ConflictError("The year has another number of undecided exceptions.", "exceptions-differ")
    _check_money(year, ports)


def _check_money(year: int, ports: ClosingPorts) -> None:
    """Raises unless every cent of the year fits, and no answer of the bank is waited for."""
    reading = ReconciliationPorts(ports.batches, ports.facts, ports.runs, ports.ledger, ports.work)
    found = reconcile(year, reading)
    if not found.holds:
        raise ConflictError("The money of the year does not add up.", "not-reconciled")
    clock = ports.clock
    today = clock.now().date().isoformat()
    if any(today <= file.answer_by for file in found.waiting):
        raise ConflictError("The bank has not answered on every file of the year.", "files-unanswered")
