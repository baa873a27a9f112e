"""The records of a run, from its plan to its payments, as they are written to the work bucket.

Dataclasses are what code works on; a TypedDict is only the shape of a JSON line, where a run has
one per practice or person. Amounts named `cents` are whole cents, other amounts are text in EUR.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypedDict

from tegemoet.application.partners.grants import Grants
from tegemoet.application.premium_year.authority import Authority, IdentityClaim
from tegemoet.application.premium_year.case_json import PersonYearCase, PracticeCase
from tegemoet.application.premium_year.changes import Change, Way
from tegemoet.application.premium_year.ownership import Ownership
from tegemoet.application.records import Registration, SuppliedJson
from tegemoet.domain.manual_review import YearException
from tegemoet.schemes.convention_premium.case import Hold
from tegemoet.schemes.convention_premium.rules import PaymentKind


@dataclass(frozen=True, slots=True)
class PracticesAt:
    """Where the practices of one shard of persons lie in those of one shard of numbers.

    `start` = the first byte, `stop` = the byte after the last one.
    """

    start: int
    stop: int
    sha256: str


# --- inputs ---------------------------------------------------------------------------------------


InputKind = Literal[
    "practices", "conventions", "activity-s1", "activity-year", "accounts", "identities", "tariff-offices"
]
"""The kinds of files that are the inputs of a premium year."""


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """A batch whose facts the run uses.

    `delivered_on` = the day on which it was written, which earlier versions did not note; `sent_by`
    = the subject of the person who sent it; `trusted` = whether its partner is an authority
    on what it holds, where files have one, and `trusted_since` the moment from which it was;
    `written_at` = the moment (ISO) at which it was written.
    """

    id: str
    kind: InputKind
    partner: str
    delivered_on: str = ""
    sent_by: str | None = None
    trusted: bool = True
    trusted_since: str = ""
    written_at: str = ""


def trusted_of(batches: Iterable[PlannedBatch]) -> Mapping[str, str]:
    """The batches whose partner is an authority, each with the moment from which it was."""
    return {batch.id: batch.trusted_since for batch in batches if batch.trusted}


class FrozenParameters(TypedDict):
    """The parameters that a run froze: their version and the hash of their bytes."""

    version: str
    sha256: str


class Doubt(TypedDict):
    """How an identity row came that its own partner did not bring, and by which choices."""

    ways: list[Way]
    questions: list[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """The inputs of a run, recorded once when it starts.

    `batches` in order of arrival; `roots` = person key → first key of the person, for keys that
    have another root; `connected` = the groups of keys that any identity row ever connected, also
    one that was replaced; `exceptions` of the identities; `choices` = id of an exception → what an
    operator chose; `choosers` = the subjects of those whose choices have an effect;
    `registrations` = every version that held at the cut-off; `identity_claims` = identity rows that
    wait for an operator; `released` = the last released run before this one, and `since` its
    cut-off; `unused` = state → number of files that were written before the cut-off and are not
    used; `doubts` = person key → how an identity row came that connects it; `changes` = what
    changed since the last release beside accounts; `layout` = how the version that began the run
    lays out its folder, which versions before the fourth layout did not note; `supplied` = the
    values that the body supplies because nobody publishes them; `cut_offs` = the cut-off of each
    run of the year that was released before.
    """

    run: str
    shards: int
    parameters: FrozenParameters
    batches: Sequence[PlannedBatch]
    roots: Mapping[str, str]
    exceptions: Sequence[YearException]
    choices: Mapping[str, str]
    choosers: Sequence[str] = ()
    connected: Sequence[Sequence[str]] = ()
    registrations: Sequence[Registration] = ()
    identity_claims: Sequence[IdentityClaim] = ()
    released: str | None = None
    unused: Mapping[str, int] = field(default_factory=dict)
    since: str | None = None
    doubts: Mapping[str, Doubt] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    layout: int | None = None
    supplied: Sequence[SuppliedJson] = ()
    cut_offs: Mapping[str, str] = field(default_factory=dict)

    def root(self, person: str) -> str:
        return self.roots.get(person, person)

    def keys_of(self, root: str) -> list[str]:
        """Every key of a person, the root first."""
        return [root, *self.other_keys().get(root, ())]

    def other_keys(self) -> Mapping[str, Sequence[str]]:
        """Person (root) → the other keys of the person, sorted."""
        others: dict[str, list[str]] = {}
        for key, root in sorted(self.roots.items()):
            others.setdefault(root, []).append(key)
        return others

    def ranks(self) -> dict[str, int]:
        """Batch id → its place in the order of arrival."""
        return {batch.id: rank for rank, batch in enumerate(self.batches)}

    def companions(self) -> dict[str, Sequence[str]]:
        """Person key → every key that was ever connected with it, itself included."""
        return {key: group for group in self.connected for key in group}

    def ownership(self) -> Ownership:
        """Who owns a key in this run."""
        return Ownership(Grants(self.registrations).owner_of, self.choices)

    def authority(self) -> Authority:
        """Whose accounts count in this run."""
        return Authority(trusted_of(self.batches), Grants(self.registrations).owner_of, self.choices)


# --- frozen numbers and persons -------------------------------------------------------------------


class PracticeLine(TypedDict):
    """A practice and one person it belongs to, joined from the facts on its number.

    `person` = root key; `practice` lacks its pharmacy; `partners` delivered it; `others` = every
    key of somebody else under which something may have been paid on the number; `disputed` =
    several partners claim it; `answered` = the id of the question that gave the person the number.
    """

    person: str
    practice: PracticeCase
    partners: list[str]
    pharmacy_id: NotRequired[str]
    tariff_office: NotRequired[str]
    others: NotRequired[list[str]]
    disputed: NotRequired[bool]
    answered: NotRequired[str]


@dataclass(frozen=True, slots=True)
class NumbersIndex:
    """What later steps need of one shard of numbers without reading its practices.

    `ranges` = person shard → where its practices lie; `titulars` = the practices with a pharmacy;
    `concerned` = person (root) that an identity row waits for → RIZIV numbers (eight digits);
    `renamed` = RIZIV number (11 digits) → the pharmacies that its rows named, one after the other,
    if more than one.
    """

    ranges: Mapping[str, PracticesAt]
    titulars: Sequence[PracticeLine]
    concerned: Mapping[str, Sequence[str]] = field(default_factory=dict)
    renamed: Mapping[str, Sequence[str]] = field(default_factory=dict)


class BankAccount(TypedDict):
    """`language` = that of a practitioner, where the registration of the account says it."""

    holder: str
    iban: str
    language: NotRequired[str]


@dataclass(frozen=True, slots=True)
class OfficesThen:
    """The tariff offices of a run that was released: their accounts, and what stood before.

    `through` = pharmacy → its tariff office; None in a run of an earlier version. `brought` =
    tariff office → the partner that brought its account.
    """

    accounts: Mapping[str, BankAccount]
    stood: Mapping[str, BankAccount]
    through: Mapping[str, str] | None
    brought: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pharmacies:
    """Who is paid for each pharmacy.

    `payees` = pharmacy → RIZIV number (eight digits); `offices` = tariff office → its account;
    `chosen` = person that is titular of several pharmacies → the one an operator chose, or None.
    `exceptions` = those of pharmacies, of tariff offices and of identities. `practices` = person
    shard → shard of numbers → where its practices lie in what the attempt wrote that `attempts`
    names. `through` = pharmacy → its tariff office; `stood` = tariff office that was paid → the
    account that it was last paid on; `held` = tariff office that is not paid → why; `claimed` =
    RIZIV numbers (eight digits) that a pharmacy was paid under. `brought` = tariff office → the
    partner that brought its account; `changes` = those of the accounts of offices; `questioned` =
    pharmacies that are not paid because they may be one that was paid under another id.
    """

    payees: Mapping[str, str]
    offices: Mapping[str, BankAccount]
    chosen: Mapping[str, str | None]
    exceptions: Sequence[YearException]
    attempts: Mapping[str, str]
    practices: Mapping[str, Mapping[str, PracticesAt]]
    through: Mapping[str, str] = field(default_factory=dict)
    stood: Mapping[str, BankAccount] = field(default_factory=dict)
    held: Mapping[str, Hold] = field(default_factory=dict)
    claimed: Sequence[str] = ()
    brought: Mapping[str, str] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    questioned: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FrozenPerson:
    """One person as the run decides it: the case, and what a payment needs beside it.

    `next` = the number of the person's next entry; `before` = cents paid under this key, `paid` =
    cents paid under every key of the person. `case` is None for a person who was paid and has no
    practice any more; `profession` is that of the last entry then. `case_id` = the lowest RIZIV
    number (eight digits); `partners` = who delivered each practice; `account` = the latest account
    registered by the day of evaluation; `offices` = the accounts of the tariff offices concerned.
    """

    person: str
    next: int
    before: int
    paid: int
    case_id: str
    case: PersonYearCase | None = None
    profession: str | None = None
    partners: Sequence[Sequence[str]] = ()
    account: BankAccount | None = None
    offices: Mapping[str, BankAccount] = field(default_factory=dict)


# --- decided --------------------------------------------------------------------------------------


class PaidOn(TypedDict):
    """A MAC of the account that a person (root) is paid on.

    `keys` = every key of the person, sorted; `partner` = who brought the account; `answered` = the
    ids of the questions that gave numbers to the person.
    """

    person: str
    keys: list[str]
    mac: str
    partner: str
    answered: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that is proposed, with the number that its entry is to have.

    `before` = cents paid under this person key; `payee` = the RIZIV number, or the tariff office of
    a pharmacy; `payee_mac` proves payee, holder and account, which lie in a file of their own. The
    fields are in alphabetical order, as in the lines whose SHA-256 is approved.
    """

    before: int
    cents: int
    kind: PaymentKind
    number: int
    payee: str
    payee_mac: str
    person: str
    pharmacy_id: str | None
    profession: str
    riziv_number: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """What phase 1 paid and phase 2 finds not due, in cents.

    A person handles it: nothing is taken back automatically. `person` = the person (root), which is
    never published; empty in a run of an earlier version. `reason` = a decision finds less due, or
    the person has no practice any more and no decision.
    """

    riziv_number: str
    profession: str
    paid: int
    due: int
    cents: int
    person: str = ""
    reason: Literal["less-due", "no-practice"] = "less-due"


