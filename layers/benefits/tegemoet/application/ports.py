"""What the use cases need of the outside world: `adapters/` has it on AWS, the tests in memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Protocol, TypedDict

from tegemoet.domain.manual_review import YearException


class Sink(Protocol):
    """Accepts the bytes of one object, in order."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of an object: its size in bytes, its upload's metadata, and when it was written.

    `written_at` is ISO, in UTC, to the second.
    """

    key: str
    version: str | None
    etag: str
    size: int
    written_at: str
    metadata: Mapping[str, str]


class Objects(Protocol):
    """The objects of one bucket."""

    def head(self, key: str, version: str | None = None, etag: str | None = None) -> ObjectVersion:
        """That version, the one with that ETag, or the newest. Raises KeyError if there is none."""
        ...

    def get(self, key: str) -> bytes:
        """The whole object. Raises KeyError when there is none."""
        ...

    def stream(self, key: str, version: str | None = None) -> Iterator[bytes]:
        """The object in blocks of up to 1 MiB. Raises KeyError when there is none."""
        ...

    def get_range(self, key: str, start: int, stop: int) -> bytes:
        """Bytes `start` … `stop` − 1 of the object."""
        ...

    def put(self, key: str, body: bytes) -> None:
        """Write the object. Replaces an existing one."""
        ...

    def put_once(self, key: str, body: bytes) -> bool:
        """Write the object unless one exists. Returns whether it was written."""
        ...

    def writer(self, key: str) -> AbstractContextManager[Sink]:
        """Write a large object piece by piece.

        It appears whole, or not at all when the block raises.
        """
        ...

    def exists(self, key: str) -> bool: ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys that begin with `prefix`, in order."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Delete these objects; one that does not exist is ignored.

        A bucket without versions keeps nothing of them.
        """
        ...


Phase = Literal[1, 2]
"""Phase 1 looks at the first semester of a premium year, phase 2 at the whole year."""
PHASES: tuple[Phase, ...] = (1, 2)
FactKind = Literal["practice", "convention", "activity-s1", "activity-year", "account", "identity", "office"]


class Fact(NamedTuple):
    """One accepted row of a premium year.

    `shard` = that of its RIZIV number (practice, convention, activity) or of its person (account);
    identities and offices lie together, whatever their shard. A later row with the same `key`
    replaces an earlier one: (number), (number, first day), (number, setting), (person, day of
    registration), (person) or (tariff office). `body` = its columns as a JSON object.
    """

    kind: FactKind
    shard: int
    key: tuple[str, ...]
    batch: str
    body: str


class Facts(Protocol):
    """The facts of the premium years.

    Facts are read consistently, in order of kind, key and batch.
    """

    def put(self, year: int, facts: Iterable[Fact]) -> None:
        """Store the facts; storing the same fact twice changes nothing."""
        ...

    def of_kind(self, year: int, kind: FactKind, shard: int = 0) -> Iterator[Fact]:
        """Every fact of one kind in a shard; of identities and offices every fact of the year."""
        ...

    def of_numbers(self, year: int, shard: int) -> Iterator[Fact]:
        """Practices, conventions and activities of one shard of RIZIV numbers."""
        ...

    def practices_of(self, year: int, shard: int, number: str) -> Iterator[Fact]:
        """Practices of a RIZIV number: its first eight digits or all eleven."""
        ...

    def accounts_of(self, year: int, shard: int, person: str) -> Iterator[Fact]:
        """Accounts of one person key."""
        ...


