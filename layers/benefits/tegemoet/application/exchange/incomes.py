"""Pro_03: the incomes of a sending, sealed from intake to answer, joined to requests, shredded."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from tegemoet.application.exchange.folder import CARRIED, ExchangeFolder
from tegemoet.application.exchange.records import IncomeRow, JoinCounts, Sending
from tegemoet.application.exchange.steps import LAST, SENDINGS, answer, has_passed, incomes
from tegemoet.application.ports import Batches, DataKeys, Objects, Seals
from tegemoet.application.records import Exchange
from tegemoet.schemes.increased_reimbursement import SLUG

AVAILABLE = "00"
"""The return code of a definitive answer."""
COMPLETE = ("done", "refused", "failed", "abandoned")
"""States of a batch that nothing works on any more."""


def join_shard(year: int, sending: Sending, shard: int, *, objects: Objects, seals: Seals) -> dict[str, int]:
    """Bring the definitive incomes of the persons of one shard to the requests that need them.

    All other incomes stay unknown. Returns counts of persons. Raises KeyError in a call that comes
    after the answer: the intake made the key when it read the files, and it is not made again.
    """
    folder = ExchangeFolder(objects, year)
    if folder.answered(sending).exists():
        return {"shard": shard}  # the codes are made, and the key of the sending may be gone
    inputs = folder.inputs(incomes(sending)).read()
    asked = folder.asked(sending, shard).read()
    counts = JoinCounts(asked=len(asked), definitive=0, ignored=0)
    rows = folder.income_rows(inputs, shard)
    if rows.keys:
        seal = seals.open(year, incomes(sending))
        definitive, counts["ignored"] = _definitive(rows.unseal(seal), asked)
        counts["definitive"] = len(definitive)
        for of_requests, needed in folder.needed_by_shard(sending, shard):
            known = ((request, insz, definitive[insz]) for insz, request in needed.read() if insz in definitive)
            folder.joined(sending, of_requests, shard).write(known, seal)
    folder.join_counts(sending, shard).write(counts)
    return {"shard": shard, "asked": counts["asked"], "definitive": counts["definitive"], "ignored": counts["ignored"]}


def _definitive(rows: Iterable[IncomeRow], asked: Collection[str]) -> tuple[dict[str, int], int]:
    """INSZ → definitive income in cents of those asked about, and the number of other persons."""
    by_code: dict[str, dict[str, int]] = defaultdict(dict)
    ignored: set[str] = set()
    for row in rows:
        insz = row["insz"]
        if insz not in asked:
            ignored.add(insz)
        elif row["return_code"] == AVAILABLE:
            by_code[insz][row["ipcal_code"]] = row["cents"]  # a later row replaces an earlier one
    return {insz: sum(of_codes.values()) for insz, of_codes in by_code.items()}, len(ignored)


def shred(year: int, sending: Sending, *, objects: Objects, batches: Batches, data_keys: DataKeys) -> None:
    """Destroy the key of an answered sending and delete everything that held its incomes.

    Shredding it again changes nothing. A file that is being loaded at that moment is shredded when
    it turns out to be late.
    """
    folder = ExchangeFolder(objects, year)
    for name in (incomes(sending), CARRIED) if sending == LAST else (incomes(sending),):
        data_keys.destroy(year, name)
        objects.delete(folder.sealed_keys(name))
    for batch in batches.of_year(year):
        if (batch.scheme, batch.kind) == (SLUG, incomes(sending)) and batch.state in COMPLETE:
            objects.delete([batch.key, *objects.keys(f"batches/{batch.id}/chunks/")])


def shred_answered(exchange: Exchange, *, objects: Objects, batches: Batches, data_keys: DataKeys) -> None:
    """Shred what is left of answered sendings, and what has arrived since."""
    for sending in SENDINGS:
        if has_passed(exchange, answer(sending)):
            shred(exchange.year, sending, objects=objects, batches=batches, data_keys=data_keys)
