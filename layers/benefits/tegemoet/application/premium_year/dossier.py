"""The dossier of a person in a premium year, by RIZIV number.

It holds no identity number and no account.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal

import orjson
from pydantic import ValidationError

from tegemoet.application.decisions.deciding import supplied_of_run
from tegemoet.application.lives import Retention
from tegemoet.application.ports import Batches, Clock, Facts, Ledger, Objects, Runs
from tegemoet.application.premium_year.expiry import require_facts
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.plan import complete, parameters_of
from tegemoet.application.premium_year.records import Plan
from tegemoet.application.premium_year.running import runs_of
from tegemoet.application.premium_year.sent import SentPayment, SentPorts, sent_payments
from tegemoet.application.records import Entry, Phase, Run, RunState
from tegemoet.domain.decision import FactValue, Met, Outcome
from tegemoet.domain.identity import shard_of
from tegemoet.domain.money import euro
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import NotFoundError, ParameterUnknownError
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.convention_premium.practices import PracticeAssessment
from tegemoet.schemes.convention_premium.rules import PersonDecision, decide_person
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.registry import scheme_named


@dataclass(frozen=True, slots=True)
class RuleFinding:
    rule: str
    outcome: Met
    facts: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class PracticeFinding:
    """What a run found of a practice; `premium` in EUR."""

    riziv_number: str
    profession: str
    specialism: str | None
    outcome: Outcome
    premium: str
    findings: Sequence[RuleFinding]


@dataclass(frozen=True, slots=True)
class PhaseDecision:
    """What one run decided; amounts in EUR."""

    phase: Phase
    run: str
    run_state: RunState
    on: str
    decision: str
    outcome: Outcome
    premium: str
    payable: str
    recovery: str
    practices: Sequence[PracticeFinding]


@dataclass(frozen=True, slots=True)
class Dossier:
    """The year of the person behind a RIZIV number: practices, decisions of each run, payments.

    `riziv_number` = eight digits; `identity_conflict` = whether several persons claim it; `sent` =
    how each payment went to the bank, by the id of its entry (none of a run without files).
    """

    year: int
    riziv_number: str
    state: Literal["open", "closed"]
    identity_conflict: bool
    practices: Sequence[str]
    decisions: Sequence[PhaseDecision]
    entries: Sequence[Entry]
    sent: Mapping[str, SentPayment]


def read_dossier(
    year: int,
    riziv_number: str,
    *,
    batches: Batches,
    facts: Facts,
    runs: Runs,
    ledger: Ledger,
    work: Objects,
    clock: Clock,
    retention: Retention,
) -> Dossier:
    """The dossier of a RIZIV number (8 or 11 digits), on facts that a run could use now.

    What `sent_payments` reads comes on top of what is kept of the person.

    Raises NoPremiumForYearError; NotFoundError `facts-expired`, `practice-unknown`.
    """
    parameters = parameters_of(year)
    require_facts(runs.year(year), clock.now().date(), retention)
    shards = premium_year(parameters).shards
    number = riziv_number[:8]
    used = frozenset(batch.id for batch in complete(batches.of_year(year)))
    practices = (fact for fact in facts.practices_of(year, shard_of(number, shards), number) if fact.batch in used)
    persons = [orjson.loads(fact.body)["person"] for fact in practices]
    if not persons:
        raise NotFoundError("No practice with that number is known.", "practice-unknown")
    of_year = runs_of(year, runs)
    plan = _latest_plan(of_year, work)
    roots = list(dict.fromkeys(map(plan.root, persons) if plan else persons))
    state: Literal["open", "closed"] = "open"
    decisions: list[PhaseDecision] = []
    for run in of_year:
        for root, decided in _decided(run, roots, shards, parameters, work):
            decisions.append(_phase_decision(run, root, decided))
            if run.phase == 2 and run.state == "released":
                state = decided.state
    keys = [key for root in roots for key in (plan.keys_of(root) if plan else [root])]
    entries = [entry for key in keys for entry in ledger.entries_of(year, shard_of(key, shards), key)]
    return Dossier(
        year,
        number,
        state,
        len(roots) > 1,
        sorted({practice.riziv_number for practice in decisions[-1].practices}) if decisions else [],
        decisions,
        entries,
        sent_payments(year, entries, SentPorts(batches, facts, runs, work)),
    )


def _latest_plan(of_year: Iterable[Run], work: Objects) -> Plan | None:
    """The plan of the latest run, which says which keys are one person; None before the first."""
    for run in sorted(of_year, key=lambda run: run.started_at, reverse=True):
        folder = RunFolder(work, run.id)
        if folder.has_plan():
            return folder.plan()
    return None


def _decided(
    run: Run, roots: Sequence[str], shards: int, parameters: ParameterSet, work: Objects
) -> Iterator[tuple[str, PersonDecision]]:
    """What the run decided of each of these persons (roots) that it froze with a case.

    A person whom the rules could not decide is an exception of the run and has no decision.
    """
    scheme, folder = scheme_named(SLUG), RunFolder(work, run.id)
    for root in roots:
        frozen = folder.person(shard_of(root, shards), root)
        if frozen is not None and frozen.case is not None:
            with suppress(ValidationError, ParameterUnknownError):
                case = scheme.case.validate_json(orjson.dumps(frozen.case))
                yield root, decide_person(case, date.fromisoformat(run.on), given_in(folder.plan(), parameters))


def given_in(plan: Plan, parameters: ParameterSet) -> ParameterSet:
    """The set with what the body supplied for the run, except what the set publishes by now."""
    lacking = [
        value
        for value in plan.supplied
        if parameters.published(value["parameter"], date.fromisoformat(value["from"]), **value["key"]) is None
    ]
    return parameters.noting(supplied_of_run(lacking, parameters))


def _phase_decision(run: Run, root: str, decided: PersonDecision) -> PhaseDecision:
    return PhaseDecision(
        run.phase,
        run.id,
        run.state,
        run.on,
        f"{run.id}.{root}",
        decided.ruling.outcome,
        euro(decided.target),
        euro(decided.payable),
        euro(decided.recovery),
        [_practice_finding(assessment) for assessment in decided.assessments],
    )


def _practice_finding(assessment: PracticeAssessment) -> PracticeFinding:
    return PracticeFinding(
        assessment.practice.riziv_number,
        assessment.practice.profession,
        assessment.practice.specialism,
        assessment.outcome,
        euro(assessment.premium),
        [RuleFinding(finding.rule, finding.outcome, finding.facts) for finding in assessment.findings],
    )
