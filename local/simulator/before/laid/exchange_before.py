"""An exchange of the earlier version: its parties bring files on random days, and calls hang.

The real intake reads them; the functions `exchange`, `answer` and `conclude` do the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from local.simulator.histories import product
from local.simulator.histories.ending import QUIET
from local.simulator.histories.scheduler import StuckError
from local.simulator.histories.stage import NOTABLE
from local.simulator.histories.story import Outcome
from local.simulator.histories.year import small_exchange
from tegemoet.application.exchange.commands import resume, start_exchange
from tegemoet.application.intake.channels import ObjectCreated
from tegemoet.application.intake.ingest import ingest
from tegemoet.domain.problems import ProblemError
from tegemoet.schemes.increased_reimbursement import SLUG

YEAR = 2020
FIRST = datetime(2020, 4, 1, 9, tzinfo=UTC)
INSURERS = {"mutuality-a": "101", "mutuality-b": "202"}
HOUSEHOLDS = (
    "request_number;insz;birth_date;entitled_on_1_january;earlier_outcome;earlier_year;voucher_income;fictitious;"
    "mutated_on\n{insurer}2020{insz};{insz};1970-01-01;no;none;;0;no;\n"
)
INCOMES = "insz;return_code;ipcal_code;amount\n{insz};{code};{ipcal};{amount}\n"
RESULTS = (
    "request_number;insz;contacted_on;category;entitled_from;own_right\n{insurer}2020{insz};{insz};2020-12-01;3;;no\n"
)


def insz(serial: int) -> str:
    """A national register number of somebody born on the first of January 1970."""
    body = f"700101{serial:03}"
    return f"{body}{97 - int(body) % 97:02}"


PERSONS = {"mutuality-a": insz(1), "mutuality-b": insz(2)}


@dataclass
class ExchangeHistory:
    """One exchange on a stage."""

    stage: product.StageBefore
    seed: int
    mishaps: Callable[[Any], None]
    """Sets which mishaps there are."""

    def play(self) -> Outcome:
        with small_exchange():
            self.stage.begin(self.seed, start=FIRST)
            self.random, self.files, self.brought = Random(f"{self.seed} exchange"), 0, list[Callable[[], object]]()
            self.mishaps(self.stage.mishaps)
            with self.stage.running():
                self._play()
                self.stage.scheduler.end()
        broken = tuple(self.stage.watch.violations)
        return Outcome(self.seed, broken, self.stage.calls, self.stage.digest(), 0, 0)

    def _play(self) -> None:
        self.stage.quietly(self._start)
        for moment, partner, kind, text in sorted(self._events()):
            self._until(moment)
            self.stage.trace(f"{NOTABLE}{partner} brings {kind}")
            self._bring(partner, kind, text)
            if self.stage.watch.violations:
                return
        self._finish()

    def _start(self) -> object:
        cloud = self.stage.cloud
        ports = {"exchanges": cloud.exchanges, "workflows": cloud.workflows}
        return start_exchange(YEAR, date(2020, 3, 1), INSURERS, "tax-office", True, starter="op-1", key="k", **ports)

    def _events(self) -> Iterator[tuple[datetime, str, str, str]]:
        def at(*day: int, days: int) -> datetime:
            return datetime(*day, 9, tzinfo=UTC) + timedelta(seconds=self.random.randrange(days * 86_400))

        for partner, insurer in INSURERS.items():
            who = PERSONS[partner]
            yield at(2020, 4, 2, days=10), partner, "households", HOUSEHOLDS.format(insurer=insurer, insz=who)
            yield at(2020, 12, 1, days=330), partner, "results", RESULTS.format(insurer=insurer, insz=who)
        for number, (day, days) in enumerate((((2020, 8, 1), 10), ((2020, 8, 20), 20)), 1):
            known = {"code": "00", "ipcal": "1250", "amount": "10000,00"}
            late = known if number == 2 else {"code": "01", "ipcal": "", "amount": ""}
            header, _, line = INCOMES.partition("\n")
            rows = [line.format(insz=PERSONS["mutuality-a"], **known)] if number == 1 else []
            rows.append(line.format(insz=PERSONS["mutuality-b"], **late))
            yield at(*day, days=days), "tax-office", f"incomes-{number}", header + "\n" + "".join(rows)

    def _bring(self, partner: str, kind: str, text: str) -> None:
        self.files += 1
        cloud, key = self.stage.cloud, f"in/{partner}/{SLUG}/{YEAR}/{kind}/file-{self.files}.csv"
        bucket = cloud.variable("EXCHANGE_BUCKET")
        put = self.stage.direct("s3").put_object(Bucket=bucket, Key=key, Body=text.encode())
        created = ObjectCreated(key, put["ETag"].strip('"'), f"{self.files:016x}", None, "exchange")

        def take_in() -> object:
            with TemporaryDirectory() as scratch:
                return ingest(created, cloud.ingest_ports, Path(scratch))

        self.brought.append(take_in)
        self.stage.deliver(take_in)

    def _until(self, moment: datetime) -> None:
        scheduler = self.stage.scheduler
        while scheduler.now < moment:
            if scheduler.step():
                continue
            following = scheduler.next_moment()
            scheduler.wait_until(moment if following is None else min(moment, following))
        self.stage.reap()

    def _rest(self) -> None:
        scheduler = self.stage.scheduler
        scheduler.run_until(lambda: (following := scheduler.next_moment()) is None or following > scheduler.now + QUIET)
        self.stage.reap()

    def _finish(self) -> None:
        """Nothing fails any more: parties bring their results again, and the operator goes on."""
        where = self.stage
        where.mishaps.stop()
        try:
            for take_in in self.brought:
                where.deliver(take_in)
            self._rest()
            for _ in range(3):
                if where.quietly(lambda: where.cloud.exchanges.get(YEAR)).step == "done":
                    return
                for partner, insurer in INSURERS.items():
                    self._bring(partner, "results", RESULTS.format(insurer=insurer, insz=PERSONS[partner]))
                self._rest()
                self._go_on()
                self._until(where.scheduler.now + timedelta(days=100))
                self._rest()
        except StuckError:
            pass
        exchange = where.quietly(lambda: where.cloud.exchanges.get(YEAR))
        where.watch.found("every-exchange-can-be-finished", f"it stands at {exchange.step}")

    def _go_on(self) -> None:
        """What an operator can call: end the wait, and start the exchange again."""
        cloud, today = self.stage.cloud, self.stage.scheduler.now.date()
        ports = {"exchanges": cloud.exchanges, "batches": cloud.batches, "workflows": cloud.workflows}
        for call in (lambda: resume(YEAR, "results", today, **ports), self._start):
            try:
                call()
            except ProblemError as problem:
                self.stage.trace(f"{NOTABLE}the operator is told {problem.code}")
