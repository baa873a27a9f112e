"""The invariants of a premium year, one check each, for workflow, tests and operators.

A check never names a person: it states what was compared, whether it holds, and how many cases
break it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tegemoet.application.premium_year.summary import CheckSides
from tegemoet.application.records import Batch, Entry, Run
from tegemoet.domain.money import cents, euro, from_cents


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check.

    `left` and `right` = both figures as text where two are compared, otherwise the number of
    breaches and zero.
    """

    check: str
    holds: bool
    left: str
    right: str

    def sides(self) -> CheckSides:
        return {"check": self.check, "holds": self.holds, "left": self.left, "right": self.right}


class InvariantViolationError(Exception):
    """An invariant does not hold. Never retried: it requires a manual review."""


def require(*checks: Check) -> None:
    """Raises InvariantViolationError, which names every check that does not hold."""
    broken = [f"{c.check}: {c.left} / {c.right}" for c in checks if not c.holds]
    if broken:
        raise InvariantViolationError("; ".join(broken))


def equal(check: str, left: int, right: int) -> Check:
    """Two sums in cents that must be the same."""
    return Check(check, left == right, euro(from_cents(left)), euro(from_cents(right)))


def _none(check: str, breaches: int) -> Check:
    return Check(check, breaches == 0, str(breaches), "0")


def within_premium(
    entries: Iterable[Entry],
    premium_of: Callable[[str], Decimal],
    root_of: Callable[[str], str] = lambda person: person,
) -> Check:
    """Invariant 1: no person is ever paid more than a premium, nor less than nothing.

    The bound is the premium that a payment leads to; it also holds per RIZIV number across persons,
    and per pharmacy. `premium_of` = highest premium of a profession, in EUR.
    """
    breaches = 0
    paid: Counter[str] = Counter()
    for entry in sorted(entries, key=lambda e: (e.person, e.number)):
        bound = cents(premium_of(entry.profession))
        subjects = [f"person {root_of(entry.person)}", f"number {entry.riziv_number}"]
        if entry.pharmacy_id:
            subjects.append(f"pharmacy {entry.pharmacy_id}")
        for subject in subjects:
            paid[subject] += entry.signed
            breaches += paid[subject] < 0 or (entry.kind == "payment" and paid[subject] > bound)
    return _none("within-premium", breaches)


def numbered_without_gap(entries: Iterable[Entry]) -> Check:
    """Entries of a person are numbered 1, 2, 3 … without a gap, and no entry is negative."""
    numbers: dict[str, list[int]] = defaultdict(list)
    negative = 0
    for entry in entries:
        numbers[entry.person].append(entry.number)
        negative += entry.amount <= 0
    return _none(
        "numbered-without-gap", negative + sum(sorted(n) != list(range(1, len(n) + 1)) for n in numbers.values())
    )


def run_equals_payments(entries: Iterable[Entry], payments: Iterable[Entry]) -> Check:
    """Invariant 6 for a shard: the entries of a run are its payments, one by one."""
    left, right = set(entries), set(payments)
    return Check("entries-equal-payments", left == right, str(len(left - right)), str(len(right - left)))


def paid_what_was_due(entries: Iterable[Entry], due: Mapping[str, int]) -> Check:
    """Invariant 1 for a run: with this payment a person has exactly what is due, in cents."""
    paid: Counter[str] = Counter()
    for entry in entries:
        paid[entry.person] += entry.signed
    return _none("paid-what-was-due", sum(paid[person] != amount for person, amount in due.items()))


def claims_match(claims: Mapping[str, tuple[str, str]], paid: Iterable[tuple[str, str, str]]) -> Check:
    """Every pharmacy that was paid has one claim, of the person and number that were paid.

    `paid` = (pharmacy, person, number).
    """
    left = {(pharmacy, person, number) for pharmacy, (person, number) in claims.items()}
    right = set(paid)
    return Check("claims-equal-pharmacies-paid", left == right, str(len(left - right)), str(len(right - left)))


def rows_add_up(batches: Iterable[Batch]) -> Check:
    """Invariant 5: every row ended as exactly one of accepted, rejected, duplicate."""
    breaches = 0
    for batch in batches:
        counts = batch.detail.counts
        if batch.state == "done" and counts:
            breaches += counts.rows != counts.accepted + counts.rejected + counts.duplicates
    return _none("rows-add-up", breaches)


def paid_by_approved_runs(entries: Iterable[Entry], runs: Iterable[Run]) -> Check:
    """Every entry is of a run that another person than its starter approved."""
    approved = {r.id for r in runs if r.detail.approved_by not in (None, r.started_by)}
    return _none("paid-by-approved-runs", sum(entry.run not in approved for entry in entries))


def released_sums(entries: Iterable[Entry], runs: Iterable[Run]) -> Check:
    """Invariant 6 for a year: the entries of each released run add up to the sum it released."""
    paid: Counter[str] = Counter()
    for entry in entries:
        paid[entry.run] += entry.amount
    settled = {r.id: r.detail.settled for r in runs if r.state == "released"}
    breaches = (sums is None or paid[run] != cents(Decimal(sums["amount"])) for run, sums in settled.items())
    return _none("released-sums", sum(breaches))


def nothing_after_close(closed: bool, runs: Iterable[Run]) -> Check:
    """Invariant 8: a closed year has no run that could still pay."""
    return _none(
        "nothing-after-close", sum(closed and r.state in ("started", "waiting", "approved", "failed") for r in runs)
    )


def replayed(frozen: Iterable[tuple[bytes, bytes]]) -> Check:
    """Invariant 7: (stored decision, decision made again on the stored case) are the same bytes."""
    return _none("replayed", sum(stored != again for stored, again in frozen))
