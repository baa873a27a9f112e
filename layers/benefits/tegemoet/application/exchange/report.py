"""What became of the households whose code was OK: results of the insurers, counted into the tables of the statistics (phase 4)."""

from collections import Counter, defaultdict
from datetime import date

from tegemoet.application.exchange.ask import added
from tegemoet.application.exchange.folder import (
    DELIVERIES,
    OPERATOR,
    Json,
    answer,
    codes_key,
    counts_key,
    counts_of,
    delivered,
    done_key,
    in_time,
    lines_of,
    noted_key,
    output_key,
    parameters_year,
    requests_key,
)
from tegemoet.application.exchange.tables import csv_of, workbook_of
from tegemoet.application.files import read_json, write_json
from tegemoet.application.ports import Exchanges, Objects
from tegemoet.schemes.increased_reimbursement.statistics import MemberResult, PlacedHousehold, classify, count, tables
from tegemoet.schemes.registry import scheme_named

NOT_OURS = "rows-of-other-requests"
"""Rows of a request that is not the insurer's, or whose code was not OK: told, not counted."""
NO_MEMBER = "rows-of-no-member"
"""Rows of somebody who is not in the household: told, not counted."""
LANGUAGE = "nl"


class NotReconciled(Exception):  # noqa: N818 - a state found
    """An insurer's households do not add up to its codes OK."""


def report_shard(year: int, shard: int, *, objects: Objects) -> Json:
    """Place every request of one shard whose code was OK, by the results of the insurer that asked."""
    noted = read_json(objects, noted_key(year, "results"))
    results: dict[tuple[str, str], dict[str, MemberResult]] = defaultdict(dict)
    for row in delivered(objects, noted, shard):
        result = MemberResult(row["insz"], row["contacted_on"] is not None, row["category"], row["own_right"])
        results[row["partner"], row["request_number"]][result.insz] = result  # a later row replaces an earlier one
    ok = {
        found["request_number"]
        for sending in DELIVERIES
        for found in lines_of(objects, codes_key(year, sending, shard))
        if found["code"] == "OK"
    }
    placed: dict[str, list[PlacedHousehold]] = defaultdict(list)
    counts: dict[str, Counter[str]] = {partner: Counter() for partner in noted["insurers"]}
    for request in lines_of(objects, requests_key(year, shard)):
        if request["request_number"] in ok:
            members = [insz for insz, _born in request["members"]]
            told = results.pop((request["partner"], request["request_number"]), {})
            placed[request["partner"]].append(classify(members, told.values()))
            counts[request["partner"]][NO_MEMBER] += len(told.keys() - set(members))
    for (partner, _request), rows in results.items():
        counts[partner][NOT_OURS] += len(rows)
    for partner, households in placed.items():
        counts[partner] += count(households)
    write_json(objects, counts_key(year, "report", shard), {partner: dict(found) for partner, found in counts.items()})
    return {"shard": shard, "households": len(ok)}


def finish_report(year: int, *, objects: Objects, exchanges: Exchanges) -> Json:
    """Write the tables of every insurer, and those over all of them for who runs the exchange; then the exchange is done.

    Raises NotReconciled.
    """
    figures = parameters_year(year)
    noted = read_json(objects, noted_key(year, "results"))
    counts = added(counts_of(objects, figures, "report"))
    for partner, found in counts.items():
        _reconcile(year, partner, found, objects)
    title = f"{scheme_named('increased-reimbursement').title[LANGUAGE]} {year}"
    for partner, found in (*counts.items(), (OPERATOR, added(counts.values()))):
        made = tables(found, figures)
        for table in made:
            objects.put(output_key(partner, year, f"table-{table.number}.csv"), csv_of(table, LANGUAGE))
        workbook = workbook_of(made, title, date.fromisoformat(noted["on"]), LANGUAGE)
        objects.put(output_key(partner, year, "statistics.xlsx"), workbook)
    write_json(objects, done_key(year, "report"), {"insurers": counts})
    exchanges.advance(year, "report", "done", {**in_time(figures, "report", noted["on"]), "insurers": counts})
    return {"step": "done"}


def _reconcile(year: int, partner: str, counts: Json, objects: Objects) -> None:
    """Households per category, without results and with contradicting ones are together the insurer's codes OK."""
    aside = ("households/contacted", "households/opened")
    households = sum(n for name, n in counts.items() if name.startswith("households/") and name not in aside)
    codes = 0
    for sending in DELIVERIES:
        if objects.exists(done_key(year, answer(sending))):
            codes += read_json(objects, done_key(year, answer(sending)))["codes"].get(partner, {}).get("OK", 0)
    if households != codes:
        raise NotReconciled
