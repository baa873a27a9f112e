"""The end of a history: nothing fails any more, and the year is finished as the contract offers."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from local.simulator.histories import desk
from local.simulator.histories.asking import LostError
from local.simulator.histories.bank_deeds import ANSWER_DAYS
from local.simulator.histories.drops import Drops
from local.simulator.histories.people import OPERATORS, YEAR, Staff
from local.simulator.histories.population import FALSE_ACCOUNT
from local.simulator.histories.scheduler import StuckError
from local.simulator.histories.stage import APPROVERS, Stage

if TYPE_CHECKING:
    from local.simulator.histories.deeds import Deeds
    from local.simulator.histories.readings import Readings

PHASE_1, PHASE_2 = (datetime(*day, 10, tzinfo=UTC) for day in ((2023, 12, 1), (2024, 6, 1)))
QUIET = timedelta(days=1)
EARLIER = timedelta(hours=1)
"""How far back an operator puts the cut-off of a run that something loading would delay."""
LATER = timedelta(days=200)
"""How long after the end of a year somebody reads it."""
ROUNDS = 14
"""How often the staff tends the year before it counts as stuck."""


class Truth(NamedTuple):
    """Whether nobody brought anything but what is true, and whether nobody but the cheat did."""

    is_undisturbed: bool
    is_deceived: bool


class Ending:
    """Finishes the year of a history, and checks what must hold then."""

    def __init__(
        self,
        stage: Stage,
        inbox: Drops,
        staff: Staff,
        truth: Truth,
        deeds: "Deeds",
        readings: "Readings",
    ) -> None:
        self._stage, self._inbox, self._staff = stage, inbox, staff
        self._undisturbed, self._is_deceived = truth
        self._deeds, self._readings = deeds, readings
        self._watch, self._cloud = stage.watch, stage.cloud

    def finish(self) -> None:
        """Nothing fails any more: the year must come to an end by what the contract offers."""
        stage = self._stage
        stage.mishaps.stop()
        stage.set_approvers(APPROVERS)
        try:
            stage.scheduler.drain()
            for take_in in list(self._inbox.messages):
                stage.deliver(take_in)
            self._rest()
            self._bring_failed_again()
            self._deeds.bank.agree()
            self._rest()
            stage.scheduler.wait_until(stage.scheduler.now + 2 * EARLIER)  # so that no cut-off leaves that out
            self._settle_the_year()
            if not self._watch.violations:
                self._deeds.bank.check()
                self._inbox.check()
                self._read_later()
        except StuckError as stuck:
            self._watch.found("every-year-can-be-finished", f"waits for {stuck}")
        except LostError:
            self._watch.found("every-year-can-be-finished", "a request gets no answer")

    def _rest(self) -> None:
        """Let everything go on until nothing does for a day: what waits then waits for a person."""
        scheduler = self._stage.scheduler

        def quiet() -> bool:
            following = scheduler.next_moment()
            return following is None or following > scheduler.now + QUIET

        scheduler.run_until(quiet)
        self._stage.reap()

    def _bring_failed_again(self) -> None:
        """A partner sees that a file failed, was given up or refused to it, and brings it anew.

        A file is refused to a partner that another has taken over, and its successor brings it.
        """
        for file in self._inbox.failed():
            self._inbox.bring(file)

    def _read_later(self) -> None:
        """Much later, everything can still be read."""
        self._stage.scheduler.wait_until(self._stage.scheduler.now + LATER)
        self._stage.reap()
        self._readings.check()

    def _settle_the_year(self) -> None:
        for _ in range(ROUNDS):
            if self._watch.violations:
                return
            if not self._bring_on():
                break
            self._rest()
        else:
            self._watch.found("every-year-can-be-finished", self._stuck())
            return
        year = self._cloud.runs.year(YEAR)
        if year is not None and year.closed:
            self._undisturbed = False  # what came after the close is not paid
            self._check_end()
            return
        if not self._one_more_run():  # on what was brought since the last one
            return
        before = len(self._watch.entries)
        if not self._one_more_run():
            return
        if len(self._watch.entries) != before:
            self._watch.found("what-was-paid-is-not-due-again", f"{len(self._watch.entries) - before} entries")
        self._check_end()
        if self._is_deceived and not (self._watch.violations or self._watch.chosen):
            self._pay_all_the_same()
        self._close_for_good()

    def _stuck(self) -> str:
        """What the year waits for, and what its staff was told last."""
        year = self._cloud.runs.year(YEAR)
        run = self._cloud.runs.get(year.open_run) if year is not None and year.open_run is not None else None
        said = [f"told {self._staff.told[-1]}"] if self._staff.told else []
        return ", ".join(([f"a run {run.state} {run.detail.failure or ''}".rstrip()] if run else []) + said)

    def _bring_on(self) -> bool:
        """Do the next thing that the year needs. Returns False when both phases are released."""
        staff, cloud = self._staff, self._cloud
        year = cloud.runs.year(YEAR)
        if year is not None and year.open_run is not None:
            self._end_run(cloud.runs.get(year.open_run))
            return True
        for batch in loading(self._stage):
            staff.abandon_batch(batch, OPERATORS[0])
        if year is None or year.closed or 2 in year.released:
            return False
        phase = 1 if 1 not in year.released and not year.phase_2_begun else 2
        moment = PHASE_1 if phase == 1 else PHASE_2
        self._stage.scheduler.wait_until(moment)
        self._stage.reap()
        self._start(phase)
        return True

    def _start(self, phase: int) -> Any:
        """Start a phase on what there is; what is being loaded at that moment can wait."""
        staff = self._staff
        self._deeds.before_start()
        run = staff.start(phase, OPERATORS[0], staff.key())
        if run is None and staff.told[-1] == "batch-loading":
            run = staff.start(phase, OPERATORS[0], staff.key(), self._stage.scheduler.now - EARLIER)
        return run

    def _end_run(self, run: Any) -> None:
        staff = self._staff
        match run.state:
            case "waiting":
                for approver in APPROVERS:
                    if staff.answer(run, approver, approve=True) is not None:
                        return
                staff.abandon(run.id, OPERATORS[0])
            case "failed" | "approved" | "started":
                if staff.resume(run.id, OPERATORS[0]) is None:
                    staff.abandon(run.id, OPERATORS[0])

    def _one_more_run(self) -> bool:
        """Run phase 2 once more. Returns whether it was released."""
        staff, cloud = self._staff, self._cloud
        if cloud.runs.year(YEAR) is None:
            return False
        run = self._start(2)
        if run is None:
            self._watch.found("every-year-can-be-finished", f"told {staff.told[-1]}")
            return False
        for _ in range(4):
            self._rest()
            run = cloud.runs.get(run.id)
            if run.state == "released":
                return True
            self._end_run(run)
        self._watch.found("every-year-can-be-finished", f"the last run is {run.state}")
        return False

    def _pay_all_the_same(self) -> None:
        """Whatever a stranger brought, operators who know the truth pay everybody what is due."""
        for _ in range(3):  # one answer may raise another question
            answers = [(each, self._readings.truth(each)) for each in desk.listed(self._cloud)]
            wrong = [(each.id, true) for each, true in answers if true in each.choices and true != each.choice]
            for exception, true in wrong:
                desk.choose(self._cloud, exception, str(true), OPERATORS[0])
            if not wrong or not self._one_more_run():
                break
        for person, due, paid in self._watch.unpaid():
            self._watch.found("what-is-due-can-be-paid", f"{person.short} {paid} of {due}")

    def _close_for_good(self) -> None:
        """Close the year: nothing can be paid afterwards."""
        staff = self._staff
        self._deeds.bank.check()
        if self._deeds.bank.is_there:  # the bank has answered, or it is too late
            self._stage.scheduler.wait_until(self._stage.scheduler.now + timedelta(days=ANSWER_DAYS + 10))
        if staff.close(*OPERATORS, staff.key()) is None:
            self._watch.found("every-year-can-be-finished", f"the close is told {staff.told[-1]}")
        elif staff.start(2, OPERATORS[0], staff.key()) is not None:
            self._watch.found("nothing-is-paid-after-closing", "a run was started")

    def _check_end(self) -> None:
        cloud = self._cloud
        released = [run.id for phase in (1, 2) for run in cloud.runs.of_phase(YEAR, phase) if run.state == "released"]
        self._watch.end(released, self._undisturbed)
        for run in released:
            rows = self._watch.payments.get(run, [])
            if not any(row["iban"] == FALSE_ACCOUNT for row in rows):
                continue
            if not self._somebody_chose():
                self._watch.found("nobody-else-says-whose-account-it-is", run)

    def _somebody_chose(self) -> bool:
        return any(found.choice is not None for found in self._cloud.runs.exceptions(YEAR))


def loading(stage: Stage) -> list[str]:
    """The ids of the batches that are loading."""
    found = stage.quietly(lambda: stage.cloud.batches.of_year(YEAR))
    return [batch.id for batch in found if batch.state == "loading"]
