"""A premium year as a whole: its runs with who did what, what is open, and its files."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tegemoet.application.ports import Batches, Objects, Runs
from tegemoet.application.premium_year.exceptions import YearExceptions
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.values import YearValue, year_values
from tegemoet.application.records import PHASES, Batch, BatchState, ClosingProposal, Phase, Run, Year
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.known import Known, known
from tegemoet.schemes.registry import scheme_named


@dataclass(frozen=True, slots=True)
class PhaseOverview:
    """A phase: the first day on which it can be evaluated, and its runs, oldest first."""

    phase: Phase
    first_day: date
    released: bool
    runs: Sequence[Run]


@dataclass(frozen=True, slots=True)
class YearOverview:
    """A premium year.

    `state` is None before the first file. `proposals` to close it, oldest first; `exceptions` =
    those without a choice; `files` = state → number of files; `parameters_until` = the last day on
    which a parameter is known, None if no end is known; `values` = those that are not official;
    `known` = until when the years of the premium are known.
    """

    year: int
    state: Year | None
    phases: Sequence[PhaseOverview]
    proposals: Sequence[ClosingProposal]
    exceptions: int
    files: Mapping[BatchState, int]
    batches: Sequence[Batch]
    parameters_version: str
    parameters_until: date | None
    values: Sequence[YearValue]
    known: Known


def year_overview(year: int, *, runs: Runs, batches: Batches, work: Objects) -> YearOverview:
    """The premium year. Every batch of every partner, newest first.

    Raises NoPremiumForYearError.
    """
    parameters = parameters_of(year)
    premium, state = premium_year(parameters), runs.year(year)
    released = state.released if state else ()
    files = files_of(batches.of_year(year))
    return YearOverview(
        year,
        state,
        [PhaseOverview(p, premium.phase_first_day[p], p in released, runs.of_phase(year, p)) for p in PHASES],
        runs.closing_proposals(year),
        YearExceptions(year, runs, work).undecided(),
        Counter(batch.state for batch in files),
        files,
        parameters.version,
        None if (last := max(p.last for p in parameters.parameters)) == LAST_DAY else last,
        year_values(parameters, runs),
        known(scheme_named(SLUG)),
    )


def files_of(batches: Iterable[Batch]) -> list[Batch]:
    """The files of the premium among the batches of its year, newest first."""
    return sorted((batch for batch in batches if batch.scheme == SLUG), key=lambda batch: batch.id, reverse=True)
