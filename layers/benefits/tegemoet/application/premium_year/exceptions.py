"""The exceptions of a premium year, and what an operator chooses."""

from typing import TypedDict, cast

from tegemoet.application.ports import Runs
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.records import PHASES
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.problems import Fault, InvalidError, NotFoundError


class Candidate(TypedDict):
    """A person that a number was seen with."""

    choice: str
    batch: str
    partner: str


def exceptions_of(year: int, *, runs: Runs) -> list[YearException]:
    """The exceptions of the year by id: of the latest run, of late facts, and all with a choice.

    Raises NoPremiumForYearError.
    """
    parameters_of(year)
    proposed = [run for phase in PHASES for run in runs.of_phase(year, phase) if run.detail.control_sum is not None]
    latest = max(proposed, key=lambda run: run.started_at).id if proposed else ""
    # what an earlier run found and the latest did not has been resolved by new facts
    return sorted((e for e in runs.exceptions(year) if e.run in ("", latest) or e.choice), key=lambda e: e.id)


def choose(year: int, exception_id: str, choice: str, reason: str, *, by: str, runs: Runs) -> YearException:
    """Record the operator's choice; the next run uses it.

    Raises NoPremiumForYearError, NotFoundError `exception-unknown`, InvalidError `choice-unknown`.
    """
    exception = {e.id: e for e in exceptions_of(year, runs=runs)}.get(exception_id)
    if exception is None:
        raise NotFoundError("There is no such exception.", "exception-unknown")
    if choice not in choices_for(exception):
        raise InvalidError(
            "The choice is not one of the exception's choices.", "choice-unknown", (Fault("/choice", "choice-unknown"),)
        )
    runs.choose(year, exception_id, choice, reason, by)
    return next(e for e in exceptions_of(year, runs=runs) if e.id == exception_id)


def choices_for(exception: YearException) -> tuple[str, ...]:
    """The choices of an operator.

    An exception that only new facts resolve can be acknowledged: `seen`.
    """
    match exception.kind:
        case "identity-conflict":
            return tuple(c["choice"] for c in cast("list[Candidate]", exception.facts["candidates"]))
        case "several-pharmacies":
            return tuple(cast("list[str]", exception.facts["pharmacies"]))
        case "year-amount-missing" | "year-amount-lower":
            return ("year-as-delivered", "first-semester-counts")
        case "recovery":
            return ("settled",)
        case _:
            return ("seen",)
