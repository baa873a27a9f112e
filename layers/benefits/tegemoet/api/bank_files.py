"""Routes of the files for the bank: who fetches one, and how one is withdrawn."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import YEAR_READERS
from tegemoet.api.links import links_to
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.persons import person
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import bank_files as shapes
from tegemoet.api.shapes.bank_files import MessageId, ProposalNumber
from tegemoet.api.shapes.premium_years import YearNumber
from tegemoet.domain.money import euro, from_cents

if TYPE_CHECKING:
    from tegemoet.application.premium_year.bank_file_record import RecordPorts, ReleasedFile

router = Routes[YearServices]("files for the bank")
FILES = "/premium-years/<year>/bank-files"
FILE = f"{FILES}/<message_id>"


@router.reads(FILES, *YEAR_READERS, "treasurer", answer="The files for the bank of the year.")
def list_bank_files(year: YearNumber) -> shapes.BankFiles:
    """List the files for the bank that were released, and who fetched or withdrew each."""
    from tegemoet.application.premium_year.bank_file_record import released_files

    services = router.services
    return {"year": year, "files": [_shown(each) for each in released_files(year, services.runs, services.work)]}


@router.writes(f"{FILE}/fetches", "treasurer", status=201, answer="The file, and a link to it.")
def fetch_bank_file(
    year: YearNumber, message_id: MessageId, idempotency_key: IdempotencyKey = None
) -> shapes.FetchedFile:
    """Fetch a file for the bank. Each fetch is recorded before the link is made.

    409 `file-withdrawn` for a file that was withdrawn.
    """
    from tegemoet.application.premium_year import bank_file_record as record

    services, by = router.services, router.caller.person

    def fetch() -> int:
        return record.record_fetch(year, message_id, by=by, ports=_ports())

    number = id_once(router, idempotency_key, "event", fetch)
    found = record.require_unwithdrawn(year, message_id, services.runs, services.work)
    name = found.file.key.rpartition("/")[2]
    [link] = links_to([(name, found.file.key)], services.bank_links, services.clock)
    # what was done since is no part of the answer, so that a repeated call gets the same one
    return {**_shown(replace(found, events=found.events[:number])), "link": link}


@router.writes(f"{FILE}/withdrawals", "operator", status=201, answer="The withdrawal was proposed.")
def propose_withdrawal(
    year: YearNumber,
    message_id: MessageId,
    body: Annotated[shapes.Withdrawal, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.ProposedWithdrawal:
    """Propose to withdraw a file that the bank did not get. Another person confirms it.

    What one person proposes again for the same reason is one proposal, until it lapses.
    409 `file-withdrawn` for a file that was withdrawn.
    """
    from tegemoet.application.premium_year import bank_file_record as record

    by = router.caller.person

    def propose() -> int:
        return record.propose_withdrawal(year, message_id, body.reason, by=by, ports=_ports())

    number = id_once(router, idempotency_key, "proposal", propose)
    return {"year": year, "message_id": message_id, "proposal": number}


@router.writes(f"{FILE}/withdrawals/<proposal>/confirmation", "operator", "approver", answer="The file was withdrawn.")
def confirm_withdrawal(
    year: YearNumber,
    message_id: MessageId,
    proposal: ProposalNumber,
    body: Annotated[shapes.WithdrawalConfirmation, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.BankFile:
    """Withdraw a file, as another person proposed: its payments are returned, and payable again.

    409 `fetches-differ` if somebody has fetched it more often than `fetches` says.
    """
    from tegemoet.application.premium_year import bank_file_record as record

    services, by = router.services, router.caller.person

    def confirm() -> str:
        record.confirm_withdrawal(year, message_id, proposal, body.fetches, by=by, ports=_ports())
        return message_id

    id_once(router, idempotency_key, "message_id", confirm)
    return _shown(record.require_file(year, message_id, services.runs, services.work))


def _ports() -> "RecordPorts":
    from tegemoet.application.premium_year.bank_file_record import RecordPorts

    services = router.services
    return RecordPorts(services.runs, services.work, services.clock, services.withdraw_file)


def _shown(found: "ReleasedFile") -> shapes.BankFile:
    file = found.file
    events: list[shapes.BankFileEvent] = [
        {
            "number": number,
            "event": event.kind,
            "by": person(event.by.subject, event.by.name),
            "at": event.at,
            "reason": event.reason,
            "proposal": event.proposal,
        }
        for number, event in enumerate(found.events, 1)
    ]
    return {
        "message_id": file.message_id,
        "run": found.run.id,
        "phase": found.run.phase,
        "number": file.number,
        "sha256": file.sha256,
        "transfers": file.transfers,
        "amount": euro(from_cents(file.cents)),
        "execution": file.execution,
        "state": found.state,
        "events": events,
    }
