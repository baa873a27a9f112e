"""What the use cases need of the outside world: `adapters/` has it on AWS, the tests in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from tegemoet.application.records import (
    Account,
    BankFileEvent,
    Batch,
    BatchDetail,
    BatchState,
    Closing,
    ClosingProposal,
    Confirmation,
    DebtorAccountProposal,
    DebtorAccountVersion,
    Entry,
    EvaluationNote,
    Exchange,
    Fact,
    FactKind,
    Kept,
    KeptDecision,
    NewDecision,
    ObjectVersion,
    PersonRole,
    Phase,
    Registration,
    RoleChange,
    Run,
    RunDetail,
    RunState,
    Step,
    StepNote,
    UploadForm,
    Wait,
    WrittenVersion,
    Year,
)
from tegemoet.domain.manual_review import Choice, ReviewedException, YearException


class Sink(Protocol):
    """Accepts the bytes of one object, in order."""

    def write(self, data: bytes, /) -> object: ...


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

    def writer(self, key: str, once: bool = False) -> AbstractContextManager[Sink]:
        """Write a large object piece by piece.

        It appears whole, or not at all when the block raises. With `once`, an object that exists by
        then stays as it is.
        """
        ...

    def exists(self, key: str) -> bool: ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys that begin with `prefix`, in order."""
        ...

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """As `keys`, each key with the size of its object in bytes."""
        ...

    def written(self, prefix: str) -> Iterator[WrittenVersion]:
        """Every version of the objects whose keys begin with `prefix`, also of deleted ones.

        In order of key, and of one key the newest first.
        """
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Delete these objects; one that does not exist is ignored.

        A bucket without versions keeps nothing of them.
        """
        ...


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

    def delete_year(self, year: int, shards: int) -> Iterator[int]:
        """Delete every fact of the year in portions; yields how many each portion deleted."""
        ...


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


class Registrations(Protocol):
    """What partners may bring: versions that are only ever added."""

    def append(self, registration: Registration, known: int) -> bool:
        """Store a version. `known` = the number of all registrations that it was checked against.

        Returns False when there are more by now, of whatever partner: it may contradict them.
        """
        ...

    def all(self) -> list[Registration]:
        """Every version of every partner, by partner and number, read consistently."""
        ...


class RolesRegister(Protocol):
    """The roles of persons: versions that are only ever added, read consistently."""

    def append(self, change: RoleChange) -> bool:
        """Store a version. Returns False when the person has one of that number already."""
        ...

    def latest(self, subject: str) -> RoleChange | None:
        """The version of the person that holds; None for somebody who never had a role."""
        ...

    def versions(self, subject: str) -> list[RoleChange]:
        """Every version of the person, the first one first."""
        ...

    def all(self) -> Iterator[RoleChange]:
        """Every version of every person, by subject and number."""
        ...


class DebtorAccounts(Protocol):
    """The account that pays: proposals and versions that are only ever added, read consistently."""

    def propose(self, proposal: DebtorAccountProposal) -> bool:
        """Store a proposal. Returns False when there is one with that id already."""
        ...

    def proposals(self) -> list[DebtorAccountProposal]:
        """Every proposal, in no particular order."""
        ...

    def proposal(self, proposal_id: str) -> DebtorAccountProposal | None: ...

    def append(self, version: DebtorAccountVersion) -> bool:
        """Store a version. Returns False when there is one of that number already."""
        ...

    def all(self) -> Iterator[DebtorAccountVersion]:
        """Every version, the first one first."""
        ...


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

    def put(self, new: NewDecision) -> Kept:
        """Keep a decision with its case, and what it supersedes. What is kept is never changed."""
        ...

    def put_many(self, items: Iterable[NewDecision]) -> Mapping[str, Kept]:
        """As `put`, in bulk. Returns the outcome of each that is not kept, by id."""
        ...

    def superseded_by(self, decision_id: str) -> str | None:
        """The id of the decision that supersedes this one."""
        ...

    def get(self, decision_id: str) -> KeptDecision | None:
        """A single or bulk decision."""
        ...

    def put_run(self, year: int, shard: int, items: Iterable[tuple[str, str, bytes]]) -> None:
        """Keep the decisions of a run: (person, run, decision), one write each."""
        ...

    def of_person(self, year: int, shard: int, person: str) -> list[tuple[str, bytes]]:
        """(run, decision) of every run that decided this person, oldest run first."""
        ...

    def delete_runs(self, year: int, shards: int) -> Iterator[int]:
        """Delete the decisions of the year's runs in portions; yields how many each deleted."""
        ...


