"""An exchange in memory.

Parties drop files, and the steps run as the state machine runs them: every execution starts at the
beginning and walks to where the exchange waits.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, cast

from tegemoet.application.exchange import answer as answering
from tegemoet.application.exchange import ask as asking
from tegemoet.application.exchange import evaluate as evaluating
from tegemoet.application.exchange import incomes, waits
from tegemoet.application.exchange import report as reporting
from tegemoet.application.exchange import select as selection
from tegemoet.application.exchange.commands import resume, start_exchange
from tegemoet.application.exchange.folder import output_key
from tegemoet.application.exchange.records import StateShown
from tegemoet.application.exchange.state import state_for
from tegemoet.application.intake.channels import ObjectCreated
from tegemoet.application.intake.keys import batch_id, parse_key
from tegemoet.application.records import OPERATORS, Batch, Exchange
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.schemes.increased_reimbursement import SLUG
from tegemoet.schemes.registry import scheme_named
from tests.schemes.increased_reimbursement.builders import insz_of
from tests.support.dropping import Cloud
from tests.support.fakes import FakeClock
from tests.support.fakes.partners import OPERATOR as OPERATOR_PERSON
from tests.support.schemes import shipping

YEAR = 2020
SHARDS = 3
INSURERS = {"mutuality-a": "101", "mutuality-b": "202", "mutuality-c": "303"}
TAX_OFFICE = "tax-office"
DAYS = {
    "households": date(2020, 4, 15),
    "incomes-1": date(2020, 8, 10),
    "incomes-2": date(2020, 9, 30),
    "results": date(2021, 11, 5),
}
COLUMNS = {
    "households": "request_number;insz;birth_date;entitled_on_1_january;earlier_outcome;earlier_year;"
    "voucher_income;fictitious;mutated_on",
    "incomes-1": "insz;return_code;ipcal_code;amount",
    "incomes-2": "insz;return_code;ipcal_code;amount",
    "results": "request_number;insz;contacted_on;category;entitled_from;own_right",
    "entitled": "insz",
}

Call = Callable[[Callable[[], Any]], Any]
Row = Mapping[str, str]


@contextmanager
def few_shards() -> Iterator[ParameterSet]:
    """The year divided into few shards: the same rules, fewer objects."""
    sets = scheme_named(SLUG).parameter_sets
    head, mark, tail = sets[str(YEAR)].text.partition('name = "shards"')
    before, value, after = tail.partition("value = ")
    small = read_parameters(str(YEAR), f"{head}{mark}{before}{value}{SHARDS}\n{after.partition(chr(10))[2]}")
    with shipping(SLUG, {**sets, str(YEAR): small}):
        yield small


# --- rows -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """A person by birth date; `serial` distinguishes persons born on the same day."""

    born: date = date(1970, 1, 1)
    serial: int = 1

    @property
    def insz(self) -> str:
        return insz_of(self.born, self.serial)


def request(applicant: Person, insurer: str = "101", year: int = YEAR) -> str:
    return f"{insurer}{year}{applicant.insz}"


def household(*members: Person, insurer: str = "101", **changes: str) -> list[Row]:
    """The rows of a selected household, the applicant first; `changes` apply to every row."""
    return [
        {
            "request_number": request(members[0], insurer),
            "insz": member.insz,
            "birth_date": member.born.isoformat(),
            "entitled_on_1_january": "no",
            "earlier_outcome": "none",
            "earlier_year": "",
            "voucher_income": "0",
            "fictitious": "no",
            "mutated_on": "",
            **changes,
        }
        for member in members
    ]


def income(person: Person, amount: str, ipcal: str = "1250") -> Row:
    return {"insz": person.insz, "return_code": "00", "ipcal_code": ipcal, "amount": amount}


def unknown(person: Person, code: str = "01") -> Row:
    return {"insz": person.insz, "return_code": code, "ipcal_code": "", "amount": ""}


def result(request_number: str, person: Person, category: int, **changes: str) -> Row:
    contacted = "2020-12-01" if category in (3, 4, 5) else ""
    entitled = "2021-01-01" if category in (5, 6) else ""
    row = {
        "request_number": request_number,
        "insz": person.insz,
        "contacted_on": contacted,
        "category": str(category),
        "entitled_from": entitled,
        "own_right": "no",
    }
    return row | changes


def csv_of(kind: str, rows: Iterable[Row]) -> str:
    columns = COLUMNS[kind].split(";")
    return "".join(";".join(cells) + "\n" for cells in [columns, *([row[c] for c in columns] for row in rows)])


# --- the world ------------------------------------------------------------------------------------


@dataclass
class ExchangeWorld(Cloud):
    """The ports of an exchange, and its workflow.

    `call` runs a step: once, unless a test replaces it.
    """

    call: Call = lambda step: step()
    results: list[Any] = field(default_factory=list)
    executions: int = 0
    files: int = 0
    attempts: int = 0
    evaluations: int = 0

    def __post_init__(self) -> None:
        self.registrations.admit_insurers(*INSURERS)
        self.registrations.admit(TAX_OFFICE)

    def start(self, automatic: bool = False, key: str = "key", insurers: Mapping[str, str] | None = None) -> Exchange:
        self.registrations.admit_insurers(*(insurers or {}))
        return start_exchange(
            YEAR,
            date(2020, 3, 1),
            insurers or INSURERS,
            TAX_OFFICE,
            automatic,
            starter=OPERATOR_PERSON,
            key=key,
            exchanges=self.exchanges,
            registrations=self.registrations,
            workflows=self.workflows,
        )

    def deliver(self, partner: str, kind: str, rows: Iterable[Row], name: str = "") -> Batch:
        """Drop a file and let its own workflow run."""
        self.files += 1
        return self.drop(self.key(partner, kind, name or f"file-{self.files}"), csv_of(kind, rows))

    def key(self, partner: str, kind: str, name: str) -> str:
        return f"in/{partner}/increased-reimbursement/{YEAR}/{kind}/{name}.csv"

    def batch_of(self, created: ObjectCreated) -> Batch:
        """The batch of a dropped object whose intake has just begun."""
        stored = self.exchange.head(created.key)
        drop = parse_key(created.key)
        return Batch(
            batch_id(stored.written_at, created.key, created.sequencer, created.etag),
            drop.partner,
            drop.scheme.slug,
            drop.kind_name,
            drop.year,
            created.key,
            None,
            stored.written_at,
            created.sequencer,
            stored.size,
            "loading",
        )

    def resume(self, wait: str, on: date | None = None) -> Exchange:
        """The operator's command to end a wait, and the work that follows."""
        exchange = self._do(resume, YEAR, wait, on or DAYS[wait], by=OPERATOR_PERSON, key=wait, **self._waiting)
        self.walk()
        return cast("Exchange", exchange)

    def evaluate(self, on: date = date(2021, 12, 1), key: str = "evaluation") -> str:
        """The operator's command to evaluate, and its execution. Returns its name."""
        name = self.compare(on, key)
        self.tell(name)
        return name

    def compare(self, on: date = date(2021, 12, 1), key: str = "evaluation") -> str:
        """An evaluation up to its last step. Returns the name of its execution."""
        self.evaluations += 1
        clock = FakeClock(datetime.combine(on, time(9), UTC) + timedelta(milliseconds=self.evaluations))
        ports = {**self._waiting, "clock": clock}
        name = str(self._do(evaluating.start_evaluation, YEAR, on, starter="operator", key=key, **ports))
        evaluation = self.workflows.started["exchange", name]["evaluation"]
        shards = self._do(evaluating.plan_evaluation, YEAR, evaluation, objects=self.exchange)["shards"]
        for step in (evaluating.match_shard, evaluating.evaluate_shard):
            for shard in shards:
                self._do(step, YEAR, evaluation["name"], shard, objects=self.exchange)
        return name

    def tell(self, execution: str) -> None:
        """The last step of an evaluation."""
        name = self.workflows.started["exchange", execution]["evaluation"]["name"]
        self._do(evaluating.publish_evaluation, YEAR, name, objects=self.exchange, exchanges=self.exchanges)

    def evaluated(self) -> list[str]:
        """The lines of the evaluation that is shown to the operator."""
        [key] = [key for key in self.state()["outputs"] if "/evaluation" in key]
        return self.out(OPERATORS, key.rpartition("/")[2])

    @property
    def _waiting(self) -> dict[str, Any]:
        return {**self._planning, "workflows": self.workflows}

    @property
    def _planning(self) -> dict[str, Any]:
        return {"exchanges": self.exchanges, "batches": self.batches, "registrations": self.registrations}

    def walk(self) -> str:
        """Run an execution to where the exchange waits. Returns that wait, or `done`."""
        self.executions += 1
        if not self._waited("households"):
            return "households"
        shards = self._plan("households")
        for shard in shards:
            self._do(selection.select_shard, YEAR, shard, objects=self.exchange)
        for shard in shards:
            self._do(asking.ask_shard, YEAR, 1, shard, objects=self.exchange)
        after = self._do(asking.ask, YEAR, objects=self.exchange, exchanges=self.exchanges)["step"]
        while after != "results":
            if not self._waited(after):
                return str(after)
            after = self._answer(int(after[-1]))
        if not self._waited("results"):
            return "results"
        for shard in self._plan("results"):
            self._do(reporting.report_shard, YEAR, shard, objects=self.exchange)
        return str(self._do(reporting.finish_report, YEAR, objects=self.exchange, exchanges=self.exchanges)["step"])

    def _answer(self, n: int) -> str:
        shards = self._plan(f"incomes-{n}")
        for shard in shards:
            self._do(incomes.join_shard, YEAR, n, shard, objects=self.exchange, seals=self.seals)
        for shard in shards:
            self._do(self.answer_shard, n, shard)
        if n == 1:
            for shard in shards:
                self._do(asking.ask_shard, YEAR, 2, shard, objects=self.exchange)
        ports: dict[str, Any] = {"objects": self.exchange, "batches": self.batches, "exchanges": self.exchanges}
        return str(self._do(answering.finish_answer, YEAR, n, **ports, seals=self.seals)["step"])

    def answer_shard(self, n: Any, shard: int) -> dict[str, int]:
        """One attempt at the answer of a shard."""
        self.attempts += 1
        name = f"attempt-{self.attempts}"
        return answering.answer_shard(YEAR, n, shard, attempt=name, objects=self.exchange, seals=self.seals)

    def _waited(self, wait: str) -> bool:
        """Begin a wait. Returns whether it is over at once."""
        token = f"token-{self.executions}-{wait}"
        self.workflows.waiting.add(token)
        self._do(waits.begin_wait, YEAR, wait, token, **self._waiting)
        return token not in self.workflows.waiting

    def _plan(self, wait: str) -> list[int]:
        found = self._do(waits.plan, YEAR, wait, objects=self.exchange, **self._planning)
        return cast("list[int]", found["shards"])

    def _do(self, step: Callable[..., Any], *arguments: Any, **ports: Any) -> Any:
        found = self.call(partial(step, *arguments, **ports))
        self.results.append(found)
        return found

    # --- outputs ----------------------------------------------------------------------------------

    def out(self, partner: str, name: str) -> list[str]:
        """The lines of an output, without the header."""
        return self.exchange.get(output_key(partner, YEAR, name)).decode().splitlines()[1:]

    def outputs(self) -> dict[str, bytes]:
        """Every file that was handed over, except the reports on single files."""
        return {
            key: body for key, body in self.exchange.bodies.items() if key.startswith("out/") and f"/{YEAR}/" in key
        }

    def codes(self, sending: int) -> dict[str, str]:
        """Request → code, over all insurers."""
        lines = [line for insurer in INSURERS for line in self.out(insurer, f"pro_04-{sending}.csv")]
        assert len(lines) == len({line.partition(";")[0] for line in lines})
        return dict(cast("tuple[str, str]", tuple(line.split(";"))) for line in lines)

    def state(self, partner: str | None = None) -> StateShown:
        return state_for(YEAR, None if partner is None else [partner], exchanges=self.exchanges)
