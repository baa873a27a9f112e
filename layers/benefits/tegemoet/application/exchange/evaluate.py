"""The effect of an exchange: its households compared with the entitled persons of the next year.

The list comes in files of kind `entitled`, from the insurers or from the operator, and an operator
may evaluate as often as needed. Every evaluation works in a folder of its own and hands over counts
alone, in a file of its own. The evaluation that was started last is shown, whichever ends last.
"""

from collections.abc import Sequence
from datetime import date
from typing import NotRequired, TypedDict, get_args

from tegemoet.application.exchange.commands import name_of_call
from tegemoet.application.exchange.folder import ExchangeFolder, evaluation_file
from tegemoet.application.exchange.parties import represented
from tegemoet.application.exchange.records import EvaluationInputs, sum_counts
from tegemoet.application.exchange.steps import SENDINGS, has_passed, require_exchange
from tegemoet.application.exchange.waits import Shards, used_batches
from tegemoet.application.files import csv_text
from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Batches, Clock, Exchanges, Objects, Registrations, Workflows
from tegemoet.application.records import OPERATORS, Batch, EvaluationNote, Exchange
from tegemoet.domain.problems import ConflictError
from tegemoet.schemes.increased_reimbursement import SLUG
from tegemoet.schemes.increased_reimbursement.evaluation import evaluate
from tegemoet.schemes.increased_reimbursement.household import Code

KIND = "entitled"
LEVELS = ("households", "households-gained", "persons", "persons-gained")
CODES: Sequence[str] = get_args(Code)


class EvaluationInput(TypedDict):
    """An evaluation as its execution receives it: name, day (ISO), and ids of batches.

    `started_at` = the moment of its start (ISO, UTC); an execution of an earlier version has none.
    """

    name: str
    on: str
    batches: list[str]
    started_at: NotRequired[str]


def start_evaluation(
    year: int,
    on: date,
    *,
    starter: str,
    key: str,
    exchanges: Exchanges,
    batches: Batches,
    registrations: Registrations,
    workflows: Workflows,
    clock: Clock,
) -> str:
    """Start an evaluation on the lists that are complete now. Returns the name of its execution.

    A repeated call with the same `key` (Idempotency-Key) of the same `starter` starts nothing new.
    Raises NotFoundError `flow-unknown`; ConflictError `codes-missing`, `batch-loading`,
    `nothing-delivered`.
    """
    exchange = require_exchange(year, exchanges)
    if not has_passed(exchange, "answer-2"):
        raise ConflictError("Some households have no code yet.", "codes-missing")
    lists = _lists(exchange, batches, Grants(registrations.all()))
    if any(batch.state == "loading" for batch in lists):
        raise ConflictError("A list is still loading.", "batch-loading")
    used = sorted(batch.id for batch in lists if batch.state == "done")
    if not used:
        raise ConflictError("No list of entitled persons was delivered.", "nothing-delivered")
    name = name_of_call(year, starter, key)
    execution = f"{exchange.run}-evaluation-{name}"
    started_at = clock.now().isoformat(timespec="milliseconds")
    evaluation = EvaluationInput(name=name, on=on.isoformat(), batches=used, started_at=started_at)
    workflows.start("exchange", execution, {"year": year, "evaluation": evaluation})
    return execution


def _lists(exchange: Exchange, batches: Batches, grants: Grants) -> list[Batch]:
    """The lists of the operator, the insurers and their successors, in any state."""
    return [
        batch
        for batch in batches.of_year(exchange.year)
        if (batch.scheme, batch.kind) == (SLUG, KIND)
        and (batch.partner == OPERATORS or represented(batch, exchange.insurers, grants))
    ]


def plan_evaluation(year: int, evaluation: EvaluationInput, *, objects: Objects) -> Shards:
    """Record the inputs of the evaluation and return its shards."""
    folder = ExchangeFolder(objects, year)
    on, started_at = date.fromisoformat(evaluation["on"]), evaluation.get("started_at", "")
    inputs = EvaluationInputs(used_batches(evaluation["batches"], objects), on, started_at)
    folder.evaluation_inputs(evaluation["name"]).write(inputs)
    return {"shards": list(folder.shards)}


def match_shard(year: int, evaluation: str, shard: int, *, objects: Objects) -> dict[str, int]:
    """Write the persons of one shard who are on the list to the shards of their requests."""
    folder = ExchangeFolder(objects, year)
    inputs = folder.evaluation_inputs(evaluation).read()
    entitled = {row["insz"] for row in folder.entitled_rows(inputs, shard).read()}
    for of_requests in folder.shards:
        members = folder.needed(SENDINGS[0], shard, of_requests).read()
        gained = sorted({insz for insz, _request in members if insz in entitled})
        folder.gained(evaluation, of_requests, shard).write(gained)
    return {"shard": shard}


def evaluate_shard(year: int, evaluation: str, shard: int, *, objects: Objects) -> dict[str, int]:
    """Count the requests of one shard by their codes."""
    folder = ExchangeFolder(objects, year)
    entitled = {insz for lines in folder.gained_by_shard(evaluation, shard) for insz in lines.read()}
    codes = {
        answered["request_number"]: answered["code"]
        for sending in SENDINGS
        for answered in folder.codes(sending, shard).read()
    }
    without_right = (
        (
            [insz for insz, _born in request["members"] if insz not in request["entitled"]],
            codes[request["request_number"]],
        )
        for request in folder.requests(shard).read()
    )
    folder.evaluation_counts(evaluation, shard).write(evaluate(without_right, entitled))
    return {"shard": shard}


def publish_evaluation(year: int, evaluation: str, *, objects: Objects, exchanges: Exchanges) -> dict[str, int]:
    """Hand over the counts to the operator.

    Per code: households and persons without the right, and how many of them have it now. A call
    that comes after a later evaluation changes nothing that is shown.
    """
    folder = ExchangeFolder(objects, year)
    total = sum_counts(folder.evaluation_counts(evaluation, shard).read() for shard in folder.shards)
    counts = {code: {level: total.get(f"{level}/{code}", 0) for level in LEVELS} for code in CODES}
    rows = [("code", *LEVELS), *((code, *found.values()) for code, found in counts.items())]
    folder.put_output(OPERATORS, evaluation_file(evaluation), csv_text(rows).encode())
    inputs = folder.evaluation_inputs(evaluation).read()
    exchanges.note_evaluation(year, EvaluationNote(inputs.on, counts, evaluation, inputs.started_at))
    return {"year": year}