class RunDecisions(Protocol):
    """The decisions of runs of a premium year, by their id `<run>.<person>`."""

    def find(self, decision_id: str) -> bytes | None:
        """The decision; None if there is none, and for every other id."""
        ...

    def frozen(self, decision_id: str) -> Mapping[str, object] | None:
        """What the run froze for the decision, as a line has it: the case, and what was supplied.

        None if it is no longer kept.
        """
        ...


class Ledger(Protocol):
    """The ledger: entries are numbered per person and year, put once and never changed."""

    def entries(self, year: int, shard: int) -> Iterator[Entry]:
        """Every entry of the shard, by person and number, read consistently."""
        ...

    def entries_of(self, year: int, shard: int, person: str) -> list[Entry]: ...

    def append(self, year: int, shard: int, *entries: Entry) -> list[Entry | None]:
        """Put each entry at its number if that is free; no two may have one person and number.

        A pharmacy is claimed in the same transaction. Returns what is now at the number of each:
        the entry itself or an earlier one, and None where another person or number holds the
        pharmacy and nothing was put.
        """
        ...

    def claims(self, year: int) -> Mapping[str, tuple[str, str]]:
        """Pharmacy → (person, RIZIV number) that was paid for it."""
        ...

    def close(self, year: int, run: str) -> None:
        """Put the CLOSE entry of the year; closing twice changes nothing."""
        ...

    def is_closed(self, year: int) -> bool: ...


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

    def update(
        self,
        run_id: str,
        *,
        state: RunState,
        detail: RunDetail,
        expected: Sequence[RunState],
        attempt: int | None = None,
    ) -> bool:
        """Set the state and every detail that is not None, if the state is one of `expected`.

        With `attempt`, its latest execution has to be that one too. No approved run gets a state of
        `UNAPPROVED`. Returns whether the run was changed.
        """
        ...

    def finish(self, run_id: str, *, state: RunState, detail: RunDetail, expected: Sequence[RunState]) -> bool:
        """As `update`, and free the year; a released run marks its phase released."""
        ...

    def propose_closing(self, proposal: ClosingProposal) -> bool:
        """Record the proposal. Returns False when its id exists already."""
        ...

    def closing_proposals(self, year: int) -> list[ClosingProposal]:
        """Every proposal to close the year, oldest first."""
        ...

    def closing_proposal(self, year: int, proposal_id: str) -> ClosingProposal | None: ...

    def close(self, year: int, closing: Closing) -> bool:
        """Close the year if no run is open and it is not closed. Returns whether it was closed."""
        ...

    def keep_exceptions(self, year: int, exceptions: Iterable[YearException]) -> None:
        """Record kind, facts and run of each exception; earlier choices stay."""
        ...

    def exceptions(self, year: int) -> list[ReviewedException]:
        """Every exception of the year with its choices, oldest choice first."""
        ...

    def choose(self, year: int, exception_id: str, number: int, choice: Choice) -> bool:
        """Append the choice to those of the exception, as number `number` (from 1).

        Returns False, and records nothing, if that number is taken. A choice is never changed.
        """
        ...

    def choose_for_all(self, year: int, numbers: Mapping[str, int], choice: Choice) -> bool:
        """The same for each of these exceptions, with its own number, or for none; at most 100."""
        ...

    def confirmations(self, year: int) -> Mapping[str, Sequence[Confirmation]]:
        """Every confirmation of a value of the year, by the id of the value, oldest first."""
        ...

    def confirm(self, year: int, value_id: str, number: int, confirmation: Confirmation) -> bool:
        """Append the confirmation to those of the value, as number `number` (from 1).

        Returns False, and records nothing, if that number is taken. It is never changed.
        """
        ...

    def bank_file_events(self, year: int) -> Mapping[str, Sequence[BankFileEvent]]:
        """What was done with each file for the bank, by its message id, oldest first."""
        ...

    def add_bank_file_event(self, year: int, message_id: str, number: int, event: BankFileEvent) -> bool:
        """Append the event to those of the file, as number `number` (from 1).

        Returns False, and records nothing, if that number is taken. It is never changed.
        """
        ...

    def delete_records(self, year: int) -> Iterator[int]:
        """Delete everything of the year but its state, in portions; yields how many each deleted.

        The state stays: it says that the year is closed.
        """
        ...


