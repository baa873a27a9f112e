"""What an exchange brought: its households beside the list of entitled persons of the next year, as often as an operator asks.

The list comes in files of kind `entitled`, from the insurers or from those who run the exchange. Each evaluation works in a
folder of its own and hands over counts alone.
"""

from datetime import date
from typing import get_args

from tegemoet.application.exchange.ask import added
from tegemoet.application.exchange.folder import (
    DELIVERIES,
    OPERATOR,
    SCHEME,
    STEPS,
    Json,
    codes_key,
    delivered,
    evaluation_key,
    gained_prefix,
    lines_of,
    output_key,
    parameters_year,
    persons_prefix,
    put_lines,
    requests_key,
)
from tegemoet.application.exchange.steps import described, known, name_of_call
from tegemoet.application.files import read_json, write_json
from tegemoet.application.ports import Batches, Exchanges, Objects, Workflows
from tegemoet.domain.problems import Conflict
from tegemoet.schemes.increased_reimbursement.evaluation import evaluate
from tegemoet.schemes.increased_reimbursement.household import Code

KIND = "entitled"
LEVELS = ("households", "households-gained", "persons", "persons-gained")


def start_evaluation(
    year: int, on: date, *, starter: str, key: str, exchanges: Exchanges, batches: Batches, workflows: Workflows
) -> str:
    """Start an evaluation on the lists that are complete now; its execution. An earlier call with this `key` of this `starter` is that one.

    Raises NotFound `flow-unknown`; Conflict `codes-missing`, `batch-loading`, `nothing-delivered`.
    """
    exchange = known(year, exchanges)
    if STEPS.index(exchange.step) < STEPS.index("results"):
        raise Conflict("Not every household has its code yet.", "codes-missing")
    senders = (OPERATOR, *exchange.insurers)
    found = [b for b in batches.of_year(year) if (b.scheme, b.kind) == (SCHEME, KIND) and b.partner in senders]
    if any(batch.state == "loading" for batch in found):
        raise Conflict("A list is being taken in.", "batch-loading")
    used = [batch.id for batch in found if batch.state == "done"]
    if not used:
        raise Conflict("No list of entitled persons came in.", "nothing-delivered")
    name = name_of_call(year, starter, key)
    execution = f"{exchange.run}-evaluation-{name}"
    evaluation = {"name": name, "on": on.isoformat(), "batches": sorted(used)}
    workflows.start("exchange", execution, {"year": year, "evaluation": evaluation})
    return execution


def plan_evaluation(year: int, evaluation: Json, *, objects: Objects, work: Objects) -> Json:
    """Note what the evaluation stands on, and give its shards. `work` = the bucket where the intake describes batches."""
    noted = {"on": evaluation["on"], "batches": described(evaluation["batches"], work)}
    write_json(objects, evaluation_key(year, evaluation["name"], "batches.json"), noted)
    return {"shards": list(range(parameters_year(year).shards))}


def match_shard(year: int, evaluation: str, shard: int, *, objects: Objects) -> Json:
    """Find the persons of one shard who are on the list, and tell the shards of their requests."""
    noted = read_json(objects, evaluation_key(year, evaluation, "batches.json"))
    entitled = {row["insz"] for row in delivered(objects, noted, shard)}
    persons = persons_prefix(year, DELIVERIES[0], shard)
    for of_requests in range(parameters_year(year).shards):
        members = lines_of(objects, f"{persons}{of_requests}.jsonl")
        gained = sorted({insz for insz, _request in members if insz in entitled})
        put_lines(objects, f"{gained_prefix(year, evaluation, of_requests)}{shard}.jsonl", gained)
    return {"shard": shard}


def evaluate_shard(year: int, evaluation: str, shard: int, *, objects: Objects) -> Json:
    """Count the requests of one shard by their codes."""
    keys = objects.keys(gained_prefix(year, evaluation, shard))
    entitled = {insz for key in keys for insz in lines_of(objects, key)}
    codes: dict[str, Code] = {
        found["request_number"]: found["code"]
        for sending in DELIVERIES
        for found in lines_of(objects, codes_key(year, sending, shard))
    }
    answered = (
        (
            [insz for insz, _born in request["members"] if insz not in request["entitled"]],
            codes[request["request_number"]],
        )
        for request in lines_of(objects, requests_key(year, shard))
    )
    write_json(objects, evaluation_key(year, evaluation, f"counts/{shard}.json"), evaluate(answered, entitled))
    return {"shard": shard}


def tell_evaluation(year: int, evaluation: str, *, objects: Objects, exchanges: Exchanges) -> Json:
    """Hand the counts over to those who run the exchange: per code the households and persons without the right, and who have it now."""
    shards = range(parameters_year(year).shards)
    total = added(read_json(objects, evaluation_key(year, evaluation, f"counts/{shard}.json")) for shard in shards)
    counts = {code: {level: total.get(f"{level}/{code}", 0) for level in LEVELS} for code in get_args(Code)}
    rows = [("code", *LEVELS), *((code, *map(str, found.values())) for code, found in counts.items())]
    objects.put(output_key(OPERATOR, year, "evaluation.csv"), "".join(";".join(row) + "\n" for row in rows).encode())
    on = read_json(objects, evaluation_key(year, evaluation, "batches.json"))["on"]
    exchanges.note(year, "evaluation", {"on": on, "codes": counts})
    return {"year": year}
