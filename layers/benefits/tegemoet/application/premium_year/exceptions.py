"""The exceptions of a premium year, and what an operator chooses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from tegemoet.application.ports import Batches, Clock, Objects, Runs
from tegemoet.application.premium_year.authority import USE_OR_LEAVE
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.four_eyes import raised_by_own_file
from tegemoet.application.premium_year.holders import Candidate
from tegemoet.application.premium_year.listing import Listing
from tegemoet.application.premium_year.pharmacy_ids import OTHER, SAME
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.running import runs_of
from tegemoet.application.records import Person
from tegemoet.domain.manual_review import Choice, ReviewedException, YearException
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError

NAMED_IN: Mapping[str, str] = {"several-pharmacies": "pharmacies", "key-of-another-partner": "partners"}
"""Kinds of exceptions whose choices are a list among their facts."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "year-amount-missing": ("year-as-delivered", "first-semester-counts"),
    "year-amount-lower": ("year-as-delivered", "first-semester-counts"),
    "recovery": ("settled",),
    "late-facts": ("noted",),
    "account-of-another-partner": USE_OR_LEAVE,
    "identity-of-another-partner": USE_OR_LEAVE,
    "office-account-changed": USE_OR_LEAVE,
    "pharmacy-id-changed": (SAME, OTHER),
}
"""The choices of kinds of exceptions that always have the same."""


@dataclass(frozen=True, slots=True)
class YearExceptions:
    """The exceptions of a year: those that the latest run found, of late facts, and with a choice.

    Those of the run lie in its folder. What an earlier run found and the latest did not has been
    resolved by new facts; it is listed only if somebody chose.
    """

    year: int
    runs: Runs
    work: Objects

    def page(
        self, cursor: str | None, limit: int, kind: str | None = None
    ) -> tuple[list[ReviewedException], str | None]:
        """At most `limit` exceptions after the id `cursor`, and the cursor of the next page."""
        latest = self._latest()
        kept = self._kept(latest)
        of_run, more = self._of_run(latest).page(cursor, limit, kind)
        found = {exception.id: _reviewed(exception, kept) for exception in of_run}
        for exception in kept.values():
            here = (cursor or "") < exception.id and (more is None or exception.id < more)
            if here and kind in (None, exception.kind):
                found.setdefault(exception.id, exception)
        in_order = [found[name] for name in sorted(found)]
        is_last = more is None and len(in_order) <= limit
        return in_order[:limit], None if is_last else in_order[limit - 1].id

    def undecided(self) -> int:
        """How many exceptions nobody has decided."""
        latest = self._latest()
        of_run = self._of_run(latest)
        count = sum(of_run.index.counts().values())
        for exception in self._kept(latest).values():
            found = of_run.find(exception.id) is not None
            if found and exception.choice is not None:
                count -= 1
            elif not found and exception.choice is None:
                count += 1
        return count

    def require(self, exception_id: str) -> ReviewedException:
        """The exception of that id. Raises NotFoundError `exception-unknown`."""
        latest = self._latest()
        kept = self._kept(latest)
        of_run = self._of_run(latest).find(exception_id)
        found = kept.get(exception_id) if of_run is None else _reviewed(of_run, kept)
        if found is None:
            raise NotFoundError("There is no such exception.", "exception-unknown")
        return found

    def _latest(self) -> str:
        """The id of the latest run that was proposed, or an empty text."""
        parameters_of(self.year)
        proposed = [run for run in runs_of(self.year, self.runs) if run.detail.control_sum is not None]
        return max(proposed, key=lambda run: run.started_at).id if proposed else ""

    def _of_run(self, latest: str) -> Listing[YearException]:
        return RunFolder(self.work, latest).run_exceptions()

    def _kept(self, latest: str) -> dict[str, ReviewedException]:
        """What the table has, by id. Runs of an earlier version kept their exceptions there."""
        return {e.id: e for e in self.runs.exceptions(self.year) if e.run in ("", latest) or e.choice}


def _reviewed(exception: YearException, kept: Mapping[str, ReviewedException]) -> ReviewedException:
    """What a run found, with the choices that were made."""
    made = kept[exception.id].choices_made if exception.id in kept else ()
    return ReviewedException(exception.id, exception.kind, exception.facts, exception.run, made)


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
    exception = YearExceptions(year, ports.runs, ports.work).require(exception_id)
    if choice not in choices_for(exception):
        raise InvalidError(
            "The choice is not one of the exception's choices.", "choice-unknown", (Fault("/choice", "choice-unknown"),)
        )
    folder = RunFolder(ports.work, exception.run)
    plan = folder.plan() if exception.run and folder.has_plan() else None
    if raised_by_own_file(exception, by.subject, ports.batches, plan):
        raise ConflictError("A person does not decide an exception that the person's own file raised.", "own-file")
    clock = ports.clock
    ports.runs.keep_exceptions(year, [exception])  # what was answered stays beside the answer
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
