"""Whose incomes are asked: every identity number once, in an order that says nothing of households (Pro_02)."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import Any

from tegemoet.application.exchange.folder import (
    Json,
    asked_key,
    counts_of,
    done_key,
    excluded_key,
    in_time,
    lines_of,
    noted_key,
    output_key,
    parameters_year,
    persons_prefix,
    writers,
)
from tegemoet.application.files import read_json, write_json
from tegemoet.application.ports import Exchanges, Objects
from tegemoet.schemes.increased_reimbursement.year import ExchangeYear


def ask_shard(year: int, delivery: int, shard: int, *, objects: Objects) -> Json:
    """Write the persons of one shard whose income is asked in the delivery."""
    keys = list(objects.keys(persons_prefix(year, delivery, shard)))
    asked = {insz for key in keys for insz, _request in lines_of(objects, key)}
    objects.put(asked_key(year, delivery, shard), "".join(f"{insz}\n" for insz in sorted(asked)).encode())
    return {"shard": shard, "asked": len(asked)}


def write_asked(objects: Objects, figures: ExchangeYear, delivery: int, tax_office: str) -> int:
    """Write the list for the tax office; how many persons it holds."""
    asked = 0
    with objects.writer(output_key(tax_office, figures.year, f"pro_02-{delivery}.csv")) as sink:
        sink.write(b"insz\n")
        for shard in range(figures.shards):
            part = objects.get(asked_key(figures.year, delivery, shard))
            asked += part.count(b"\n")
            sink.write(part)
    return asked


def ask(year: int, *, objects: Objects, exchanges: Exchanges) -> Json:
    """Hand over the first list, and to every insurer its households that are left out; then the exchange waits for incomes."""
    figures = parameters_year(year)
    noted = read_json(objects, noted_key(year, "households"))
    if not objects.exists(done_key(year, "select")):
        _hand_over(objects, figures, noted)
    counts = read_json(objects, done_key(year, "select"))
    exchanges.advance(year, "select", "incomes-1", {**in_time(figures, "select", noted["on"]), **counts})
    return {"step": "incomes-1"}


def _hand_over(objects: Objects, figures: ExchangeYear, noted: Json) -> None:
    year = figures.year
    asked = write_asked(objects, figures, 1, noted["tax_office"])
    with ExitStack() as stack:
        sinks = writers(stack, objects, year, noted["insurers"], "excluded.csv")
        for sink in sinks.values():
            sink.write(b"request_number;reason\n")
        for shard in range(figures.shards):
            for found in lines_of(objects, excluded_key(year, shard)):
                for reason in found["reasons"]:
                    sinks[found["partner"]].write(f"{found['request_number']};{reason}\n".encode())
    counts = {"asked": asked, "insurers": added(counts_of(objects, figures, "select"))}
    write_json(objects, done_key(year, "select"), counts)


def added(parts: Iterable[Mapping[str, Any]]) -> Json:
    """The sum of counts that are nested alike."""
    total: Json = {}
    for part in parts:
        for name, value in part.items():
            if isinstance(value, Mapping):
                total[name] = added([total.get(name, {}), value])
            else:
                total[name] = total.get(name, 0) + value
    return total
