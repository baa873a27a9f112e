"""Starting a run of a phase, by an operator.

Opening a run is one conditional write on the year, so of two concurrent starts only one succeeds.
"""

import hashlib
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tegemoet.application.lives import Retention
from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Batches, Clock, People, Registrations, Runs, Workflows
from tegemoet.application.premium_year.expiry import require_lasting_facts
from tegemoet.application.premium_year.four_eyes import barred
from tegemoet.application.premium_year.plan import (
    choosers_of,
    concerning,
    held_at,
    parameters_of,
    planned,
    require_loaded,
)
from tegemoet.application.premium_year.running import LAYOUT, released_runs, require_phase, start_workflow
from tegemoet.application.premium_year.values import confirmers_of, require_supplied, values_of_phase
from tegemoet.application.records import Person, Phase, Run, RunDetail, Year
from tegemoet.domain.problems import ConflictError, Fault, InvalidError
from tegemoet.schemes.convention_premium.year import premium_year


@dataclass(frozen=True, slots=True)
class Start:
    """What an operator asks for. `key` = the Idempotency-Key; `cut_off` = None for the present."""

    year: int
    phase: int
    on: date
    starter: Person
    key: str
    cut_off: datetime | None = None

    @property
    def run_id(self) -> str:
        """The id of the run: a repeated call has the same."""
        said = f"{self.year} {self.phase} {self.on} {self.starter.subject} {self.key}"
        return f"{self.year}-{self.phase}-{hashlib.sha256(said.encode()).hexdigest()[:10]}"


@dataclass(frozen=True, slots=True)
class StartPorts:
    """What starting a run needs."""

    runs: Runs
    batches: Batches
    registrations: Registrations
    people: People
    workflows: Workflows
    clock: Clock
    retention: Retention


def start_phase(start: Start, ports: StartPorts) -> Run:
    """Start a run of the phase on the facts of every object that was written before the cut-off.

    S3 tells the second in which it wrote an object, so a cut-off within a second is the end of that
    second. A repeated call returns the same run. Raises NoPremiumForYearError; NotFoundError
    `phase-unknown`; InvalidError `before-first-day`, `cut-off-in-the-future`, `cut-off-too-early`;
    BatchLoadingError; ConflictError `nothing-delivered`, `run-open`, `year-closed`,
    `facts-expire-soon`, `phase-1-not-released`, `phase-2-begun`, `value-not-supplied`,
    `no-approver`.
    """
    premium = premium_year(parameters_of(start.year))
    phase = require_phase(start.phase)
    if start.on < premium.phase_first_day[phase]:
        raise InvalidError(
            "The day is before the first day of the phase.", "before-first-day", (Fault("/on", "before-first-day"),)
        )
    run = ports.runs.get(start.run_id)
    if run is None:
        run = _new_run(start, phase, ports)
        if not ports.runs.open(run):
            raise ConflictError("Another run of the year is open.", "run-open")
    if run.state == "started":
        start_workflow(run, ports.workflows)
    return run


def _new_run(start: Start, phase: Phase, ports: StartPorts) -> Run:
    """The run, once nothing speaks against it but what opening checks."""
    runs, clock = ports.runs, ports.clock
    now = clock.now()
    state = runs.year(start.year)
    require_lasting_facts(state, now.date(), ports.retention)
    _check_order(state, phase, start.run_id)
    cut_off = _cut_off(start.year, start.cut_off, now, runs)
    before = concerning(ports.batches.of_year(start.year), phase, cut_off)
    require_loaded(before, cut_off)
    grants = Grants(held_at(cut_off, ports.registrations))
    done = planned((batch for batch in before if batch.state == "done"), grants)
    values = values_of_phase(phase, parameters_of(start.year), runs)
    require_supplied(values)
    choosers = choosers_of(runs.exceptions(start.year))
    excluded = barred(start.starter.subject, done, choosers, grants, confirmers_of(values))
    _check_approvers(excluded, ports.people)
    return Run(
        start.run_id,
        start.year,
        phase,
        start.on.isoformat(),
        start.starter.subject,
        now.isoformat(timespec="milliseconds"),  # orders the runs of a year
        "started",
        RunDetail(
            layout=LAYOUT, execution=start.run_id, attempt=0, cut_off=cut_off, started_by_name=start.starter.name
        ),
    )


def _check_order(year: Year | None, phase: Phase, run_id: str) -> None:
    """Raise ConflictError unless the run may be opened in this state of the year.

    Opening checks the same again, atomically.
    """
    if year is None and phase == 1:
        raise ConflictError("No file of the year has been delivered.", "nothing-delivered")
    if year is not None and year.closed:
        raise ConflictError("The premium year is closed.", "year-closed")
    if year is not None and year.open_run not in (None, run_id):
        raise ConflictError("Another run of the year is open.", "run-open")
    if phase == 1 and year is not None and year.phase_2_begun:
        raise ConflictError("Phase 2 of the year has begun.", "phase-2-begun")
    if phase == 2 and (year is None or 1 not in year.released):
        raise ConflictError("Phase 1 of the year is not released.", "phase-1-not-released")


def _cut_off(year: int, asked: datetime | None, now: datetime, runs: Runs) -> str:
    """The cut-off of a run (ISO, UTC, a full second).

    Raises InvalidError: it is not in the future, and not before that of a released run, which would
    forget facts that were paid on.
    """
    latest = _full_second(now)
    until = latest if asked is None else _full_second(asked)
    if until > latest:
        raise _invalid_cut_off("The cut-off is in the future.", "cut-off-in-the-future")
    if any(until < (run.detail.cut_off or "") for run in released_runs(year, runs)):
        raise _invalid_cut_off("The cut-off is before that of a released run.", "cut-off-too-early")
    return until


def _full_second(moment: datetime) -> str:
    """The moment itself, or the end of its second."""
    rounded = moment.replace(microsecond=0) + timedelta(seconds=1 if moment.microsecond else 0)
    return rounded.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _invalid_cut_off(detail: str, code: str) -> InvalidError:
    return InvalidError(detail, code, (Fault("/cut_off", code),))


def _check_approvers(excluded: Container[str], people: People) -> None:
    """Raises ConflictError `no-approver` if nobody could approve the run."""
    if not any(a.may_approve() and a.person.subject not in excluded for a in people.approvers()):
        raise ConflictError("No approver may approve this run.", "no-approver")
