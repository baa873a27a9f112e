"""A call of a step that hangs while others do its work and everything after it, then goes on.

with lagging(world, at=3, after=True, meanwhile=rest) as slow:
    slow.evaluate_shard(run, 0)
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

PORTS = (
    *("inbox", "work", "output", "bank", "facts", "batches", "runs", "decisions", "ledger", "workflows", "events"),
    *("exchange", "exchanges", "seals"),
)
OF_THE_API = ("registrations", "roles", "debtor_accounts", "people", "health_decisions", "health")
Ports = TypeVar("Ports")


@dataclass
class Lag:
    """Hangs at the `at`-th call of a port: before it, or `after` it with what it returned.

    `calls` = the calls so far.
    """

    at: int = -1
    after: bool = False
    meanwhile: Callable[[], object] = lambda: None
    calls: list[str] = field(default_factory=list)

    def call(self, name: str, make: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self.calls.append(name)
        here = len(self.calls) - 1 == self.at
        if here and not self.after:
            self.meanwhile()
        try:
            returned = make(*arguments, **named)
        except Exception:
            if here and self.after:
                self.meanwhile()
            raise
        if here and self.after:
            if hasattr(returned, "__next__"):
                returned = iter(list(returned))  # read before it hangs
            self.meanwhile()
        return returned


class _Port:
    """A port whose calls may hang."""

    def __init__(self, name: str, port: Any, lag: Lag) -> None:
        self._name, self._port, self._lag = name, port, lag

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        where = f"{self._name}.{name}"
        if name == "writer":
            return self._writer(where, found)
        return lambda *arguments, **named: self._lag.call(where, found, *arguments, **named)

    def _writer(self, where: str, make: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def writer(*arguments: Any, **named: Any) -> Iterator[Any]:
            opened = make(*arguments, **named)
            sink = opened.__enter__()
            try:
                yield sink
            except BaseException as error:
                opened.__exit__(type(error), error, error.__traceback__)
                raise
            self._lag.call(where, opened.__exit__, None, None, None)

        return writer


def hanging(world: Ports, lag: Lag) -> Ports:
    """The same world of the API, whose calls count and may hang; nothing is made anew."""
    hung = copy.copy(world)
    for name in (*PORTS, *OF_THE_API):
        if hasattr(world, name):
            setattr(hung, name, _Port(name, getattr(world, name), lag))
    return hung


def lagging(world: Ports, lag: Lag) -> Ports:
    """The same world, whose calls count and may hang."""
    here = [name for name in PORTS if hasattr(world, name)]
    ports: Any = {name: _Port(name, getattr(world, name), lag) for name in here}
    replaced: Ports = replace(world, **ports)  # type: ignore[type-var]
    return replaced
