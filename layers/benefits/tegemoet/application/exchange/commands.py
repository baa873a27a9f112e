"""The operator's commands: start an exchange, and end a wait."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from tegemoet.application.exchange.folder import figures_of
from tegemoet.application.exchange.parties import require_granted
from tegemoet.application.exchange.steps import STEPS, WORK_AFTER, require_exchange, wait_named
from tegemoet.application.exchange.waits import answer_task, awaited_batches, end_wait
from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Batches, Exchanges, Registrations, Workflows
from tegemoet.application.records import Exchange, Person, StartNote
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError
from tegemoet.schemes.increased_reimbursement import SLUG

_INSURER = re.compile(r"[0-9]{3}", re.ASCII)


def start_exchange(
    year: int,
    on: date,
    insurers: Mapping[str, str],
    tax_office: str,
    automatic: bool,
    *,
    starter: Person,
    key: str,
    exchanges: Exchanges,
    registrations: Registrations,
    workflows: Workflows,
) -> Exchange:
    """Start the exchange of the year.

    `insurers` = partner → three digits of its request numbers; `automatic` = a wait ends by itself
    once every party has delivered. A repeated call with the same `key` (Idempotency-Key) of the
    same `starter` returns the same exchange. Raises NotFoundError `no-flow-for-year`; InvalidError
    `insurers-missing`, `insurer-invalid`, `insurer-twice`, `tax-office-is-insurer`,
    `party-not-granted`; ConflictError `flow-exists`.
    """
    figures_of(year)
    _check_parties(insurers, tax_office)
    run = f"{SLUG}-{year}-{name_of_call(year, starter.subject, key)}"
    exchange = exchanges.get(year)
    if exchange is None:
        require_granted(year, insurers, tax_office, Grants(registrations.all()))
        note = StartNote(on, starter)
        made = Exchange(year, run, dict(insurers), tax_office, automatic, STEPS[0], {"start": note}, {})
        exchange = made if exchanges.create(made) else require_exchange(year, exchanges)
    if exchange.run != run:
        raise ConflictError("The year already has an exchange.", "flow-exists")
    workflows.start("exchange", run, {"year": year})
    return exchange


def name_of_call(year: int, starter: str, key: str) -> str:
    """A name for what a call starts, the same for the same starter and Idempotency-Key."""
    return hashlib.sha256("\n".join((str(year), starter, key)).encode()).hexdigest()[:10]


def _check_parties(insurers: Mapping[str, str], tax_office: str) -> None:
    faults = [Fault(f"/insurers/{n}", "insurer-invalid") for n in insurers if not _INSURER.fullmatch(insurers[n])]
    if not insurers:
        faults.append(Fault("/insurers", "insurers-missing"))
    if len(set(insurers.values())) < len(insurers):
        faults.append(Fault("/insurers", "insurer-twice"))
    if tax_office in insurers:
        faults.append(Fault("/tax_office", "tax-office-is-insurer"))
    if faults:
        raise InvalidError("The parties of the exchange are invalid.", faults[0].code, tuple(faults))


def resume(
    year: int,
    step: str,
    on: date,
    *,
    by: Person,
    key: str,
    exchanges: Exchanges,
    batches: Batches,
    registrations: Registrations,
    workflows: Workflows,
) -> Exchange:
    """End the wait `step` on the operator's command, with the batches that are complete now.

    Where it is ended again and no task waits for that, the execution may have failed, so another
    one goes on with the work. `key` = the Idempotency-Key, after which it is named.

    Returns the exchange at the work that follows. Repeating one's own call for the same day returns
    the same, also when the exchange has gone on. Raises NotFoundError `flow-unknown`,
    `step-unknown`; ConflictError `batch-loading`, and `flow-elsewhere`, also where somebody else
    ended the wait.
    """
    exchange = require_exchange(year, exchanges)
    wait = wait_named(step)
    if wait is None:
        raise NotFoundError("An exchange has no such wait.", "step-unknown")
    was_waiting = exchange.step == wait
    if was_waiting:
        expected = awaited_batches(exchange, wait, batches, Grants(registrations.all()))
        if any(batch.state == "loading" for batch in expected):
            raise ConflictError("A file that the exchange waits for is still loading.", "batch-loading")
        end_wait(exchange, wait, on, expected, exchanges, by)
        exchange = require_exchange(year, exchanges)
    note = exchange.notes.get(wait)
    is_own = note is not None and note.by is not None and note.by.subject == by.subject
    is_there = exchange.step == WORK_AFTER[wait]
    if note is None or note.on != on or not (is_there or is_own):
        raise ConflictError("The exchange is not at this wait.", "flow-elsewhere")
    # also for somebody else: the answer may have been lost
    is_answered = is_there and answer_task(exchange, wait, workflows)
    if is_there and not is_answered and not was_waiting and (is_own or note.by is None):
        # harmless beside one that runs: what is done is skipped
        workflows.start("exchange", f"{exchange.run}-{wait}-{name_of_call(year, by.subject, key)}", {"year": year})
    if note.by is not None and not is_own:
        raise ConflictError("Somebody else ended this wait.", "flow-elsewhere")
    return replace(exchange, step=WORK_AFTER[wait])
