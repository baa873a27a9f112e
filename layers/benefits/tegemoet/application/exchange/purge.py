"""Deletes every year past its retention, and every day what is left of incomes."""

from datetime import date
from typing import TypedDict

from tegemoet.application.exchange.folder import ExchangeFolder, figures_of
from tegemoet.application.exchange.incomes import shred_answered
from tegemoet.application.ports import Batches, DataKeys, Exchanges, Objects
from tegemoet.schemes.increased_reimbursement import SLUG
from tegemoet.schemes.registry import scheme_named


class Purged(TypedDict):
    """The years that were past their last day, and the number of objects that were deleted."""

    years: list[int]
    objects: int


def purge(on: date, *, objects: Objects, batches: Batches, exchanges: Exchanges) -> Purged:
    """Delete everything of the years that are past their last day on the day `on`.

    Objects are deleted first, then what leads to them. Repeating it deletes nothing more.
    """
    over = [year for year in years() if figures_of(year).kept_until < on]
    deleted = 0
    for year in over:
        delivered = [batch for batch in batches.of_year(year) if batch.scheme == SLUG]
        keys = [
            *ExchangeFolder(objects, year).keys(),
            *(key for place in ("in/", "out/") for key in objects.keys(place) if f"/{SLUG}/{year}/" in key),
            *(key for b in delivered for key in objects.keys(f"batches/{b.id}/")),
            *(key for b in delivered for key in objects.keys(f"out/{b.partner}/{SLUG}/{b.id}/")),
        ]
        objects.delete(keys)
        for batch in delivered:
            batches.delete(batch)
        exchanges.delete(year)
        deleted += len(keys)
    return {"years": over, "objects": deleted}


def sweep(*, objects: Objects, batches: Batches, exchanges: Exchanges, data_keys: DataKeys) -> dict[str, int]:
    """Shred what is left of answered incomes: of files that failed, or that arrived unnoticed."""
    started = [exchange for exchange in map(exchanges.get, years()) if exchange]
    for exchange in started:
        shred_answered(exchange, objects=objects, batches=batches, data_keys=data_keys)
    return {"exchanges": len(started)}


def years() -> list[int]:
    """The years for which there are figures."""
    return sorted(map(int, scheme_named(SLUG).parameter_sets))
