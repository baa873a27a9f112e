"""Who acts in a history, and what persons do. Each action is a task, which may fail at any call."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING, Any

from local.simulator.histories.asking import until_answered
from local.simulator.histories.population import OFFICE, SLUG, SPARE_OFFICE, TARIFF
from tegemoet.application.intake.batches import abandon_batch
from tegemoet.application.partners.registering import RegistrationRequest, register
from tegemoet.application.premium_year import closing, exceptions, running, starting
from tegemoet.application.premium_year.approval import Answer
from tegemoet.application.premium_year.exceptions import YearExceptions, choices_for
from tegemoet.application.records import (
    GrantedKind,
    Person,
    PersonRole,
    RoleChange,
    Run,
)

if TYPE_CHECKING:
    from local.simulator.histories.scheduler import Scheduler

YEAR = 2023
OPERATORS = (Person("op-1", "Operator One"), Person("op-2", "Operator Two"))
REGISTRAR = Person("registrar", "A Registrar")
PARTNERS: Mapping[str, RegistrationRequest] = {
    "register": RegistrationRequest("register", 2000, ("who-answers",)),
    "accounts": RegistrationRequest("accounts", 2000, ("who-answers",)),
    "profiles": RegistrationRequest("profiles", 2000, ("who-answers",)),
    TARIFF: RegistrationRequest("tariff-services", 2000, ("who-answers",), keys=(OFFICE, SPARE_OFFICE)),
    "cheat": RegistrationRequest(
        "tariff-services",
        2000,
        ("who-cheats",),
        tuple(GrantedKind(SLUG, kind, 2000) for kind in ("practices", "tariff-offices", "accounts", "identities")),
        keys=("office-9",),
    ),
}
"""What each partner may bring. The one that cheats is an authority on nothing."""
MERGING = ("accounts", TARIFF, "register", "profiles")
"""The partners that others take over in some histories."""


def register_all(cloud: Any, approvers: Iterable[str]) -> None:
    """Register every partner, and give approvers their role."""
    for partner, request in PARTNERS.items():
        register(partner, request, by=REGISTRAR, registrations=cloud.registrations, clock=cloud.clock)
    given = frozenset[PersonRole]({"approver"})
    for subject in approvers:
        at = "2023-01-01T00:00:00Z"
        cloud.roles.append(RoleChange(subject, 1, f"Name of {subject}", given, None, at, REGISTRAR))


@dataclass(slots=True)
class Staff:
    """Operators and approvers. Whoever gets no answer asks again, with the same key."""

    cloud: Any
    scheduler: "Scheduler"
    random: Random
    retention: Any
    has_right: Callable[[str], bool] = lambda _subject: True
    """Whether somebody is an approver at this moment."""
    asked: int = 0
    accepted: list[tuple[Answer, str]] = field(default_factory=list)
    """The answers to runs that were accepted, each with the approver."""
    answered: Callable[[str, bool], None] = lambda _run, _approve: None
    """Told of every answer that is accepted."""
    told: list[str] = field(default_factory=list)
    """The codes of the problems that they were told, the latest last."""
    approved: set[tuple[str, str]] = field(default_factory=set)
    """(run, approver) of the approvals that were given by somebody who had the right then."""

    def again(self, ask: Callable[[], object]) -> object:
        """Ask until there is an answer; a problem is an answer."""
        return until_answered(ask, self.told, self.scheduler)

    def key(self) -> str:
        self.asked += 1
        return f"key-{self.asked}"

    def start(self, phase: int, operator: Person, key: str, cut_off: datetime | None = None) -> object:
        cloud = self.cloud
        ports = starting.StartPorts(
            cloud.runs,
            cloud.batches,
            cloud.registrations,
            cloud.people,
            cloud.workflows,
            cloud.clock,
            self.retention,
        )
        first = date(2023, 12, 1) if phase == 1 else date(2024, 6, 1)
        on = max(self.scheduler.now.date(), first)
        return self.again(lambda: starting.start_phase(starting.Start(YEAR, phase, on, operator, key, cut_off), ports))

    def take_over(self, partner: str, successor: str) -> object:
        """Register another partner as the successor of one."""
        cloud, request = self.cloud, replace(PARTNERS[partner], keys=(), predecessor=partner)
        return self.again(
            lambda: register(successor, request, by=REGISTRAR, registrations=cloud.registrations, clock=cloud.clock)
        )

    def answer(self, run: Run, approver: str, approve: bool) -> object:
        reason = None if approve else "not today"
        given = Answer(YEAR, run.phase, run.id, str(run.detail.control_sum), approve, reason)
        if approve and self.has_right(approver):
            self.approved.add((run.id, approver))
        made = self.again(lambda: self.cloud.answer_run(given, approver))
        if made is not None:
            self.accepted.append((given, approver))
            self.answered(run.id, approve)
        return made

    def resume(self, run: str, operator: Person) -> object:
        cloud = self.cloud
        return self.again(lambda: running.resume_run(run, by=operator, runs=cloud.runs, workflows=cloud.workflows))

    def abandon(self, run: str, operator: Person) -> object:
        cloud = self.cloud
        return self.again(
            lambda: running.abandon_run(
                run, by=operator, reason="stuck", runs=cloud.runs, workflows=cloud.workflows, clock=cloud.clock
            )
        )

    def abandon_batch(self, batch: str, operator: Person) -> object:
        cloud = self.cloud
        return self.again(
            lambda: abandon_batch(batch, "it does not end", by=operator, batches=cloud.batches, clock=cloud.clock)
        )

    def choose(self, operator: Person) -> object:
        """Decide one exception of the year, as a person who draws lots."""
        cloud = self.cloud
        found, _ = YearExceptions(YEAR, cloud.runs, cloud.work).page(None, 100)
        open_ones = [exception for exception in found if exception.choice is None]
        if not open_ones:
            return None
        exception = open_ones[self.random.randrange(len(open_ones))]
        choices = choices_for(exception)
        choice = choices[self.random.randrange(len(choices))]
        ports = exceptions.ChoicePorts(cloud.runs, cloud.batches, cloud.work, cloud.clock)
        return self.again(lambda: exceptions.choose(YEAR, exception.id, choice, "it is so", by=operator, ports=ports))

    def close(self, operator: Person, second: Person, key: str) -> object:
        """Two persons close the year, the one right after the other."""
        cloud = self.cloud
        made: Any = self.propose_close(operator, YearExceptions(YEAR, cloud.runs, cloud.work).undecided(), key)
        return None if made is None else self.confirm_close(made.id, second)

    def propose_close(self, operator: Person, undecided: int, key: str) -> object:
        return self.again(
            lambda: closing.propose_closing(YEAR, undecided, "all is paid", by=operator, key=key, ports=self._closing())
        )

    def confirm_close(self, proposal: str, person: Person) -> object:
        return self.again(lambda: closing.confirm_closing(YEAR, proposal, by=person, ports=self._closing()))

    def _closing(self) -> closing.ClosingPorts:
        cloud = self.cloud
        return closing.ClosingPorts(
            cloud.runs, cloud.batches, cloud.facts, cloud.ledger, cloud.work, cloud.clock, cloud.close_ledger
        )
