"""The steps of a flow: it is started, waits for files of its parties, goes on, and tells where it is.

Every change of step is one conditional write, so an operator and a file that arrives cannot both end a wait. Doing a step again gives the
same: an execution that is started anew walks through to where the flow stands.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tegemoet.application.flow.files import (
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
from tegemoet.application.flow.incomes import forget
from tegemoet.application.ports import Batch, Batches, Flow, Flows, Objects, Seals, Workflows
from tegemoet.application.run_files import write_json
from tegemoet.application.storing import manifest_of
from tegemoet.domain.problems import Conflict, Fault, Invalid, NotFound

START = "start"
TABLES = ("statistics.xlsx", "table-1.csv", "table-2.csv", "table-3.csv")
_INSURER = re.compile(r"[0-9]{3}", re.ASCII)


def start_flow(
    year: int,
    on: date,
    insurers: Mapping[str, str],
    tax_office: str,
    automatic: bool,
    *,
    starter: str,
    key: str,
    flows: Flows,
    workflows: Workflows,
) -> Flow:
    """Start the flow of the year; the flow of an earlier call with this `key` (Idempotency-Key) of this `starter` is that call's.

    `insurers` = partner → three digits of its request numbers, `automatic` = a wait ends by itself once every party has delivered.
    Raises NotFound `no-flow-for-year`; Invalid `insurers-missing`, `insurer-invalid`, `insurer-twice`, `tax-office-is-insurer`;
    Conflict `flow-exists`.
    """
    parameters_year(year)
    _check_parties(insurers, tax_office)
    run = f"{SCHEME}-{year}-{name_of_call(year, starter, key)}"
    first: dict[str, Mapping[str, Any]] = {START: {"on": on.isoformat()}}
    flow = Flow(year, run, dict(insurers), tax_office, automatic, STEPS[0], first, {})
    if not flows.create(flow):
        flow = known(year, flows)
        if flow.run != run:
            raise Conflict("The year has a flow already.", "flow-exists")
    workflows.start("flow", run, {"year": year})
    return flow


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
        raise Invalid("The parties of the flow are not well named.", faults[0].code, tuple(faults))


def begin_wait(year: int, wait: str, token: str, *, flows: Flows, batches: Batches, workflows: Workflows) -> None:
    """Keep the token of the task that waits; it is answered at once when the wait is over already, or when every file is there."""
    if not flows.wait(year, wait, token):
        workflows.answer(token, _answer(known(year, flows), wait))
        return
    _end_if_all_delivered(year, wait, flows, batches, workflows)


def go_on(year: int, wait: str, on: date, *, flows: Flows, batches: Batches, workflows: Workflows) -> Flow:
    """End a wait on an operator's word, on the batches that are complete now. The same call again is the same answer.

    Raises NotFound `flow-unknown`, `step-unknown`; Conflict `flow-elsewhere`, `batch-loading`.
    """
    flow = known(year, flows)
    if wait not in WORK_AFTER:
        raise NotFound("A flow never waits for that.", "step-unknown")
    if flow.step == wait:
        expected = _expected(flow, wait, batches)
        if any(batch.state == "loading" for batch in expected):
            raise Conflict("A file that the flow waits for is being taken in.", "batch-loading")
        _end(flow, wait, on.isoformat(), expected, flows)
        flow = known(year, flows)
    if flow.step != WORK_AFTER[wait] or flow.steps[wait]["on"] != on.isoformat():
        raise Conflict("The flow does not wait for that.", "flow-elsewhere")
    _answer_token(flow, wait, workflows)
    return flow


def arrived(
    batch: Batch, *, objects: Objects, flows: Flows, batches: Batches, seals: Seals, workflows: Workflows
) -> None:
    """A file of the flow is complete: it may be the last one awaited, or come too late, and then it changes nothing."""
    flow = flows.get(batch.year or 0)
    if flow is None:
        return
    if _is_party(flow, batch):
        _tell(flow, batch, flows, batches, workflows)
    if batch.kind in map(incomes, DELIVERIES):
        forget_answered(known(flow.year, flows), objects=objects, batches=batches, seals=seals)


def ended(batch: Batch, *, flows: Flows, batches: Batches, workflows: Workflows) -> None:
    """A file of the flow was refused, or could not be finished: it is not waited for any longer."""
    flow = flows.get(batch.year or 0)
    if flow is None or not _is_party(flow, batch):
        return
    _end_if_all_delivered(flow.year, batch.kind, flows, batches, workflows)
    flow = known(flow.year, flows)
    if flow.step == WORK_AFTER[batch.kind]:
        _answer_token(flow, batch.kind, workflows)  # again, in case that it was lost


def _tell(flow: Flow, batch: Batch, flows: Flows, batches: Batches, workflows: Workflows) -> None:
    wait = batch.kind
    if flow.step == wait:
        _end_if_all_delivered(flow.year, wait, flows, batches, workflows)
        flow = known(flow.year, flows)
    if STEPS.index(flow.step) <= STEPS.index(wait):
        return
    if batch.id not in flow.steps.get(wait, {}).get("batches", ()):
        flows.count_late(flow.year, f"{wait}/{batch.partner}", batch.id)
    elif flow.step == WORK_AFTER[wait]:
        _answer_token(flow, wait, workflows)  # where this very file ended the wait, and the answer was lost


def forget_answered(flow: Flow, *, objects: Objects, batches: Batches, seals: Seals) -> None:
    """Forget what is left, or came since, of deliveries that are answered."""
    for delivery in DELIVERIES:
        if STEPS.index(flow.step) > STEPS.index(answer(delivery)):
            forget(flow.year, delivery, objects=objects, batches=batches, seals=seals)


def plan(year: int, wait: str, *, objects: Objects, work: Objects, flows: Flows) -> Json:
    """Note what the work after a wait stands on, and give its shards; none when the work is done already.

    `work` = the bucket where the intake describes batches.
    """
    if objects.exists(done_key(year, WORK_AFTER[wait])):
        return {"shards": []}
    flow = known(year, flows)
    noted = flow.steps[wait]
    found = {
        "on": noted["on"],
        "insurers": flow.insurers,
        "tax_office": flow.tax_office,
        "batches": described(noted["batches"], work),
    }
    write_json(objects, noted_key(year, wait), found)
    return {"shards": list(range(parameters_year(year).shards))}


def described(batches: Iterable[str], work: Objects) -> list[Json]:
    """Each batch with the shards that it has rows of; `work` = the bucket where the intake describes batches."""
    return [
        {"id": batch, "shards": [chunk["shard"] for chunk in manifest_of(batch, work)["chunks"]]} for batch in batches
    ]


def state_for(year: int, partner: str | None, *, flows: Flows) -> Json:
    """Where the flow is, and what each step came to: for a party its own part, for those who run the flow (None) all of it.

    Raises NotFound `flow-unknown`, for who is no party too.
    """
    flow = known(year, flows)
    if partner not in (None, flow.tax_office, *flow.insurers):
        raise NotFound("There is no such flow.", "flow-unknown")
    seen = [name for name in flow.insurers if partner in (None, name)]
    sees_persons = partner in (None, flow.tax_office)
    noted = {name: flow.steps.get(name, {}) for name in STEPS}
    state: Json = {
        "year": year,
        "state": flow.step,
        "automatic": flow.automatic,
        "insurers": {name: flow.insurers[name] for name in seen},
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
            place: count for place, count in sorted(flow.late.items()) if partner in (None, place.partition("/")[2])
        },
        "outputs": _outputs(flow, partner),
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
    if partner is None and "evaluation" in flow.steps:
        state["evaluation"] = flow.steps["evaluation"]
    return state


def _of(counts: Mapping[str, Any], seen: list[str]) -> Json:
    return {name: counts[name] for name in seen if name in counts}


def _outputs(flow: Flow, partner: str | None) -> list[str]:
    """Keys of what was handed over, in the order of the steps."""
    found: list[tuple[str, str]] = []
    second = flow.steps.get("answer-1", {}).get("asked_again") == 0
    for step in STEPS:
        if step not in flow.steps:
            continue
        if step == "select":
            found += [(flow.tax_office, "pro_02-1.csv"), *((name, "excluded.csv") for name in flow.insurers)]
        if step == "answer-1":
            found += [(name, "pro_04-1.csv") for name in flow.insurers]
            found.append((flow.tax_office, "pro_02-2.csv"))
        if step == "answer-2" or (step == "answer-1" and second):
            found += [(name, "pro_04-2.csv") for name in flow.insurers]
        if step == "report":
            found += [(name, table) for name in (*flow.insurers, OPERATOR) for table in TABLES]
    if "evaluation" in flow.steps:
        found.append((OPERATOR, "evaluation.csv"))
    return [output_key(name, flow.year, file) for name, file in found if partner in (None, name)]


# --- ending a wait ----------------------------------------------------------------------------------------------------------


def _end_if_all_delivered(year: int, wait: str, flows: Flows, batches: Batches, workflows: Workflows) -> None:
    """End the wait of an automatic flow once every awaited party has delivered and nothing is on its way."""
    flow = known(year, flows)
    if not flow.automatic or flow.step != wait:
        return
    expected = _expected(flow, wait, batches)
    done = [batch for batch in expected if batch.state == "done"]
    if any(batch.state == "loading" for batch in expected) or {batch.partner for batch in done} != _awaited(flow, wait):
        return
    _end(flow, wait, max(batch.written_at for batch in done)[:10], expected, flows)
    flow = known(year, flows)
    if flow.step == WORK_AFTER[wait]:
        _answer_token(flow, wait, workflows)


def _end(flow: Flow, wait: str, on: str, expected: list[Batch], flows: Flows) -> None:
    used = sorted((batch for batch in expected if batch.state == "done"), key=lambda batch: batch.rank)
    noted = {**in_time(parameters_year(flow.year), wait, on), "batches": [batch.id for batch in used]}
    flows.advance(flow.year, wait, WORK_AFTER[wait], noted)


def _awaited(flow: Flow, wait: str) -> set[str]:
    """The parties whose files the flow waits for."""
    return {flow.tax_office} if wait in map(incomes, DELIVERIES) else set(flow.insurers)


def _is_party(flow: Flow, batch: Batch) -> bool:
    return batch.scheme == SCHEME and batch.kind in WORK_AFTER and batch.partner in _awaited(flow, batch.kind)


def _expected(flow: Flow, wait: str, batches: Batches) -> list[Batch]:
    """The batches of that kind that the awaited parties have brought, whatever became of them."""
    return [batch for batch in batches.of_year(flow.year) if batch.kind == wait and _is_party(flow, batch)]


def _answer_token(flow: Flow, wait: str, workflows: Workflows) -> None:
    """Tell the task that waits; where none does yet, it finds out when it begins."""
    if flow.token:
        workflows.answer(flow.token, _answer(flow, wait))


def _answer(flow: Flow, wait: str) -> Json:
    return {"step": WORK_AFTER[wait], "on": flow.steps.get(wait, {}).get("on")}


def known(year: int, flows: Flows) -> Flow:
    """The flow of the year. Raises NotFound `flow-unknown`."""
    flow = flows.get(year)
    if flow is None:
        raise NotFound("There is no such flow.", "flow-unknown")
    return flow
