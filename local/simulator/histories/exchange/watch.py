"""What must hold after every step of an exchange."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.simulator.histories.exchange.population import INSURERS, TAX_OFFICE, shows_an_income
from local.simulator.histories.watch import Item, Watch

STEPS = ("households", "select", "incomes-1", "answer-1", "incomes-2", "answer-2", "results", "report", "done")
BUCKET, KEYS = "FlowBucket", "flows/2020/keys/"
OPERATORS = "operator"


def _nothing(*_: object) -> Any:
    """What only a premium year has."""


@dataclass(slots=True)
class ExchangeWatch(Watch):
    """`state` = the item of the exchange, as it is stored at this moment."""

    state: Callable[[], Item | None] = _nothing
    sent: dict[str, set[str]] = field(default_factory=dict)
    """Partner → the numbers of the requests in its files."""
    members: set[str] = field(default_factory=set)
    """INSZ of everybody in a file of households."""
    coded: set[str] = field(default_factory=set)
    """Requests of which an insurer was told a code."""
    handed_over: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """Receiver and name → the bytes of a file."""
    data_keys: dict[str, bytes] = field(default_factory=dict)
    """Sending → its data key as it is stored; empty once it is destroyed."""
    purging: bool = False
    """Whether the year is past its last day."""
    _seen: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Callable[[], Item | None]) -> "ExchangeWatch":
        return cls((), {}, _nothing, _nothing, tuple, state=state)

    # --- each write

    def item_put(self, table: str, item: Item) -> None:
        if shows_an_income(json.dumps(item, default=repr)):
            self.found("an-income-is-nowhere-in-the-clear", table)
        self.item_changed(table, "put")

    def item_changed(self, table: str, operation: str) -> None:  # noqa: ARG002 - the watch of a year names it
        if table == "ControlTable" and not self.purging:
            self._compare(self.state())

    def object_put(self, bucket: str, key: str, body: bytes) -> None:
        if shows_an_income(body.decode("latin-1")):
            self.found("an-income-is-nowhere-in-the-clear", f"{bucket} {key}")
        if bucket != BUCKET:
            return
        if key.startswith("out/"):
            self._once(key, body)
            _, receiver, _, place, *name = key.split("/")
            if place == "2020":
                self._handed(receiver, "/".join(name), body)
        elif key.startswith(KEYS):
            self._data_key(key.removeprefix(KEYS), body)

    def object_deleted(self, bucket: str, key: str) -> None:
        if bucket != BUCKET or self.purging:
            return
        if key.startswith(KEYS):
            self.data_keys[key.removeprefix(KEYS)] = b""
        elif key in self.files:
            self.found("what-is-handed-over-stays", key)

    # --- promises

    def _compare(self, item: Item | None) -> None:
        """The state of the exchange goes forward, and what it says of the past stays."""
        if item is None:
            if self._seen:
                self.found("a-step-never-goes-back", "the exchange is gone")
            return
        now = {name: item[name]["S"] for name in ("run", "insurers", "tax_office")}
        now |= {f"note {name}": note["S"] for name, note in item["steps"]["M"].items() if name != "evaluation"}
        step = STEPS.index(item["step"]["S"])
        if step < self._seen.get("step", 0):
            self.found("a-step-never-goes-back", f"{STEPS[self._seen['step']]} to {STEPS[step]}")
        for name, value in self._seen.items():
            if name != "step" and now.get(name) != value:
                self.found("a-step-keeps-its-note", name)
        self._seen = {**now, "step": step}

    def _data_key(self, name: str, body: bytes) -> None:
        stored = self.data_keys.get(name)
        if stored == b"" and body:
            self.found("a-destroyed-key-is-not-made-again", name)
        elif stored and body not in (stored, b""):
            self.found("a-data-key-is-made-once", name)
        self.data_keys[name] = body

    def _handed(self, receiver: str, name: str, body: bytes) -> None:
        """Nobody receives what is not for them."""
        self.handed_over[receiver, name] = body
        rows = body.decode("latin-1").splitlines()[1:]
        if name.startswith("pro_02-"):
            if receiver != TAX_OFFICE:
                self.found("an-insurer-learns-of-its-own-alone", f"{receiver} {name}")
            if len(set(rows)) < len(rows) or not set(rows) <= self.members:
                self.found("a-person-is-asked-once", name)
        elif name.startswith(("pro_04-", "excluded")):
            numbers = [row.split(";")[0] for row in rows]
            if receiver not in INSURERS or not set(numbers) <= self.sent.get(receiver, set()):
                self.found("an-insurer-learns-of-its-own-alone", f"{receiver} {name}")
            if name.startswith("pro_04-"):
                if len(set(numbers)) < len(numbers) or self.coded & set(numbers):
                    self.found("a-request-has-one-code", f"{receiver} {name}")
                self.coded |= set(numbers)
        elif receiver not in (*INSURERS, OPERATORS):
            self.found("an-insurer-learns-of-its-own-alone", f"{receiver} {name}")
