"""What the bank answered on the transfers of the released runs of a year.

Answers are facts of the year. What counts for a transfer follows from all of them, in whatever
order their files came: those of the nearest level (the transfer, its payment information, its file)
count. Where they contradict one another, or take what a farther level failed, a person decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Literal, Self

import orjson

from tegemoet.application.ports import Batches, Facts, Objects, Runs
from tegemoet.application.premium_year.bank_file_record import ReleasedFile, released_files
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.transfers import TransferEntry, paid_entries
from tegemoet.banking.payment_file import payment_id
from tegemoet.banking.transfers import PREFIX

Told = Literal["accepted", "pending", "rejected", "returned"]
State = Literal["accepted", "pending", "rejected", "returned", "withdrawn", "unanswered", "unclear"]
"""Where a transfer is. `unclear` = the answers contradict one another, or tell another amount."""
FAILED = frozenset(("rejected", "returned"))
"""States in which the money did not reach the payee."""
Question = Literal["answers-differ", "answer-amount"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the bank, as it was taken in.

    `reason` = the bank's code; `cents` = what it tells to have come back, None if it tells nothing;
    `on` = the booking day (ISO); `reference` = the bank's own of the movement. An answer on a whole
    file has a `message_id` alone, one on its payment information a `payment_id`. `batch` = the file
    that it came in: the same answer in two files is one answer.
    """

    message_id: str | None
    payment_id: str | None
    end_to_end_id: str | None
    state: Told
    reason: str | None
    cents: int | None
    on: str | None
    reference: str | None
    batch: str = field(default="", compare=False)

    @classmethod
    def parse(cls, body: Mapping[str, Any], batch: str) -> Self:
        """The answer of a fact: its partner is left out."""
        return cls(**{name: value for name, value in body.items() if name != "partner"}, batch=batch)


@dataclass(slots=True)
class Answers:
    """The answers of a year by what they are about."""

    on_transfers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    on_payments: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    on_files: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of_year(cls, year: int, *, facts: Facts, batches: Batches) -> "Answers":
        """The answers of the year that files brought which were taken in to their end."""
        done = {batch.id for batch in batches.of_year(year) if batch.state == "done"}
        told = (fact for fact in facts.of_kind(year, "answer") if fact.batch in done)
        return cls.of(Answer.parse(orjson.loads(fact.body), fact.batch) for fact in told)

    @classmethod
    def of(cls, told: Iterable[Answer]) -> "Answers":
        found = cls()
        for answer in told:
            if answer.end_to_end_id is not None:
                level, name = found.on_transfers, answer.end_to_end_id
            elif answer.payment_id is not None:
                level, name = found.on_payments, answer.payment_id
            else:
                level, name = found.on_files, answer.message_id or ""
            if answer not in level[name]:
                level[name].append(answer)
        return found

    def levels(self, run: str, number: int, message_id: str, end_to_end_id: str) -> list[Sequence[Answer]]:
        """The answers on a transfer in file `number` of a run, by level, the nearest one first."""
        found = (
            self.on_transfers.get(end_to_end_id),
            self.on_payments.get(payment_id(run, number)),
            self.on_files.get(message_id),
        )
        return [of_level for of_level in found if of_level]

    def about(self, name: str) -> Sequence[Answer]:
        """Every answer under an identifier, whatever it is of."""
        return [
            answer for level in (self.on_transfers, self.on_payments, self.on_files) for answer in level.get(name, ())
        ]

    def named(self, year: int) -> set[str]:
        """The identifiers of the year that answers name: those of others are left alone."""
        names = (*self.on_transfers, *self.on_payments, *self.on_files)
        return {name for name in names if name.startswith(f"{PREFIX}{year}-")}


