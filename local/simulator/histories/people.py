"""What partners and persons do in a history. Each action is a task, which may fail at any call."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import orjson

from local.simulator.histories.population import OFFICE, SLUG, File
from tegemoet.application.intake.batches import abandon_batch
from tegemoet.application.intake.chunks import ChunkLine, ChunkWriter, facts_key, row_line
from tegemoet.application.intake.keys import FileRefusedError, batch_id, parse_key
from tegemoet.application.intake.kinds.records import Reading
from tegemoet.application.intake.manifest import Manifest, write_manifest
from tegemoet.application.intake.outcomes import DUPLICATES_HEADER, REJECTED_HEADER
from tegemoet.application.intake.scratch import write_records
from tegemoet.application.partners.grants import Grants
from tegemoet.application.partners.registering import RegistrationRequest, register
from tegemoet.application.premium_year import closing, exceptions, running, starting
from tegemoet.application.premium_year.approval import Answer
from tegemoet.application.premium_year.exceptions import YearExceptions, choices_for
from tegemoet.application.records import (
    Batch,
    BatchDetail,
    GrantedKind,
    Person,
    PersonRole,
    RoleChange,
    RowCounts,
    Run,
)
from tegemoet.domain.identity import shard_of
from tegemoet.domain.problems import ProblemError

if TYPE_CHECKING:
    from local.simulator.histories.scheduler import Scheduler

YEAR = 2023
OPERATORS = (Person("op-1", "Operator One"), Person("op-2", "Operator Two"))
REGISTRAR = Person("registrar", "A Registrar")
PARTNERS: Mapping[str, RegistrationRequest] = {
    "register": RegistrationRequest("register", 2000, ("who-answers",)),
    "accounts": RegistrationRequest("accounts", 2000, ("who-answers",)),
    "profiles": RegistrationRequest("profiles", 2000, ("who-answers",)),
    "tariff": RegistrationRequest("tariff-services", 2000, ("who-answers",), keys=(OFFICE,)),
    "cheat": RegistrationRequest(
        "tariff-services",
        2000,
        ("who-cheats",),
        tuple(GrantedKind(SLUG, kind, 2000) for kind in ("practices", "tariff-offices", "accounts", "identities")),
        keys=("office-9",),
    ),
}
"""What each partner may bring. The one that cheats is an authority on nothing."""
MERGING = ("accounts", "tariff", "register", "profiles")
"""The partners that others take over in some histories."""


class LostError(Exception):
    """A person gave up: the answer did not come."""


def roles(approvers: Iterable[str]) -> Iterator[RoleChange]:
    """The roles of approvers, as a registrar gave them."""
    for subject in approvers:
        roles = frozenset[PersonRole]({"approver"})
        yield RoleChange(subject, 1, f"Name of {subject}", roles, None, "2023-01-01T00:00:00Z", REGISTRAR)


@dataclass(slots=True)
class Partners:
    """Partners that bring files. `cloud` = the composition root of the product."""

    cloud: Any
    scheduler: "Scheduler"
    shards: int
    files: int = 0
    brought: list[tuple[str, File]] = field(default_factory=list)
    """The id of the batch of every file that was brought, and the file."""
    taken_over: dict[str, str] = field(default_factory=dict)
    """Partner → the one that brings its files now."""

    def bring(self, file: File) -> Callable[[], object]:
        """A file that is written now; what the intake does with it, as often as it takes.

        The rows go through the reader of their kind, and past the reader of CSV files: its storing
        step and all that follows are the real ones.
        """
        self.files += 1
        partner = self.taken_over.get(file.partner, file.partner)
        written = self.scheduler.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        key = f"in/{partner}/{SLUG}/{YEAR}/{file.kind}/{self.files}.csv"
        sequencer = f"{self.files:016x}"
        batch = Batch(
            batch_id(written, key, sequencer, sequencer),
            partner,
            SLUG,
            file.kind,
            YEAR,
            key,
            None,
            written,
            sequencer,
            1,
            "loading",
        )
        self.brought.append((batch.id, file))
        return lambda: self._ingest(batch, file)

    def _ingest(self, batch: Batch, file: File) -> None:
        cloud = self.cloud
        found = batch if cloud.batches.create(batch) else cloud.batches.get(batch.id)
        if found is None or found.state != "loading":
            return
        drop = parse_key(batch.key)
        grants = Grants(cloud.registrations.all())
        if not grants.granted(drop.partner, SLUG, drop.kind_name, YEAR, batch.written_at):
            refusal = FileRefusedError("kind-not-granted").refusal
            detail = BatchDetail(refusal=refusal)
            cloud.batches.update(batch.id, state="refused", detail=detail, expected=("loading",))
            return
        version = cloud.runs.begin_year(YEAR, cloud.person_secrets.current_version()).key_version
        reading = Reading(YEAR, decimal_comma=True, key_version=version, secrets=cloud.person_secrets.person_secrets())
        assert drop.kind is not None
        lines = [self._line(drop.kind, place, row, reading, batch.partner) for place, row in enumerate(file.rows, 2)]
        chunks = ChunkWriter(batch.id, cloud.work, facts_key).write_numbered(iter(lines), 20_000)
        write_records(cloud.work, f"batches/{batch.id}/rejected.csv", REJECTED_HEADER, ())
        write_records(cloud.work, f"batches/{batch.id}/duplicates.csv", DUPLICATES_HEADER, ())
        counts = RowCounts(len(lines), len(lines), 0, 0)
        manifest = Manifest(batch.partner, SLUG, batch.kind, YEAR, counts, {}, [], chunks)
        write_manifest(batch.id, manifest, cloud.work)
        if cloud.batches.update(
            batch.id, state="loading", detail=BatchDetail(counts, len(chunks)), expected=("loading",)
        ):
            cloud.batch_workflows.start("batch", batch.id, drop.workflow_input(batch.id, (c.name for c in chunks)))

    def _line(self, kind: Any, place: int, row: tuple[str, ...], reading: Reading, partner: str) -> ChunkLine:
        key, shard_by, body = kind.read(row, reading)
        reading.warnings.clear()
        body["partner"] = partner
        shard = shard_of(shard_by, self.shards) if kind.sharded else 0
        cents = int(body["cents"] or 0) if kind.has_amounts else 0
        return row_line(place, shard, orjson.dumps(key), orjson.dumps(body)), cents


@dataclass(slots=True)
class Staff:
    """Operators and approvers. Whoever gets no answer asks again, with the same key."""

    cloud: Any
    scheduler: "Scheduler"
    random: Random
    retention: Any
    asked: int = 0
    accepted: list[tuple[Answer, str]] = field(default_factory=list)
    """The answers to runs that were accepted, each with the approver."""
    answered: Callable[[str, bool], None] = lambda _run, _approve: None
    """Told of every answer that is accepted."""
    told: list[str] = field(default_factory=list)
    """The codes of the problems that they were told, the latest last."""

    def _again(self, ask: Callable[[], object]) -> object:
        """Ask until there is an answer; a problem is an answer."""
        for _ in range(6):
            try:
                return ask()
            except ProblemError as problem:
                self.told.append(problem.code)
                return None
            except Exception as error:  # noqa: BLE001 - the API answers 500 to whatever it is
                self.told.append(type(error).__name__)
            self.scheduler.sleep(timedelta(seconds=30))
        raise LostError

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
        return self._again(lambda: starting.start_phase(starting.Start(YEAR, phase, on, operator, key, cut_off), ports))

    def take_over(self, partner: str, successor: str) -> object:
        """Register another partner as the successor of one."""
        cloud, request = self.cloud, replace(PARTNERS[partner], keys=(), predecessor=partner)
        return self._again(
            lambda: register(successor, request, by=REGISTRAR, registrations=cloud.registrations, clock=cloud.clock)
        )

    def answer(self, run: Run, approver: str, approve: bool) -> object:
        reason = None if approve else "not today"
        given = Answer(YEAR, run.phase, run.id, str(run.detail.control_sum), approve, reason)
        made = self._again(lambda: self.cloud.answer_run(given, approver))
        if made is not None:
            self.accepted.append((given, approver))
            self.answered(run.id, approve)
        return made

    def resume(self, run: str, operator: Person) -> object:
        cloud = self.cloud
        return self._again(lambda: running.resume_run(run, by=operator, runs=cloud.runs, workflows=cloud.workflows))

    def abandon(self, run: str, operator: Person) -> object:
        cloud = self.cloud
        return self._again(
            lambda: running.abandon_run(
                run, by=operator, reason="stuck", runs=cloud.runs, workflows=cloud.workflows, clock=cloud.clock
            )
        )

    def abandon_batch(self, batch: str, operator: Person) -> object:
        cloud = self.cloud
        return self._again(
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
        return self._again(lambda: exceptions.choose(YEAR, exception.id, choice, "it is so", by=operator, ports=ports))

    def close(self, operator: Person, second: Person, key: str) -> object:
        cloud = self.cloud
        ports = closing.ClosingPorts(cloud.runs, cloud.work, cloud.clock, cloud.close_ledger)
        undecided = YearExceptions(YEAR, cloud.runs, cloud.work).undecided()
        made = self._again(
            lambda: closing.propose_closing(YEAR, undecided, "all is paid", by=operator, key=key, ports=ports)
        )
        if made is None:
            return None
        return self._again(lambda: closing.confirm_closing(YEAR, made.id, by=second, ports=ports))  # type: ignore[attr-defined]
