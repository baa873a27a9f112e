"""What must hold after every step of a history.

The watch sees each write as it is applied, below everything that the product does. It knows what is
true (`population`) and remembers what was written, so that nothing which the product overwrites or
forgets escapes it. It imports no rule of the product.
"""

import csv
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from local.simulator.histories.population import Provider

Item = Mapping[str, Any]
NOT_USED = ("refused", "failed", "abandoned", "awaiting-upload")
"""States of a file that a run leaves out. The last one: nobody has told that it was written."""
IDLE = ("seen", "noted")
"""Choices that change nothing."""
ANSWERS = ("bank-answers", "returns")
"""Kinds of files that tell what became of payments; no run reads them."""
ENDED = ("done", "refused", "failed", "abandoned")
"""States in which a file has come to its end."""
OPEN = ("started", "waiting", "approved", "failed")
"""States of a run that has not ended."""
COMMIT = re.compile(r"runs/[^/]+/(?:(?:batches|pharmacies|proposed|released)|[a-z]+/\d+)\.json")
"""An object of a run that ends one of its steps."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, by its name, what was seen, and the number of the call."""

    promise: str
    seen: str
    step: int


@dataclass(slots=True)
class Watch:
    """`premium` = the most that a profession is paid, in cents. `run_of` = the item of a run, as it
    is stored at this moment; `year_closed` = whether the year is closed in the table of years;
    `batches` = every batch of the year."""

    people: Sequence[Provider]
    premium: Mapping[str, int]
    run_of: Callable[[str], Item | None]
    year_closed: Callable[[], bool]
    batches: Callable[[], Sequence[Item]]
    step: int = 0
    violations: list[Violation] = field(default_factory=list)
    entries: dict[tuple[str, str], Item] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """Key of an object that is written once → SHA-256 of its bytes."""
    decisions: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    """Key of a decision and `decision` or `case` → its bytes."""
    accounts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """RIZIV number (eight digits) → the accounts to which it may be paid."""
    paid_by_number: Counter[str] = field(default_factory=Counter)
    came_back: Counter[str] = field(default_factory=Counter)
    """Id of a payment → what of it came back."""
    chosen: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    """Exception → its choices, each with the call that made it, by whom, and what."""
    opened: dict[str, int] = field(default_factory=dict)
    """Run → the call that opened it."""
    approved: set[tuple[str, str]] | None = None
    """(run, approver) of every approval that a person gave who had the right; None = not known."""
    ended: dict[str, str] = field(default_factory=dict)
    """Batch → the state in which it ended."""
    paid_by_pharmacy: Counter[str] = field(default_factory=Counter)
    payments: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Run → the rows of its payment file."""
    chosen_now: Callable[[str, str], None] = lambda _exception, _choice: None
    """Told of every choice when it is made."""
    unread: Callable[[], Sequence[tuple[str, str]]] = lambda: ()
    """The files that lie in the inbox and have no batch, though they are to be used and not a day
    old: the kind of each, and when it was written."""
    paid_now: Callable[[Item], None] = lambda _item: None
    """Told of every entry when it is put."""

    def found(self, promise: str, seen: str) -> None:
        """A promise is broken."""
        self.violations.append(Violation(promise, seen, self.step))

    # --- each write

    def item_put(self, table: str, item: Item) -> None:
        """An item was put."""
        if table == "LedgerTable":
            self._entry(item)
        elif table == "YearsTable" and item["sk"]["S"].startswith("choice#"):
            exception = item["sk"]["S"].rpartition("#")[0]
            self.chosen.setdefault(exception, []).append((self.step, item["subject"]["S"], item["choice"]["S"]))
            self.chosen_now(exception.removeprefix("choice#"), item["choice"]["S"])
        elif table == "YearsTable" and item["sk"]["S"].startswith("run#"):
            self._run_opened(item["sk"]["S"].removeprefix("run#"))
        elif table == "ControlTable":
            self._batch_changed()
        elif table == "DecisionsTable" and "decision" in item:
            self._decision(item)

    def item_changed(self, table: str, operation: str) -> None:
        """An item was changed or deleted."""
        if table == "LedgerTable":
            self.found("the-ledger-is-appended-to", operation)
        elif table == "ControlTable":
            self._batch_changed()

    def object_put(self, bucket: str, key: str, body: bytes) -> None:
        """An object was put."""
        if bucket == "OutputBucket" and key.startswith("payments/") and key.endswith("/payments.csv"):
            self._payment_file(key, body)
        elif bucket == "WorkBucket" and COMMIT.fullmatch(key):
            self._once(key, body)
            if key.endswith("/batches.json"):
                self._plan(key.split("/")[1], json.loads(body))
        elif bucket == "OutputBucket" and key.startswith("out/"):
            self._once(key, body)  # what becomes of the rows of a file

    def object_deleted(self, bucket: str, key: str) -> None:
        """An object was deleted."""
        if bucket == "OutputBucket" and key in self.files:
            self.found("a-payment-file-stays", key)

    # --- promises

    def _once(self, key: str, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()
        if self.files.setdefault(key, digest) != digest:
            self.found("what-is-written-once-stays", key)

    def _decision(self, item: Item) -> None:
        place = (item["pk"]["S"], item["sk"]["S"])
        for part, promise in (("decision", "a-decision-keeps-its-bytes"), ("case", "a-stored-case-stays")):
            if part in item and self.decisions.setdefault((*place, part), item[part]["B"]) != item[part]["B"]:
                self.found(promise, "/".join(place))

    def _entry(self, item: Item) -> None:
        place = (item["pk"]["S"], item["sk"]["S"])
        if place in self.entries:
            self.found("an-entry-is-put-once", "/".join(place))
        self.entries[place] = item
        if "entry_id" not in item:
            return  # the claim of a pharmacy, or the end of a year
        run, number, cents = item["run"]["S"], item["riziv_number"]["S"], int(item["amount"]["N"])
        self._paid_by(run)
        is_payment = item["kind"]["S"] == "payment"
        if is_payment and self.year_closed():
            self.found("nothing-is-paid-after-closing", run)
        if cents <= 0:
            self.found("an-entry-is-above-nothing", run)
        if not is_payment:
            self._comes_back(item["corrects"]["S"], cents)
        paid = cents if is_payment else -cents
        self.paid_by_number[number] += paid
        if self.paid_by_number[number] > self.premium[item["profession"]["S"]]:
            self.found("a-number-is-paid-one-premium", f"{number} {self.paid_by_number[number]}")
        if "pharmacy_id" in item:
            pharmacy = item["pharmacy_id"]["S"]
            self.paid_by_pharmacy[pharmacy] += paid
            if self.paid_by_pharmacy[pharmacy] > self.premium["pharmacist"]:
                self.found("a-pharmacy-is-paid-one-premium", f"{pharmacy} {self.paid_by_pharmacy[pharmacy]}")
        self.paid_now(item)

    def _comes_back(self, corrects: str, cents: int) -> None:
        """A part of a payment comes back, by its bank or by its payee."""
        self.came_back[corrects] += cents
        paid = sum(int(e["amount"]["N"]) for e in self.entries.values() if e.get("entry_id", {}).get("S") == corrects)
        if self.came_back[corrects] > paid:
            self.found("a-payment-comes-back-once", f"{corrects} {self.came_back[corrects]} of {paid}")

    def _run_opened(self, run: str) -> None:
        for other in self.opened:
            item = self.run_of(other)
            if other != run and item is not None and item["state"]["S"] in OPEN:
                self.found("one-run-of-a-year-is-open", f"{other} {run}")
        self.opened[run] = self.step

    def _batch_changed(self) -> None:
        for batch in self.batches():
            name, state = batch["id"]["S"], batch["state"]["S"]
            if self.ended.get(name, state) != state:
                self.found("a-batch-ends-once", f"{name} {self.ended.pop(name)} {state}")
            if state in ENDED:
                self.ended[name] = state

    def _plan(self, run: str, plan: Any) -> None:
        """A run has planned its inputs: what was brought before its cut-off, and nothing else."""
        item = self.run_of(run)
        if item is None:
            return
        cut_off = json.loads(item["detail"]["M"]["cut_off"]["S"])
        used = {batch["id"] for batch in plan["batches"]}
        facts = [change["facts"] for change in plan.get("changes", ())]
        listed = {of["key"] for of in facts if of.get("state") == "unread"}
        for batch in self.batches():
            kind, state, is_used = batch["kind"]["S"], batch["state"]["S"], batch["id"]["S"] in used
            concerns = kind not in ANSWERS and (kind != "activity-year" or item["phase"]["N"] == "2")
            before = batch["written_at"]["S"] < cut_off
            is_late = bool(listed) and batch["key"]["S"] in listed and _is_a_day_old(batch, cut_off)
            if concerns and before and state not in NOT_USED and not is_used and not is_late:
                self.found("a-run-uses-all-that-was-brought-before", f"{run} {kind} {state}")
            if is_used and (state in NOT_USED or not before):
                self.found("a-run-uses-nothing-else", f"{run} {kind} {state}")
        for kind, written_at in self.unread():
            if written_at < cut_off and kind not in ANSWERS and (kind != "activity-year" or item["phase"]["N"] == "2"):
                self.found("a-run-uses-all-that-was-brought-before", f"{run} {kind} unread")

    def _paid_by(self, run: str) -> None:
        """The run was approved by somebody who had no hand in it."""
        item = self.run_of(run)
        detail = {} if item is None else item["detail"]["M"]
        approver = json.loads(detail["approved_by"]["S"]) if "approved_by" in detail else None
        if item is None or approver in (None, item["started_by"]["S"]):
            self.found("an-entry-is-approved-by-another", run)
        elif self.approved is not None and (run, approver) not in self.approved:
            self.found("an-entry-is-approved-by-another", f"{run} not by whom it names")
        elif approver in self._choosers(self.opened.get(run, 0)):
            self.found("an-entry-is-approved-by-another", f"{run} chosen by the approver")

    def _choosers(self, until: int) -> set[str]:
        """Who made the choices that counted at that call and change something."""
        latest = ([made for made in choices if made[0] < until][-1:] for choices in self.chosen.values())
        return {by for made in latest for _, by, choice in made if choice not in IDLE}

    def _payment_file(self, key: str, body: bytes) -> None:
        self._once(key, body)
        run = key.split("/")[3]
        rows = list(csv.DictReader(io.StringIO(body.decode()), delimiter=";"))
        self.payments[run] = rows
        written = {
            item["entry_id"]["S"]: item
            for item in self.entries.values()
            if item.get("run", {}).get("S") == run and item["kind"]["S"] == "payment"
        }
        for row in rows:
            entry = written.pop(row["entry_id"], None)
            if entry is None:
                self.found("what-is-transferred-is-in-the-ledger", f"{run} {row['entry_id']}")
            elif int(Decimal(row["amount"].replace(",", ".")) * 100) != int(entry["amount"]["N"]):
                self.found("what-is-transferred-is-what-was-entered", f"{run} {row['entry_id']}")
            if row["iban"] not in self.accounts[row["payee"][:8]]:
                self.found("a-person-is-paid-on-an-account-of-that-person", f"{run} {row['payee']}")
        for entry_id in written:
            self.found("what-is-in-the-ledger-is-transferred", f"{run} {entry_id}")

    # --- at the end

    def unpaid(self) -> Iterator[tuple[Provider, int, int]]:
        """Who does not have exactly what is due by what is true: what is due, and what was paid."""
        for person in self.people:
            due = self.premium[person.profession] if person.earns else 0
            if self.paid_by_number[person.short] != due:
                yield person, due, self.paid_by_number[person.short]

    def end(self, released: Sequence[str], undisturbed: bool) -> None:
        """What must hold once everything has come to rest; `released` = the runs that paid.

        `undisturbed` = whether nobody brought anything but what is true: then everybody has exactly
        what is due.
        """
        for person, due, paid in self.unpaid() if undisturbed else ():
            self.found("what-is-due-is-paid", f"{person.short} {paid} of {due}")
        paying = {item["run"]["S"] for item in self.entries.values() if "entry_id" in item}
        for run in sorted(paying - set(released)):
            self.found("what-is-in-the-ledger-is-transferred", run)
        for run in released:
            if run not in self.payments:
                self.found("a-released-run-has-its-payment-file", run)


def _is_a_day_old(batch: Item, cut_off: str) -> bool:
    """Whether a run no longer waits for the file, should nothing have taken it in."""
    return datetime.fromisoformat(cut_off) - datetime.fromisoformat(batch["written_at"]["S"]) >= timedelta(days=1)