class People(Protocol):
    """The accounts of persons, as they are at this moment."""

    def person(self, subject: str) -> Account | None:
        """The account of that subject; None if there is none."""
        ...

    def approvers(self) -> list[Account]:
        """Every account in the group of approvers."""
        ...


class RoleGroups(Protocol):
    """The groups of the user pool, which say what a person who signs in may do."""

    def assign(self, subject: str, roles: Collection[PersonRole]) -> None:
        """Put the account of that subject into the groups of these roles, and out of the others.

        Groups that are no role stay as they are.
        """
        ...


class ApprovalSeal(Protocol):
    """Verifies message authentication codes that the function `approve` alone can make."""

    def verify(self, message: bytes, mac: bytes) -> bool:
        """Whether `mac` was made of this very message."""
        ...


class ApprovalSigner(Protocol):
    """Makes the codes that an `ApprovalSeal` verifies."""

    def sign(self, message: bytes) -> bytes: ...


class Exchanges(Protocol):
    """Exchanges, one a year."""

    def create(self, exchange: Exchange) -> bool:
        """Store a new exchange; False when its year has one."""
        ...

    def get(self, year: int) -> Exchange | None: ...

    def advance(self, year: int, expected: Step, step: Step, note: StepNote) -> bool:
        """Go from the step `expected` to `step` and store the note of the step that ends.

        False, and nothing is stored, when the exchange is at another step.
        """
        ...

    def wait(self, year: int, step: Wait, token: str) -> bool:
        """Store the token of a task that waits, beside those of others: a call that comes late
        replaces none. False when the exchange is at another step.
        """
        ...

    def note_evaluation(self, year: int, note: EvaluationNote) -> bool:
        """Store the note of an evaluation in the place of one that was started before it.

        False, and nothing is stored, without an exchange or where a later one is noted.
        """
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
    """Data keys: one per sending of incomes, destroyed when its codes are made.

    What a destroyed key sealed is lost for good.
    """

    def destroy(self, year: int, name: str) -> None:
        """Destroy the key. Destroying it again changes nothing.

        A key that `Seals` destroyed is never made again, whoever still tries.
        """
        ...


class Seals(DataKeys, Protocol):
    """Data keys that can be used to encrypt and decrypt."""

    def open(self, year: int, name: str, create: bool = False) -> Seal:
        """The seal of a sending. Two callers that create it at the same time get the same one.

        Raises KeyError when it does not exist, or was destroyed: `create` does not make it again.
        """
        ...


class Workflows(Protocol):
    """State machines."""

    def start(self, workflow: str, name: str, payload: Mapping[str, object]) -> None:
        """Start `workflow` (`batch`, `phase`, `exchange`) under `name`.

        Starting it again under the same name changes nothing.
        """
        ...

    def answer(self, token: str, payload: Mapping[str, object]) -> bool:
        """Answer a task that waits; False when it no longer waits."""
        ...


class Events(Protocol):
    """Events for others: ids, counts and sums only."""

    def publish(self, kind: str, detail: Mapping[str, object]) -> None: ...


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

    def wait_until(self, moment: datetime) -> None:
        """Return when the moment has come."""
        ...
