"""The incomes of a delivery: read, brought to the requests that need them, sealed all the while, and forgotten (Pro_03)."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from tegemoet.application.exchange.folder import (
    CARRIED,
    SCHEME,
    Json,
    answer,
    asked_key,
    counts_key,
    delivered,
    done_key,
    incomes,
    joined_prefix,
    lines_of,
    noted_key,
    persons_prefix,
    put_lines,
    sealed_prefix,
)
from tegemoet.application.files import read_json, write_json
from tegemoet.application.ports import Batches, Objects, Seals

AVAILABLE = "00"
"""The return code of a definitive answer."""
COMPLETE = ("done", "refused", "failed")
"""States of a batch that nobody works on any more."""


def join_shard(year: int, delivery: int, shard: int, *, objects: Objects, seals: Seals) -> Json:
    """Bring the definitive incomes of the persons of one shard to the requests that need them; all others stay unknown.

    Raises KeyError in a call that lags behind the answer: the key was made when the files were taken in, and nobody makes it anew.
    """
    if objects.exists(done_key(year, answer(delivery))):
        return {"shard": shard}  # the codes are made, and the key of the delivery may be gone
    noted = read_json(objects, noted_key(year, incomes(delivery)))
    asked = frozenset(objects.get(asked_key(year, delivery, shard)).decode().split())
    counts = {"asked": len(asked), "definitive": 0, "ignored": 0}
    if any(shard in batch["shards"] for batch in noted["batches"]):
        seal = seals.open(year, incomes(delivery))
        found, counts["ignored"] = _definitive(delivered(objects, noted, shard, seal), asked)
        counts["definitive"] = len(found)
        for key in objects.keys(persons_prefix(year, delivery, shard)):
            of_requests = int(key.rpartition("/")[2].removesuffix(".jsonl"))
            known = ((request, insz, found[insz]) for insz, request in lines_of(objects, key) if insz in found)
            put_lines(objects, f"{joined_prefix(year, delivery, of_requests)}{shard}", known, seal)
    write_json(objects, counts_key(year, incomes(delivery), shard), counts)
    return {"shard": shard, **counts}


def _definitive(rows: Iterable[Json], asked: Collection[str]) -> tuple[dict[str, int], int]:
    """INSZ → income in cents, of who was asked and has a definitive one; and how many persons were not asked."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    ignored: set[str] = set()
    for row in rows:
        insz = row["insz"]
        if insz not in asked:
            ignored.add(insz)
        elif row["return_code"] == AVAILABLE:
            found[insz][row["ipcal_code"]] = row["cents"]  # a later row replaces an earlier one
    return {insz: sum(of_codes.values()) for insz, of_codes in found.items()}, len(ignored)


def forget(year: int, delivery: int, *, objects: Objects, batches: Batches, seals: Seals) -> None:
    """Destroy the key of an answered delivery and delete all that held its incomes; doing it again changes nothing.

    A file that is being taken in at this moment is forgotten when it is found to be late.
    """
    seals.destroy(year, incomes(delivery))
    objects.delete(list(objects.keys(sealed_prefix(year, incomes(delivery)))))
    if delivery == 2:
        seals.destroy(year, CARRIED)
        objects.delete(list(objects.keys(sealed_prefix(year, CARRIED))))
    for batch in batches.of_year(year):
        if (batch.scheme, batch.kind) == (SCHEME, incomes(delivery)) and batch.state in COMPLETE:
            objects.delete([batch.key, *objects.keys(f"batches/{batch.id}/chunks/")])
