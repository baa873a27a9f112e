"""The example account that pays, which `make up` and `make demo` set through the API."""

from typing import Any

from local.cloud.debtor_account import EXAMPLE, PATH, set_example
from local.opinions.year.play import Api
from tegemoet.api.callers import Caller
from tests.support.api_world import APPROVER, OPERATOR, READER, World


class InMemory(Api):
    """The API for a person, over a world in memory."""

    def __init__(self, world: World, caller: Caller) -> None:
        super().__init__("", lambda: "")
        self.world, self.caller, self.calls = world, caller, 0

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, Any]:
        self.calls += 1
        headers = {"Idempotency-Key": key or f"key-{self.calls}"}
        answer = self.world.send(method, path, self.caller, body=body, headers=headers)
        return answer.status, answer.body


def test_two_persons_set_the_example_once() -> None:
    world = World()
    operator, approver = InMemory(world, OPERATOR), InMemory(world, APPROVER)
    set_example(operator, approver)
    found = world.get(PATH, READER).body
    assert found["current"]["account"].items() >= EXAMPLE["account"].items()
    said = found["current"]["proposed_by"], found["current"]["confirmed_by"]
    assert [person["name"] for person in said] == [OPERATOR.name, APPROVER.name]
    set_example(operator, approver)
    assert world.get(PATH, READER).body == {**found, "earlier": [], "proposals": []}


def test_an_account_that_somebody_set_stays() -> None:
    world = World()
    own = {**EXAMPLE, "account": {**EXAMPLE["account"], "bic": "KREDBEBB"}}
    operator, approver = InMemory(world, OPERATOR), InMemory(world, APPROVER)
    proposal = operator.post(f"{PATH}/proposals", own)["proposal"]
    approver.post(f"{PATH}/proposals/{proposal}/confirmations")
    set_example(operator, approver)
    assert world.get(PATH, READER).body["current"]["account"]["bic"] == "KREDBEBB"
    assert world.get(PATH, READER).body["earlier"] == []
