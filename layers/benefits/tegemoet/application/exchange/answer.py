"""One code per request, to the insurer that asked; then what was learned of incomes is destroyed (Pro_04)."""

from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import date

from tegemoet.application.exchange.ask import added, write_asked
from tegemoet.application.exchange.folder import (
    CARRIED,
    Json,
    answer,
    carried_key,
    codes_key,
    counts_key,
    counts_of,
    done_key,
    in_time,
    incomes,
    joined_prefix,
    lines_of,
    noted_key,
    parameters_year,
    put_lines,
    put_persons,
    requests_key,
    unsealed,
    writers,
)
from tegemoet.application.exchange.incomes import forget
from tegemoet.application.files import read_json, write_json
from tegemoet.application.ports import Batches, Exchanges, Objects, Seals
from tegemoet.schemes.increased_reimbursement.household import code

Incomes = dict[str, dict[str, int]]
"""Request number → INSZ → income in cents, of those whose income is known."""
LAST = 2


def answer_shard(year: int, sending: int, shard: int, *, objects: Objects, seals: Seals) -> Json:
    """Make the codes of one shard; at the first sending, carry what is known of the households that have none yet."""
    if objects.exists(done_key(year, answer(sending))):
        return {"shard": shard}  # made, and what they were made from is gone
    figures = parameters_year(year)
    known = _known(year, sending, shard, objects, seals)
    codes: list[Json] = []
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    carried: list[Json] = []
    needed: list[tuple[str, str]] = []
    for request in lines_of(objects, requests_key(year, shard)):
        number, partner = request["request_number"], request["partner"]
        if sending == LAST and number not in known:
            continue  # it had its code at the first sending
        own = known.get(number, {})
        members = [(insz, date.fromisoformat(born)) for insz, born in request["members"]]
        found = code([(born, own.get(insz)) for insz, born in members], sending == LAST, figures)
        if found is None:
            carried.append({"request_number": number, "incomes": own})
            needed += [(insz, number) for insz, born in members if insz not in own and figures.is_adult(born)]
        else:
            codes.append({"request_number": number, "partner": partner, "code": found})
            counts[partner][found] += 1
    if carried:
        put_lines(objects, carried_key(year, shard), carried, seals.open(year, CARRIED, create=True))
        put_persons(objects, figures, LAST, shard, needed)
    put_lines(objects, codes_key(year, sending, shard), codes)
    write_json(objects, counts_key(year, answer(sending), shard), counts)
    return {"shard": shard, "codes": len(codes), "without": len(carried)}


def _known(year: int, sending: int, shard: int, objects: Objects, seals: Seals) -> Incomes:
    """The incomes known of the requests of a shard; at the last sending, of those that have no code yet alone."""
    known: Incomes = defaultdict(dict)
    if sending == LAST and objects.exists(carried_key(year, shard)):
        for held in unsealed(objects, carried_key(year, shard), seals.open(year, CARRIED)):
            known[held["request_number"]] = held["incomes"]
    keys = list(objects.keys(joined_prefix(year, sending, shard)))
    if keys:
        seal = seals.open(year, incomes(sending))
        for key in keys:
            for request, insz, cents in unsealed(objects, key, seal):
                known[request][insz] = cents
    return known


def finish_answer(
    year: int, sending: int, *, objects: Objects, batches: Batches, exchanges: Exchanges, seals: Seals
) -> Json:
    """Hand the codes over, then destroy the incomes they were made from; then the exchange waits for what comes next.

    Nobody left to ask again: the exchange goes on to the results at once, with empty lists in the place of the second round.
    """
    figures = parameters_year(year)
    work = answer(sending)
    noted = read_json(objects, noted_key(year, incomes(sending)))
    if not objects.exists(done_key(year, work)):
        counts: Json = {
            "codes": added(counts_of(objects, figures, work)),
            "ignored": sum(counted["ignored"] for counted in counts_of(objects, figures, incomes(sending))),
        }
        _write_codes(year, sending, figures.shards, noted["insurers"], objects)
        if sending != LAST:
            counts["asked_again"] = write_asked(objects, figures, LAST, noted["tax_office"])
            if not counts["asked_again"]:
                _write_codes(year, LAST, figures.shards, noted["insurers"], objects)
        write_json(objects, done_key(year, work), counts)
    counts = read_json(objects, done_key(year, work))
    over = sending == LAST or not counts["asked_again"]
    for delivery in range(sending, LAST + 1 if over else sending + 1):
        forget(year, delivery, objects=objects, batches=batches, seals=seals)
    after = "results" if over else incomes(LAST)
    exchanges.advance(year, work, after, {**in_time(figures, work, noted["on"]), **counts})
    return {"step": after}


def _write_codes(year: int, sending: int, shards: int, insurers: Json, objects: Objects) -> None:
    with ExitStack() as stack:
        sinks = writers(stack, objects, year, insurers, f"pro_04-{sending}.csv")
        for sink in sinks.values():
            sink.write(b"request_number;code\n")
        for shard in range(shards):
            for found in lines_of(objects, codes_key(year, sending, shard)):
                sinks[found["partner"]].write(f"{found['request_number']};{found['code']}\n".encode())
