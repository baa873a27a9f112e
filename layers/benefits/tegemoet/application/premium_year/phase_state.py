"""The state of a phase: its latest run, how far it is, and the runs before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tegemoet.application.ports import Objects, Runs
from tegemoet.application.premium_year.changes import Change
from tegemoet.application.premium_year.exceptions import YearExceptions
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.listing import Listing
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.running import require_phase
from tegemoet.application.premium_year.summary import ChangesCounted, RunProgress, RunSummary
from tegemoet.application.records import Run, RunState
from tegemoet.domain.problems import NotFoundError


@dataclass(frozen=True, slots=True)
class PhaseState:
    """The latest run of a phase; `runs` = every run, oldest first.

    `control_sum` (EUR) and `totals` are None before the run is proposed. `failure` is the name of
    the error while the run is failed, `reason` that of a refusal. `outputs` = keys in the output
    bucket; `exceptions` = those of the year without a choice.
    """

    run: str
    state: RunState
    on: str
    started_at: str
    progress: RunProgress
    control_sum: str | None
    totals: RunSummary | None
    failure: str | None
    reason: str | None
    outputs: Sequence[str]
    exceptions: int
    runs: Sequence[Run]


def phase_state(year: int, phase: int, *, runs: Runs, work: Objects) -> PhaseState:
    """The state of the phase.

    Raises NoPremiumForYearError; NotFoundError `phase-unknown`, `phase-not-started`.
    """
    of_phase = _runs_of(year, phase, runs)
    latest = of_phase[-1]
    folder = RunFolder(work, latest.id)
    return PhaseState(
        latest.id,
        latest.state,
        latest.on,
        latest.started_at,
        folder.progress(),
        latest.detail.control_sum,
        folder.summary() if folder.has_summary() else None,
        latest.detail.failure if latest.state == "failed" else None,
        latest.detail.reason,
        latest.detail.outputs or (),
        YearExceptions(year, runs, work).undecided(),
        of_phase,
    )


@dataclass(frozen=True, slots=True)
class PhaseChanges:
    """What changed since the last release, as the latest run of a phase was proposed.

    `counted` is None before the run is proposed.
    """

    run: str
    counted: ChangesCounted | None
    changes: Listing[Change]


def phase_changes(year: int, phase: int, *, runs: Runs, work: Objects) -> PhaseChanges:
    """The changes of the latest run of the phase. Raises as `phase_state` does."""
    latest = _runs_of(year, phase, runs)[-1]
    folder = RunFolder(work, latest.id)
    counted = folder.summary().get("changes") if folder.has_summary() else None
    return PhaseChanges(latest.id, counted, folder.changes())


def _runs_of(year: int, phase: int, runs: Runs) -> Sequence[Run]:
    """The runs of the phase, oldest first; there is one at least."""
    parameters_of(year)
    of_phase = runs.of_phase(year, require_phase(phase))
    if not of_phase:
        raise NotFoundError("The phase has not been started.", "phase-not-started")
    return of_phase
