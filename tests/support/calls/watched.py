"""A simulated AWS whose writes a watch sees."""

from collections.abc import Mapping
from typing import Any

from local.simulator.client import Answer, Apply
from local.simulator.faults import Delivery
from local.simulator.histories.sight import show
from local.simulator.histories.stage import ONCE
from local.simulator.histories.watch import Watch
from local.simulator.world import World

YEAR = "year#2023"
"""The partition of the premium year."""


class Watched(World):
    """A world whose writes a watch sees, below everything that the product does."""

    def __init__(self, premium: Mapping[str, int]) -> None:
        super().__init__()
        self.watch = Watch((), premium, self._run_item, self._year_closed, self._batches)

    def call(self, service: str, operation: str, parameters: Mapping[str, Any], apply: Apply) -> Answer:
        repeated = False

        def seen(delivery: Delivery) -> Answer:
            nonlocal repeated
            answer = apply(delivery)
            if not (repeated and operation in ONCE):
                show(self.watch, service, operation, parameters, delivery, answer, self._read)
            repeated = True
            return answer

        return super().call(service, operation, parameters, seen)

    def _read(self, bucket: str, key: str) -> bytes:
        return self.s3.bucket(bucket).version(key, None).body

    def _run_item(self, run: str) -> Mapping[str, Any] | None:
        return self._item(f"run#{run}")

    def _year_closed(self) -> bool:
        return "closed" in (self._item("state") or {})

    def _item(self, sk: str) -> Mapping[str, Any] | None:
        found = self.dynamodb.tables["YearsTable"].items.get(YEAR, {}).get(sk)
        return None if found is None else found.copy()

    def _batches(self) -> list[Mapping[str, Any]]:
        items = self.dynamodb.tables["ControlTable"].items.get(YEAR, {})
        return [item.copy() for sk, item in items.items() if sk.startswith("batch#")]
