"""Reports of the intake about the files of an exchange: a batch is done, or ended without rows."""

from tegemoet.application.exchange.incomes import shred_answered
from tegemoet.application.exchange.parties import represented
from tegemoet.application.exchange.steps import INCOMES_WAITS, WORK_AFTER, has_passed, require_exchange
from tegemoet.application.exchange.waits import answer_task, awaited_parties, end_when_delivered, wait_for
from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Batches, DataKeys, Exchanges, Objects, Registrations, Workflows
from tegemoet.application.records import Batch, Exchange, Wait


def batch_done(
    batch: Batch,
    *,
    objects: Objects,
    exchanges: Exchanges,
    batches: Batches,
    registrations: Registrations,
    data_keys: DataKeys,
    workflows: Workflows,
) -> None:
    """A file is complete. It may be the last awaited one; a late one changes nothing."""
    exchange = exchanges.get(batch.year or 0)
    if exchange is None:
        return
    grants = Grants(registrations.all())
    if wait := wait_for(exchange, batch, grants):
        _use_or_count_late(exchange, wait, batch, exchanges, batches, grants, workflows)
    if batch.kind in INCOMES_WAITS:
        exchange = require_exchange(exchange.year, exchanges)
        shred_answered(exchange, objects=objects, batches=batches, data_keys=data_keys)


def batch_ended(
    batch: Batch, *, exchanges: Exchanges, batches: Batches, registrations: Registrations, workflows: Workflows
) -> None:
    """A file was refused or failed: the exchange no longer waits for it."""
    exchange = exchanges.get(batch.year or 0)
    if exchange is None:
        return
    grants = Grants(registrations.all())
    wait = wait_for(exchange, batch, grants)
    if wait is None:
        return
    end_when_delivered(exchange.year, wait, exchanges, batches, grants, workflows)
    exchange = require_exchange(exchange.year, exchanges)
    if exchange.step == WORK_AFTER[wait]:
        answer_task(exchange, wait, workflows)  # again, in case the answer was lost


def _use_or_count_late(
    exchange: Exchange,
    wait: Wait,
    batch: Batch,
    exchanges: Exchanges,
    batches: Batches,
    grants: Grants,
    workflows: Workflows,
) -> None:
    if exchange.step == wait:
        end_when_delivered(exchange.year, wait, exchanges, batches, grants, workflows)
        exchange = require_exchange(exchange.year, exchanges)
    if not has_passed(exchange, wait):
        return
    note = exchange.notes.get(wait)
    if note is None or batch.id not in note.batches:
        party, *_ = represented(batch, awaited_parties(exchange, wait), grants)
        exchanges.count_late(exchange.year, f"{wait}/{party}", batch.id)
    elif exchange.step == WORK_AFTER[wait]:
        answer_task(exchange, wait, workflows)  # this file ended the wait, and the answer may have been lost
