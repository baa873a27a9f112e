"""The end of a history of an exchange: it is finished, compared and purged."""

import csv
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from local.opinions.exchange.oracle import Exchange as Opinion
from local.opinions.exchange.oracle import read_file
from local.simulator.histories.asking import LostError
from local.simulator.histories.exchange.population import INSURERS, SUCCESSOR, TAX_OFFICE
from local.simulator.histories.exchange.watch import BUCKET, OPERATORS
from local.simulator.histories.people import OPERATORS as PERSONS
from local.simulator.histories.scheduler import StuckError

if TYPE_CHECKING:
    from local.simulator.histories.exchange.history import ExchangeHistory

YEAR = 2020
QUIET, LONGEST_HANG = timedelta(days=1), timedelta(days=41)
ROUNDS = 30
WAITS = ("households", "incomes-1", "incomes-2", "results")
WORK_OF = {"select": "households", "answer-1": "incomes-1", "answer-2": "incomes-2", "report": "results"}
"""Work → the wait that it follows."""
LISTS = ("excluded.csv", "pro_04-1.csv", "pro_04-2.csv")
TABLES = ("table-1.csv", "table-2.csv", "table-3.csv")
GIVEN_UP = (None, "failed", "abandoned", "refused")
PAST = datetime(2027, 1, 2, 9, tzinfo=UTC)
"""After the last day on which anything of the exchange is kept."""


