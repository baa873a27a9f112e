"""The steps of an exchange in order: waits for files of its parties alternate with works on them.

Every change of step is one conditional write, so an operator and a file that arrives cannot both
end a wait. Doing a step again gives the same result: an execution that is started anew walks
through to where the exchange is.
"""

from collections.abc import Collection, Mapping
from typing import Literal

from tegemoet.application.exchange.records import Sending
from tegemoet.application.ports import Exchanges
from tegemoet.application.records import Exchange, Step, Wait, Work
from tegemoet.domain.problems import NotFoundError

STEPS: tuple[Step, ...] = (
    "households",
    "select",
    "incomes-1",
    "answer-1",
    "incomes-2",
    "answer-2",
    "results",
    "report",
    "done",
)
WORK_AFTER: Mapping[Wait, Work] = {
    "households": "select",
    "incomes-1": "answer-1",
    "incomes-2": "answer-2",
    "results": "report",
}
"""The work that begins when a wait ends."""
SENDINGS: tuple[Sending, ...] = (1, 2)
"""Each is answered by one file of codes per insurer."""
LAST: Sending = 2

IncomesWait = Literal["incomes-1", "incomes-2"]
AnswerWork = Literal["answer-1", "answer-2"]
_INCOMES: Mapping[Sending, IncomesWait] = {1: "incomes-1", 2: "incomes-2"}
INCOMES_WAITS: Collection[str] = tuple(_INCOMES.values())
_ANSWER: Mapping[Sending, AnswerWork] = {1: "answer-1", 2: "answer-2"}


def incomes(sending: Sending) -> IncomesWait:
    """The name of a sending: of its wait, its kind of file and its data key."""
    return _INCOMES[sending]


def answer(sending: Sending) -> AnswerWork:
    """The work that answers a sending."""
    return _ANSWER[sending]


def wait_named(name: str) -> Wait | None:
    """The wait of that name; None when there is none."""
    return next((wait for wait in WORK_AFTER if wait == name), None)


def has_passed(exchange: Exchange, step: Step) -> bool:
    """Whether the exchange is beyond that step."""
    return STEPS.index(exchange.step) > STEPS.index(step)


def require_exchange(year: int, exchanges: Exchanges) -> Exchange:
    """The exchange of the year. Raises NotFoundError `flow-unknown`."""
    exchange = exchanges.get(year)
    if exchange is None:
        raise NotFoundError("There is no such exchange.", "flow-unknown")
    return exchange