BatchState = Literal["awaiting-upload", "loading", "done", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What became of the rows of a file; `rows` is the sum of the others."""

    rows: int
    accepted: int
    rejected: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """Why a file is refused as a whole: a stable code, its sentence, and where it is at fault.

    `line` and `column` are None where no line or column is at fault.
    """

    code: str
    text: str
    line: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """What became of a batch so far.

    `counts` and `chunks` (how many) are known once the rows are read; `counts` changes when later
    steps reject rows. `refusal` belongs to the state refused, `error` (the name of an error, never
    its message) to failed, `outputs` (name → key) to done.
    """

    counts: RowCounts | None = None
    chunks: int | None = None
    refusal: FileRefusal | None = None
    error: str | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """One object in an inbox.

    `written_at` (the time of S3, ISO), then `key`, then `sequencer` rank it among all of them.
    """

    id: str
    partner: str
    scheme: str
    kind: str
    year: int | None
    key: str
    version: str | None
    written_at: str
    sequencer: str
    size: int
    state: BatchState
    detail: BatchDetail = BatchDetail()

    @property
    def rank(self) -> tuple[str, str, str]:
        return (self.written_at, self.key, self.sequencer)


class Batches(Protocol):
    """The batches of files, and what became of them."""

    def create(self, batch: Batch) -> bool:
        """Record a new batch. Returns False when the id exists already."""
        ...

    def get(self, batch_id: str) -> Batch | None: ...

    def update(
        self, batch_id: str, *, state: BatchState, detail: BatchDetail, expected: tuple[BatchState, ...]
    ) -> bool:
        """Set state and detail if the present state is one of `expected`.

        Returns whether it was.
        """
        ...

    def replace_upload(self, batch: Batch) -> bool:
        """Give an announced upload (state awaiting-upload) its object.

        Returns False when it has one already.
        """
        ...

    def of_partner(self, partner: str, limit: int, cursor: str | None) -> tuple[list[Batch], str | None]:
        """One page of the partner's batches, newest first, and the cursor of the next page."""
        ...

    def of_year(self, year: int) -> list[Batch]:
        """Every batch of the premium year, read consistently."""
        ...

    def delete(self, batch: Batch) -> None:
        """Delete the record of the batch; deleting it again changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A presigned POST: its address, and the fields that it must have."""

    url: str
    fields: Mapping[str, str]


class Forms(Protocol):
    """Forms that upload one object of one size."""

    def form(self, key: str, size: int, batch: str) -> UploadForm:
        """The form of a presigned POST for that key and exactly `size` bytes.

        Its policy names the batch.
        """
        ...


class Links(Protocol):
    """Short-lived addresses of outputs."""

    def link(self, key: str) -> str:
        """A URL that downloads the object without a token, for a quarter of an hour."""
        ...


class Decisions(Protocol):
    """Stored decisions."""

    def put(self, decision_id: str, partner: str, case: bytes, decision: bytes) -> None:
        """Keep a decision with its case; putting the same one again changes nothing."""
        ...

    def put_many(self, items: Iterable[tuple[str, str, bytes, bytes]]) -> None:
        """As `put`, in bulk: (id, partner, case, decision)."""
        ...

    def get(self, decision_id: str) -> tuple[str, bytes, bytes] | None:
        """(partner, case, decision) of a single or bulk decision."""
        ...

    def put_run(self, year: int, shard: int, items: Iterable[tuple[str, str, bytes]]) -> None:
        """Keep the decisions of a run: (person, run, decision), one write each."""
        ...

    def of_person(self, year: int, shard: int, person: str) -> list[tuple[str, bytes]]:
        """(run, decision) of every run that decided this person, oldest run first."""
        ...


class RunDecisions(Protocol):
    """The decisions of runs of a premium year, by their id `<run>.<person>`."""

    def find(self, decision_id: str) -> bytes | None:
        """The decision; None if there is none, and for every other id."""
        ...

    def frozen_case(self, decision_id: str) -> Mapping[str, object] | None:
        """The case that the run froze for the decision; None if it is no longer kept."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in the ledger of a person in a year; append-only.

    `amount` in cents, never negative. `run` is beside the entry: everything else is the same
    whatever the order in which files arrived.
    """

    person: str
    number: int
    kind: Literal["payment", "return"]
    phase: Phase
    riziv_number: str
    profession: str
    amount: int
    pharmacy_id: str | None
    run: str
    entry_id: str

    @property
    def signed(self) -> int:
        """Cents, negative for a return."""
        return self.amount if self.kind == "payment" else -self.amount


class Ledger(Protocol):
    """The ledger: entries are numbered per person and year, put once and never changed."""

    def entries(self, year: int, shard: int) -> Iterator[Entry]:
        """Every entry of the shard, by person and number, read consistently."""
        ...

    def entries_of(self, year: int, shard: int, person: str) -> list[Entry]: ...

    def append(self, year: int, shard: int, entry: Entry) -> Entry:
        """Put the entry at its number. Returns the entry at that number: this or an earlier one.

        For a pharmacy its claim is put in the same transaction. Raises PharmacyTakenError, and puts
        nothing, where another person or number holds the claim.
        """
        ...

    def claims(self, year: int) -> Mapping[str, tuple[str, str]]:
        """Pharmacy → (person, RIZIV number) that was paid for it."""
        ...

    def close(self, year: int, run: str) -> None:
        """Put the CLOSE entry of the year; closing twice changes nothing."""
        ...

    def is_closed(self, year: int) -> bool: ...


class PharmacyTakenError(Exception):
    """Another person or number was paid for the pharmacy in the meantime."""


@dataclass(frozen=True, slots=True)
class Year:
    """The state of a premium year.

    `key_version` = the secret of its person keys; `open_run` = the run that is open; `released` =
    the phases with a released run.
    """

    year: int
    key_version: str
    open_run: str | None
    released: tuple[int, ...]
    phase_2_begun: bool
    closed: bool


RunState = Literal["started", "waiting", "approved", "refused", "expired", "released", "failed"]


@dataclass(frozen=True, slots=True)
class RunReference:
    """What the workflow passes to each step of a run. `on` = the day of evaluation, YYYY-MM-DD."""

    id: str
    year: int
    phase: Phase
    on: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What a released run paid: entries written, their sum in EUR, payments not written."""

    entries: int
    amount: str
    not_written: int


@dataclass(frozen=True, slots=True)
class RunDetail:
    """What is known of a run beside its state. A field is None until the step that sets it.

    `execution` = its latest execution and `attempt` the number of that one, from 0. `control_sum`
    (EUR), `payments_sha256` (of the proposal) and `outputs` (keys) are what the approver sees;
    `token` = of the workflow task that waits for the answer. Moments are UTC. `failure` = the name
    of the error of a failed execution.
    """

    execution: str | None = None
    attempt: int | None = None
    control_sum: str | None = None
    payments_sha256: str | None = None
    outputs: tuple[str, ...] | None = None
    token: str | None = None
    approved_by: str | None = None
    approved_at: str | None = None
    refused_by: str | None = None
    refused_at: str | None = None
    reason: str | None = None
    abandoned: bool | None = None
    failure: str | None = None
    settled: Settled | None = None

    def known(self) -> dict[str, object]:
        """The fields that are not None, by name."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Run(RunReference):
    """One run of a phase."""

    started_by: str
    started_at: str
    state: RunState
    detail: RunDetail = RunDetail()


class Runs(Protocol):
    """Premium years, runs, exceptions and choices."""

    def year(self, year: int) -> Year | None: ...

    def begin_year(self, year: int, key_version: str) -> Year:
        """The state of the year, created with that key version if the year has none yet."""
        ...

    def open(self, run: Run) -> bool:
        """Open the run if no other run of the year is open and the year is not closed.

        Also True when this very run is open already.
        """
        ...

    def get(self, run_id: str) -> Run | None: ...

    def of_phase(self, year: int, phase: Phase) -> list[Run]:
        """Runs of the phase, oldest first."""
        ...

    def update(self, run_id: str, *, state: RunState, detail: RunDetail, expected: Sequence[RunState]) -> bool:
        """Set the state and every detail that is not None, if the state is one of `expected`.

        Returns whether it was.
        """
        ...

    def finish(self, run_id: str, *, state: RunState, detail: RunDetail, expected: Sequence[RunState]) -> bool:
        """As `update`, and free the year; a released run marks its phase released."""
        ...

    def close(self, year: int) -> bool:
        """Close the year if no run is open. Also True when it is closed already."""
        ...

    def keep_exceptions(self, year: int, exceptions: Iterable[YearException]) -> None:
        """Record kind, facts and run of each exception; an earlier choice stays."""
        ...

    def exceptions(self, year: int) -> list[YearException]: ...

    def choose(self, year: int, exception_id: str, choice: str, reason: str, by: str) -> bool:
        """Record the operator's choice. Returns False if there is no such exception."""
        ...


Wait = Literal["households", "incomes-1", "incomes-2", "results"]
"""What an exchange waits for: files of the kind of that name."""
Work = Literal["select", "answer-1", "answer-2", "report"]
"""What an exchange does after a wait."""
Step = Wait | Work | Literal["done"]
"""Where an exchange is."""


class SelectionCounts(TypedDict):
    """The selection of one insurer.

    `requests` and `members` = selected households and their members; `excluded` = other households;
    `reasons` = reason → households excluded for it.
    """

    requests: int
    members: int
    excluded: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class StartNote:
    """The day on which an exchange was started."""

    on: date


@dataclass(frozen=True, slots=True)
class StepNote:
    """What is noted when a step ends: its day, and whether that day is in time."""

    on: date
    in_time: bool


@dataclass(frozen=True, slots=True)
class WaitNote(StepNote):
    """`batches` = ids of the batches that the work after the wait uses, in order of rank."""

    batches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SelectNote(StepNote):
    """`asked` = persons in the first list for the tax office; `insurers` = counts per insurer."""

    asked: int
    insurers: Mapping[str, SelectionCounts]


@dataclass(frozen=True, slots=True)
class AnswerNote(StepNote):
    """`codes` = insurer → code → households; `ignored` = answers about persons not asked.

    `asked_again` = persons in the second list; None after the second delivery.
    """

    codes: Mapping[str, Mapping[str, int]]
    ignored: int
    asked_again: int | None = None


@dataclass(frozen=True, slots=True)
class ReportNote(StepNote):
    """`insurers` = insurer → what the tables count → number."""

    insurers: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class EvaluationNote:
    """`codes` = code → level → number, of the evaluation that ended last."""

    on: date
    codes: Mapping[str, Mapping[str, int]]


Notes = TypedDict(
    "Notes",
    {
        "start": StartNote,
        "households": WaitNote,
        "select": SelectNote,
        "incomes-1": WaitNote,
        "answer-1": AnswerNote,
        "incomes-2": WaitNote,
        "answer-2": AnswerNote,
        "results": WaitNote,
        "report": ReportNote,
        "evaluation": EvaluationNote,
    },
    total=False,
)
"""The notes of an exchange: of its start, of every step that ended, and of its last evaluation."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The exchange of a year. It holds names of parties, days and counts, never a person.

    `insurers` = partner → insurer code of three digits. `step` = the wait or work that it is at, or
    `done`. `late` = number of batches that completed after their step, by `<kind>/<partner>`.
    """

    year: int
    run: str
    insurers: Mapping[str, str]
    tax_office: str
    automatic: bool
    step: Step
    notes: Notes
    late: Mapping[str, int]
    token: str | None = None
    """Token of the task that waits, while one does."""


class Exchanges(Protocol):
    """Exchanges, one a year."""

    def create(self, exchange: Exchange) -> bool:
        """Store a new exchange; False when its year has one."""
        ...

    def get(self, year: int) -> Exchange | None: ...

    def advance(self, year: int, expected: Step, step: Step, note: StepNote, token: str | None = None) -> bool:
        """Go from the step `expected` to `step` and store the note of the step that ends.

        False, and nothing is stored, when the exchange is at another step. Without a `token` the
        stored one is kept.
        """
        ...

    def wait(self, year: int, step: Wait, token: str) -> bool:
        """Store the token of the task that waits; False when the exchange is at another step."""
        ...

    def note_evaluation(self, year: int, note: EvaluationNote) -> bool:
        """Store the note of an evaluation, replacing an earlier one; False without an exchange."""
        ...

    def count_late(self, year: int, kind: str, batch_id: str) -> None:
        """Count a batch that came too late. The same batch counts once."""
        ...

    def delete(self, year: int) -> None:
        """Delete the exchange. Deleting it again changes nothing."""
        ...


class Seal(Protocol):
    """Encrypts under one data key."""

    def seal(self, body: bytes) -> bytes: ...

    def unseal(self, sealed: bytes) -> bytes:
        """Raises ValueError for bytes that this key did not seal."""
        ...


class DataKeys(Protocol):
    """Data keys: one per delivery, destroyed when its codes are made.

    What a destroyed key sealed is lost for good.
    """

    def destroy(self, year: int, name: str) -> None:
        """Destroy the key. Destroying it again changes nothing."""
        ...


class Seals(DataKeys, Protocol):
    """Data keys that can be used to encrypt and decrypt."""

    def open(self, year: int, name: str, create: bool = False) -> Seal:
        """The seal of a delivery. Two callers that create it at the same time get the same one.

        Raises KeyError when it does not exist, or no longer exists.
        """
        ...


class Workflows(Protocol):
    """State machines."""

    def start(self, workflow: str, name: str, payload: Mapping[str, Any]) -> None:
        """Start `workflow` (`batch`, `phase`, `exchange`) under `name`.

        Starting it again under the same name changes nothing.
        """
        ...

    def answer(self, token: str, payload: Mapping[str, Any]) -> bool:
        """Answer a task that waits; False when it no longer waits."""
        ...


class Events(Protocol):
    """Events for others: ids, counts and sums only."""

    def publish(self, kind: str, detail: Mapping[str, Any]) -> None: ...


class PersonSecrets(Protocol):
    """The secrets of person keys, by version."""

    def person_secrets(self) -> Mapping[str, str]:
        """Secret by version."""
        ...

    def current_version(self) -> str: ...


class DigestSecret(Protocol):
    """The secret of the digests of input."""

    def digest_secret(self) -> bytes:
        """The key of `input_sha256`."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The present time in UTC."""
        ...
