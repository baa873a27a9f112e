"""The first half of a run: note the drops that are complete, join their facts into practices, settle who each pharmacy is paid to.

Every step writes under the run's folder and is not done again where its last object stands, so a run that is continued goes on
with the facts it began with, whatever was dropped since.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import orjson

from tegemoet.application.files import read_json, write_json
from tegemoet.application.ports import Batches, Facts, Ledger, Objects, Run, Runs
from tegemoet.application.premium_year import run_files as files
from tegemoet.application.premium_year.joining import (
    Identities,
    Rank,
    by_key,
    conflicts_in,
    join,
    person_order,
    ranked,
)
from tegemoet.domain.identity import shard_of
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.convention_premium.case import Practice
from tegemoet.schemes.convention_premium.rules import assess_titular
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.scheme import Scheme

Json = dict[str, Any]
FACT_KINDS = ("practices", "conventions", "activity-s1", "activity-year", "accounts", "identities", "tariff-offices")
"""Kinds of drops that a premium year stands on."""


def rank_in(plan: Json) -> Rank:
    """The place of a batch among the drops of the plan."""
    return {batch["id"]: n for n, batch in enumerate(plan["batches"])}.get


def make_plan(run: Run, *, parameters: ParameterSet, batches: Batches, facts: Facts, runs: Runs, work: Objects) -> Json:
    """Note what the run stands on: complete batches in their order, identities, choices made. A run has one plan for ever."""
    key = files.plan_key(run.id)
    if not work.exists(key):
        complete = sorted(
            (b for b in batches.of_year(run.year) if b.state == "done" and b.kind in FACT_KINDS), key=lambda b: b.rank
        )
        listed = [{"id": b.id, "kind": b.kind, "partner": b.partner} for b in complete]
        identities = Identities(ranked(facts.of_kind(run.year, "identity"), rank_in({"batches": listed})))
        plan = {
            "run": run.id,
            "shards": premium_year(parameters).shards,
            "parameters": {"version": parameters.version, "sha256": parameters.sha256},
            "batches": listed,
            "roots": identities.roots,
            "exceptions": identities.exceptions,
            "choices": {e.id: e.choice for e in runs.exceptions(run.year) if e.choice is not None},
        }
        work.put_once(key, orjson.dumps(plan, option=orjson.OPT_SORT_KEYS))
    found: Json = read_json(work, key)
    return found


def join_numbers(run: Run, shard: int, *, facts: Facts, work: Objects) -> None:
    """Join one shard of numbers into practices, ordered so that each shard of persons is one range of bytes."""
    if work.exists(files.numbers_index_key(run.id, shard)):
        return
    plan = read_json(work, files.plan_key(run.id))
    shards, roots = plan["shards"], plan["roots"]
    joined = join(
        facts.of_numbers(run.year, shard), rank_in(plan), lambda person: roots.get(person, person), plan["choices"]
    )
    ranges: dict[int, tuple[int, int]] = {}
    with work.writer(files.numbers_key(run.id, shard)) as out:
        at = 0
        for line in sorted(joined.lines, key=person_order(shards)):
            text = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
            out.write(text)
            place = shard_of(line["person"], shards)
            ranges[place] = (ranges[place][0] if place in ranges else at, at := at + len(text))
    index = {
        "ranges": {str(place): found for place, found in ranges.items()},
        "pharmacists": [line for line in joined.lines if "pharmacy" in line],
        "exceptions": joined.exceptions,
    }
    write_json(work, files.numbers_index_key(run.id, shard), index)


def lines_of(work: Objects, run: str, shard: int) -> Iterator[Json]:
    """The practices of one shard of persons, from every shard of numbers."""
    ranges = read_json(work, files.ranges_key(run))
    for number_shard, (start, stop) in sorted(ranges.get(str(shard), {}).items(), key=lambda item: int(item[0])):
        yield from map(
            orjson.loads, work.get_range(files.numbers_key(run, int(number_shard)), start, stop).splitlines()
        )


def assign_pharmacies(
    run: Run, *, scheme: Scheme, parameters: ParameterSet, facts: Facts, ledger: Ledger, work: Objects
) -> None:
    """Settle per pharmacy who its premium goes to, and look up the accounts of the tariff offices."""
    if work.exists(files.pharmacies_key(run.id)):
        return
    plan = read_json(work, files.plan_key(run.id))
    indexes = [read_json(work, files.numbers_index_key(run.id, shard)) for shard in range(plan["shards"])]
    ranges: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for number_shard, index in enumerate(indexes):
        for place, found in index["ranges"].items():
            ranges[place][str(number_shard)] = found
    write_json(work, files.ranges_key(run.id), ranges)

    pharmacists = [line for index in indexes for line in index["pharmacists"]]
    chosen = several_pharmacies(pharmacists, plan["choices"])
    year = premium_year(parameters)
    on = date.fromisoformat(run.on)
    eligible: dict[str, list[str]] = defaultdict(list)
    for line in pharmacists:
        if line["pharmacy"] == chosen.get(line["person"], line["pharmacy"]) and "held" not in line["practice"]:
            practice: Practice = scheme.case.validate_json(orjson.dumps(_alone(run, line))).practices[0]
            if assess_titular(practice, run.phase, on, year):
                eligible[line["pharmacy"]].append(practice.number)
    payees = {pharmacy: min(numbers) for pharmacy, numbers in eligible.items()}
    payees.update({pharmacy: number for pharmacy, (_, number) in ledger.claims(run.year).items()})
    offices = by_key(ranked(facts.of_kind(run.year, "office"), rank_in(plan)))
    write_json(
        work,
        files.pharmacies_key(run.id),
        {
            "payees": payees,
            "offices": {key[1]: {n: rows.valid[n] for n in ("holder", "iban")} for key, rows in offices.items()},
            "chosen": chosen,
            "exceptions": [
                *plan["exceptions"],
                *(e for index in indexes for e in index["exceptions"]),
                *conflicts_in(offices),
            ],
        },
    )


def several_pharmacies(lines: Iterable[Json], choices: Mapping[str, str]) -> dict[str, str | None]:
    """Persons who are titular of more than one pharmacy, with the one that an operator chose (None until then)."""
    titular: dict[str, list[Json]] = defaultdict(list)
    for line in lines:
        titular[line["person"]].append(line)
    chosen: dict[str, str | None] = {}
    for person, own in titular.items():
        pharmacies = {line["pharmacy"] for line in own}
        if len(pharmacies) > 1:
            choice = choices.get(f"several-pharmacies.{min(line['riziv'] for line in own)[:8]}")
            chosen[person] = choice if choice in pharmacies else None
    return chosen


def pharmacy_of(line: Json, pharmacies: Json) -> Json:
    """The pharmacy of a titular's line, as in the case."""
    pharmacy = {
        "pharmacy_id": line["pharmacy"],
        "tariff_office": line["office"],
        "account": line["office"] in pharmacies["offices"],
    }
    if payee := pharmacies["payees"].get(line["pharmacy"]):
        pharmacy["payee"] = payee
    choice = pharmacies["chosen"].get(line["person"])
    if choice is not None:
        pharmacy["chosen"] = choice == line["pharmacy"]
    return pharmacy


def _alone(run: Run, line: Json) -> Json:
    practice = {
        **line["practice"],
        "pharmacy": {"pharmacy_id": line["pharmacy"], "tariff_office": line["office"], "account": True},
    }
    return {"year": run.year, "phase": run.phase, "practices": [practice]}
