"""What a reconciliation finds: where the money of a premium year is, and what does not fit.

Amounts are whole cents. A comparison adds up both sides item by item, so that it names what does
not fit by its id; it never names a person, a holder or an account.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tegemoet.application.premium_year.invariants import Check
from tegemoet.application.records import Phase, RowCounts
from tegemoet.domain.money import euro, from_cents

MOST_NAMED = 100
"""So many misfits of a comparison are named; the others are counted."""

AGES: Sequence[tuple[int | None, int | None]] = ((None, -1), (0, 2), (3, 10), (11, 30), (31, None))
"""Days since the execution day, first and last, by which money that waits for an answer is told."""


@dataclass(frozen=True, slots=True)
class Money:
    """Where the money is that was decided to be paid, in cents.

    `decided` = `not_written` + `in_ledger`; `in_ledger` = `without_file` + `in_files`; `in_files` =
    `accepted` + `pending` + `unanswered` + `rejected` + `returned` + `withdrawn` + `unclear`.
    `without_file` = paid without a file for the bank, as no account that pays was confirmed.
    `unclear` = the answers contradict one another, and a person decides. `paid_again` = of what
    came back, what a later payment paid; `recovered` = what persons paid back.
    """

    decided: int = 0
    not_written: int = 0
    in_ledger: int = 0
    without_file: int = 0
    in_files: int = 0
    accepted: int = 0
    pending: int = 0
    unanswered: int = 0
    rejected: int = 0
    returned: int = 0
    withdrawn: int = 0
    unclear: int = 0
    paid_again: int = 0
    recovered: int = 0

    def __add__(self, other: "Money") -> "Money":
        return Money(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def added_money(parts: Iterable[Money]) -> Money:
    """The sums of these parts."""
    return sum(parts, Money())


def added_rows(counts: Iterable[RowCounts]) -> RowCounts:
    """The sums of these counts."""
    total = RowCounts(0, 0, 0, 0)
    for each in counts:
        total = RowCounts(*(getattr(total, name) + getattr(each, name) for name in each.__slots__))
    return total


@dataclass(frozen=True, slots=True)
class RunMoney:
    """A released run: the rows of the files that it used, and where its money is.

    `rows` = None where its plan is no longer kept. `has_files` = whether it has files for the bank;
    without them nothing can be said of the bank.
    """

    run: str
    phase: Phase
    has_files: bool
    money: Money
    rows: RowCounts | None


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file for the bank with transfers that are pending or without any answer.

    `transfers` and `cents` = of these alone. `answer_by` = the last day (ISO) on which an answer is
    waited for.
    """

    message_id: str
    execution: str
    answer_by: str
    transfers: int
    cents: int


@dataclass(frozen=True, slots=True)
class Age:
    """Money without a final answer, by days since its execution day; None = without a limit."""

    first: int | None
    last: int | None
    transfers: int
    cents: int


def by_age(waiting: Iterable[WaitingFile], today: date) -> list[Age]:
    """What waits for an answer, by how long ago the bank was to pay it."""
    aged = [(file, (today - date.fromisoformat(file.execution)).days) for file in waiting]
    found = []
    for first, last in AGES:
        within = [file for file, days in aged if (first is None or first <= days) and (last is None or days <= last)]
        found.append(Age(first, last, sum(file.transfers for file in within), sum(file.cents for file in within)))
    return found


# --- comparisons ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit, with both sides: the id of an entry, a file, a batch, a shard or a run."""

    id: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The outcome of a comparison; `others` = how many misfits are not named."""

    check: Check
    misfits: Sequence[Misfit] = ()
    others: int = 0


class Comparison:
    """Adds up two sides that must be the same, item by item; `left` and `right` = their sums."""

    def __init__(self, check: str, unit: Literal["cents", "rows"] = "cents") -> None:
        self._check, self._unit = check, unit
        self.left = self.right = self._others = 0
        self._misfits: list[Misfit] = []

    def add(self, item: str, left: int, right: int) -> None:
        """Add an item to both sides."""
        self.left += left
        self.right += right
        if left != right:
            if len(self._misfits) < MOST_NAMED:
                self._misfits.append(Misfit(item, self._text(left), self._text(right)))
            else:
                self._others += 1

    def finish(self) -> Compared:
        """What was found. Errors that make up for one another do not hold either."""
        check = Check(self._check, not self._misfits, self._text(self.left), self._text(self.right))
        return Compared(check, self._misfits, self._others)

    def _text(self, figure: int) -> str:
        return euro(from_cents(figure)) if self._unit == "cents" else str(figure)


# --- the whole ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhaseMoney:
    """The released runs of a phase together; `rows` = of the files that they used, each once."""

    phase: Phase
    money: Money
    rows: RowCounts


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where the money of a premium year is, and whether every cent fits.

    `rows` = of every file that was taken in to its end, whether a run used it or not.
    """

    year: int
    runs: Sequence[RunMoney]
    phases: Sequence[PhaseMoney]
    money: Money
    rows: RowCounts
    compared: Sequence[Compared]
    waiting: Sequence[WaitingFile]

    @property
    def holds(self) -> bool:
        return all(each.check.holds for each in self.compared)