@dataclass(frozen=True, slots=True)
class AnsweredTransfer:
    """A transfer of a released run, the entries that it pays, and where it is.

    `told` = the answers of the nearest level; `question` = why a person has to decide, or had to.
    `on` = ISO day.
    """

    end_to_end_id: str
    cents: int
    entries: Sequence[TransferEntry]
    state: State
    told: Sequence[Answer] = ()
    reason: str | None = None
    on: str | None = None
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class AnsweredFile:
    """A file for the bank and its transfers, in the order of the file."""

    released: ReleasedFile
    transfers: Sequence[AnsweredTransfer]

    @property
    def names(self) -> set[str]:
        """Every identifier under which a bank answers on it."""
        run, file = self.released.run, self.released.file
        of_transfers = (transfer.end_to_end_id for transfer in self.transfers)
        return {*of_transfers, payment_id(run.id, file.number), file.message_id}


def question_id(question: str, name: str) -> str:
    """The id of an exception about an identifier of ours."""
    return f"{question}.{name.removeprefix(PREFIX)}"


def answered_files(year: int, answers: Answers, *, runs: Runs, work: Objects) -> Iterator[AnsweredFile]:
    """The files of every released run of the year with what was answered, by run and number.

    Raises NoPremiumForYearError.
    """
    choices = choices_of(year, runs)
    for run, files in groupby(released_files(year, runs, work), key=attrgetter("run")):
        folder = RunFolder(work, run.id)
        transfers = paid_entries(folder.proposed, folder.unwritten(run))
        for each in files:
            of_file = islice(transfers, each.file.transfers)
            yield AnsweredFile(each, [answered(each, name, paid, answers, choices) for name, paid in of_file])


def choices_of(year: int, runs: Runs) -> Mapping[str, str]:
    """What persons chose last, by the id of the exception."""
    return {found.id: found.choice for found in runs.exceptions(year) if found.choice is not None}


def answered(
    file: ReleasedFile, name: str, entries: Sequence[TransferEntry], answers: Answers, choices: Mapping[str, str]
) -> AnsweredTransfer:
    """The transfer `name` of a file, with what was answered; `choices` as `choices_of` has them."""
    cents = sum(entry["cents"] for entry in entries)
    told, *farther = answers.levels(file.run.id, file.file.number, file.file.message_id, name) or [()]
    failures = [answer for answer in told if answer.state in FAILED]
    accepted = next((answer for answer in told if answer.state == "accepted"), None)
    transfer = AnsweredTransfer(name, cents, entries, "unanswered", told)
    if file.state == "withdrawn":
        # the bank was not to get it: whatever it did not refuse, it may have paid
        question: Question | None = "answers-differ" if len(failures) < len(told) else None
        return replace(transfer, state="withdrawn", reason="withdrawn", question=question)
    overruled = next((answer for level in farther for answer in level if answer.state in FAILED), None)
    if not failures and overruled:
        # the payments of a failed file were returned at once: one that is taken may be paid twice
        return _as_chosen(replace(transfer, told=[*told, overruled]), "answers-differ", overruled, choices)
    if not failures:
        counts = accepted or next(iter(told), None)
        return transfer if counts is None else _as_told(transfer, counts)
    failure = failures[0]
    # a transfer is accepted before it is returned, but never accepted and rejected
    if len(failures) > 1 or (accepted is not None and failure.state == "rejected"):
        return _as_chosen(transfer, "answers-differ", failure, choices)
    if failure.end_to_end_id is not None and failure.cents not in (None, cents):
        return _as_chosen(transfer, "answer-amount", failure, choices)
    return _as_told(transfer, failure)


def _as_told(transfer: AnsweredTransfer, answer: Answer) -> AnsweredTransfer:
    return replace(transfer, state=answer.state, reason=answer.reason, on=answer.on)


def _as_chosen(
    transfer: AnsweredTransfer, question: Question, failure: Answer, choices: Mapping[str, str]
) -> AnsweredTransfer:
    """The transfer as a person decided, `paid` or `returned`; unclear until then."""
    asked = replace(transfer, state="unclear", question=question)
    match choices.get(question_id(question, transfer.end_to_end_id)):
        case "paid":
            return replace(asked, state="accepted")
        case "returned":
            return _as_told(asked, failure)
        case _:
            return asked
