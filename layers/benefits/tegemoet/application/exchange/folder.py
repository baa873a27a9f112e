"""Where an exchange keeps what it works on and what it hands over: the objects of its own bucket, and the steps that write them.

Households and what is asked and answered about them lie in shards of request numbers, what concerns one person in shards of persons.
An object without lines is not written.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import date
from typing import Any

import orjson

from tegemoet.application.files import json_lines, read_json, read_lines
from tegemoet.application.ports import Objects, Seal, Sink
from tegemoet.domain.identity import shard_of
from tegemoet.domain.problems import NotFound
from tegemoet.schemes.increased_reimbursement.year import ExchangeYear
from tegemoet.schemes.increased_reimbursement.year import exchange_year as year_of_parameters
from tegemoet.schemes.registry import scheme_named

Json = dict[str, Any]

SCHEME = "increased-reimbursement"
STEPS = ("households", "select", "incomes-1", "answer-1", "incomes-2", "answer-2", "results", "report", "done")
"""The steps in order; waits for files of that name and works alternate."""
WORK_AFTER = {
    "households": "select",
    "incomes-1": "answer-1",
    "incomes-2": "answer-2",
    "results": "report",
}
"""The work that begins when a wait ends."""
OPERATOR = "operator"
"""In the place of a partner: those who run the exchange, for what they bring and for the outputs over all insurers."""
DELIVERIES = (1, 2)
"""Deliveries of incomes, each answered by one sending of codes."""


def parameters_year(year: int) -> ExchangeYear:
    """The figures of the year. Raises NotFound `no-flow-for-year`."""
    try:
        return year_of_parameters(scheme_named(SCHEME).parameter_sets[str(year)])
    except KeyError:
        raise NotFound("There is no exchange for that year.", "no-flow-for-year") from None


# --- keys -------------------------------------------------------------------------------------------------------------------


def folder(year: int) -> str:
    """Everything between: what is neither a drop nor an output."""
    return f"flows/{year}/"


def noted_key(year: int, wait: str) -> str:
    """The batches that the work after a wait stands on."""
    return f"flows/{year}/batches-{wait}.json"


def done_key(year: int, work: str) -> str:
    """The counts of a work; where it stands, its outputs stand too."""
    return f"flows/{year}/{work}.json"


def requests_key(year: int, shard: int) -> str:
    """The households that are asked about: request number, partner, members (INSZ, birth date), which of them had the right."""
    return f"flows/{year}/requests/{shard}.jsonl"


def excluded_key(year: int, shard: int) -> str:
    """The households that are left out: request number, partner, reasons."""
    return f"flows/{year}/excluded/{shard}.jsonl"


def counts_key(year: int, work: str, shard: int) -> str:
    """What one shard of a work came to, in counts."""
    return f"flows/{year}/counts/{work}/{shard}.json"


def persons_prefix(year: int, delivery: int, person_shard: int) -> str:
    """The persons of one shard whose income is asked, with the requests that need it; an object per shard of requests."""
    return f"flows/{year}/persons-{delivery}/{person_shard}/"


def asked_key(year: int, delivery: int, person_shard: int) -> str:
    """The identity numbers that are asked, each once, in order."""
    return f"flows/{year}/ask-{delivery}/{person_shard}.txt"


def sealed_prefix(year: int, name: str) -> str:
    """What lies under the data key of that name: nothing of it can be read, and nothing is left, once the key is destroyed."""
    return f"flows/{year}/sealed/{name}/"


def joined_prefix(year: int, delivery: int, shard: int) -> str:
    """The incomes that the requests of one shard need, sealed; an object per shard of persons."""
    return f"{sealed_prefix(year, incomes(delivery))}{shard}/"


def carried_key(year: int, shard: int) -> str:
    """The incomes known of the households that have no code yet, sealed."""
    return f"{sealed_prefix(year, CARRIED)}{shard}"


def codes_key(year: int, sending: int, shard: int) -> str:
    """The codes: request number, partner, code."""
    return f"flows/{year}/codes/{sending}/{shard}.jsonl"


def evaluation_key(year: int, evaluation: str, name: str) -> str:
    """What one evaluation stands on, or came to."""
    return f"flows/{year}/evaluations/{evaluation}/{name}"


def gained_prefix(year: int, evaluation: str, shard: int) -> str:
    """Members of the requests of one shard who are on the list of the next year; an object per shard of persons."""
    return evaluation_key(year, evaluation, f"gained/{shard}/")


def chunk_key(batch: str, shard: int) -> str:
    """The rows of a batch that fall into a shard."""
    return f"batches/{batch}/chunks/{shard:03}.jsonl"


def output_key(partner: str, year: int, name: str) -> str:
    """What is handed to a party; `operator` stands for those who run the exchange."""
    return f"out/{partner}/{SCHEME}/{year}/{name}"


CARRIED = "carried"
"""The data key for what is known of households that have no code after the first delivery."""


def incomes(delivery: int) -> str:
    """The name of a delivery: of its wait, its kind of file and its data key."""
    return f"incomes-{delivery}"


def answer(sending: int) -> str:
    """The work that answers a delivery."""
    return f"answer-{sending}"


# --- reading and writing ----------------------------------------------------------------------------------------------------


def lines_of(objects: Objects, key: str) -> Iterator[Any]:
    """The JSON values of an object, one per line; none where there is no object."""
    with suppress(KeyError):
        yield from read_lines(objects, key)


def put_lines(objects: Objects, key: str, values: Iterable[Any], seal: Seal | None = None) -> None:
    """Write the values, sealed where a seal is given; nothing where there are none."""
    if body := b"".join(json_lines(values)):
        objects.put(key, seal.seal(body) if seal else body)


def unsealed(objects: Objects, key: str, seal: Seal) -> Iterator[Any]:
    """The JSON values of a sealed object."""
    return map(orjson.loads, seal.unseal(objects.get(key)).splitlines())


def delivered(objects: Objects, noted: Json, shard: int, seal: Seal | None = None) -> Iterator[Json]:
    """The rows of one shard in the batches that were noted, the earliest batch first."""
    for batch in noted["batches"]:
        if shard in batch["shards"]:
            key = chunk_key(batch["id"], shard)
            chunk = unsealed(objects, key, seal) if seal else lines_of(objects, key)
            yield from (body for _line, _place, _key, body in chunk)


def put_persons(
    objects: Objects, year: ExchangeYear, delivery: int, shard: int, needed: Iterable[tuple[str, str]]
) -> None:
    """Write whose incomes the requests of a shard need, (INSZ, request number), to the shards of those persons."""
    parts: dict[int, list[tuple[str, str]]] = {}
    for insz, request in needed:
        parts.setdefault(shard_of(insz, year.shards), []).append((insz, request))
    for part, persons in sorted(parts.items()):
        put_lines(objects, f"{persons_prefix(year.year, delivery, part)}{shard}.jsonl", sorted(persons))


def counts_of(objects: Objects, year: ExchangeYear, work: str) -> Iterator[Json]:
    """What the shards of a work came to."""
    return (read_json(objects, counts_key(year.year, work, shard)) for shard in range(year.shards))


def writers(stack: ExitStack, objects: Objects, year: int, partners: Iterable[str], name: str) -> Mapping[str, Sink]:
    """An output of that name per partner; all of them appear when the stack is closed."""
    return {
        partner: stack.enter_context(objects.writer(output_key(partner, year, name))) for partner in sorted(partners)
    }


def in_time(year: ExchangeYear, step: str, on: str) -> Json:
    """What is noted of the day of a step."""
    return {"on": on, "in_time": year.in_time(step, date.fromisoformat(on))}
