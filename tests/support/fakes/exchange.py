"""The ports of the exchange in memory: its progress and its data keys."""

from collections import Counter
from dataclasses import replace
from secrets import token_bytes

from tegemoet.adapters.exchanges import read_notes, write_note
from tegemoet.adapters.seals import AesSeal
from tegemoet.application.records import EvaluationNote, Exchange, Notes, Step, StepNote, Wait


class FakeExchanges:
    """Exchanges. Notes go through JSON and back, as they are stored."""

    def __init__(self) -> None:
        self.items: dict[int, Exchange] = {}
        self.late: dict[int, dict[str, str]] = {}

    def create(self, exchange: Exchange) -> bool:
        if exchange.year in self.items:
            return False
        self.items[exchange.year] = exchange
        return True

    def get(self, year: int) -> Exchange | None:
        exchange = self.items.get(year)
        return replace(exchange, late=Counter(self.late.get(year, {}).values())) if exchange else None

    def advance(self, year: int, expected: Step, step: Step, note: StepNote) -> bool:
        exchange = self.items.get(year)
        if exchange is None or exchange.step != expected:
            return False
        notes: Notes = {**exchange.notes, **read_notes({expected: write_note(note)})}
        self.items[year] = replace(exchange, step=step, notes=notes)
        return True

    def wait(self, year: int, step: Wait, token: str) -> bool:
        exchange = self.items.get(year)
        if exchange is None or exchange.step != step:
            return False
        self.items[year] = replace(exchange, tokens={**exchange.tokens, token: step})
        return True

    def note_evaluation(self, year: int, note: EvaluationNote) -> bool:
        exchange = self.items.get(year)
        if exchange is None:
            return False
        noted = exchange.notes.get("evaluation")
        if noted is not None and noted.rank > note.rank:
            return False
        notes: Notes = {**exchange.notes, **read_notes({"evaluation": write_note(note)})}
        self.items[year] = replace(exchange, notes=notes)
        return True

    def count_late(self, year: int, kind: str, batch_id: str) -> None:
        self.late.setdefault(year, {})[batch_id] = kind

    def delete(self, year: int) -> None:
        self.items.pop(year, None)
        self.late.pop(year, None)


class FakeSeals:
    """Data keys that are really drawn and really lost: what
    a destroyed one sealed cannot be read any more.
    """

    def __init__(self) -> None:
        self.held: dict[tuple[int, str], bytes] = {}
        self.destroyed: set[tuple[int, str]] = set()

    def open(self, year: int, name: str, create: bool = False) -> AesSeal:
        if create and (year, name) not in self.destroyed:
            self.held.setdefault((year, name), token_bytes(32))
        return AesSeal(self.held[year, name], name)

    def destroy(self, year: int, name: str) -> None:
        self.held.pop((year, name), None)
        self.destroyed.add((year, name))
