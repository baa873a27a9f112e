"""How long everything is kept, and why: one row per kind of object and of item.

`template.yaml` has the lifecycle rules and times to live that follow from this table, and no other
(`tests/template/test_lives.py`). The purge deletes by it what neither of the two can: a premium
year, whose facts expire together on one day that is counted from its closing.
`docs/explanation/retention.md` says the same in words.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from tegemoet.domain.calendar import ONE_DAY, end_of_months

Life = Literal[
    "scratch",
    "run",
    "facts",
    "records",
    "ledger",
    "batch",
    "decisions",
    "health",
    "exchange",
    "drops",
    "outputs",
    "answers",
    "logs",
    "for ever",
]
Swept = Literal["run", "facts", "records"]
"""Lives that end with a day of a closed premium year."""
SWEPT: tuple[Swept, ...] = ("run", "facts", "records")


@dataclass(frozen=True, slots=True)
class End:
    """When a life ends.

    `days` = the parameter of template.yaml that says how many days after writing S3 or DynamoDB
    deletes it by itself, and `attribute` = that of an item that says when; None where code or
    nobody deletes it.
    """

    words: str
    days: str | None = None
    attribute: str | None = None


ENDS: Mapping[Life, End] = {
    "scratch": End("until its batch has ended and can no longer be continued", "WorkDays"),
    "run": End("as long as a run may wait and be continued: until its year is closed"),
    "facts": End("until FactsYears after the year was closed"),
    "records": End("until RecordsYears after the year was closed"),
    "ledger": End("no code deletes it; an engineer may, RecordsYears after the year was closed"),
    "batch": End("as long as the records of its premium year or its exchange; of cases for ever"),
    "decisions": End("DecisionDays after it was written", "DecisionDays", "expires"),
    "health": End("HealthDays after it was written", "HealthDays", "expires"),
    "exchange": End("until the last day of the sixth year after that of the exchange", "FlowDays"),
    "drops": End("DropDays after it was written", "DropDays"),
    "outputs": End("OutputDays after it was written", "OutputDays"),
    "answers": End("ten years, as long as the decision that it refers to", attribute="expiration"),
    "logs": End("LogDays after it was written", "LogDays"),
    "for ever": End("for ever"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of object or item.

    `place` = the bucket or table in template.yaml. `what` = the keys: of an object its key, of an
    item `pk / sk`. `{name}` stands for a part without separators, `…` for anything.
    """

    place: str
    what: str
    life: Life
    why: str

    def covers(self, key: str) -> bool:
        return _pattern(self.what).fullmatch(key) is not None


@cache
def _pattern(what: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\}|…)", what)
    text = "".join(".*" if p == "…" else "[^/#| ]+" if p.startswith("{") else re.escape(p) for p in parts)
    return re.compile(text, re.DOTALL)


