"""The exceptions of a premium year, and what an operator chooses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict, cast

from tegemoet.application.ports import Batches, Clock, Objects, Runs
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.four_eyes import raised_by_own_file
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.records import PHASES, Person
from tegemoet.domain.manual_review import Choice, ReviewedException, YearException
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError

NAMED_IN: Mapping[str, str] = {"several-pharmacies": "pharmacies", "key-of-another-partner": "partners"}
"""Kinds of exceptions whose choices are a list among their facts."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "year-amount-missing": ("year-as-delivered", "first-semester-counts"),
    "year-amount-lower": ("year-as-delivered", "first-semester-counts"),
    "recovery": ("settled",),
    "account-of-another-partner": ("use-it", "leave-it"),
    "identity-of-another-partner": ("use-it", "leave-it"),
    "office-account-changed": ("use-it", "leave-it"),
}
"""The choices of kinds of exceptions that always have the same."""


class Candidate(TypedDict):
    """A person that a number was seen with."""

    choice: str
    batch: str
    partner: str


def exceptions_of(year: int, *, runs: Runs) -> list[ReviewedException]:
    """The exceptions of the year by id: of the latest run, of late facts, and all with a choice.

    Raises NoPremiumForYearError.
    """
    parameters_of(year)
    proposed = [run for phase in PHASES for run in runs.of_phase(year, phase) if run.detail.control_sum is not None]
    latest = max(proposed, key=lambda run: run.started_at).id if proposed else ""
    # what an earlier run found and the latest did not has been resolved by new facts
    return sorted((e for e in runs.exceptions(year) if e.run in ("", latest) or e.choice), key=lambda e: e.id)


def open_exceptions(year: int, *, runs: Runs) -> int:
    """How many exceptions of the year nobody has decided. Raises NoPremiumForYearError."""
    return sum(exception.choice is None for exception in exceptions_of(year, runs=runs))


def require_exception(year: int, exception_id: str, *, runs: Runs) -> ReviewedException:
    """The exception. Raises NoPremiumForYearError, NotFoundError `exception-unknown`."""
    found = next((e for e in exceptions_of(year, runs=runs) if e.id == exception_id), None)
    if found is None:
        raise NotFoundError("There is no such exception.", "exception-unknown")
    return found


@dataclass(frozen=True, slots=True)
class ChoicePorts:
    """What choosing needs."""

    runs: Runs
    batches: Batches
    work: Objects
    clock: Clock


def choose(
    year: int, exception_id: str, choice: str, reason: str, *, by: Person, ports: ChoicePorts
) -> ReviewedException:
    """Append the operator's choice to those made before; the next run uses it.

    Raises NoPremiumForYearError; NotFoundError `exception-unknown`; InvalidError `choice-unknown`;
    ConflictError `own-file` where a file of that person raised the exception, and
    `chosen-meanwhile` where somebody else chose at the same moment.
    """
    exception = require_exception(year, exception_id, runs=ports.runs)
    if choice not in choices_for(exception):
        raise InvalidError(
            "The choice is not one of the exception's choices.", "choice-unknown", (Fault("/choice", "choice-unknown"),)
        )
    folder = RunFolder(ports.work, exception.run)
    plan = folder.plan() if exception.run and folder.has_plan() else None
    if raised_by_own_file(exception, by.subject, ports.batches, plan):
        raise ConflictError("A person does not decide an exception that the person's own file raised.", "own-file")
    clock = ports.clock
    made = Choice(choice, reason, by.subject, by.name, clock.now().isoformat(timespec="seconds"))
    if not ports.runs.choose(year, exception_id, len(exception.choices_made) + 1, made):
        raise ConflictError("Somebody else decided the exception at the same moment.", "chosen-meanwhile")
    return replace(exception, choices_made=(*exception.choices_made, made))


def choices_for(exception: YearException) -> tuple[str, ...]:
    """The choices of an operator.

    An exception that only new facts resolve can be acknowledged: `seen`. Facts that arrived after
    the close change nothing any more: `noted`.
    """
    if exception.kind == "identity-conflict":
        return tuple(c["choice"] for c in cast("list[Candidate]", exception.facts["candidates"]))
    if exception.kind in NAMED_IN:
        return tuple(cast("list[str]", exception.facts[NAMED_IN[exception.kind]]))
    return CHOICES.get(exception.kind, ("seen",))
