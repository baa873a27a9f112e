"""Where a history plays: the product's functions and adapters in a world, with faults.

Every call to a service is a point at which another task may go on, and at which something may fail.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from greenlet import GreenletExit

from local.simulator.chance import DRAWS
from local.simulator.client import Answer, Apply
from local.simulator.faults import PLAIN, Call, Delivery, Fate
from local.simulator.histories.functions import Functions, definitions, folders, simulated_cloud, under
from local.simulator.histories.machines import Machines, TaskFailedError
from local.simulator.histories.mishaps import FUNCTIONS, WRITES, Mishaps
from local.simulator.histories.scheduler import Scheduler, Task
from local.simulator.histories.sight import show
from local.simulator.histories.watch import Watch
from local.simulator.reaper import Reaper
from local.simulator.workflows import Execution
from local.simulator.world import World

BEGIN = datetime(2023, 11, 20, 9, tzinfo=UTC)
APPROVERS = ("ap-1", "ap-2", "op-2")
"""The last one is an operator too."""
FOLDERS = (
    *("answer", "exchange", "intake", "store", "conclude", "freeze"),
    *("evaluate", "report", "settle", "bank", "approve", "purge"),
)
HANGS = (1, 20, 60, 60 * 24, 60 * 24 * 40, 60 * 24 * 40)
"""Minutes for which a call hangs: a function is waited for 15."""
WAKES = (0.02, 0.2)
"""How likely one that hangs comes back at some other call, and when a call of a function begins."""
REAPS = timedelta(days=20)
NOTABLE = " * "
"""Marks what is more than a call in the lines of a trace: an event of the history, or a mishap."""
ONCE = ("transact_write_items", "execute_transaction")
"""What a token makes one transaction, however often it is sent."""
SLOW = "slow"
"""The name of a task whose call stops before it writes."""
DELIVERIES = 5
"""How often a message is delivered before it stays with the dead letters."""
Read = TypeVar("Read")


class Stage(World):
    """A world on which histories play one after the other, each from `begin`."""

    def __init__(self, premium: Mapping[str, int]) -> None:
        """`premium` = the most that each profession is paid, in cents."""
        super().__init__(start=BEGIN, items=7, keys=9)
        self.cloud = simulated_cloud(self)
        self.folders = folders(self.stack)
        self.random = Random(0)
        self.mishaps = Mishaps(self.random, ())
        self.scheduler = Scheduler(self.random, self.clock)
        self.lambdas = Functions(self.scheduler, FOLDERS)
        self.machines = Machines(
            self.scheduler, definitions(self.stack), self.lambdas.call, self.workflows, self._execution_failed
        )
        self.functions.run = self._invoked
        names = {
            name: name for kind in ("AWS::S3::Bucket", "AWS::DynamoDB::Table") for name, _ in self.stack.resources(kind)
        }
        self._reaper = Reaper(self.direct("s3"), self.direct("dynamodb"), names)
        self._quiet = False
        self._trace = hashlib.sha256()
        self.lines: list[str] | None = None
        self.premium = premium

    # --- a history

    def begin(
        self,
        seed: int,
        spared: Collection[int] = (),
        start: datetime = BEGIN,
        functions: Sequence[str] = FUNCTIONS,
    ) -> None:
        """Begin another history. The mishaps with the numbers `spared` do not happen in it.

        `functions` = those whose calls may fail more often than others.
        """
        self.reset(start)
        self._seed = seed
        random = self.random = Random(f"{seed} calls")
        self.mishaps = Mishaps.mixed(Random(f"{seed} mishaps"), spared, functions)
        self.scheduler = Scheduler(random, self.clock)
        self.scheduler.note = self.trace
        self.cloud = simulated_cloud(self)  # a fresh one, which remembers nothing of other histories
        self.lambdas.give(self.cloud)
        self.lambdas.reset(self.scheduler)
        self.lambdas.begins = self._wake
        self.machines.reset(self.scheduler)
        self._trace = hashlib.sha256()
        self._reaped = start
        self._hung: list[Task] = []
        self.watch = Watch((), self.premium, self._run_item, self._year_closed, self._batches)
        for subject in APPROVERS:
            self.people.add(subject, f"Name of {subject}", "approver")

    @contextmanager
    def running(self) -> Iterator[None]:
        """While it holds, the product runs on the scheduler."""
        with under(self.scheduler, self, self._seed):
            yield

    def trace(self, line: str) -> None:
        """Note what happens: equal histories have equal traces."""
        self._trace.update(line.encode() + b"\n")
        if self.lines is not None:
            self.lines.append(f"{self.calls:6} {self.clock.now():%Y-%m-%d %H:%M:%S.%f} {line}")

    def digest(self) -> str:
        """The SHA-256 of the trace."""
        return self._trace.hexdigest()

    def quietly(self, read: Callable[[], Read]) -> Read:
        """Read without a fault and without letting anything go on."""
        self._quiet = True
        try:
            return read()
        finally:
            self._quiet = False

    def reap(self) -> None:
        """Delete what has expired, if it was not looked at for some weeks."""
        if self.clock.now() >= self._reaped + REAPS:
            self._reaped = self.clock.now()
            self._reaper.reap(self._reaped)

    def set_approvers(self, subjects: tuple[str, ...]) -> None:
        """Only these persons may approve from now on."""
        for subject in APPROVERS:
            self.people.accounts[subject].groups = {"approver"} if subject in subjects else set()

    def is_approver(self, subject: str) -> bool:
        """Whether the person may approve at this moment."""
        return "approver" in self.people.accounts[subject].groups

    # --- calls

    def call(self, service: str, operation: str, parameters: Mapping[str, Any], apply: Apply) -> Answer:
        if self._quiet:
            return apply(PLAIN)
        task = self.scheduler.current
        if task is not None and task.dying:
            raise GreenletExit  # what a lost machine would have cleaned up, it did not
        self.calls += 1
        self.scheduler.pause()
        call = Call(self.calls, service, operation, parameters)
        fate = self._fate(call)
        self.watch.step = self.calls
        self.trace(f"{task.name if task else '-'} {service} {operation} {_place(parameters)} {_said(fate)}")

        repeated = False

        def seen(delivery: Delivery) -> Answer:
            nonlocal repeated
            answer = apply(delivery)
            if not (repeated and operation in ONCE):
                show(self.watch, service, operation, parameters, delivery, answer, self._read_object)
            repeated = True
            return answer

        return seen(PLAIN) if fate is None else self._suffered(call, fate, seen)

    def _fate(self, call: Call) -> Fate | None:
        task = self.scheduler.current
        if task is not None and task.name == SLOW and call.operation.startswith(WRITES) and self.random.random() < 0.5:
            self._hang(task)
        self._wake_one(WAKES[0])
        if not self.mishaps.any:
            return None
        on = None if task is None else task.machine or task
        kind = self.mishaps.next(on.name if on is not None else "", call.operation)
        match kind:
            case None:
                return None
            case "hangs" | "stalls":
                self._hang(task)
                return None
            case "dies":
                if task is not None and task.machine is not None:
                    self.trace(f"{NOTABLE}{task.name} is lost")
                    self.scheduler.lose(task)
                return None
            case _:
                return DRAWS[kind](self.random, call)

    def _hang(self, task: Task | None) -> None:
        """Go on after a while, or when some later call of a function begins, whichever comes first.

        So what hangs comes back between any two steps that follow, and not only at their ends.
        """
        self.trace(f"{NOTABLE}{task.name if task else '-'} hangs")
        if task is not None:
            self._hung.append(task)
        self.scheduler.sleep(timedelta(minutes=self.random.choice(HANGS)))
        if task in self._hung:
            self._hung.remove(task)

    def _wake(self, _name: str) -> None:
        """A call of a function begins: one that hangs may come back now."""
        self._wake_one(WAKES[1])

    def _wake_one(self, often: float) -> None:
        if self._hung and self.random.random() < often:
            task = self._hung.pop(self.random.randrange(len(self._hung)))
            if not task.ended:
                self.trace(f"{NOTABLE}{task.name} comes back")
                task.ready_at = self.clock.now()
                self.scheduler.first = task if self.random.random() < 0.5 else None

    # --- what the watch asks

    def _read_object(self, bucket: str, key: str) -> bytes:
        body: bytes = self.direct("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def _run_item(self, run: str) -> Mapping[str, Any] | None:
        return self.year_item(f"run#{run}")

    def _batches(self) -> list[Mapping[str, Any]]:
        """Every batch of the year, as it is stored at this moment."""
        pages = (
            self.direct("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.cloud.variable("CONTROL_TABLE"),
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={":pk": {"S": "year#2023"}, ":prefix": {"S": "batch#"}},
                ConsistentRead=True,
            )
        )
        return [item for page in pages for item in page["Items"]]

    def _year_closed(self) -> bool:
        return "closed" in (self.year_item("state") or {})

    def year_item(self, sk: str) -> Mapping[str, Any] | None:
        key = {"pk": {"S": "year#2023"}, "sk": {"S": sk}}
        table = self.cloud.variable("YEARS_TABLE")
        item: Mapping[str, Any] | None = self.direct("dynamodb").get_item(TableName=table, Key=key).get("Item")
        return item

    # --- what calls what

    def deliver(self, take_in: Callable[[], object]) -> None:
        """A message: its work is done again until it ends, or until it was tried often enough."""

        def deliveries() -> None:
            for _ in range(DELIVERIES):
                work = self.lambdas.begin("intake", take_in)
                if self.lambdas.ended(work) and work.error is None:
                    return
                self.scheduler.sleep(timedelta(minutes=15))

        self.scheduler.spawn("message", deliveries)

    def _invoked(self, name: str, payload: bytes) -> bytes:
        return json.dumps(self.lambdas.call(self.folders[name], json.loads(payload))).encode()

    def _execution_failed(self, execution: Execution, error: str) -> None:
        """EventBridge reports it to the function `report`, which marks the run."""
        if not execution.machine.endswith("-phase"):
            return
        detail = {"name": execution.name, "input": execution.input, "status": "FAILED", "error": error}
        event = {"source": "aws.states", "detail": detail}

        def deliveries() -> None:
            while True:
                try:
                    self.lambdas.call("report", event)
                except TaskFailedError:
                    self.scheduler.sleep(timedelta(minutes=1))
                else:
                    return

        self.scheduler.spawn("event", deliveries)


def _place(parameters: Mapping[str, Any]) -> str:
    """What a call is about, in a few words."""
    if "Key" in parameters:
        key = parameters["Key"]
        return key if isinstance(key, str) else "/".join(value["S"] for value in key.values())
    if "Item" in parameters:
        item = parameters["Item"]
        return f"{item['pk']['S']}/{item['sk']['S']}"
    if statements := parameters.get("Statements", parameters.get("TransactStatements")):
        keys = (one["Parameters"][:2] for one in statements)  # the keys of an item come first
        return ", ".join(f"{pk['S']}/{sk['S']}" for pk, sk in keys)
    return str(parameters.get("name") or parameters.get("Prefix") or "")


def _said(fate: Fate | None) -> str:
    if fate is None:
        return ""
    if fate.refused is not None:
        return f"{NOTABLE}refused {getattr(fate.refused, 'code', '')}"
    return NOTABLE + ("lost" if fate.lost is not None else "twice" if fate.twice else "late or in part")