KEPT: Sequence[Kept] = (
    # --- drops ------------------------------------------------------------------------------------
    Kept("InboxBucket", "in/…", "drops", "What a partner sent, in case it is disputed"),
    # --- work -------------------------------------------------------------------------------------
    Kept("WorkBucket", "batches/{batch}/…", "scratch", "Made from the drop, and needed until the batch is done"),
    Kept("WorkBucket", "facts/{batch}/…", "scratch", "Rows that become facts, until the batch is done"),
    Kept("WorkBucket", "runs/{run}/batches.json", "facts", "The inputs of the run: batches, identities, choices"),
    Kept("WorkBucket", "runs/{run}/numbers/{shard}.json", "facts", "Which attempt joined the facts of a shard"),
    Kept("WorkBucket", "runs/{run}/numbers/{shard}/…", "run", "Joined facts; the frozen cases are made from them"),
    Kept("WorkBucket", "runs/{run}/pharmacies.json", "facts", "Who was paid for a pharmacy, and what was decided"),
    Kept("WorkBucket", "runs/{run}/evaluated/…", "facts", "The frozen cases, what was decided and proposed, accounts"),
    Kept("WorkBucket", "runs/{run}/stored/…", "facts", "That the decisions of a shard are in their table"),
    Kept("WorkBucket", "runs/{run}/proposed.json", "records", "Which attempt proposed: its files were approved"),
    Kept("WorkBucket", "runs/{run}/proposed/…", "records", "What was approved: sums, digests, exceptions, changes"),
    Kept("WorkBucket", "runs/{run}/settled/…", "records", "What was written to the ledger, and what was not"),
    Kept("WorkBucket", "runs/{run}/released.json", "records", "Which attempt released"),
    Kept("WorkBucket", "runs/{run}/released/…", "records", "The control totals; every later report shows them"),
    Kept("WorkBucket", "parameters/…", "for ever", "The figures of the law that a decision was made with"),
    # --- files out --------------------------------------------------------------------------------
    Kept("OutputBucket", "out/…", "outputs", "A copy for the partner"),
    Kept("BankBucket", "payments/{year}/{phase}/{run}/…", "records", "Files for the bank"),
    Kept("OutputBucket", "payments/{year}/{phase}/{run}/…", "records", "Payment files, reports and decisions of a run"),
    # --- health data ------------------------------------------------------------------------------
    Kept("HealthBucket", "batches/{batch}/…", "scratch", "Made from the drop, and needed until the batch is done"),
    Kept("HealthBucket", "out/…", "health", "Decisions on health data, for the partner"),
    Kept("HealthTable", "{decision} / decision", "health", "A decision on health data, its case, who decided"),
    Kept("HealthTable", "{decision} / superseded", "health", "Which decision supersedes it"),
    # --- the exchange -----------------------------------------------------------------------------
    Kept("FlowBucket", "in/…", "exchange", "What a party sent; incomes go when their codes are made"),
    Kept("FlowBucket", "batches/{batch}/…", "exchange", "Rows and manifests: results and evaluations come years later"),
    Kept("FlowBucket", "flows/{year}/…", "exchange", "What the steps of an exchange hand on"),
    Kept("FlowBucket", "out/…", "exchange", "A copy for the party"),
    Kept("ControlTable", "flow#{year} / …", "exchange", "Where an exchange is, and its counts"),
    # --- premium years ----------------------------------------------------------------------------
    Kept("FactsTable", "{year}#{shard} / …", "facts", "What a year was decided on"),
    Kept("DecisionsTable", "{year}#{shard} / {person}#{run}", "records", "A decision of a run"),
    Kept("LedgerTable", "{year}#{shard} / {person}#{number}", "ledger", "What was paid"),
    Kept("LedgerTable", "{year}#pharmacies / {pharmacy}", "ledger", "Who was paid for a pharmacy"),
    Kept("LedgerTable", "{year}#close / CLOSE", "ledger", "That nothing more is paid"),
    Kept(
        "YearsTable",
        "year#{year} / state",
        "for ever",
        "That it is closed: it could be paid again",
    ),
    Kept("YearsTable", "year#{year} / run#{run}", "records", "A run, and who started and approved it"),
    Kept(
        "YearsTable",
        "year#{year} / exception#…",
        "records",
        "A question that was answered, or that no run asks",
    ),
    Kept("YearsTable", "year#{year} / choice#…", "records", "What an operator chose, when and why"),
    Kept("YearsTable", "year#{year} / closing#…", "records", "Who proposed to close the year, when and why"),
    Kept("YearsTable", "year#{year} / value#…", "records", "Who confirmed a value that is not official, when and why"),
    Kept("YearsTable", "year#{year} / bank-file#…", "records", "Who fetched or withdrew a file for the bank, when"),
    # --- single decisions, batches, calls ---------------------------------------------------------
    Kept(
        "DecisionsTable",
        "{decision} / decision",
        "decisions",
        "A single or bulk decision, its case, who decided",
    ),
    Kept("DecisionsTable", "{decision} / superseded", "decisions", "Which decision supersedes it"),
    Kept("ControlTable", "year#{year} / batch#{batch}", "batch", "A partner, a file and counts; no insured person"),
    Kept("ControlTable", "batch#{batch} / state", "batch", "A partner, a file and counts; no insured person"),
    Kept("ControlTable", "client#{client} / partner", "for ever", "Which partner a client is; deleted by hand with it"),
    Kept(
        "PartnersTable",
        "registrations / {partner}#{number}",
        "for ever",
        "Who may bring what, and who said so; no insured person",
    ),
    Kept("PartnersTable", "sequence / {number}", "for ever", "The place of a registration among all of them"),
    Kept("PartnersTable", "roles / {subject}#{number}", "for ever", "Who had which role when, and who gave it"),
    Kept(
        "PartnersTable",
        "debtor-accounts / version#{number}",
        "for ever",
        "From which account the body paid when, and who said so; no insured person",
    ),
    Kept("PartnersTable", "debtor-accounts / proposal#{id}", "for ever", "Who proposed which account, when and why"),
    Kept("IdempotencyTable", "…", "answers", "So that a repeated request makes nothing twice"),
    Kept("AccessLogBucket", "…", "logs", "Who read or wrote which object"),
)


EARLIER: Sequence[Kept] = (
    Kept("WorkBucket", "runs/{run}/numbers/{shard}.jsonl", "run", "Joined facts, before there were attempts"),
    Kept("WorkBucket", "runs/{run}/ranges.json", "run", "Where those of a person lie"),
    Kept("WorkBucket", "runs/{run}/numbers/{shard}.index.json", "facts", "The same, by shard"),
    Kept("WorkBucket", "runs/{run}/persons/…", "facts", "Frozen cases, before there were attempts"),
)
"""What nothing writes any more, and what runs of November 2026 and before left behind."""


def rows_for(place: str, key: str) -> list[Kept]:
    """Every row that covers the key in that place; there is one of everything that code writes."""
    return [kept for kept in KEPT if kept.place == place and kept.covers(key)]


# --- the days of a premium year -------------------------------------------------------------------

NOTICE = timedelta(days=60)
"""No run starts in the last days of the facts: it could not end before they expire."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Years after the closing of a premium year, counted from the day after it."""

    facts_years: int
    records_years: int

    def last_day(self, life: Swept, closed_on: date) -> date:
        """The last day on which what has this life is kept."""
        if life == "run":
            return closed_on
        years = self.facts_years if life == "facts" else self.records_years
        return end_of_months(closed_on + ONE_DAY, 12 * years)

    def is_over(self, life: Swept, closed_on: date | None, on: date) -> bool:
        """Whether it is past its last day on the day `on`; never, while the year is not closed."""
        return closed_on is not None and self.last_day(life, closed_on) < on

    def expires_soon(self, life: Swept, closed_on: date | None, on: date) -> bool:
        """Whether it expires within `NOTICE`, or has expired."""
        return self.is_over(life, closed_on, on + NOTICE)
