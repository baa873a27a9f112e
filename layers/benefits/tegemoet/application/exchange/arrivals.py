"""Reports of the intake about the files of an exchange: a batch is done, or ended without rows."""

from tegemoet.application.exchange.incomes import shred_answered
from tegemoet.application.exchange.steps import INCOMES_WAITS, WORK_AFTER, has_passed, require_exchange
from tegemoet.application.exchange.waits import answer_task, end_when_delivered, wait_for
from tegemoet.application.ports import Batches, DataKeys, Exchanges, Objects, Workflows
from tegemoet.application.records import Batch, Exchange, Wait


def batch_done(
    batch: Batch, *, objects: Objects, exchanges: Exchanges, batches: Batches, data_keys: DataKeys, workflows: Workflows
) -> None:
    """A file is complete. It may be the last awaited one; a late one changes nothing."""
    exchange = exchanges.get(batch.year or 0)
    if exchange is None:
        return
    if wait := wait_for(exchange, batch):
        _use_or_count_late(exchange, wait, batch, exchanges, batches, workflows)
    if batch.kind in INCOMES_WAITS:
        exchange = require_exchange(exchange.year, exchanges)
        shred_answered(exchange, objects=objects, batches=batches, data_keys=data_keys)


def batch_ended(batch: Batch, *, exchanges: Exchanges, batches: Batches, workflows: Workflows) -> None:
    """A file was refused or failed: the exchange no longer waits for it."""
    exchange = exchanges.get(batch.year or 0)
    wait = wait_for(exchange, batch) if exchange else None
    if exchange is None or wait is None:
        return
    end_when_delivered(exchange.year, wait, exchanges, batches, workflows)
    exchange = require_exchange(exchange.year, exchanges)
    if exchange.step == WORK_AFTER[wait]:
        answer_task(exchange, wait, workflows)  # again, in case the answer was lost


def _use_or_count_late(
    exchange: Exchange, wait: Wait, batch: Batch, exchanges: Exchanges, batches: Batches, workflows: Workflows
) -> None:
    if exchange.step == wait:
        end_when_delivered(exchange.year, wait, exchanges, batches, workflows)
        exchange = require_exchange(exchange.year, exchanges)
    if not has_passed(exchange, wait):
        return
    note = exchange.notes.get(wait)
    if note is None or batch.id not in note.batches:
        exchanges.count_late(exchange.year, f"{wait}/{batch.partner}", batch.id)
    elif exchange.step == WORK_AFTER[wait]:
        answer_task(exchange, wait, workflows)  # this file ended the wait, and the answer may have been lost
