"""The records that use cases exchange with the outside world, through `ports`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple, Self, TypedDict, get_args


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of an object: its size in bytes, its upload's metadata, and when it was written.

    `written_at` is ISO, in UTC, to the second. `encryption` = the ARN of the KMS key that it is
    encrypted under; None for any other encryption.
    """

    key: str
    version: str | None
    etag: str
    size: int
    written_at: str
    metadata: Mapping[str, str]
    encryption: str | None


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """One version of an object in a list of its bucket; `written_at` as in ObjectVersion."""

    key: str
    version: str
    etag: str
    written_at: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person who did something: the subject of the account, and its name at that moment."""

    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a person at this moment. `groups` = its roles."""

    person: Person
    groups: frozenset[str]
    enabled: bool

    def may_approve(self) -> bool:
        return self.enabled and "approver" in self.groups


Phase = Literal[1, 2]
"""Phase 1 looks at the first semester of a premium year, phase 2 at the whole year."""


PHASES: tuple[Phase, ...] = (1, 2)


FactKind = Literal[
    "practice", "convention", "activity-s1", "activity-year", "account", "identity", "office", "answer", "credit"
]


class Fact(NamedTuple):
    """One accepted row of a premium year.

    `shard` = that of its RIZIV number (practice, convention, activity) or of its person (account);
    identities, offices and answers of the bank lie together, whatever their shard. A later row with
    the same `key`
    replaces an earlier one: (number), (number, first day), (number, setting), (person, day of
    registration), (person) or (tariff office). `body` = its columns as a JSON object.
    """

    kind: FactKind
    shard: int
    key: tuple[str, ...]
    batch: str
    body: str


BatchState = Literal["awaiting-upload", "loading", "done", "refused", "failed", "abandoned"]


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
class Abandonment:
    """Who gave something up, when (ISO, UTC) and why."""

    by: Person
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """What became of a batch so far.

    `counts` and `chunks` (how many) are known once the rows are read; `counts` changes when later
    steps reject rows. `refusal` belongs to the state refused, `error` (the name of an error, never
    its message) to failed, `outputs` (name → key) to done, `abandonment` to abandoned.
    """

    counts: RowCounts | None = None
    chunks: int | None = None
    refusal: FileRefusal | None = None
    error: str | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    abandonment: Abandonment | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One object in an inbox.

    `written_at` (the time of S3, ISO), then `key`, then `sequencer` rank it among all of them.
    `sent_by` = the person who announced it; None for a partner's file and for a direct drop.
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
    sent_by: Person | None = None

    @property
    def rank(self) -> tuple[str, str, str]:
        return (self.written_at, self.key, self.sequencer)


class NewDecision(NamedTuple):
    """A single or bulk decision to keep: its case and its bytes.

    `supersedes` = the id of the decision that the case names as replaced by this one, `by` = the
    person who decided it; None for a partner's system and for a file.
    """

    id: str
    partner: str
    case: bytes
    decision: bytes
    supersedes: str | None = None
    by: Person | None = None


class KeptDecision(NamedTuple):
    """A single or bulk decision as it is kept: whose it is, its case, its bytes, and who decided.

    `by` = None for a partner's system, for a file, and for what an earlier version kept.
    """

    partner: str
    case: bytes
    decision: bytes
    by: Person | None = None


Kept = Literal["kept", "case-differs", "superseded-already"]
"""Whether a decision is kept.

`case-differs` = the decision exists with a case that supersedes another decision or none,
`superseded-already` = another decision supersedes the same one. Then nothing is written.
"""


Authority = Literal["accounts", "identities"]
"""What a partner may be the authority on in a premium year: its rows are facts."""


AUTHORITIES: tuple[Authority, ...] = ("accounts", "identities")


