"""The invariants of a premium year, one check each, for workflow, tests and operators.

A check never names a person: it states what was compared, whether it holds, and how many cases
break it.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

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


def none(check: str, breaches: int) -> Check:
    """A count of breaches that must be none."""
    return Check(check, breaches == 0, str(breaches), "0")


def within_premium(
    entries: Iterable[Entry],
    premium_of: Callable[[str], Decimal],
    roots: Mapping[str, str] = MappingProxyType({}),
    run: str | None = None,
) -> Check:
    """Invariant 1: no person is ever paid more than a premium, nor less than nothing.

    The bound is the premium that a payment leads to. It also holds per RIZIV number and per
    pharmacy, across persons. The entries of a person key come together and in order; memory grows
    by eight bytes per entry. `premium_of` = highest premium of a profession, in EUR; `roots` =
    person key → the person, for keys that are not their own root. With `run`, only what that run
    pays is judged.
    """
    bound_of = cache(lambda profession: cents(premium_of(profession)))
    several = {*roots, *roots.values()}
    together: dict[str, list[Entry]] = defaultdict(list)
    numbers, pharmacies = _Sums(), defaultdict[str, _Sums](_Sums)
    breaches = 0
    for person, group in groupby(entries, key=attrgetter("person")):
        own = list(group)
        for entry in own:
            judged = run in (None, entry.run)
            numbers.add(int(entry.riziv_number), entry, bound_of(entry.profession), judged)
            if entry.pharmacy_id:
                pharmacies[entry.pharmacy_id].add(0, entry, bound_of(entry.profession), judged)
        if person in several:
            together[roots.get(person, person)] += own
        else:
            breaches += _above(own, bound_of, run)
    for own in together.values():
        breaches += _above(sorted(own, key=lambda entry: (entry.person, entry.number)), bound_of, run)
    return none("within-premium", breaches + sum(sums.breaches() for sums in (numbers, *pharmacies.values())))


def _above(entries: Iterable[Entry], bound_of: Callable[[str], int], run: str | None) -> int:
    """How many entries of one person lead above the premium or below nothing."""
    paid = breaches = 0
    for entry in entries:
        paid += entry.signed
        above = entry.kind == "payment" and paid > bound_of(entry.profession)
        breaches += run in (None, entry.run) and (paid < 0 or above)
    return breaches


class _Sums:
    """Sums per subject (a whole number below 2**27) with the highest bound of their payments.

    Each entry is one word of 64 bits: 27 for the subject, 1 for whether it is judged, 5 for its
    bound, and 31 for its cents, so that ten million entries fit in 80 MB.
    """

    MOST = (1 << 30) - 1
    """More cents than any bound; what is more is counted as this."""

    def __init__(self) -> None:
        self._words = array("Q")
        self._bounds: list[int] = []

    def add(self, subject: int, entry: Entry, bound: int, judged: bool) -> None:
        if bound not in self._bounds:
            self._bounds.append(bound)
        place = self._bounds.index(bound)
        if place > 31:
            raise OverflowError("more than 32 premiums")
        signed = max(-self.MOST, min(self.MOST, entry.signed))
        self._words.append(subject << 37 | judged << 36 | place << 31 | signed & 0x7FFF_FFFF)

    def breaches(self) -> int:
        """How many subjects with a judged entry have a sum above their bound or below nothing."""
        broken = 0
        for _, group in groupby(sorted(self._words), key=lambda word: word >> 37):
            paid, bound, judged = 0, 0, False
            for word in group:
                signed = (word & 0x7FFF_FFFF ^ 0x4000_0000) - 0x4000_0000
                paid += signed
                bound = max(bound, self._bounds[word >> 31 & 0x1F]) if signed > 0 else bound
                judged |= bool(word >> 36 & 1)
            broken += judged and not 0 <= paid <= bound
        return broken


def numbered_without_gap(entries: Iterable[Entry]) -> Check:
    """Entries of a person are numbered 1, 2, 3 … without a gap, and no entry is negative."""
    numbers: dict[str, list[int]] = defaultdict(list)
    negative = 0
    for entry in entries:
        numbers[entry.person].append(entry.number)
        negative += entry.amount <= 0
    return none(
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
    return none("paid-what-was-due", sum(paid[person] != amount for person, amount in due.items()))


def corrected_once(entries: Iterable[Entry]) -> Check:
    """Every return corrects a payment of the same person, with its amount, and each only once."""
    payments: dict[str, Entry] = {}
    returns: list[Entry] = []
    for entry in entries:
        if entry.kind == "payment":
            payments[entry.entry_id] = entry
        elif entry.kind == "return":
            returns.append(entry)
    breaches = len(returns) - len({entry.corrects for entry in returns})
    for entry in returns:
        paid = payments.get(entry.corrects or "")
        breaches += paid is None or (paid.person, paid.amount) != (entry.person, entry.amount)
    return none("corrected-once", breaches)


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
    return none("rows-add-up", breaches)


def paid_by_approved_runs(entries: Iterable[Entry], runs: Iterable[Run], is_sealed: Callable[[Run], bool]) -> Check:
    """Every entry is of a run that another person than its starter approved.

    `is_sealed` = whether the approval has a valid seal.
    """
    approved = {r.id for r in runs if r.detail.approved_by not in (None, r.started_by) and is_sealed(r)}
    return none("paid-by-approved-runs", sum(entry.run not in approved for entry in entries))


def released_sums(entries: Iterable[Entry], runs: Iterable[Run]) -> Check:
    """Invariant 6 for a year: the payments of each released run add up to the sum it released."""
    paid: Counter[str] = Counter()
    for entry in entries:
        paid[entry.run] += entry.amount if entry.kind == "payment" else 0
    settled = {r.id: r.detail.settled for r in runs if r.state == "released"}
    breaches = (sums is None or paid[run] != cents(Decimal(sums["amount"])) for run, sums in settled.items())
    return none("released-sums", sum(breaches))


def nothing_after_close(closed: bool, runs: Iterable[Run]) -> Check:
    """Invariant 8: a closed year has no run that could still pay."""
    return none(
        "nothing-after-close", sum(closed and r.state in ("started", "waiting", "approved", "failed") for r in runs)
    )


def replayed(frozen: Iterable[tuple[bytes, bytes]]) -> Check:
    """Invariant 7: (stored decision, decision made again on the stored case) are the same bytes."""
    return none("replayed", sum(stored != again for stored, again in frozen))
