"""How a year was closed is compared with its proposal."""

import json
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from local.simulator.histories.closings import Closings

PROPOSAL = {"id": "p", "by": {"subject": "op-1"}, "at": "2024-07-01T10:00:00+00:00"}


class Watched:
    """A stage that stores a close, and the promises that were found broken."""

    def __init__(self) -> None:
        self.items: dict[str, Any] = {"closing#p": {"proposal": {"S": json.dumps(PROPOSAL)}}}
        self.broken: list[str] = []
        self.watch = SimpleNamespace(found=lambda promise, _seen: self.broken.append(promise))
        stage: Any = self
        self.closings = Closings(stage, SimpleNamespace(), Random(1))  # type: ignore[arg-type]

    def year_item(self, sk: str) -> Any:
        return self.items.get(sk)

    def close(self, **changes: Any) -> list[str]:
        closing = {"proposal": PROPOSAL, "confirmed_by": {"subject": "op-2"}, **changes}
        closing.setdefault("confirmed_at", "2024-07-08T10:00:00+00:00")
        self.items["state"] = {"closing": {"S": json.dumps(closing)}}
        self.closings.check()
        return self.broken


def test_a_close_in_time_by_another_person_breaks_nothing() -> None:
    watched = Watched()
    assert watched.close() == []
    assert watched.close() == []


@pytest.mark.parametrize(
    ("changes", "promise"),
    [
        ({"confirmed_at": "2024-07-08T10:00:01+00:00"}, "a-proposal-lapses"),
        ({"confirmed_at": "2024-07-01T09:59:59+00:00"}, "a-proposal-lapses"),
        ({"confirmed_by": {"subject": "op-1"}}, "two-persons-close-a-year"),
        ({"proposal": {**PROPOSAL, "at": "2024-07-02T10:00:00+00:00"}}, "two-persons-close-a-year"),
    ],
)
def test_a_close_that_breaks_a_promise_is_found(changes: dict[str, Any], promise: str) -> None:
    assert Watched().close(**changes) == [promise]


def test_a_close_that_is_replaced_is_found() -> None:
    watched = Watched()
    watched.close()
    assert watched.close(confirmed_by={"subject": "ap-1"}) == ["a-close-stays"]


def test_a_close_that_nobody_proposed_is_found() -> None:
    watched = Watched()
    watched.items.clear()
    assert watched.close() == ["two-persons-close-a-year"]
