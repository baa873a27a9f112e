"""The end of a closed premium year: what is past its last day is deleted, all of it on one day.

Nothing of a year expires item by item, and nothing of a year that is not closed. The ledger is
never deleted by code, and the state of the year stays: it says that the year is closed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple, TypedDict

from tegemoet.application.lives import EARLIER, KEPT, SWEPT, Retention, Swept
from tegemoet.application.ports import Batches, Decisions, Facts, Objects, Runs
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.records import Year
from tegemoet.domain.problems import ConflictError, NotFoundError
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.registry import data_of, scheme_named

PORTION = 1_000
"""Objects that are deleted between two looks at the time."""


class Expired(NamedTuple):
    """A portion that was deleted: how many objects or items of which life of a year."""

    year: int
    life: Swept
    deleted: int


@dataclass(frozen=True, slots=True)
class ExpiryPorts:
    """Where a premium year lies, and how long it is kept."""

    retention: Retention
    runs: Runs
    facts: Facts
    decisions: Decisions
    batches: Batches
    work: Objects
    output: Objects
    bank: Objects


def expire(on: date, ports: ExpiryPorts) -> Iterator[Expired]:
    """Delete what is past its last day on the day `on`, portion by portion.

    Whoever stops between two portions begins again later: what is deleted is not found any more.
    """
    for year in sorted(map(int, scheme_named(SLUG).parameter_sets)):
        closed_on = closing_day(ports.runs.year(year))
        over = [life for life in SWEPT if ports.retention.is_over(life, closed_on, on)]
        for life in over:
            for deleted in _delete(year, life, ports):
                yield Expired(year, life, deleted)


class ExpiredCounts(TypedDict):
    """What was deleted, by `<year>/<life>`, and whether nothing is left that was past its day."""

    deleted: dict[str, int]
    complete: bool


def expire_in_time(on: date, ports: ExpiryPorts, has_time: Callable[[], bool]) -> ExpiredCounts:
    """As `expire`, until there is no time for another portion."""
    deleted: Counter[str] = Counter()
    for portion in expire(on, ports):
        deleted[f"{portion.year}/{portion.life}"] += portion.deleted
        if not has_time():
            return {"deleted": dict(deleted), "complete": False}
    return {"deleted": dict(deleted), "complete": True}


def _delete(year: int, life: Swept, ports: ExpiryPorts) -> Iterator[int]:
    """Everything is found by the year alone, so that a deletion may stop anywhere."""
    yield from _delete_objects(ports.work, _of_runs(ports.work, year, life))
    if life == "run":
        return
    shards = premium_year(parameters_of(year)).shards
    if life == "facts":
        yield from ports.facts.delete_year(year, shards)
        return
    for bucket in (ports.output, ports.bank):
        yield from _delete_objects(bucket, bucket.keys(f"payments/{year}/"))
    yield from ports.decisions.delete_runs(year, shards)
    for batch in ports.batches.of_year(year):
        if data_of(batch.scheme) != "exchange":  # an exchange deletes its own
            ports.batches.delete(batch)
            yield 1
    yield from ports.runs.delete_records(year)


def _of_runs(work: Objects, year: int, life: Swept) -> Iterator[str]:
    """The keys of that life in the folders of the year's runs. What has no row is a record."""
    rows = [kept for kept in (*KEPT, *EARLIER) if (kept.place, kept.life) == ("WorkBucket", life)]
    for key in work.keys(f"runs/{year}-"):
        if life == "records" or any(kept.covers(key) for kept in rows):
            yield key


def _delete_objects(objects: Objects, keys: Iterable[str]) -> Iterator[int]:
    rest = iter(keys)
    while portion := list(islice(rest, PORTION)):
        objects.delete(portion)
        yield len(portion)


# --- before the end -------------------------------------------------------------------------------


def closing_day(year: Year | None) -> date | None:
    """The day from which the retention of the year counts; None while it is not closed."""
    return year.closed_on if year else None


def require_lasting_facts(year: Year | None, on: date, retention: Retention) -> None:
    """Raise ConflictError `facts-expire-soon` for a run in the last days of its facts, or later."""
    if retention.expires_soon("facts", closing_day(year), on):
        raise ConflictError("The facts of the year expire soon.", "facts-expire-soon")


def require_facts(year: Year | None, on: date, retention: Retention) -> None:
    """Raise NotFoundError `facts-expired` after the last day of the facts, deleted yet or not."""
    if retention.is_over("facts", closing_day(year), on):
        raise NotFoundError("The facts of the year are no longer kept.", "facts-expired")
