"""Taking in what the bank answered: returns for what did not reach its payee, and exceptions.

Everything is worked out anew from all answers of the year, so that it does not matter in which
order they came, and doing it again changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from tegemoet.application.ports import Batches, Facts, Ledger, Objects, Runs
from tegemoet.application.premium_year.answers import (
    FAILED,
    Answer,
    AnsweredTransfer,
    Answers,
    Question,
    answered_files,
    question_id,
)
from tegemoet.application.premium_year.recoveries import Recovered, recoveries_of
from tegemoet.application.premium_year.recovering import Matched, credits_of, match
from tegemoet.application.premium_year.returns import Returned
from tegemoet.application.premium_year.transfers import TransferEntry
from tegemoet.banking.transfers import PREFIX
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents

AT_ONCE = 1_000
"""So many returns are written in one call: a whole file may have been rejected."""


@dataclass(frozen=True, slots=True)
class TakingPorts:
    """What taking in answers needs. `work` = the bucket of the runs.

    `write_returns` and `write_recovered` write through the function `settle`: no other one may
    write to the ledger.
    """

    facts: Facts
    batches: Batches
    runs: Runs
    ledger: Ledger
    work: Objects
    write_returns: Callable[[int, Sequence[Returned]], object]
    write_recovered: Callable[[int, Sequence[Recovered]], object]


def is_on_answers(exception_id: str) -> bool:
    """Whether a choice on the exception says whether a transfer is returned."""
    return exception_id.startswith(tuple(f"{kind}." for kind in get_args(Question)))


@dataclass(frozen=True, slots=True)
class Taken:
    """What was found: failed transfers, and exceptions that were kept."""

    failed: int
    exceptions: int


def take_answers(year: int, ports: TakingPorts) -> Taken:
    """Write what came back by the answers of the year, and keep what a person has to see.

    That is returns of transfers, and money by the communication of a recovery.

    Raises NoPremiumForYearError.
    """
    answers = Answers.of_year(year, facts=ports.facts, batches=ports.batches)
    failed: list[AnsweredTransfer] = []
    exceptions: list[YearException] = []
    unknown = answers.named(year)
    for file in answered_files(year, answers, runs=ports.runs, work=ports.work):
        unknown -= file.names
        failed += (transfer for transfer in file.transfers if transfer.state in FAILED)
        exceptions += (_question(transfer) for transfer in file.transfers if transfer.question)
    exceptions += (_unknown(name, answers.about(name)) for name in sorted(unknown))
    returned = list(_returned(failed))
    if returned and ports.ledger.is_closed(year):
        # before the return, which a second call would find written
        exceptions += _after_close(year, failed, ports.ledger)
    ports.runs.keep_exceptions(year, exceptions)
    for start in range(0, len(returned), AT_ONCE):
        ports.write_returns(year, returned[start : start + AT_ONCE])
    return Taken(len(failed), len(exceptions) + _take_credits(year, ports))


def _take_credits(year: int, ports: TakingPorts) -> int:
    """Write the money that came in for recoveries. Returns how many exceptions were kept."""
    received = credits_of(year, facts=ports.facts, batches=ports.batches)
    matched = Matched((), ())
    while received:  # each turn writes a movement of each recovery, after which less remains
        recoveries = recoveries_of(year, runs=ports.runs, ledger=ports.ledger, work=ports.work)
        matched = match(year, received, recoveries)
        if not matched.recovered:
            break
        for start in range(0, len(matched.recovered), AT_ONCE):
            ports.write_recovered(year, matched.recovered[start : start + AT_ONCE])
    ports.runs.keep_exceptions(year, matched.unmatched)
    return len(matched.unmatched)


def _returned(failed: Iterable[AnsweredTransfer]) -> Iterator[Returned]:
    for transfer in failed:
        for entry in transfer.entries:
            yield Returned(entry["shard"], entry["person"], entry["entry_id"], transfer.reason or transfer.state)


def _question(transfer: AnsweredTransfer) -> YearException:
    assert transfer.question  # noqa: S101 - for the type checker
    facts = {
        "end_to_end_id": transfer.end_to_end_id,
        "amount": euro(from_cents(transfer.cents)),
        "answers": [_told(answer) for answer in transfer.told],
    }
    return YearException(question_id(transfer.question, transfer.end_to_end_id), transfer.question, facts)


def _told(answer: Answer) -> dict[str, str | None]:
    amount = None if answer.cents is None else euro(from_cents(answer.cents))
    return {"state": answer.state, "reason": answer.reason, "amount": amount, "batch": answer.batch}


def _unknown(name: str, told: Iterable[Answer]) -> YearException:
    facts = {"identifier": name, "answers": [_told(answer) for answer in told]}
    return YearException.about("answer-unknown", name.removeprefix(PREFIX), facts)


def _after_close(year: int, failed: Iterable[AnsweredTransfer], ledger: Ledger) -> Iterator[YearException]:
    """What came back after the year was closed: nothing pays it any more."""
    for transfer in failed:
        for entry in transfer.entries:
            entries = ledger.entries_of(year, entry["shard"], entry["person"])
            if not any(found.corrects == entry["entry_id"] for found in entries):
                yield _to_pay_outside(entry)


def _to_pay_outside(entry: TransferEntry) -> YearException:
    facts = {"entry_id": entry["entry_id"], "amount": euro(from_cents(entry["cents"]))}
    return YearException.about("returned-after-close", entry["entry_id"], facts)
