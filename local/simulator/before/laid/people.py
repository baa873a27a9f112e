"""What persons did in the earlier version, by its use cases.

It stands in the place of `histories/people.py` of the present version, for the same histories.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any, NamedTuple

from local.simulator.histories.asking import until_answered
from tegemoet.application.premium_year import approval, closing, exceptions, running
from tegemoet.application.records import Run

YEAR = 2023


class Person(NamedTuple):
    """A person. The earlier version knew the subject alone."""

    subject: str


MERGING = ("accounts", "tariff", "register", "profiles")
OPERATORS = (Person("op-1"), Person("op-2"))


def register_all(_cloud: Any, _approvers: Iterable[str]) -> None:
    """Nobody registered anything: partners brought what they liked."""


class Answer(NamedTuple):
    """The answer of a person to a run."""

    phase: int
    run: str
    control_sum: str
    approve: bool
    reason: str | None


def give(cloud: Any, given: Answer, approver: str) -> object:
    """Answer a run. Raises ProblemError."""
    return approval.approve(
        YEAR,
        given.phase,
        given.run,
        given.control_sum,
        approver=approver,
        approve=given.approve,
        reason=given.reason,
        runs=cloud.runs,
        workflows=cloud.answer_only_workflows,
        clock=cloud.clock,
    )


@dataclass(slots=True)
class Staff:
    """Operators and approvers. Whoever gets no answer asks again, with the same key."""

    cloud: Any
    scheduler: Any
    random: Random
    retention: Any
    has_right: Callable[[str], bool] = lambda _subject: True
    asked: int = 0
    approved: set[tuple[str, str]] = field(default_factory=set)
    accepted: list[tuple[Answer, str]] = field(default_factory=list)
    answered: Callable[[str, bool], None] = lambda _run, _approve: None
    told: list[str] = field(default_factory=list)

    def again(self, ask: Callable[[], object]) -> Any:
        """Ask until there is an answer; a problem is an answer."""
        return until_answered(ask, self.told, self.scheduler)

    def key(self) -> str:
        self.asked += 1
        return f"key-{self.asked}"

    def start(self, phase: int, operator: Person, key: str, _cut_off: datetime | None = None) -> Any:
        """Start a phase. There was no cut-off: all that was being loaded was waited for."""
        cloud = self.cloud
        first = date(2023, 12, 1) if phase == 1 else date(2024, 6, 1)
        on = max(self.scheduler.now.date(), first)
        ports: Mapping[str, Any] = {"runs": cloud.runs, "batches": cloud.batches, "workflows": cloud.workflows}
        return self.again(
            lambda: running.start_phase(YEAR, phase, on, starter=operator.subject, key=key, clock=cloud.clock, **ports)
        )

    def take_over(self, _partner: str, _successor: str) -> None:
        """No call let a partner be taken over."""

    def answer(self, run: Run, approver: str, approve: bool) -> Any:
        reason = None if approve else "not today"
        given = Answer(run.phase, run.id, str(run.detail.control_sum), approve, reason)
        if approve and self.has_right(approver):
            self.approved.add((run.id, approver))
        made = self.again(lambda: give(self.cloud, given, approver))
        if made is not None:
            self.accepted.append((given, approver))
            self.answered(run.id, approve)
        return made

    def resume(self, run: str, _operator: Person) -> Any:
        return self.again(lambda: running.resume_run(run, runs=self.cloud.runs, workflows=self.cloud.workflows))

    def abandon(self, run: str, operator: Person) -> Any:
        cloud = self.cloud
        ports: Mapping[str, Any] = {"runs": cloud.runs, "workflows": cloud.workflows, "clock": cloud.clock}
        return self.again(lambda: running.abandon_run(run, by=operator.subject, reason="stuck", **ports))

    def abandon_batch(self, _batch: str, _operator: Person) -> None:
        """No call gave a batch up."""

    def choose(self, operator: Person) -> Any:
        found = [each for each in exceptions.exceptions_of(YEAR, runs=self.cloud.runs) if each.choice is None]
        if not found:
            return None
        exception = found[self.random.randrange(len(found))]
        choices = exceptions.choices_for(exception)
        choice, runs = choices[self.random.randrange(len(choices))], self.cloud.runs
        return self.again(
            lambda: exceptions.choose(YEAR, exception.id, choice, "it is so", by=operator.subject, runs=runs)
        )

    def close(self, _operator: Person, _second: Person, _key: str) -> Any:
        """Close the year, which one person did alone."""
        cloud = self.cloud
        return self.again(lambda: _closed(cloud))


def _closed(cloud: Any) -> bool:
    closing.close_year(YEAR, runs=cloud.runs, close_ledger=cloud.close_ledger)
    return True