@dataclass(frozen=True, slots=True)
class GrantedKind:
    """A kind of file of a scheme that a partner may bring, for `from_year` and every later year.

    `withdrawn_at` = the moment (ISO, UTC) at which it ended; None while it holds.
    """

    scheme: str
    kind: str
    from_year: int
    withdrawn_at: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """One version of what a partner may bring. Versions are numbered from 1 and never changed.

    `keys` = the tariff offices or insurers (three digits) whose rows it may bring, where its
    profile has keys. `accounts_from`, `identities_from` = the first premium year for which it is an
    authority on them. `answerable` = subjects of the persons who answer for it. `predecessor` = a
    partner whose keys, open batches, requests and outputs it owns from `at` (ISO, UTC) on. `by` =
    who registered it.
    """

    partner: str
    number: int
    profile: str
    grants: tuple[GrantedKind, ...]
    keys: tuple[str, ...]
    accounts_from: int | None
    identities_from: int | None
    answerable: tuple[str, ...]
    predecessor: str | None
    at: str
    by: Person

    def authority_from(self, on: Authority) -> int | None:
        """The first premium year for which the partner is an authority on it; None for none."""
        return {"accounts": self.accounts_from, "identities": self.identities_from}[on]

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The version that a JSON object of its fields describes."""
        parts = {
            "grants": tuple(GrantedKind(**grant) for grant in values["grants"]),
            "keys": tuple(values["keys"]),
            "answerable": tuple(values["answerable"]),
            "by": Person(**values["by"]),
        }
        return cls(**{**values, **parts})


OPERATORS = "operator"
"""The partner name under which operators send files and cases and receive files of an exchange. No
client may use it."""


PersonRole = Literal["operator", "approver", "reader", "registrar", "treasurer", "case-worker"]
"""What a person may be: the names of the groups of the user pool."""


PERSON_ROLES: tuple[PersonRole, ...] = get_args(PersonRole)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """One version of the roles of a person. Versions are numbered from 1 and never changed.

    `roles` = all that the person has from `at` (ISO, UTC) on; without any, everything is withdrawn.
    `partner` = that of a case worker; None for everybody else. `name` = that of the person at that
    moment, `by` = who changed them.
    """

    subject: str
    number: int
    name: str
    roles: frozenset[PersonRole]
    partner: str | None
    at: str
    by: Person

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The version that a JSON object of its fields describes."""
        return cls(**{**values, "roles": frozenset(values["roles"]), "by": Person(**values["by"])})


@dataclass(frozen=True, slots=True)
class DebtorAccount:
    """How the body pays: the account that is debited, and the settings of its files for the bank.

    `message` = the version of pain.001 that the bank takes. `transfers_per_file` = at most so many
    in one file. `days_ahead` = execution is the first TARGET day at least so many days after the
    approval. `answer_days` = so many days after it the answer of the bank is waited for before a
    year is closed. `purpose` = an external purpose code of ISO 20022; None for none. `texts` = the
    remittance text by language, in which `{year}` stands for the premium year; `language` = that of
    a payee whose language is not known or has no text. `closing_days` = days (YYYY-MM-DD) on which
    the bank executes nothing, beside those on which TARGET is closed. A payment of more than
    `hold_above` cents is held, and one to an account on which more than `persons_per_account`
    persons are paid, unless it is one of `institutions` (IBANs), such as an employer's.
    """

    name: str
    iban: str
    bic: str
    message: Literal["001.001.09", "001.001.03"]
    transfers_per_file: int
    days_ahead: int
    answer_days: int
    purpose: str | None
    texts: Mapping[str, str]
    language: str
    closing_days: tuple[str, ...]
    hold_above: int | None
    persons_per_account: int
    institutions: tuple[str, ...]

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The account that a JSON object of its fields describes."""
        lists = {name: tuple(values[name]) for name in ("closing_days", "institutions")}
        return cls(**{**values, **lists})


@dataclass(frozen=True, slots=True)
class DebtorAccountProposal:
    """A proposal to pay from this account from now on. `at` = ISO, UTC.

    `replaces` = the number of the version that held when it was made; 0 for none.
    """

    id: str
    replaces: int
    account: DebtorAccount
    reason: str
    by: Person
    at: str

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The proposal that a JSON object of its fields describes."""
        return cls(**{**values, "account": DebtorAccount.parse(values["account"]), "by": Person(**values["by"])})


