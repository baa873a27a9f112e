"""The shape of a run's summary, and of its progress.

The summary, `summary.json`, is what approval, report and API show. Amounts are text in
EUR, counts are whole numbers:

    {"scheme": "convention-premium", "year": 2023, "phase": 1, "run": "2023-1-0a1b2c3d4e",
     "on": "2023-12-01",
     "state": "waiting",                                     # "released" once paid
     "parameters": {"version": "2023.1", "sha256": "…"}, "engine": "1.0.0",
     "values": [{"id": "premium-amount.nurse.399.19", "name": "premium-amount",     # see `values`
                 "key": {"profession": "nurse"}, "value": "399.19", "basis": "secondary",
                 "by": "An Peeters", "at": "2026-02-01T08:00:00+00:00"}],
     "control_sum": "1045.32",                               # EUR proposed and approved
     "payments_sha256": "…",                                 # of the approved proposal
     "persons": 10, "practices": 12,
     "outcomes": {"granted": 1, "refused": 4, "pending": 5},          # persons
     "dossiers": {"open": 6, "closed": 4},                            # persons
     "payments": {"count": 1, "amount": "1045.32",
                  "by_kind": {"premium": {"count": 1, "amount": "1045.32"},
                              "difference": {…}, "pharmacy": {…}}},
     "transfers": {"count": 1, "sha256": "…", "debtor": 1,           # see `transfers`
                   "files": [{"transfers": 1, "amount": "1045.32"}], "execution": null},
     "held": {"count": 1, "amount": "945.95"},        # due, and not among the payments
     "sectors": [                             # the professions that take part, in legal order,
                                              # and others of which there is a practice
       {"profession": "physician",
        "practices": 5, "reached": 2, "not_reached": 2, "exempt": 1,
        "granted": 2, "refused": 1, "pending": 2,                     # practices
        "reasons": {"full-convention": 1, "activity": 2},             # practices per rule
        "payments": 1, "amount": "1045.32"}],
     "reasons": {"refused": {"full-convention": 3},                   # persons per rule
                 "pending": {"activity": 4, "account": 1}},
     "pending_accounts": 1,                   # persons who lack only an account
     "recoveries": {"count": 0, "amount": "0.00"},
     "exceptions": {"identity-conflict": 1},  # per kind
     "changes": {                             # see `changes`
       "since": null,                         # the cut-off of the last released run
       "counts": {"accounts": 1, "debtor-account": 0, "grants": 0, "roles": 0, "unused-files": 1},
       "ways": {"another-partner": 1, "choice": 1, "operator-file": 0}},
     "batches": {"practices": 1, "conventions": 2},                   # complete ones per kind
     "unused_files": {"refused": 1},          # files before the cut-off that are not used, by state
     "cut_off": "2023-12-01T08:00:00Z",
     "acts": [{"act": "started", "by": "An Peeters", "at": "2023-12-01T08:00:00.000+00:00"}],
                                              # "approved" is added once released
     "settled": null,       # once released: {"entries": 1, "amount": "1045.32", "not_written": 0}
     "checks": []}          # once released: [{"check": "…", "holds": true,
                            #                  "left": "1045.32", "right": "1045.32"}]

`reached` counts practices whose activity (or hours) meets the threshold, `exempt` those without a
threshold. The rules of `reasons` are those that are not met or unknown. A person who lacks only an
account lacks their own or that of the tariff office.
"""

from typing import Literal, NotRequired, TypedDict

from tegemoet.application.premium_year.changes import Way
from tegemoet.application.premium_year.records import FrozenParameters
from tegemoet.application.records import ChangeKind, Phase, Settled
from tegemoet.domain.parameters import Basis
from tegemoet.schemes.convention_premium.rules import PaymentKind


class RunProgress(TypedDict):
    """Shards of a run, and how many of them each step has completed."""

    shards: int
    joined: int
    evaluated: int
    settled: int


class Sums(TypedDict):
    count: int
    amount: str


class PaymentSums(Sums):
    by_kind: dict[PaymentKind, Sums]


class Sector(TypedDict):
    """One profession: practices by what was found of them, and payments."""

    profession: str
    practices: int
    reached: int
    not_reached: int
    exempt: int
    granted: int
    refused: int
    pending: int
    reasons: dict[str, int]
    payments: int
    amount: str


class CheckSides(TypedDict):
    check: str
    holds: bool
    left: str
    right: str


class Act(TypedDict):
    """What a person did, by the name at that moment, and when (ISO, UTC)."""

    act: Literal["started", "approved"]
    by: str
    at: str


class ValueInSummary(TypedDict):
    """A value that is not official, as the run used it, and who confirmed it when (ISO, UTC).

    `by` and `at` are None while nobody has confirmed it.
    """

    id: str
    name: str
    key: dict[str, str]
    value: str
    basis: Basis
    by: str | None
    at: str | None


class ChangesCounted(TypedDict):
    """What changed since the last release; an account that came in two `ways` counts in both."""

    since: str | None
    counts: dict[ChangeKind, int]
    ways: dict[Way, int]


class FileSums(TypedDict):
    """What a file for the bank has; `amount` in EUR."""

    transfers: int
    amount: str


class Transfers(TypedDict):
    """The transfers that a run pays. `sha256` = of their list, which the approval covers.

    `debtor` = the version of the debtor account; None where nobody has confirmed one, and then
    there are no `files`. Once released, `files` are those that were made, without what settling did
    not write, and `execution` = the day (ISO) on which the bank is to pay.
    """

    count: int
    sha256: str
    debtor: int | None
    files: list[FileSums]
    execution: str | None


class RunSummary(TypedDict):
    """The summary of a run, as `summary.json`, the report and the API show it.

    One of a run that an earlier version proposed has no `changes` or `transfers`. `values` are
    those that are not official, `held` counts the payments that wait for an operator; each is
    absent if there are none. `money` = where the money of the year is, in EUR by the names of
    `Money`, once released.
    """

    scheme: str
    year: int
    phase: Phase
    run: str
    on: str
    state: Literal["waiting", "released"]
    parameters: FrozenParameters
    values: NotRequired[list[ValueInSummary]]
    engine: str
    control_sum: str
    payments_sha256: str
    persons: int
    practices: int
    outcomes: dict[str, int]
    dossiers: dict[str, int]
    payments: PaymentSums
    transfers: NotRequired[Transfers]
    held: NotRequired[Sums]
    money: NotRequired[dict[str, str]]
    sectors: list[Sector]
    reasons: dict[str, dict[str, int]]
    pending_accounts: int
    recoveries: Sums
    exceptions: dict[str, int]
    changes: NotRequired[ChangesCounted]
    batches: dict[str, int]
    unused_files: dict[str, int]
    cut_off: str
    acts: list[Act]
    settled: Settled | None
    checks: list[CheckSides]
