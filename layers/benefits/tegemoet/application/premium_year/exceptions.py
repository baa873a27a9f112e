"""The exceptions of a premium year, and what an operator chooses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from tegemoet.application.ports import Batches, Clock, Objects, Runs
from tegemoet.application.premium_year.authority import USE_OR_LEAVE
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.four_eyes import raised_by_own_file
from tegemoet.application.premium_year.holders import Candidate
from tegemoet.application.premium_year.holds import PAY_OR_HOLD
from tegemoet.application.premium_year.listing import Listing
from tegemoet.application.premium_year.pharmacy_ids import OTHER, SAME
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.records import Plan
from tegemoet.application.premium_year.running import runs_of
from tegemoet.application.records import Person
from tegemoet.domain.manual_review import OF_TWO_PERSONS, Choice, ReviewedException, YearException
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError, ProblemError

NAMED_IN: Mapping[str, str] = {"several-pharmacies": "pharmacies", "key-of-another-partner": "partners"}
"""Kinds of exceptions whose choices are a list among their facts."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "year-amount-missing": ("year-as-delivered", "first-semester-counts"),
    "year-amount-lower": ("year-as-delivered", "first-semester-counts"),
    "recovery": ("settled",),
    "late-facts": ("noted",),
    "answer-unknown": ("noted",),
    "recovered-unmatched": ("noted",),
    "answers-differ": ("paid", "returned"),
    "answer-amount": ("paid", "returned"),
    "returned-after-close": ("pay-outside",),
    "account-of-another-partner": USE_OR_LEAVE,
    "identity-of-another-partner": USE_OR_LEAVE,
    "office-account-changed": USE_OR_LEAVE,
    "pharmacy-id-changed": (SAME, OTHER),
    "account-changed": PAY_OR_HOLD,
    "account-of-several-persons": PAY_OR_HOLD,
    "amount-above-limit": PAY_OR_HOLD,
    "payee-deceased": PAY_OR_HOLD,
    "payment-returned": PAY_OR_HOLD,
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
        for exception in _listed(kept, latest):
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
        for exception in _listed(self._kept(latest), latest):
            found = of_run.find(exception.id) is not None
            if found and exception.choice is not None:
                count -= 1
            elif not found and exception.choice is None:
                count += 1
        return count

    def require(self, exception_id: str) -> ReviewedException:
        """The exception of that id. Raises NotFoundError `exception-unknown`."""
        (found,) = self.find([exception_id])
        if found is None:
            raise _unknown()
        return found

    def find(self, exception_ids: Iterable[str]) -> list[ReviewedException | None]:
        """The exceptions of these ids, in that order; None where there is none."""
        latest = self._latest()
        kept, of_run = self._kept(latest), self._of_run(latest)
        return [
            kept.get(each) if (found := of_run.find(each)) is None else _reviewed(found, kept) for each in exception_ids
        ]

    def _latest(self) -> str:
        """The id of the latest run that was proposed, or an empty text."""
        parameters_of(self.year)
        proposed = [run for run in runs_of(self.year, self.runs) if run.detail.control_sum is not None]
        return max(proposed, key=lambda run: run.started_at).id if proposed else ""

    def _of_run(self, latest: str) -> Listing[YearException]:
        return RunFolder(self.work, latest).run_exceptions()

    def _kept(self, latest: str) -> dict[str, ReviewedException]:
        """What the table has, by id. Runs of an earlier version kept their exceptions there."""
        return {e.id: e for e in self.runs.exceptions(self.year) if e.run in ("", latest) or e.choices_made}


def _listed(kept: Mapping[str, ReviewedException], latest: str) -> Iterator[ReviewedException]:
    """Those that are listed even if the run `latest` did not find them."""
    return (each for each in kept.values() if each.run in ("", latest) or each.choice is not None)


def _unknown() -> NotFoundError:
    return NotFoundError("There is no such exception.", "exception-unknown")


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
    if refusal := _Choosing(choice, by, ports).refusal(exception):
        raise refusal
    ports.runs.keep_exceptions(year, [exception])  # what was answered stays beside the answer
    made = _made(choice, reason, by, ports.clock)
    if not ports.runs.choose(year, exception_id, len(exception.choices_made) + 1, made):
        raise _chosen_meanwhile()
    return replace(exception, choices_made=(*exception.choices_made, made))


def choose_for_all(
    year: int, exception_ids: Sequence[str], choice: str, reason: str, *, by: Person, ports: ChoicePorts
) -> list[str]:
    """Append one choice to those of each exception of a list, or to none. Returns the ids.

    Raises the same as `choose`, with the place of every exception at fault.
    """
    ids = list(dict.fromkeys(exception_ids))
    choosing = _Choosing(choice, by, ports)
    found = YearExceptions(year, ports.runs, ports.work).find(ids)
    refusals = {exception_ids.index(name): choosing.refusal(each) for name, each in zip(ids, found, strict=True)}
    if refused := {place: refusal for place, refusal in refusals.items() if refusal}:
        first = next(iter(refused.values()))
        faults = tuple(Fault(f"/exceptions/{place}", refusal.code) for place, refusal in refused.items())
        raise type(first)(first.detail, first.code, faults)
    exceptions = [each for each in found if each is not None]
    ports.runs.keep_exceptions(year, exceptions)
    numbers = {each.id: len(each.choices_made) + 1 for each in exceptions}
    if not ports.runs.choose_for_all(year, numbers, _made(choice, reason, by, ports.clock)):
        raise _chosen_meanwhile()
    return ids


@dataclass(frozen=True, slots=True)
class _Choosing:
    """A choice that a person is about to make. `plans` = those that were read, by run."""

    choice: str
    by: Person
    ports: ChoicePorts
    plans: dict[str, Plan | None] = field(default_factory=dict)

    def refusal(self, exception: ReviewedException | None) -> ProblemError | None:
        """Why the person cannot make the choice on the exception, if anything speaks against it."""
        if exception is None:
            return _unknown()
        if self.choice not in choices_for(exception):
            fault = Fault("/choice", "choice-unknown")
            return InvalidError("The choice is not one of the exception's choices.", "choice-unknown", (fault,))
        if raised_by_own_file(exception, self.by.subject, self.ports.batches, self._plan(exception.run)):
            return ConflictError("A person does not decide an exception that the person's own file raised.", "own-file")
        if exception.kind in OF_TWO_PERSONS and exception.chosen is None and self._made_before(exception):
            detail = "The person who proposed the choice cannot confirm it: another person does."
            return ConflictError(detail, "confirmed-by-proposer")
        return None

    def _made_before(self, exception: ReviewedException) -> bool:
        """Whether the person made the very choice before."""
        return any((made.choice, made.subject) == (self.choice, self.by.subject) for made in exception.choices_made)

    def _plan(self, run: str) -> Plan | None:
        if run not in self.plans:
            folder = RunFolder(self.ports.work, run)
            self.plans[run] = folder.plan() if run and folder.has_plan() else None
        return self.plans[run]


def _made(choice: str, reason: str, by: Person, clock: Clock) -> Choice:
    return Choice(choice, reason, by.subject, by.name, clock.now().isoformat(timespec="seconds"))


def _chosen_meanwhile() -> ConflictError:
    return ConflictError("Somebody else decided the exception at the same moment.", "chosen-meanwhile")


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
