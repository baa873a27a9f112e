"""Pro_03: the incomes of a delivery, sealed from intake to answer, joined to requests, shredded."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from tegemoet.application.exchange.folder import CARRIED, ExchangeFolder
from tegemoet.application.exchange.records import Delivery, IncomeRow, JoinCounts
from tegemoet.application.exchange.steps import DELIVERIES, LAST, answer, has_passed, incomes
from tegemoet.application.ports import Batches, DataKeys, Objects, Seals
from tegemoet.application.records import Exchange
from tegemoet.schemes.increased_reimbursement import SLUG

AVAILABLE = "00"
"""The return code of a definitive answer."""
COMPLETE = ("done", "refused", "failed")
"""States of a batch that nothing works on any more."""


def join_shard(year: int, delivery: Delivery, shard: int, *, objects: Objects, seals: Seals) -> dict[str, int]:
    """Bring the definitive incomes of the persons of one shard to the requests that need them.

    All other incomes stay unknown. Returns counts of persons. Raises KeyError in a call that comes
    after the answer: the intake made the key when it read the files, and it is not made again.
    """
    folder = ExchangeFolder(objects, year)
    if folder.answered(delivery).exists():
        return {"shard": shard}  # the codes are made, and the key of the delivery may be gone
    inputs = folder.inputs(incomes(delivery)).read()
    asked = folder.asked(delivery, shard).read()
    counts = JoinCounts(asked=len(asked), definitive=0, ignored=0)
    rows = folder.income_rows(inputs, shard)
    if rows.keys:
        seal = seals.open(year, incomes(delivery))
        definitive, counts["ignored"] = _definitive(rows.unseal(seal), asked)
        counts["definitive"] = len(definitive)
        for of_requests, needed in folder.needed_by_shard(delivery, shard):
            known = ((request, insz, definitive[insz]) for insz, request in needed.read() if insz in definitive)
            folder.joined(delivery, of_requests, shard).write(known, seal)
    folder.join_counts(delivery, shard).write(counts)
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


def shred(year: int, delivery: Delivery, *, objects: Objects, batches: Batches, data_keys: DataKeys) -> None:
    """Destroy the key of an answered delivery and delete everything that held its incomes.

    Shredding it again changes nothing. A file that is being loaded at that moment is shredded when
    it turns out to be late.
    """
    folder = ExchangeFolder(objects, year)
    for name in (incomes(delivery), CARRIED) if delivery == LAST else (incomes(delivery),):
        data_keys.destroy(year, name)
        objects.delete(folder.sealed_keys(name))
    for batch in batches.of_year(year):
        if (batch.scheme, batch.kind) == (SLUG, incomes(delivery)) and batch.state in COMPLETE:
            objects.delete([batch.key, *objects.keys(f"batches/{batch.id}/chunks/")])


def shred_answered(exchange: Exchange, *, objects: Objects, batches: Batches, data_keys: DataKeys) -> None:
    """Shred what is left of answered deliveries, and what has arrived since."""
    for delivery in DELIVERIES:
        if has_passed(exchange, answer(delivery)):
            shred(exchange.year, delivery, objects=objects, batches=batches, data_keys=data_keys)
