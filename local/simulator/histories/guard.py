"""A guard of "paid once", and the product without it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from unittest import mock

Kind = Literal[
    "condition", "commit", "check", "right", "seal", "hash", "cut-off", "choice", "retention", "lock", "once"
]
Replacement = tuple[object, str, Any] | tuple[Callable[..., Any], Any]
"""An object, the name of one of its attributes, and what stands in its place; or a function, in
the place of which another one stands in every module of the product."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard: `replaced` = what is replaced so that it is gone.

    `noticed_by` = the promise that a history breaks without it (its seed is in `seeds.toml`), or
    the id of a test that fails without it.
    """

    name: str
    kind: Kind
    replaced: Sequence[Replacement]
    noticed_by: str
    story: Literal["year", "exchange"] = "year"
    """What the history is about."""

    @property
    def is_noticed_by_a_history(self) -> bool:
        """Whether it is a history, and not a test, that notices."""
        return "::" not in self.noticed_by


@contextmanager
def without(guard: Guard) -> Iterator[None]:
    """The product without one of its guards, while this holds."""
    with ExitStack() as changed:
        for replaced in guard.replaced:
            for target, attribute, replacement in _places(replaced):
                changed.enter_context(mock.patch.object(target, attribute, replacement))
        yield


def _places(replaced: Replacement) -> Iterator[tuple[object, str, Any]]:
    if len(replaced) == 3:
        yield replaced
        return
    function, other = replaced
    for name, module in list(sys.modules.items()):
        if name.startswith("tegemoet."):
            yield from ((module, own, other) for own, value in vars(module).items() if value is function)
