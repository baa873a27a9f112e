"""The objects of an exchange in its own bucket: what it works on, and what it hands over.

Requests and what belongs to them lie in shards of request numbers; what concerns one person lies in
shards of persons.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

from tegemoet.application.attempts import Attempt, Step
from tegemoet.application.exchange.places import CommittedLines, DeliveredRows, Document, Lines, PersonList, SealedLines
from tegemoet.application.exchange.records import (
    Answered,
    CarriedIncomes,
    EntitledRow,
    EvaluationInputs,
    ExcludedHousehold,
    HouseholdRequest,
    HouseholdRow,
    IncomeRow,
    JoinCounts,
    KnownIncome,
    MemberRow,
    NeededPerson,
    PerInsurer,
    Reported,
    RequestCode,
    ResultRow,
    Selected,
    Sending,
    UsedBatch,
    WorkInputs,
)
from tegemoet.application.exchange.steps import LAST, answer, incomes
from tegemoet.application.ports import Objects, Sink
from tegemoet.application.records import SelectionCounts, Wait, Work
from tegemoet.domain.identity import shard_of
from tegemoet.domain.problems import NoExchangeForYearError
from tegemoet.schemes.increased_reimbursement import SLUG
from tegemoet.schemes.increased_reimbursement.year import ExchangeYear, exchange_year
from tegemoet.schemes.registry import scheme_named

Member = TypeVar("Member", bound=MemberRow)
CODES, CODE_COUNTS = "codes.jsonl", "counts.json"
"""Files of the answer of one shard."""
CARRIED = "carried"
"""Name of the data key for the incomes of households that have no code after the first sending."""


def figures_of(year: int) -> ExchangeYear:
    """The figures of the exchange of a year. Raises NoExchangeForYearError."""
    try:
        return exchange_year(scheme_named(SLUG).parameter_sets[str(year)])
    except KeyError:
        raise NoExchangeForYearError(year) from None


def output_key(partner: str, year: int, name: str) -> str:
    """The key of a file that is handed to a party or to OPERATORS."""
    return f"out/{partner}/{SLUG}/{year}/{name}"


def evaluation_file(evaluation: str) -> str:
    """The file of an evaluation. Earlier versions, without names, wrote all into the same file."""
    return f"evaluation-{evaluation}.csv" if evaluation else "evaluation.csv"


# --- the folder -----------------------------------------------------------------------------------


class ExchangeFolder:
    """The places of the exchange of a year. Raises NoExchangeForYearError.

    `selected`, `answered` and `reported` are written last: where one exists, the outputs of its
    work exist too.
    """

    def __init__(self, objects: Objects, year: int) -> None:
        self.objects, self.year, self.figures = objects, year, figures_of(year)
        self.shards = range(self.figures.shards)
        self._root = f"flows/{year}/"

    def keys(self) -> Iterator[str]:
        """Every key of the folder: of everything that is neither a delivered file nor an output."""
        return self.objects.keys(self._root)

    # requests

    def requests(self, shard: int) -> Lines[HouseholdRequest]:
        """The households that were selected."""
        return Lines(self.objects, f"{self._root}requests/{shard}.jsonl")

    def excluded(self, shard: int) -> Lines[ExcludedHousehold]:
        return Lines(self.objects, f"{self._root}excluded/{shard}.jsonl")

    # what an answer made of one shard: one attempt is committed, because what it was made from is
    # shredded afterwards, and a call that goes on late would see nothing of it

    def answers(self, sending: Sending, shard: int) -> Step:
        return Step(self.objects, f"{self._root}codes/{sending}/{shard}")

    def codes(self, sending: Sending, shard: int) -> CommittedLines[RequestCode]:
        return CommittedLines(self.answers(sending, shard), CODES)

    def code_counts(self, sending: Sending, shard: int) -> PerInsurer:
        counts: PerInsurer = self.answers(sending, shard).json(CODE_COUNTS)["codes"]
        return counts

    def answer_counts(self, sending: Sending, shard: int) -> tuple[int, int]:
        """How many requests of a shard have a code by this answer, and how many have none."""
        counts = self.answers(sending, shard).json(CODE_COUNTS)
        return sum(sum(of_insurer.values()) for of_insurer in counts["codes"].values()), counts["without"]

    def write_needed_again(self, attempt: Attempt, needed: Iterable[NeededPerson]) -> None:
        """Write the persons of requests without a code, by shard of persons."""
        for person_shard, persons in self._by_shard(needed):
            attempt.write_lines(_needed_again(person_shard), persons)

    # persons

    def needed(self, sending: Sending, person_shard: int, shard: int) -> Lines[NeededPerson]:
        """The persons of one shard whose income the requests of another shard need."""
        return Lines(self.objects, f"{self._needed(sending, person_shard)}{shard}.jsonl")

    def needed_by_shard(
        self, sending: Sending, person_shard: int
    ) -> Iterator[tuple[int, Lines[NeededPerson] | CommittedLines[NeededPerson]]]:
        """The persons of one shard whose income is needed, by the shard of the requests."""
        if sending == LAST:
            for shard in self.shards:
                yield shard, CommittedLines(self.answers(1, shard), _needed_again(person_shard))
            return
        prefix = self._needed(sending, person_shard)
        for key in self.objects.keys(prefix):
            yield int(key.removeprefix(prefix).removesuffix(".jsonl")), Lines(self.objects, key)

    def write_needed(self, shard: int, needed: Iterable[NeededPerson]) -> None:
        """Write the persons whose income the requests of one shard need, by shard of persons."""
        for person_shard, persons in self._by_shard(needed):
            self.needed(1, person_shard, shard).write(persons)

    def _by_shard(self, needed: Iterable[NeededPerson]) -> Iterator[tuple[int, list[NeededPerson]]]:
        parts: dict[int, list[NeededPerson]] = {}
        for person in needed:
            parts.setdefault(shard_of(person[0], self.figures.shards), []).append(person)
        for person_shard, persons in sorted(parts.items()):
            yield person_shard, sorted(persons)

    def asked(self, sending: Sending, person_shard: int) -> PersonList:
        """The persons of one shard in the list for the tax office."""
        return PersonList(self.objects, f"{self._root}ask-{sending}/{person_shard}.txt")

    def _needed(self, sending: Sending, person_shard: int) -> str:
        return f"{self._root}persons-{sending}/{person_shard}/"

    # incomes, sealed

    def joined(self, sending: Sending, shard: int, person_shard: int) -> SealedLines[KnownIncome]:
        """The incomes of the persons of one shard that the requests of another shard need."""
        return SealedLines(self.objects, f"{self._sealed(incomes(sending))}{shard}/{person_shard}")

    def joined_by_shard(self, sending: Sending, shard: int) -> list[SealedLines[KnownIncome]]:
        """Every object of `joined` that the requests of one shard need."""
        keys = self.objects.keys(f"{self._sealed(incomes(sending))}{shard}/")
        return [SealedLines(self.objects, key) for key in keys]

    def carried(self, shard: int, attempt: str) -> SealedLines[CarriedIncomes]:
        """The known incomes of the requests that have no code after the first sending, as an
        attempt of the first answer wrote them."""
        return SealedLines(self.objects, f"{self._sealed(CARRIED)}{shard}/{attempt}")

    def sealed_keys(self, name: str) -> list[str]:
        """Every key of the objects that the data key of that name seals."""
        return list(self.objects.keys(self._sealed(name)))

    def _sealed(self, name: str) -> str:
        return f"{self._root}sealed/{name}/"

    # inputs and outcomes of works

    def inputs(self, wait: Wait) -> Document[WorkInputs]:
        """What the work after a wait uses."""
        return Document(self.objects, f"{self._root}batches-{wait}.json", WorkInputs.parse)

    def selected(self) -> Document[Selected]:
        return Document(self.objects, f"{self._root}select.json", Selected.parse)

    def answered(self, sending: Sending) -> Document[Answered]:
        return Document(self.objects, f"{self._root}{answer(sending)}.json", Answered.parse)

    def reported(self) -> Document[Reported]:
        return Document(self.objects, f"{self._root}report.json", Reported.parse)

    def is_done(self, work: Work) -> bool:
        """Whether the work is done: then its outcome and its outputs exist."""
        return self.objects.exists(f"{self._root}{work}.json")

    # counts of one shard of a work

    def selection_counts(self, shard: int) -> Document[dict[str, SelectionCounts]]:
        return Document(self.objects, f"{self._root}counts/select/{shard}.json")

    def join_counts(self, sending: Sending, person_shard: int) -> Document[JoinCounts]:
        return Document(self.objects, f"{self._root}counts/{incomes(sending)}/{person_shard}.json")

    def report_counts(self, shard: int) -> Document[PerInsurer]:
        return Document(self.objects, f"{self._root}counts/report/{shard}.json")

    # rows of delivered files

    def household_rows(self, inputs: WorkInputs, shard: int) -> Iterator[HouseholdRow]:
        return self._rows_of_parties(inputs, shard)

    def income_rows(self, inputs: WorkInputs, person_shard: int) -> DeliveredRows[IncomeRow]:
        return DeliveredRows(self.objects, _chunks(inputs.batches, person_shard))

    def result_rows(self, inputs: WorkInputs, shard: int) -> Iterator[ResultRow]:
        return self._rows_of_parties(inputs, shard)

    def _rows_of_parties(self, inputs: WorkInputs, shard: int) -> Iterator[Member]:
        """The rows, each with the party whose row it is as its partner."""
        for batch in inputs.batches:
            rows: DeliveredRows[Member] = DeliveredRows(self.objects, _chunks([batch], shard))
            for row in rows.read():
                row["partner"] = inputs.party_of(batch, row["partner"], row["request_number"])
                yield row

    # evaluations

    def evaluation_inputs(self, evaluation: str) -> Document[EvaluationInputs]:
        return Document(self.objects, f"{self._root}evaluations/{evaluation}/batches.json", EvaluationInputs.parse)

    def entitled_rows(self, inputs: EvaluationInputs, person_shard: int) -> DeliveredRows[EntitledRow]:
        return DeliveredRows(self.objects, _chunks(inputs.batches, person_shard))

    def gained(self, evaluation: str, shard: int, person_shard: int) -> Lines[str]:
        """INSZ of the persons of one shard who gained the right, for the requests of another."""
        return Lines(self.objects, f"{self._gained(evaluation, shard)}{person_shard}.jsonl")

    def gained_by_shard(self, evaluation: str, shard: int) -> Iterator[Lines[str]]:
        """Every object of `gained` that concerns the requests of one shard."""
        return (Lines(self.objects, key) for key in self.objects.keys(self._gained(evaluation, shard)))

    def evaluation_counts(self, evaluation: str, shard: int) -> Document[dict[str, int]]:
        return Document(self.objects, f"{self._root}evaluations/{evaluation}/counts/{shard}.json")

    def _gained(self, evaluation: str, shard: int) -> str:
        return f"{self._root}evaluations/{evaluation}/gained/{shard}/"

    # what is handed over

    def output(self, partner: str, name: str) -> AbstractContextManager[Sink]:
        """Write a file for a party; it appears when the block ends, unless it exists."""
        return self.objects.writer(output_key(partner, self.year, name), once=True)

    @contextmanager
    def outputs(self, partners: Iterable[str], name: str) -> Iterator[Mapping[str, Sink]]:
        """Write a file of that name for every partner; all of them appear when the block ends."""
        with ExitStack() as stack:
            yield {partner: stack.enter_context(self.output(partner, name)) for partner in sorted(partners)}

    def put_output(self, partner: str, name: str, body: bytes) -> None:
        """Write a small file for a party, unless it exists."""
        self.objects.put_once(output_key(partner, self.year, name), body)


def _needed_again(person_shard: int) -> str:
    """The file of the persons of one shard that an answer still needs."""
    return f"needed/{person_shard}.jsonl"


def _chunks(batches: Iterable[UsedBatch], shard: int) -> list[str]:
    """The keys of the rows of one shard in these batches."""
    return [f"batches/{batch.id}/chunks/{shard:03}.jsonl" for batch in batches if shard in batch.shards]
