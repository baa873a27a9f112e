"""What is too old is gone: everything of a year after the last day on which it may be kept; and every day, what is left of incomes."""

from datetime import date

from tegemoet.application.exchange.folder import SCHEME, Json, folder, parameters_year
from tegemoet.application.exchange.steps import forget_answered
from tegemoet.application.ports import Batches, Exchanges, Objects, Seals
from tegemoet.schemes.registry import scheme_named


def purge(on: date, *, objects: Objects, work: Objects, batches: Batches, exchanges: Exchanges) -> Json:
    """Delete everything of the years that are over for good on that day: the objects first, then what leads to them.

    `work` = the bucket where the intake describes batches. Repeating it finds nothing more.
    """
    over = [year for year in years() if parameters_year(year).kept_until < on]
    deleted = 0
    for year in over:
        found = [batch for batch in batches.of_year(year) if batch.scheme == SCHEME]
        keys = [
            *objects.keys(folder(year)),
            *(key for place in ("in/", "out/") for key in objects.keys(place) if f"/{SCHEME}/{year}/" in key),
            *(key for b in found for key in objects.keys(f"batches/{b.id}/")),
            *(key for b in found for key in objects.keys(f"out/{b.partner}/{SCHEME}/{b.id}/")),
        ]
        objects.delete(keys)
        work.delete([key for b in found for key in work.keys(f"batches/{b.id}/")])
        for batch in found:
            batches.delete(batch)
        exchanges.delete(year)
        deleted += len(keys)
    return {"years": over, "objects": deleted}


def sweep(*, objects: Objects, batches: Batches, exchanges: Exchanges, seals: Seals) -> Json:
    """Forget what is left of incomes that are answered: of files that failed, or came while nobody was looking."""
    found = [exchange for exchange in map(exchanges.get, years()) if exchange]
    for exchange in found:
        forget_answered(exchange, objects=objects, batches=batches, seals=seals)
    return {"exchanges": len(found)}


def years() -> list[int]:
    """The years that an exchange is known of."""
    return sorted(int(name) for name in scheme_named(SCHEME).parameter_sets)
