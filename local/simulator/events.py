"""EventBridge: the events of each bus, kept in the order in which they were taken."""
# ruff: noqa: N803 - parameters are named as boto3 names them

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.simulator.client import Answer, Client, Hook, delivered
from local.simulator.errors import Exceptions, invalid
from local.simulator.faults import Delivery

MOST = 10
"""Events of one call: docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html."""


@dataclass(slots=True)
class Bus:
    """`taken` = the entries as they were given."""

    taken: list[Mapping[str, Any]] = field(default_factory=list)

    def reset(self) -> None:
        self.taken.clear()


class Events(Client):
    """A double of boto3's client over `store`."""

    service = "events"
    exceptions = Exceptions("InternalException", "ResourceNotFoundException")

    def __init__(self, hook: Hook, store: Bus) -> None:
        super().__init__(hook)
        self._store = store

    @delivered
    def put_events(self, delivery: Delivery, *, Entries: Sequence[Mapping[str, Any]]) -> Answer:
        if not 1 <= len(Entries) <= MOST:
            raise invalid(f"Value at 'entries' failed to satisfy constraint: 1 to {MOST}")
        results: list[Answer] = []
        for number, entry in enumerate(Entries):
            if number in delivery.left_out:
                results.append({"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"})
            else:
                self._store.taken.append(dict(entry))
                results.append({"EventId": f"event-{len(self._store.taken):08}"})
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedEntryCount": failed, "Entries": results}
