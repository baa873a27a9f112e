"""The waits of an exchange: a task waits for files, and is answered when they are complete."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import TypedDict

from tegemoet.application.exchange.folder import ExchangeFolder, figures_of
from tegemoet.application.exchange.parties import represented
from tegemoet.application.exchange.records import UsedBatch, WorkInputs
from tegemoet.application.exchange.steps import INCOMES_WAITS, WORK_AFTER, require_exchange, wait_named
from tegemoet.application.intake.manifest import read_manifest
from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Batches, Exchanges, Objects, Registrations, Workflows
from tegemoet.application.records import Batch, Exchange, Person, Wait, WaitNote, Work
from tegemoet.schemes.increased_reimbursement import SLUG


class WaitOver(TypedDict):
    """The answer to a task that waits: the work that begins, and the day (ISO) of the wait's end.

    `on` is None for a wait that was skipped.
    """

    step: Work
    on: str | None


class Shards(TypedDict):
    """The shards of a work, for the workflow's map states."""

    shards: list[int]


# --- the task that waits --------------------------------------------------------------------------


def begin_wait(
    year: int,
    wait: Wait,
    token: str,
    *,
    exchanges: Exchanges,
    batches: Batches,
    registrations: Registrations,
    workflows: Workflows,
) -> None:
    """Store the token of a task that waits.

    The task is answered at once when the wait is over already, or when every file is there.
    """
    if not exchanges.wait(year, wait, token):
        workflows.answer(token, _over(require_exchange(year, exchanges), wait))
        return
    end_when_delivered(year, wait, exchanges, batches, Grants(registrations.all()), workflows)


def answer_task(exchange: Exchange, wait: Wait, workflows: Workflows) -> bool:
    """Answer every task at the wait. Returns whether one of them was still waiting.

    A task that begins later is answered then.
    """
    answered = False
    for token, of_task in exchange.tokens.items():
        if of_task in (wait, None):
            answered |= workflows.answer(token, _over(exchange, wait))
    return answered


def _over(exchange: Exchange, wait: Wait) -> WaitOver:
    note = exchange.notes.get(wait)
    return {"step": WORK_AFTER[wait], "on": note.on.isoformat() if note else None}


# --- ending a wait --------------------------------------------------------------------------------


def end_when_delivered(
    year: int, wait: Wait, exchanges: Exchanges, batches: Batches, grants: Grants, workflows: Workflows
) -> None:
    """End the wait of an automatic exchange once every awaited party has delivered.

    A file of a successor is one of every party that it represents. The wait goes on while a file is
    being loaded.
    """
    exchange = require_exchange(year, exchanges)
    if not exchange.automatic or exchange.step != wait:
        return
    awaited = awaited_parties(exchange, wait)
    expected = awaited_batches(exchange, wait, batches, grants)
    done = [batch for batch in expected if batch.state == "done"]
    delivered = {party for batch in done for party in represented(batch, awaited, grants)}
    if any(batch.state == "loading" for batch in expected) or delivered != set(awaited):
        return
    on = date.fromisoformat(max(batch.written_at for batch in done)[:10])
    end_wait(exchange, wait, on, expected, exchanges)
    exchange = require_exchange(year, exchanges)
    if exchange.step == WORK_AFTER[wait]:
        answer_task(exchange, wait, workflows)


def end_wait(
    exchange: Exchange,
    wait: Wait,
    on: date,
    expected: Iterable[Batch],
    exchanges: Exchanges,
    by: Person | None = None,
) -> None:
    """End the wait on the day `on`, with the batches that are done.

    `by` = who ends it; None = it ends by itself. Nothing changes when it has ended already.
    """
    used = sorted((batch for batch in expected if batch.state == "done"), key=lambda batch: batch.rank)
    in_time = figures_of(exchange.year).in_time(wait, on)
    note = WaitNote(on, in_time, tuple(batch.id for batch in used), by)
    exchanges.advance(exchange.year, wait, WORK_AFTER[wait], note)


def awaited_batches(exchange: Exchange, wait: Wait, batches: Batches, grants: Grants) -> list[Batch]:
    """The batches of that kind of the awaited parties, in any state."""
    return [batch for batch in batches.of_year(exchange.year) if wait_for(exchange, batch, grants) == wait]


def wait_for(exchange: Exchange, batch: Batch, grants: Grants) -> Wait | None:
    """The wait that a batch is for; None when it is of another kind, scheme or partner."""
    wait = wait_named(batch.kind)
    if wait is None or batch.scheme != SLUG or not represented(batch, awaited_parties(exchange, wait), grants):
        return None
    return wait


def awaited_parties(exchange: Exchange, wait: Wait) -> Collection[str]:
    """The parties whose files the exchange waits for."""
    return (exchange.tax_office,) if wait in INCOMES_WAITS else exchange.insurers


# --- the work that follows ------------------------------------------------------------------------


def plan(
    year: int, wait: Wait, *, objects: Objects, exchanges: Exchanges, batches: Batches, registrations: Registrations
) -> Shards:
    """Record the inputs of the work after a wait and return its shards.

    A work that is done has no shards left.
    """
    folder = ExchangeFolder(objects, year)
    if folder.is_done(WORK_AFTER[wait]):
        return {"shards": []}
    exchange = require_exchange(year, exchanges)
    note = exchange.notes[wait]
    parties, grants = awaited_parties(exchange, wait), Grants(registrations.all())
    represents = {batch.id: represented(batch, parties, grants) for batch in batches.of_year(year)}
    used = tuple(replace(batch, parties=represents[batch.id]) for batch in used_batches(note.batches, objects))
    inputs = WorkInputs(used, exchange.insurers, note.on, exchange.tax_office)
    folder.inputs(wait).write(inputs)
    return {"shards": list(folder.shards)}


def used_batches(batches: Iterable[str], objects: Objects) -> tuple[UsedBatch, ...]:
    """The batches, each with the shards of its rows, from their manifests."""
    return tuple(UsedBatch(batch, _shards_of(batch, objects)) for batch in batches)


def _shards_of(batch: str, objects: Objects) -> tuple[int, ...]:
    return tuple(chunk.shard for chunk in read_manifest(batch, objects).chunks if chunk.shard is not None)
