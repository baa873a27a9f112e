"""Where a run keeps what it works on, in the work bucket. The last object of a step is written last: where it stands, the step is done."""

from typing import Any

from tegemoet.application.files import read_json, read_lines
from tegemoet.application.ports import Objects, Run

Json = dict[str, Any]


def run_of(event: Json) -> Run:
    """The run that a step works on, as the state machine names it; who started it and its state stay in the control table."""
    return Run(event["run"], event["year"], event["phase"], event["on"], "", "", "started")


def plan_key(run: str) -> str:
    """The batches, identities and choices that the run stands on."""
    return f"runs/{run}/batches.json"


def numbers_key(run: str, shard: int) -> str:
    """Practices of one shard of numbers, in order of person shard, person and number."""
    return f"runs/{run}/numbers/{shard}.jsonl"


def numbers_index_key(run: str, shard: int) -> str:
    """Byte ranges per person shard, pharmacists and exceptions of one shard of numbers."""
    return f"runs/{run}/numbers/{shard}.index.json"


def ranges_key(run: str) -> str:
    """Person shard → byte range per shard of numbers."""
    return f"runs/{run}/ranges.json"


def pharmacies_key(run: str) -> str:
    """Who each pharmacy's premium goes to, and the accounts of the tariff offices."""
    return f"runs/{run}/pharmacies.json"


def persons_key(run: str, shard: int) -> str:
    """The frozen cases of one shard of persons, in order of person."""
    return f"runs/{run}/persons/{shard}.jsonl"


def evaluated_key(run: str, shard: int, name: str) -> str:
    """What came of deciding one shard of persons."""
    return f"runs/{run}/evaluated/{shard}/{name}"


def proposal_key(run: str) -> str:
    """What is put before the approver: sha256 and sum of each shard's payments."""
    return f"runs/{run}/proposal.json"


def settled_key(run: str, shard: int) -> str:
    """What was written to the ledger for one shard of persons."""
    return f"runs/{run}/settled/{shard}.json"


def summary_key(run: str) -> str:
    """The summary, as in the output bucket."""
    return f"runs/{run}/summary.json"


def output_prefix(year: int, phase: int, run: str) -> str:
    """Folder of the run in the output bucket."""
    return f"payments/{year}/phase-{phase}/{run}/"


def frozen_line(work: Objects, run: str, shard: int, person: str) -> Json | None:
    """What the run froze of a person, with its case; None when the run does not know the person."""
    if not work.exists(persons_key(run, shard)):
        return None
    return next((line for line in read_lines(work, persons_key(run, shard)) if line["person"] == person), None)


def progress(work: Objects, run: str) -> dict[str, int]:
    """Shards in all, and how many each step has done; read from what the steps have written."""
    prefix = f"runs/{run}/"
    keys = [key.removeprefix(prefix) for key in work.keys(prefix)]
    shards = read_json(work, plan_key(run))["shards"] if "batches.json" in keys else 0
    return {
        "shards": shards,
        "joined": sum(key.endswith(".index.json") for key in keys),
        "evaluated": sum(key.startswith("evaluated/") and key.endswith("/totals.json") for key in keys),
        "settled": sum(key.startswith("settled/") for key in keys),
    }