@dataclass(frozen=True, slots=True)
class DebtorAccountVersion:
    """One version of the account that pays. Versions are numbered from 1 and never changed.

    `proposal` = the id of what `by` proposed at `at` and somebody else confirmed; moments are ISO,
    in UTC.
    """

    number: int
    proposal: str
    account: DebtorAccount
    reason: str
    by: Person
    at: str
    confirmed_by: Person
    confirmed_at: str

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The version that a JSON object of its fields describes."""
        parts = {
            "account": DebtorAccount.parse(values["account"]),
            "by": Person(**values["by"]),
            "confirmed_by": Person(**values["confirmed_by"]),
        }
        return cls(**{**values, **parts})


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A presigned POST: its address, and the fields that it must have."""

    url: str
    fields: Mapping[str, str]


EntryKind = Literal["payment", "return", "recovered"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in the ledger of a person in a year; append-only.

    `amount` in cents, never negative. `run` is beside the entry: everything else is the same
    whatever the order in which files arrived. `payee_mac` proves payee, holder and account of a
    payment; entries of earlier versions have none. A `return` says which payment did not reach its
    payee (`corrects`, the id of its entry) and why (`cause`, the code of the bank or `withdrawn`),
    and has the run of that payment. A `recovered` entry is what a person paid back, and `cause`
    names the movement.
    """

    person: str
    number: int
    kind: EntryKind
    phase: Phase
    riziv_number: str
    profession: str
    amount: int
    pharmacy_id: str | None
    run: str
    entry_id: str
    payee_mac: str | None = None
    corrects: str | None = None
    cause: str | None = None

    @property
    def signed(self) -> int:
        """Cents, negative for what came back."""
        return self.amount if self.kind == "payment" else -self.amount


@dataclass(frozen=True, slots=True)
class ClosingProposal:
    """A proposal to close a year while it has `open_exceptions`. `at` = ISO, UTC."""

    id: str
    year: int
    open_exceptions: int
    reason: str
    by: Person
    at: str


@dataclass(frozen=True, slots=True)
class Closing:
    """How a year was closed: what was proposed, and who confirmed it when (ISO, UTC)."""

    proposal: ClosingProposal
    confirmed_by: Person
    confirmed_at: str

    @property
    def closed_on(self) -> str:
        """The day of the confirmation, YYYY-MM-DD (UTC)."""
        return self.confirmed_at[:10]


SuppliedJson = TypedDict(
    "SuppliedJson",
    {"parameter": str, "key": dict[str, str], "value": str, "from": str, "until": str, "source": str},
)
"""A value that a decision is given because nobody publishes it, as beside a case."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A person's word on a value of a year that is not official: `value` is what the body uses.

    `value` = as text, and what a body supplies where nobody publishes one; `at` = ISO, UTC.
    """

    value: str
    reason: str
    by: Person
    at: str


@dataclass(frozen=True, slots=True)
class BankFileEvent:
    """What was done with a file for the bank, and by whom; `at` = ISO, UTC.

    The events of a file are numbered from 1 and never changed. `withdrawn` confirms the proposal of
    number `proposal`, which has the `reason`.
    """

    kind: Literal["fetched", "withdrawal-proposed", "withdrawn"]
    by: Person
    at: str
    reason: str | None = None
    proposal: int | None = None

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The event that a JSON object of its fields describes."""
        return cls(**{**values, "by": Person(**values["by"])})


@dataclass(frozen=True, slots=True)
class Year:
    """The state of a premium year.

    `key_version` = the secret of its person keys; `open_run` = the run that is open; `released` =
    the phases with a released run. `closed_on` = the day (UTC) from which the retention of a closed
    year counts; a year that was closed without one expires nothing. `closing` = who closed it; None
    while the year is open, and for a year that an earlier version closed.
    """

    year: int
    key_version: str
    open_run: str | None
    released: tuple[int, ...]
    phase_2_begun: bool
    closed: bool
    closed_on: date | None = None
    closing: Closing | None = None


ChangeKind = Literal["accounts", "debtor-account", "grants", "roles", "unused-files", "values"]
"""What may have changed since the last release of a year."""


RunState = Literal["started", "waiting", "approved", "refused", "expired", "released", "failed"]
UNAPPROVED: tuple[RunState, ...] = ("started", "waiting", "refused", "expired")
"""States that no run is in that was approved: a call that goes on late puts none back into them."""


@dataclass(frozen=True, slots=True)
class RunReference:
    """What the workflow passes to each step of a run. `on` = the day of evaluation, YYYY-MM-DD."""

    id: str
    year: int
    phase: Phase
    on: str


class Settled(TypedDict):
    """What a released run paid: entries written, their sum in EUR, payments not written."""

    entries: int
    amount: str
    not_written: int


@dataclass(frozen=True, slots=True)
class RunDetail:
    """What is known of a run beside its state. A field is None until the step that sets it.

    `layout` = how the version that began the run lays out its folder; earlier versions did not note
    it. `execution` = its latest execution and `attempt` the number of that one, from 0. `cut_off` =
    the moment before which a file must have been written to count. `control_sum` (EUR),
    `payments_sha256` (of the proposal) and `outputs` (keys) are what the approver sees; `token` =
    of the workflow task that waits for the answer, and `passed_on` whether it received it.
    `approval_mac` (base64) authenticates the approval (`sealing`), which rests on `confirmed` =
    value that is not official → digest of its confirmation; None where every value is official. A
    `…_name` is the name of the person at that moment. Moments are UTC. `failure` = the name of the
    error of a failed execution.
    """

    layout: int | None = None
    execution: str | None = None
    attempt: int | None = None
    cut_off: str | None = None
    started_by_name: str | None = None
    control_sum: str | None = None
    payments_sha256: str | None = None
    outputs: tuple[str, ...] | None = None
    token: str | None = None
    approved_by: str | None = None
    approved_by_name: str | None = None
    approved_at: str | None = None
    approval_mac: str | None = None
    confirmed: Mapping[str, str] | None = None
    resumed_by: str | None = None
    resumed_by_name: str | None = None
    refused_by: str | None = None
    refused_by_name: str | None = None
    refused_at: str | None = None
    reason: str | None = None
    passed_on: bool | None = None
    abandoned: bool | None = None
    failure: str | None = None
    settled: Settled | None = None
    released_at: str | None = None

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
    """The day on which an exchange was started, and who started it; None in an earlier version."""

    on: date
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class StepNote:
    """What is noted when a step ends: its day, and whether that day is in time."""

    on: date
    in_time: bool


@dataclass(frozen=True, slots=True)
class WaitNote(StepNote):
    """`batches` = ids of the batches that the work after the wait uses, in order of rank.

    `by` = who ended the wait; None where it ended by itself, and in an earlier version.
    """

    batches: tuple[str, ...]
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class SelectNote(StepNote):
    """`asked` = persons in the first list for the tax office; `insurers` = counts per insurer."""

    asked: int
    insurers: Mapping[str, SelectionCounts]


@dataclass(frozen=True, slots=True)
class AnswerNote(StepNote):
    """`codes` = insurer → code → households; `ignored` = answers about persons not asked.

    `asked_again` = persons in the second list; None after the second sending.
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
    """`codes` = code → level → number, of the evaluation that was started last.

    `name` and `started_at` (ISO, UTC) are empty for an evaluation of an earlier version.
    """

    on: date
    codes: Mapping[str, Mapping[str, int]]
    name: str = ""
    started_at: str = ""

    @property
    def rank(self) -> str:
        """The order of evaluations: by the moment of the start, then by name."""
        return f"{self.started_at} {self.name}"


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
    tokens: Mapping[str, Wait | None] = field(default_factory=dict)
    """Token of a task → the wait that it is at; None for one that an earlier version stored."""
