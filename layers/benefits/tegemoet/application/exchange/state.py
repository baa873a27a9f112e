"""The state of an exchange, as each party and the operator see it."""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

from tegemoet.application.exchange.folder import evaluation_file, output_key
from tegemoet.application.exchange.records import EvaluationFound, StateShown, StepDone
from tegemoet.application.exchange.steps import SENDINGS, STEPS, answer, require_exchange
from tegemoet.application.ports import Exchanges
from tegemoet.application.records import OPERATORS, AnswerNote, Exchange, WaitNote
from tegemoet.domain.problems import NotFoundError

TABLES = ("statistics.xlsx", "table-1.csv", "table-2.csv", "table-3.csv")

C = TypeVar("C")


def state_for(year: int, partners: Collection[str] | None, *, exchanges: Exchanges) -> StateShown:
    """The state of the exchange: the parts of these partners, for the operator (None) all of it.

    They are a party and those that it has taken over. Raises NotFoundError `flow-unknown`, also
    where none of them is a party.
    """
    exchange = require_exchange(year, exchanges)
    parties = {exchange.tax_office, *exchange.insurers}
    shown = {OPERATORS, *parties} if partners is None else parties.intersection(partners)
    if not shown:
        raise NotFoundError("There is no such exchange.", "flow-unknown")
    visible = [insurer for insurer in exchange.insurers if insurer in shown]
    answers, selection, report = _answers(exchange), exchange.notes.get("select"), exchange.notes.get("report")
    state: StateShown = {
        "year": year,
        "state": exchange.step,
        "automatic": exchange.automatic,
        "insurers": {insurer: exchange.insurers[insurer] for insurer in visible},
        "steps": _steps_done(exchange, named=partners is None),
        "selected": _of(selection.insurers if selection else {}, visible),
        "codes": {sending: _of(note.codes, visible) for sending, note in answers.items()},
        "statistics": _of(report.insurers if report else {}, visible),
        "late": _late(exchange, shown),
        "outputs": [output_key(name, year, file) for name, file in _outputs(exchange) if name in shown],
    }
    if exchange.tax_office in shown:
        state["asked"] = _asked(exchange)
        state["ignored"] = {sending: note.ignored for sending, note in answers.items()}
    if partners is None and (start := exchange.notes.get("start")) and start.by:
        state["started_by"] = start.by
    if partners is None and (evaluation := exchange.notes.get("evaluation")):
        state["evaluation"] = EvaluationFound(on=evaluation.on.isoformat(), codes=evaluation.codes)
    return state


def _steps_done(exchange: Exchange, *, named: bool) -> list[StepDone]:
    """The steps that ended; `named` = with the person who ended a wait."""
    done: list[StepDone] = []
    for step in STEPS:
        if step != "done" and (note := exchange.notes.get(step)):
            done.append({"step": step, "on": note.on.isoformat(), "in_time": note.in_time})
            if named and isinstance(note, WaitNote) and note.by:
                done[-1]["by"] = note.by
    return done


def _answers(exchange: Exchange) -> dict[str, AnswerNote]:
    """The notes of the answers that were given, by sending."""
    notes = {str(sending): exchange.notes.get(answer(sending)) for sending in SENDINGS}
    return {sending: note for sending, note in notes.items() if note}


def _asked(exchange: Exchange) -> dict[str, int]:
    """The number of persons in each list for the tax office, by sending."""
    selection, first_answer = exchange.notes.get("select"), exchange.notes.get("answer-1")
    asked = {"1": selection.asked if selection else None, "2": first_answer.asked_again if first_answer else None}
    return {sending: persons for sending, persons in asked.items() if persons is not None}


def _late(exchange: Exchange, shown: Collection[str]) -> dict[str, int]:
    late = sorted(exchange.late.items())
    return {place: count for place, count in late if place.partition("/")[2] in shown}


def _of(counts: Mapping[str, C], insurers: Collection[str]) -> dict[str, C]:
    return {insurer: counts[insurer] for insurer in insurers if insurer in counts}


def _outputs(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Every file that was handed over, with its receiver, in the order of the steps."""
    notes, insurers, tax_office = exchange.notes, exchange.insurers, exchange.tax_office
    first_answer = notes.get("answer-1")
    if "select" in notes:
        yield tax_office, "pro_02-1.csv"
        yield from ((insurer, "excluded.csv") for insurer in insurers)
    if first_answer:
        yield from ((insurer, "pro_04-1.csv") for insurer in insurers)
        yield tax_office, "pro_02-2.csv"
    if "answer-2" in notes or (first_answer and first_answer.asked_again == 0):
        yield from ((insurer, "pro_04-2.csv") for insurer in insurers)
    if "report" in notes:
        yield from ((receiver, table) for receiver in (*insurers, OPERATORS) for table in TABLES)
    if "evaluation" in notes:
        yield OPERATORS, evaluation_file(notes["evaluation"].name)
