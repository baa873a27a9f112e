"""Pro_04: one code per request, to the insurer that sent it; then the incomes are shredded."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tegemoet.application.attempts import Attempt
from tegemoet.application.exchange.ask import Reached, write_asked
from tegemoet.application.exchange.folder import CARRIED, CODE_COUNTS, CODES, ExchangeFolder
from tegemoet.application.exchange.incomes import shred
from tegemoet.application.exchange.records import (
    Answered,
    CarriedIncomes,
    HouseholdRequest,
    NeededPerson,
    RequestCode,
    Sending,
    WorkInputs,
    sum_per_insurer,
)
from tegemoet.application.exchange.steps import LAST, SENDINGS, answer, incomes
from tegemoet.application.files import csv_text
from tegemoet.application.ports import Batches, Exchanges, Objects, Seals
from tegemoet.application.records import AnswerNote, Step
from tegemoet.schemes.increased_reimbursement.household import code
from tegemoet.schemes.increased_reimbursement.year import ExchangeYear

_Incomes = dict[str, dict[str, int]]
"""Request number → INSZ → income in cents, of persons whose income is known."""


@dataclass
class _Answers:
    """What the answer to a sending makes of the requests of one shard."""

    figures: ExchangeYear
    last: bool
    codes: list[RequestCode] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(Counter))
    carried: list[CarriedIncomes] = field(default_factory=list)
    needed: list[NeededPerson] = field(default_factory=list)

    def answer(self, request: HouseholdRequest, known: dict[str, int]) -> None:
        """Make the code of a request.

        A request without a code carries its known incomes and needs those of its other adults.
        """
        number, partner = request["request_number"], request["partner"]
        members = [(date.fromisoformat(born), known.get(insz)) for insz, born in request["members"]]
        made = code(members, self.last, self.figures)
        if made is None:
            self.carried.append({"request_number": number, "incomes": known})
            for (insz, _), (birth_date, income) in zip(request["members"], members, strict=True):
                if income is None and self.figures.is_adult(birth_date):
                    self.needed.append((insz, number))
        else:
            self.codes.append({"request_number": number, "partner": partner, "code": made})
            self.counts[partner][made] += 1


def answer_shard(
    year: int, sending: Sending, shard: int, *, attempt: str, objects: Objects, seals: Seals
) -> dict[str, int]:
    """Make the codes of one shard, and carry the known incomes of requests without a code.

    `attempt` = a name that no other call of this step has. Returns the numbers of requests with and
    without a code.
    """
    folder = ExchangeFolder(objects, year)
    step = folder.answers(sending, shard)
    if not step.is_committed():  # once made, what they were made from may be gone
        _make_codes(folder, sending, shard, step.attempt(attempt), seals)
    codes, without = folder.answer_counts(sending, shard)
    return {"shard": shard, "codes": codes, "without": without}


def _make_codes(folder: ExchangeFolder, sending: Sending, shard: int, writing: Attempt, seals: Seals) -> None:
    known = _known_incomes(folder, sending, shard, seals)
    made = _Answers(folder.figures, sending == LAST)
    for request in folder.requests(shard).read():
        number = request["request_number"]
        if sending != LAST or number in known:  # others had their code at the first sending
            made.answer(request, known.get(number, {}))
    if made.carried:
        folder.carried(shard, writing.name).write(made.carried, seals.open(folder.year, CARRIED, create=True))
        folder.write_needed_again(writing, made.needed)
    writing.write_lines(CODES, made.codes)
    writing.write_json(CODE_COUNTS, {"codes": made.counts, "without": len(made.carried)})
    writing.commit()


def _known_incomes(folder: ExchangeFolder, sending: Sending, shard: int, seals: Seals) -> _Incomes:
    """The known incomes of one shard; at the last sending, of requests without a code alone."""
    known: _Incomes = defaultdict(dict)
    if sending == LAST:
        carried = folder.carried(shard, folder.answers(1, shard).commit().attempt)
        if carried.exists():
            for held in carried.read(seals.open(folder.year, CARRIED)):
                known[held["request_number"]] = held["incomes"]
    if joined := folder.joined_by_shard(sending, shard):
        seal = seals.open(folder.year, incomes(sending))
        for lines in joined:
            for request, insz, cents in lines.read(seal):
                known[request][insz] = cents
    return known


def finish_answer(
    year: int, sending: Sending, *, objects: Objects, batches: Batches, exchanges: Exchanges, seals: Seals
) -> Reached:
    """Hand over the codes, shred their incomes, and wait for what comes next.

    When no person has to be asked again, the exchange waits for results at once, and the files of
    the second sending are empty.
    """
    folder = ExchangeFolder(objects, year)
    work = answer(sending)
    inputs = folder.inputs(incomes(sending)).read()
    if not folder.answered(sending).exists():
        _hand_over(folder, sending, inputs)
    outcome = folder.answered(sending).read()
    over = sending == LAST or not outcome.asked_again
    for each in SENDINGS[sending - 1 : LAST if over else sending]:
        shred(year, each, objects=objects, batches=batches, data_keys=seals)
    after: Step = "results" if over else incomes(LAST)
    in_time = folder.figures.in_time(work, inputs.on)
    note = AnswerNote(inputs.on, in_time, outcome.codes, outcome.ignored, outcome.asked_again)
    exchanges.advance(year, work, after, note)
    return {"step": after}


def _hand_over(folder: ExchangeFolder, sending: Sending, inputs: WorkInputs) -> None:
    codes = sum_per_insurer(folder.code_counts(sending, shard) for shard in folder.shards)
    ignored = sum(folder.join_counts(sending, shard).read()["ignored"] for shard in folder.shards)
    _write_codes(folder, sending, inputs.insurers)
    asked_again = None
    if sending != LAST:
        asked_again = write_asked(folder, LAST, inputs.tax_office)
        if not asked_again:
            _write_codes(folder, LAST, inputs.insurers)
    folder.answered(sending).write(Answered(asked_again, codes, ignored))


def _write_codes(folder: ExchangeFolder, sending: Sending, insurers: Iterable[str]) -> None:
    with folder.outputs(insurers, f"pro_04-{sending}.csv") as sinks:
        for sink in sinks.values():
            sink.write(csv_text([("request_number", "code")]).encode())
        for shard in folder.shards:
            rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
            for answered in folder.codes(sending, shard).read():
                rows[answered["partner"]].append((answered["request_number"], answered["code"]))
            for partner, of_partner in rows.items():
                sinks[partner].write(csv_text(of_partner).encode())
