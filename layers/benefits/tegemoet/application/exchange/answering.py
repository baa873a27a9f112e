"""The calls of the state machine to the function `answer`: every step that needs incomes."""

from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from tegemoet.application.exchange.answer import answer_shard, finish_answer
from tegemoet.application.exchange.incomes import join_shard
from tegemoet.application.exchange.records import Sending
from tegemoet.application.ports import Batches, Exchanges, Objects, Seals


class AnswerCall(TypedDict):
    """A call for a sending of incomes: `join` and `answer` are for one shard."""

    action: Literal["join", "answer", "finish"]
    year: int
    delivery: Sending  # the name that executions under way have
    shard: NotRequired[int]


@dataclass(frozen=True, slots=True)
class AnswerPorts:
    """What the calls need. `objects` = the bucket of exchanges."""

    objects: Objects
    batches: Batches
    exchanges: Exchanges
    seals: Seals


def perform(call: AnswerCall, attempt: str, ports: AnswerPorts) -> dict[str, object]:
    """Do what the call asks. Returns the step that follows the last call, or else the year.

    `attempt` = a name that no other call has. Raises ValueError for an unknown action, and what the
    step raises.
    """
    year, sending = call["year"], call["delivery"]
    objects, seals, exchanges = ports.objects, ports.seals, ports.exchanges
    match call["action"]:
        case "join":
            join_shard(year, sending, call["shard"], objects=objects, seals=seals)
        case "answer":
            answer_shard(year, sending, call["shard"], attempt=attempt, objects=objects, seals=seals)
        case "finish":
            batches = ports.batches
            return {**finish_answer(year, sending, objects=objects, batches=batches, exchanges=exchanges, seals=seals)}
        case _:
            raise ValueError("unknown action")
    return {"year": year}