@dataclass(frozen=True, slots=True)
class ShardTotals:
    """The control totals of one shard of persons; see `totals` for the names of the counts."""

    counts: Mapping[str, int]
    partners: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShardProposal:
    """The payments of one shard. The fields are in alphabetical order.

    `cents` = what is paid; `held` = the persons whose payment is held, sorted; `sha256` = that of
    every payment, held or not.
    """

    cents: int
    held: Sequence[str]
    sha256: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the approver approves: exactly these payments. The fields are in alphabetical order.

    `debtor` = the version of the debtor account that files for the bank are made with; None without
    one. `transfers` = the SHA-256 of the list of transfers.
    """

    cents: int
    debtor: int | None
    run: str
    shards: Sequence[ShardProposal]
    transfers: str

    @property
    def held(self) -> frozenset[str]:
        """The persons whose payment is held."""
        return frozenset(person for shard in self.shards for person in shard.held)


# --- settled --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SettledShard:
    """What was written to the ledger for one shard of persons.

    `cents` = sum of the entries; `not_written` = why payments were not written, and `skipped` the
    persons concerned; `pharmacies` = (pharmacy, person, RIZIV number) of every claim of the shard;
    `held` = the persons whose payment is held.
    """

    entries: int
    cents: int
    not_written: Sequence[YearException]
    skipped: Sequence[str]
    pharmacies: Sequence[tuple[str, str, str]]
    held: Sequence[str] = ()

    @property
    def unpaid(self) -> frozenset[str]:
        """The persons to whom the run paid nothing, although it decided that something is due."""
        return frozenset((*self.skipped, *self.held))
