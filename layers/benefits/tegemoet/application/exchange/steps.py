"""The steps of an exchange: it is started, waits for files of its parties, goes on, and tells where it is.

Every change of step is one conditional write, so an operator and a file that arrives cannot both end a wait. Doing a step again gives the
same: an execution that is started anew walks through to where the exchange stands.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tegemoet.application.exchange.folder import (
    DELIVERIES,
    OPERATOR,
    SCHEME,
    STEPS,
    WORK_AFTER,
    Json,
    answer,
    done_key,
    in_time,
    incomes,
    noted_key,
    output_key,
    parameters_year,
)
from tegemoet.application.exchange.incomes import forget
from tegemoet.application.files import write_json
from tegemoet.application.intake.manifest import read_manifest
from tegemoet.application.ports import Batch, Batches, Exchange, Exchanges, Objects, Seals, Workflows
from tegemoet.domain.problems import Conflict, Fault, Invalid, NotFound

START = "start"
TABLES = ("statistics.xlsx", "table-1.csv", "table-2.csv", "table-3.csv")
_INSURER = re.compile(r"[0-9]{3}", re.ASCII)


def start_exchange(
    year: int,
    on: date,
    insurers: Mapping[str, str],
    tax_office: str,
    automatic: bool,
    *,
    starter: str,
    key: str,
    exchanges: Exchanges,
    workflows: Workflows,
) -> Exchange:
    """Start the exchange of the year; the exchange of an earlier call with this `key` (Idempotency-Key) of this `starter` is that call's.

    `insurers` = partner → three digits of its request numbers, `automatic` = a wait ends by itself once every party has delivered.
    Raises NotFound `no-flow-for-year`; Invalid `insurers-missing`, `insurer-invalid`, `insurer-twice`, `tax-office-is-insurer`;
    Conflict `flow-exists`.
    """
    parameters_year(year)
    _check_parties(insurers, tax_office)
    run = f"{SCHEME}-{year}-{name_of_call(year, starter, key)}"
    first: dict[str, Mapping[str, Any]] = {START: {"on": on.isoformat()}}
    exchange = Exchange(year, run, dict(insurers), tax_office, automatic, STEPS[0], first, {})
    if not exchanges.create(exchange):
        exchange = known(year, exchanges)
        if exchange.run != run:
            raise Conflict("The year has an exchange already.", "flow-exists")
    workflows.start("exchange", run, {"year": year})
    return exchange


def name_of_call(year: int, starter: str, key: str) -> str:
    """What a call makes is named by this: the same starter with the same Idempotency-Key makes the same."""
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
        raise Invalid("The parties of the exchange are not well named.", faults[0].code, tuple(faults))


def begin_wait(
    year: int, wait: str, token: str, *, exchanges: Exchanges, batches: Batches, workflows: Workflows
) -> None:
    """Keep the token of the task that waits; it is answered at once when the wait is over already, or when every file is there."""
    if not exchanges.wait(year, wait, token):
        workflows.answer(token, _answer(known(year, exchanges), wait))
        return
    _end_if_all_delivered(year, wait, exchanges, batches, workflows)


def go_on(year: int, wait: str, on: date, *, exchanges: Exchanges, batches: Batches, workflows: Workflows) -> Exchange:
    """End a wait on an operator's word, on the batches that are complete now. The same call again is the same answer.

    Raises NotFound `flow-unknown`, `step-unknown`; Conflict `flow-elsewhere`, `batch-loading`.
    """
    exchange = known(year, exchanges)
    if wait not in WORK_AFTER:
        raise NotFound("An exchange never waits for that.", "step-unknown")
    if exchange.step == wait:
        expected = _expected(exchange, wait, batches)
        if any(batch.state == "loading" for batch in expected):
            raise Conflict("A file that the exchange waits for is being taken in.", "batch-loading")
        _end(exchange, wait, on.isoformat(), expected, exchanges)
        exchange = known(year, exchanges)
    if exchange.step != WORK_AFTER[wait] or exchange.steps[wait]["on"] != on.isoformat():
        raise Conflict("The exchange does not wait for that.", "flow-elsewhere")
    _answer_token(exchange, wait, workflows)
    return exchange


def arrived(
    batch: Batch, *, objects: Objects, exchanges: Exchanges, batches: Batches, seals: Seals, workflows: Workflows
) -> None:
    """A file of the exchange is complete: it may be the last one awaited, or come too late, and then it changes nothing."""
    exchange = exchanges.get(batch.year or 0)
    if exchange is None:
        return
    if _is_party(exchange, batch):
        _tell(exchange, batch, exchanges, batches, workflows)
    if batch.kind in map(incomes, DELIVERIES):
        forget_answered(known(exchange.year, exchanges), objects=objects, batches=batches, seals=seals)


def ended(batch: Batch, *, exchanges: Exchanges, batches: Batches, workflows: Workflows) -> None:
    """A file of the exchange was refused, or could not be finished: it is not waited for any longer."""
    exchange = exchanges.get(batch.year or 0)
    if exchange is None or not _is_party(exchange, batch):
        return
    _end_if_all_delivered(exchange.year, batch.kind, exchanges, batches, workflows)
    exchange = known(exchange.year, exchanges)
    if exchange.step == WORK_AFTER[batch.kind]:
        _answer_token(exchange, batch.kind, workflows)  # again, in case that it was lost


def _tell(exchange: Exchange, batch: Batch, exchanges: Exchanges, batches: Batches, workflows: Workflows) -> None:
    wait = batch.kind
    if exchange.step == wait:
        _end_if_all_delivered(exchange.year, wait, exchanges, batches, workflows)
        exchange = known(exchange.year, exchanges)
    if STEPS.index(exchange.step) <= STEPS.index(wait):
        return
    if batch.id not in exchange.steps.get(wait, {}).get("batches", ()):
        exchanges.count_late(exchange.year, f"{wait}/{batch.partner}", batch.id)
    elif exchange.step == WORK_AFTER[wait]:
        _answer_token(exchange, wait, workflows)  # where this very file ended the wait, and the answer was lost


def forget_answered(exchange: Exchange, *, objects: Objects, batches: Batches, seals: Seals) -> None:
    """Forget what is left, or came since, of deliveries that are answered."""
    for delivery in DELIVERIES:
        if STEPS.index(exchange.step) > STEPS.index(answer(delivery)):
            forget(exchange.year, delivery, objects=objects, batches=batches, seals=seals)


def plan(year: int, wait: str, *, objects: Objects, work: Objects, exchanges: Exchanges) -> Json:
    """Note what the work after a wait stands on, and give its shards; none when the work is done already.

    `work` = the bucket where the intake describes batches.
    """
    if objects.exists(done_key(year, WORK_AFTER[wait])):
        return {"shards": []}
    exchange = known(year, exchanges)
    noted = exchange.steps[wait]
    found = {
        "on": noted["on"],
        "insurers": exchange.insurers,
        "tax_office": exchange.tax_office,
        "batches": described(noted["batches"], work),
    }
    write_json(objects, noted_key(year, wait), found)
    return {"shards": list(range(parameters_year(year).shards))}


def described(batches: Iterable[str], work: Objects) -> list[Json]:
    """Each batch with the shards that it has rows of; `work` = the bucket where the intake describes batches."""
    return [{"id": batch, "shards": [chunk.shard for chunk in read_manifest(batch, work).chunks]} for batch in batches]


def state_for(year: int, partner: str | None, *, exchanges: Exchanges) -> Json:
    """Where the exchange is, and what each step came to: for a party its own part, for those who run the exchange (None) all of it.

    Raises NotFound `flow-unknown`, for who is no party too.
    """
    exchange = known(year, exchanges)
    if partner not in (None, exchange.tax_office, *exchange.insurers):
        raise NotFound("There is no such exchange.", "flow-unknown")
    seen = [name for name in exchange.insurers if partner in (None, name)]
    sees_persons = partner in (None, exchange.tax_office)
    noted = {name: exchange.steps.get(name, {}) for name in STEPS}
    state: Json = {
        "year": year,
        "state": exchange.step,
        "automatic": exchange.automatic,
        "insurers": {name: exchange.insurers[name] for name in seen},
        "steps": [
            {"step": name, "on": noted[name]["on"], "in_time": noted[name]["in_time"]} for name in STEPS if noted[name]
        ],
        "selected": _of(noted["select"].get("insurers", {}), seen),
        "codes": {
            str(sending): _of(noted[answer(sending)].get("codes", {}), seen)
            for sending in DELIVERIES
            if noted[answer(sending)]
        },
        "statistics": _of(noted["report"].get("insurers", {}), seen),
        "late": {
            place: count for place, count in sorted(exchange.late.items()) if partner in (None, place.partition("/")[2])
        },
        "outputs": _outputs(exchange, partner),
    }
    if sees_persons:
        state["asked"] = {
            str(delivery): noted[work][name]
            for delivery, work, name in ((1, "select", "asked"), (2, "answer-1", "asked_again"))
            if noted[work]
        }
        state["ignored"] = {
            str(delivery): noted[answer(delivery)]["ignored"] for delivery in DELIVERIES if noted[answer(delivery)]
        }
    if partner is None and "evaluation" in exchange.steps:
        state["evaluation"] = exchange.steps["evaluation"]
    return state


def _of(counts: Mapping[str, Any], seen: list[str]) -> Json:
    return {name: counts[name] for name in seen if name in counts}


def _outputs(exchange: Exchange, partner: str | None) -> list[str]:
    """Keys of what was handed over, in the order of the steps."""
    found: list[tuple[str, str]] = []
    second = exchange.steps.get("answer-1", {}).get("asked_again") == 0
    for step in STEPS:
        if step not in exchange.steps:
            continue
        if step == "select":
            found += [(exchange.tax_office, "pro_02-1.csv"), *((name, "excluded.csv") for name in exchange.insurers)]
        if step == "answer-1":
            found += [(name, "pro_04-1.csv") for name in exchange.insurers]
            found.append((exchange.tax_office, "pro_02-2.csv"))
        if step == "answer-2" or (step == "answer-1" and second):
            found += [(name, "pro_04-2.csv") for name in exchange.insurers]
        if step == "report":
            found += [(name, table) for name in (*exchange.insurers, OPERATOR) for table in TABLES]
    if "evaluation" in exchange.steps:
        found.append((OPERATOR, "evaluation.csv"))
    return [output_key(name, exchange.year, file) for name, file in found if partner in (None, name)]


# --- ending a wait ----------------------------------------------------------------------------------------------------------


def _end_if_all_delivered(year: int, wait: str, exchanges: Exchanges, batches: Batches, workflows: Workflows) -> None:
    """End the wait of an automatic exchange once every awaited party has delivered and nothing is on its way."""
    exchange = known(year, exchanges)
    if not exchange.automatic or exchange.step != wait:
        return
    expected = _expected(exchange, wait, batches)
    done = [batch for batch in expected if batch.state == "done"]
    if any(batch.state == "loading" for batch in expected) or {batch.partner for batch in done} != _awaited(
        exchange, wait
    ):
        return
    _end(exchange, wait, max(batch.written_at for batch in done)[:10], expected, exchanges)
    exchange = known(year, exchanges)
    if exchange.step == WORK_AFTER[wait]:
        _answer_token(exchange, wait, workflows)


def _end(exchange: Exchange, wait: str, on: str, expected: list[Batch], exchanges: Exchanges) -> None:
    used = sorted((batch for batch in expected if batch.state == "done"), key=lambda batch: batch.rank)
    noted = {**in_time(parameters_year(exchange.year), wait, on), "batches": [batch.id for batch in used]}
    exchanges.advance(exchange.year, wait, WORK_AFTER[wait], noted)


def _awaited(exchange: Exchange, wait: str) -> set[str]:
    """The parties whose files the exchange waits for."""
    return {exchange.tax_office} if wait in map(incomes, DELIVERIES) else set(exchange.insurers)


def _is_party(exchange: Exchange, batch: Batch) -> bool:
    return batch.scheme == SCHEME and batch.kind in WORK_AFTER and batch.partner in _awaited(exchange, batch.kind)


def _expected(exchange: Exchange, wait: str, batches: Batches) -> list[Batch]:
    """The batches of that kind that the awaited parties have brought, whatever became of them."""
    return [batch for batch in batches.of_year(exchange.year) if batch.kind == wait and _is_party(exchange, batch)]


def _answer_token(exchange: Exchange, wait: str, workflows: Workflows) -> None:
    """Tell the task that waits; where none does yet, it finds out when it begins."""
    if exchange.token:
        workflows.answer(exchange.token, _answer(exchange, wait))


def _answer(exchange: Exchange, wait: str) -> Json:
    return {"step": WORK_AFTER[wait], "on": exchange.steps.get(wait, {}).get("on")}


def known(year: int, exchanges: Exchanges) -> Exchange:
    """The exchange of the year. Raises NotFound `flow-unknown`."""
    exchange = exchanges.get(year)
    if exchange is None:
        raise NotFound("There is no such exchange.", "flow-unknown")
    return exchange
