"""The plan of a run: its inputs, recorded once when it starts."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import get_args

from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import (
    Batches,
    Clock,
    DigestSecret,
    Facts,
    Ledger,
    Objects,
    Registrations,
    RolesRegister,
    Runs,
)
from tegemoet.application.premium_year.account_changes import doubts_of
from tegemoet.application.premium_year.authority import Authority, Believed, IdentityClaim, IdentityRow
from tegemoet.application.premium_year.changes import (
    grant_changes,
    role_changes,
    unread_file_changes,
    unused_file_changes,
    value_changes,
)
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.identities import Identities
from tegemoet.application.premium_year.ownership import RankedFact, ranked
from tegemoet.application.premium_year.records import InputKind, Plan, PlannedBatch, trusted_of
from tegemoet.application.premium_year.running import (
    RunOfAnotherVersionError,
    released_runs,
    require_layout,
    require_this_version,
)
from tegemoet.application.premium_year.unread import UNREAD, brought, not_taken_in, require_read
from tegemoet.application.premium_year.values import supplied_values, values_of_phase
from tegemoet.application.records import AUTHORITIES, Batch, BatchState, Phase, Registration, Run, RunReference
from tegemoet.domain.calendar import second_of
from tegemoet.domain.manual_review import ReviewedException
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import BatchLoadingError, NoPremiumForYearError
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.registry import scheme_named

FACT_KINDS: Mapping[str, InputKind] = {kind: kind for kind in get_args(InputKind)}
"""Kinds of files that are the inputs of a premium year."""
NOT_USED: tuple[BatchState, ...] = ("refused", "failed", "abandoned")
"""States of a batch of which nothing is used."""
WITHOUT_EFFECT = frozenset(("seen", "noted"))
"""Choices that only record that somebody looked."""
CLOCKS = timedelta(seconds=1)
"""More than the clocks of S3 and of functions differ."""


def kinds_of(phase: Phase) -> frozenset[str]:
    """The kinds of files that the phase uses: phase 1 ignores amounts of the whole year."""
    return frozenset(FACT_KINDS) - ({"activity-year"} if phase == 1 else frozenset())


def concerning(batches: Iterable[Batch], phase: Phase, cut_off: str) -> list[Batch]:
    """The batches that concern a run of the phase, in order of arrival.

    Those of a kind that the phase uses, written before the `cut_off`, in any state.
    """
    return [batch for batch in _of_kinds(kinds_of(phase), batches) if batch.written_at < cut_off]


def complete(batches: Iterable[Batch]) -> list[Batch]:
    """The batches whose facts a run could use now, in order of arrival.

    What is still loading, was abandoned or failed left facts in the table that nothing may read.
    """
    return [batch for batch in _of_kinds(FACT_KINDS, batches) if batch.state == "done"]


def _of_kinds(kinds: Container[str], batches: Iterable[Batch]) -> list[Batch]:
    """The batches of the premium of these kinds, in order of arrival.

    Another scheme may have a kind of the same name.
    """
    return sorted((b for b in batches if b.scheme == SLUG and b.kind in kinds), key=lambda b: b.rank)


def require_loaded(batches: Iterable[Batch], cut_off: str) -> None:
    """Raise BatchLoadingError while one of the batches that concern a run is loading."""
    if loading := [batch.id for batch in batches if batch.state == "loading"]:
        raise BatchLoadingError(loading, cut_off)


def choosers_of(exceptions: Iterable[ReviewedException]) -> tuple[str, ...]:
    """The subjects of those whose choices on these exceptions count and have an effect."""
    counting = (each for each in exceptions if each.choice is not None and each.choice not in WITHOUT_EFFECT)
    return tuple(sorted({choice.subject for each in counting for choice in each.counting}))


def held_at(cut_off: str, registrations: Registrations) -> list[Registration]:
    """Every version of the registrations that was made before the cut-off."""
    end = second_of(cut_off)
    return [each for each in registrations.all() if second_of(each.at) < end]


def planned(batches: Iterable[Batch], grants: Grants) -> list[PlannedBatch]:
    """What a plan records of batches."""
    return [
        PlannedBatch(
            b.id,
            FACT_KINDS[b.kind],
            b.partner,
            _day(b.written_at),
            b.sent_by.subject if b.sent_by else None,
            (since := _trusted_since(b, grants)) is not None,
            since or "",
            b.written_at,
        )
        for b in batches
    ]


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


@dataclass(frozen=True, slots=True)
class FreezePorts:
    """What the calls of the function `freeze` need. `work` and `inbox` are buckets."""

    facts: Facts
    batches: Batches
    registrations: Registrations
    roles: RolesRegister
    runs: Runs
    ledger: Ledger
    work: Objects
    secrets: DigestSecret
    inbox: Objects
    clock: Clock


def make_plan(run: RunReference, parameters: ParameterSet, ports: FreezePorts) -> Plan:
    """Record the run's inputs: complete batches in order of arrival, registrations, choices.

    Only objects written and registrations made before the cut-off of the run count. A run keeps its
    first plan. Raises KeyError for an unknown run, RunOfAnotherVersionError, FileUnreadError while
    an object is not taken in, and BatchLoadingError while one loads that S3 reported after the
    start.
    """
    folder, known = RunFolder(ports.work, run.id), ports.runs.get(run.id)
    if known is None:
        raise KeyError(run.id)
    require_this_version(known)
    if not folder.has_plan():
        folder.write_plan(_plan_of(known, parameters, ports))
    return folder.plan()


def _plan_of(run: Run, parameters: ParameterSet, ports: FreezePorts) -> Plan:
    """The inputs of the run as they are now, up to its cut-off."""
    assert run.detail.cut_off is not None  # noqa: S101 - this version starts no run without one
    cut_off, clock = run.detail.cut_off, ports.clock
    clock.wait_until(datetime.fromisoformat(cut_off) + CLOCKS)  # nothing is written before it from now on
    versions = held_at(cut_off, ports.registrations)
    grants = Grants(versions)
    files = brought(run.year, kinds_of(run.phase), cut_off, grants, ports.inbox)
    batches = ports.batches.of_year(run.year)  # after the inbox: what it shows and is taken in by now is among them
    unread = not_taken_in(files, {batch.version for batch in batches})
    require_read(unread, clock.now())
    before = concerning(batches, run.phase, cut_off)
    require_loaded(before, cut_off)
    used = planned((batch for batch in before if batch.state == "done"), grants)
    unused = [batch for batch in before if batch.state in NOT_USED]
    exceptions = ports.runs.exceptions(run.year)
    choices = _choices(exceptions)
    believed, identities, claims = _identities(run.year, used, grants, choices, ports.facts)
    released, since = _released(run, ports.runs)
    values = values_of_phase(run.phase, parameters, ports.runs)
    return Plan(
        run=run.id,
        shards=premium_year(parameters).shards,
        parameters={"version": parameters.version, "sha256": parameters.sha256},
        batches=used,
        roots=identities.roots,
        exceptions=identities.exceptions,
        choices=choices,
        choosers=choosers_of(exceptions),
        connected=identities.connected,
        registrations=versions,
        identity_claims=claims,
        released=released,
        unused=dict(sorted(Counter([*(batch.state for batch in unused), *(UNREAD for _ in unread)]).items())),
        since=since,
        doubts=doubts_of(believed, {batch.id: batch for batch in used}),
        changes=[
            *grant_changes(versions, since),
            *role_changes(ports.roles.all(), since),
            *unused_file_changes(unused),
            *unread_file_changes(unread),
            *value_changes(values, since),
        ],
        layout=run.detail.layout,
        supplied=supplied_values(values),
        cut_offs={each.id: each.detail.cut_off or "" for each in released_runs(run.year, ports.runs)},
    )


def plan_of(folder: RunFolder) -> Plan:
    """The plan of a run that a step goes on with. Raises RunOfAnotherVersionError."""
    plan = folder.plan()
    require_layout(plan.layout)
    return plan


def plan_on(folder: RunFolder, parameters: ParameterSet) -> Plan:
    """The same, for a step that uses the values of the year.

    Raises RunOfAnotherVersionError also where the run was planned with another set: what it
    proposes would rest on values that its approval does not cover.
    """
    plan = plan_of(folder)
    if plan.parameters["sha256"] != parameters.sha256:
        raise RunOfAnotherVersionError("abandon the run, or deploy the version that has the values of its plan")
    return plan


def identities_now(
    year: int, *, batches: Batches, registrations: Registrations, facts: Facts, runs: Runs
) -> Identities:
    """The identities that a run would use now, for reading."""
    grants = Grants(registrations.all())
    used = planned(complete(batches.of_year(year)), grants)
    _, identities, _ = _identities(year, used, grants, _choices(runs.exceptions(year)), facts)
    return identities


def _trusted_since(batch: Batch, grants: Grants) -> str | None:
    """Since when the rows of the batch are facts for which its partner is an authority, if ever."""
    on = next((each for each in AUTHORITIES if each == batch.kind), None)
    if batch.year is None or on is None:
        return None
    return grants.authority_since(batch.partner, batch.year, on, batch.written_at)


def _choices(exceptions: Iterable[ReviewedException]) -> dict[str, str]:
    return {e.id: e.choice for e in exceptions if e.choice is not None}


def _identities(
    year: int, planned: Sequence[PlannedBatch], grants: Grants, choices: Mapping[str, str], facts: Facts
) -> tuple[list[Believed[IdentityRow]], Identities, list[IdentityClaim]]:
    """The identity rows that count, who is one person, and the rows that wait for an operator."""
    ranks = {batch.id: rank for rank, batch in enumerate(planned)}
    authority = Authority(trusted_of(planned), grants.owner_of, choices)
    told: list[RankedFact[IdentityRow]] = list(ranked(facts.of_kind(year, "identity"), ranks.get))
    used, claims = authority.identities(told)
    return used, Identities((row.fact for row in used), told), claims


def _released(run: RunReference, runs: Runs) -> tuple[str | None, str | None]:
    """The run of the year that was released last, and its cut-off."""
    latest = max(released_runs(run.year, runs), key=lambda each: each.started_at, default=None)
    return (None, None) if latest is None else (latest.id, latest.detail.cut_off)


def _day(moment: str) -> str:
    """The day of a moment in ISO form, with or without separators."""
    return datetime.fromisoformat(moment).date().isoformat()
