"""The body of a reconciliation: where the money of a premium year is, and what does not fit."""

from typing_extensions import TypedDict

from tegemoet.api.shapes.common import DayText, Euro


class MoneyPlaces(TypedDict):
    """Where the money is that was decided to be paid.

    `decided` = `not_written` + `in_ledger`; `in_ledger` = `without_file` + `in_files`; `in_files` =
    `accepted` + `pending` + `unanswered` + `rejected` + `returned` + `withdrawn` + `unclear`. Of
    what was rejected, returned or withdrawn, `paid_again` was paid later. `recovered` = what
    persons paid back.
    """

    decided: Euro
    not_written: Euro
    in_ledger: Euro
    without_file: Euro
    in_files: Euro
    accepted: Euro
    pending: Euro
    unanswered: Euro
    rejected: Euro
    returned: Euro
    withdrawn: Euro
    unclear: Euro
    paid_again: Euro
    recovered: Euro


class RowsRead(TypedDict):
    """What became of the rows of files: `rows` = `accepted` + `rejected` + `duplicates`."""

    rows: int
    accepted: int
    rejected: int
    duplicates: int


class RunPlaces(TypedDict):
    """A released run. `rows` = of the files that it used; null where its plan is no longer kept.

    `bank_files` = whether it has files for the bank.
    """

    run: str
    phase: int
    bank_files: bool
    money: MoneyPlaces
    rows: RowsRead | None


class PhasePlaces(TypedDict):
    """The released runs of a phase together. `rows` = of the files that they used, each once."""

    phase: int
    money: MoneyPlaces
    rows: RowsRead


class MisfitShown(TypedDict):
    """An entry, a file, a batch, a shard or a run by its id, and both sides."""

    id: str
    left: str
    right: str


class CheckShown(TypedDict):
    """Two sides that must be the same, item by item. `others` = misfits that are not named."""

    check: str
    holds: bool
    left: str
    right: str
    misfits: list[MisfitShown]
    others: int


class WaitingBankFile(TypedDict):
    """A file for the bank with transfers that are pending or unanswered: of these alone."""

    message_id: str
    execution: DayText
    answer_by: DayText
    transfers: int
    amount: Euro


class Outstanding(TypedDict):
    """What waits for an answer, from `first` to `last` days after its execution day.

    Null = without a limit; days before the execution day are negative.
    """

    first: int | None
    last: int | None
    transfers: int
    amount: Euro


class Cash(TypedDict):
    """What the account that pays needs on an execution day from today.

    `released` = in files of released runs that were not withdrawn; `waiting` = of the run that
    waits for its approval, if it is approved now.
    """

    execution: DayText
    released: Euro
    waiting: Euro


class Reconciled(TypedDict):
    """Where the money of a premium year is. `rows` = of every file that was taken in to its end."""

    year: int
    holds: bool
    money: MoneyPlaces
    rows: RowsRead
    phases: list[PhasePlaces]
    runs: list[RunPlaces]
    checks: list[CheckShown]
    waiting: list[WaitingBankFile]
    outstanding: list[Outstanding]
    cash: list[Cash]
