"""Closing a premium year."""

from collections.abc import Callable

from tegemoet.application.ports import Clock, Runs
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.domain.problems import ConflictError


def close_year(year: int, *, runs: Runs, close_ledger: Callable[[int], object], clock: Clock) -> None:
    """Close the year after a released phase 2: nothing is paid afterwards.

    Closing twice changes nothing. `close_ledger` puts the CLOSE entry; only the function `settle`
    may write to the ledger. Raises NoPremiumForYearError; ConflictError `phase-2-not-released`,
    `run-open`.
    """
    parameters_of(year)
    state = runs.year(year)
    if state is None or 2 not in state.released:
        raise ConflictError("Phase 2 of the year is not released.", "phase-2-not-released")
    if not runs.close(year, clock.now().date()):
        raise ConflictError("A run of the year is open.", "run-open")
    close_ledger(year)
