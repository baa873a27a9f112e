"""What every double of a client shares: the way of a call through the world, and its pages."""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, ClassVar

from local.simulator.errors import Exceptions, RefusedError, UnsupportedError
from local.simulator.faults import PLAIN, Delivery

Answer = dict[str, Any]
Apply = Callable[[Delivery], Answer]
Hook = Callable[[str, str, Mapping[str, Any], Apply], Answer]
"""`World.call`: service, operation, parameters, and what carries the call out."""


def direct(_service: str, _operation: str, _parameters: Mapping[str, Any], apply: Apply) -> Answer:
    """The hook of a client that nothing disturbs: for checks, set-up and the reaper."""
    return apply(PLAIN)


def operation(method: Callable[..., Answer]) -> Callable[..., Answer]:
    """Make a method of a client that sends its call through the world.

    A parameter that the double does not know is a TypeError, as it is one that no test has covered.
    """

    @delivered
    @wraps(method)
    def carried_out(client: "Client", _: Delivery, **parameters: Any) -> Answer:
        return method(client, **parameters)

    return carried_out


def delivered(method: Callable[..., Answer]) -> Callable[..., Answer]:
    """As `operation`, for a method that takes how it is delivered: late, or with parts left out."""
    name = method.__name__.lstrip("_")

    @wraps(method)
    def call(client: "Client", **parameters: Any) -> Answer:
        def apply(delivery: Delivery) -> Answer:
            try:
                return method(client, delivery, **parameters)
            except RefusedError as refused:
                raise client.exceptions.made(refused, name) from None

        return client.hook(client.service, name, parameters, apply)

    return call


class Client:
    """A double of a boto3 client. `pages` = by operation, the tokens that lead to the next page."""

    service: str
    exceptions: Exceptions
    pages: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def __init__(self, hook: Hook) -> None:
        self.hook = hook

    def get_paginator(self, operation_name: str) -> "Paginator":
        if operation_name not in self.pages:
            raise UnsupportedError(f"no paginator for {operation_name}")
        return Paginator(getattr(self, operation_name), self.pages[operation_name])


class Paginator:
    """Pages of one operation. `tokens` = field of the answer → parameter of the next call."""

    def __init__(self, call: Callable[..., Answer], tokens: Mapping[str, str]) -> None:
        self._call, self._tokens = call, tokens

    def paginate(self, **parameters: Any) -> Iterator[Answer]:
        while True:
            page = self._call(**parameters)
            yield page
            following = {into: page[field] for field, into in self._tokens.items() if page.get(field)}
            if not following:
                return
            parameters |= following


class Counter:
    """Names that are new in a world and the same in every replay of it."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last += 1
        return self._last
