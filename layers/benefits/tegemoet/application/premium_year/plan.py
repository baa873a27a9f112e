"""The plan of a run: its inputs, recorded once when it starts."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import get_args

from tegemoet.application.ports import Batches, Facts, Objects, Runs
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.identities import Identities
from tegemoet.application.premium_year.ownership import ranked
from tegemoet.application.premium_year.records import InputKind, Plan, PlannedBatch
from tegemoet.application.records import RunReference
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import NoPremiumForYearError
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.registry import scheme_named

_INPUT_KINDS: Mapping[str, InputKind] = {kind: kind for kind in get_args(InputKind)}


def parameters_of(year: int) -> ParameterSet:
    """The parameter set of the premium year. Raises NoPremiumForYearError."""
    try:
        return scheme_named(SLUG).parameter_sets[str(year)]
    except KeyError:
        raise NoPremiumForYearError(year) from None


def highest_premiums(parameters: ParameterSet) -> dict[str, Decimal]:
    """The highest premium of each profession in a premium year, in EUR."""
    highest: dict[str, Decimal] = {}
    for (profession, _), row in premium_year(parameters).rows.items():
        highest[profession] = max(row.premium, highest.get(profession, row.premium))
    return highest


def make_plan(
    run: RunReference, *, parameters: ParameterSet, batches: Batches, facts: Facts, runs: Runs, work: Objects
) -> Plan:
    """Record the run's inputs: complete batches in order of arrival, identities, choices.

    A run keeps its first plan.
    """
    folder = RunFolder(work, run.id)
    if not folder.has_plan():
        complete = [b for b in batches.of_year(run.year) if b.state == "done" and b.kind in _INPUT_KINDS]
        complete.sort(key=lambda b: b.rank)
        planned = [PlannedBatch(b.id, _INPUT_KINDS[b.kind], b.partner, _day(b.written_at)) for b in complete]
        ranks = {batch.id: rank for rank, batch in enumerate(planned)}
        identities = Identities(ranked(facts.of_kind(run.year, "identity"), ranks.get))
        plan = Plan(
            run.id,
            premium_year(parameters).shards,
            {"version": parameters.version, "sha256": parameters.sha256},
            planned,
            identities.roots,
            identities.exceptions,
            {e.id: e.choice for e in runs.exceptions(run.year) if e.choice is not None},
            identities.connected,
        )
        folder.write_plan(plan)
    return folder.plan()


def _day(moment: str) -> str:
    """The day of a moment in ISO form, with or without separators."""
    return datetime.fromisoformat(moment).date().isoformat()