class ExchangeEnding:
    """Finishes the exchange of a history, and checks what must hold then."""

    def __init__(self, history: "ExchangeHistory") -> None:
        self._history = history
        self._stage, self._watch, self._staff = history.stage, history.watch, history.staff
        self._cloud = history.stage.cloud

    def finish(self) -> None:
        """Nothing fails any more: the exchange must come to an end by what the contract offers."""
        stage = self._stage
        stage.mishaps.stop()
        try:
            self._let(LONGEST_HANG)
            for take_in in list(self._history.inbox.messages):
                stage.deliver(take_in)
            self._rest()
            self._bring_failed_again()
            self._bring_on()
            if self._watch.violations:
                return
            self._evaluate()
            self._compare()
            self._purge()
        except StuckError as stuck:
            self._watch.found("every-exchange-can-be-finished", f"waits for {stuck}")
        except LostError:
            self._watch.found("every-exchange-can-be-finished", "a request gets no answer")

    def _let(self, duration: timedelta) -> None:
        """Let everything go on for that long."""
        scheduler = self._stage.scheduler
        until = scheduler.now + duration
        scheduler.run_until(lambda: (following := scheduler.next_moment()) is None or following > until)
        scheduler.wait_until(until)
        self._stage.reap()

    def _rest(self) -> None:
        """Let everything go on until nothing does for a day: what waits then waits for a person."""
        scheduler = self._stage.scheduler
        scheduler.run_until(lambda: (following := scheduler.next_moment()) is None or following > scheduler.now + QUIET)
        self._stage.reap()

    # --- bringing it to its end

    def _bring_on(self) -> None:
        for _ in range(ROUNDS):
            step = self._history.step()
            if step == "done" or self._watch.violations:
                return
            if step is None:
                self._staff.start_exchange(False, PERSONS[0], self._staff.key())
            elif step in WAITS:
                self._end(step)
            else:
                self._end_again(WORK_OF[step])
            self._rest()
        told = ", ".join(self._staff.told[-4:])
        self._watch.found("every-exchange-can-be-finished", f"{self._history.step()}, told {told}")

    def _end(self, wait: str) -> None:
        for batch in self._batches(wait):
            if batch.state == "loading":
                self._staff.abandon_batch(batch.id, PERSONS[0])
        self._staff.end_wait(wait, self._stage.clock.now().date(), PERSONS[0])

    def _end_again(self, wait: str) -> None:
        """End a wait again as it was ended: that goes on with its work in another execution."""
        notes: Mapping[str, Any] = self._cloud.exchanges.get(YEAR).notes
        self._staff.end_wait(wait, notes[wait].on, notes[wait].by or PERSONS[0])

    def _batches(self, kind: str | None = None) -> list[Any]:
        found = self._stage.quietly(lambda: self._cloud.batches.of_year(YEAR))
        return [batch for batch in found if kind in (None, batch.kind)]

    def _bring_failed_again(self) -> None:
        """A partner sees that nothing is used of a file, and brings it anew."""
        states = {batch.sequencer: batch.state for batch in self._batches()}
        for sequencer, file in list(self._history.inbox.files.items()):
            if states.get(sequencer) in GIVEN_UP:
                self._history.inbox.bring(file)
        self._rest()

    def _evaluate(self) -> None:
        if any(batch.state == "done" for batch in self._batches("entitled")):
            on = self._stage.clock.now().date()
            self._staff.evaluate(on, PERSONS[0], self._staff.key())
            self._rest()
            found = self._cloud.exchanges.get(YEAR).notes.get("evaluation")
            if found is None or found.on != on:
                self._watch.found("the-last-evaluation-is-shown", str(found and found.on))

    # --- what must hold then

    def _compare(self) -> None:
        """Every file that was handed over follows from the files that were used."""
        inbox = self._history.inbox
        if any(batch.key in inbox.replaced for batch in self._batches()):
            return
        opinion = self._opinion()
        due = {(TAX_OFFICE, f"pro_02-{n}.csv") for n in (1, 2)}
        due |= {(insurer, name) for insurer in INSURERS for name in (*LISTS, *TABLES)}
        due |= {(OPERATORS, name) for name in TABLES}
        for receiver, name in sorted(due):
            body = self._watch.handed_over.get((receiver, name))
            if body is None or _rows(name, body) != opinion.handed_over(receiver, name):
                self._watch.found("what-is-handed-over-follows-from-the-files", f"{receiver}/{name}")
        others = {(receiver, name) for receiver, name in self._watch.handed_over if not name.startswith("evaluation")}
        others -= {(receiver, "statistics.xlsx") for receiver in (*INSURERS, OPERATORS)}
        if others - due:
            self._watch.found("what-is-handed-over-follows-from-the-files", f"{sorted(others - due)}")

    def _opinion(self) -> Opinion:
        opinion = Opinion(INSURERS, TAX_OFFICE, registered=True)
        batches = {batch.id: batch for batch in self._batches()}
        notes: Mapping[str, Any] = self._cloud.exchanges.get(YEAR).notes
        works: tuple[Callable[[], None], ...] = (
            opinion.select,
            partial(opinion.answer, 1),
            partial(opinion.answer, 2),
            opinion.report,
        )
        for wait, work in zip(WAITS, works, strict=True):
            for batch in notes[wait].batches if wait in notes else ():
                found = batches[batch]
                text = self._history.inbox.files[found.sequencer].text
                opinion.files[found.id] = read_file(found.key.replace(SUCCESSOR, ""), text, INSURERS)
            work()
        return opinion

    def _purge(self) -> None:
        """No income is left when all is done, and nothing when the year is past its last day."""
        history, stage = self._history, self._stage
        self._call_purge()
        left = [key for key in self._keys() if key.startswith("flows/2020/sealed/") or self._is_of_incomes(key)]
        if left or any(self._watch.data_keys.values()):
            self._watch.found("no-income-is-left", f"{left} {sorted(self._watch.data_keys)}")
        self._watch.purging = True
        self._let(PAST - stage.clock.now())
        self._call_purge()
        if self._keys() or history.step() is not None or self._batches():
            self._watch.found("nothing-is-kept-too-long", f"{self._keys()}")

    def _call_purge(self) -> None:
        task = self._stage.scheduler.spawn("the purge runs", self._history.purge)
        self._stage.scheduler.join(task)

    def _is_of_incomes(self, key: str) -> bool:
        """Whether the object is a file of incomes or a chunk of one."""
        if key.startswith("in/") and "/incomes-" in key:
            return True
        incomes = [batch.id for kind in ("incomes-1", "incomes-2") for batch in self._batches(kind)]
        return any(key.startswith(f"batches/{batch}/chunks/") for batch in incomes)

    def _keys(self) -> list[str]:
        bucket = self._stage.s3.buckets[BUCKET]
        return [key for key in bucket.order if bucket.current(key) is not None]


def _rows(name: str, body: bytes) -> list[Any]:
    """A file in the form of the second opinion: without its header, and a list sorted."""
    lines = body.decode().splitlines()[1:]
    if name.startswith("table"):
        return [(code, *numbers) for code, _words, *numbers in csv.reader(lines, delimiter=";")]
    return sorted(lines)
