"""Batches in memory."""

from dataclasses import replace

from tegemoet.adapters.batches import read_detail, write_detail
from tegemoet.application.records import Batch, BatchDetail, BatchState


class FakeBatches:
    def __init__(self) -> None:
        self.items: dict[str, Batch] = {}

    def create(self, batch: Batch) -> bool:
        if batch.id in self.items:
            return False
        self.items[batch.id] = batch
        return True

    def get(self, batch_id: str) -> Batch | None:
        return self.items.get(batch_id)

    def update(
        self, batch_id: str, *, state: BatchState, detail: BatchDetail, expected: tuple[BatchState, ...]
    ) -> bool:
        batch = self.items.get(batch_id)
        if batch is None or batch.state not in expected:
            return False
        # through JSON and back, as it is stored
        self.items[batch_id] = replace(batch, state=state, detail=read_detail(write_detail(detail)))
        return True

    def replace_upload(self, batch: Batch) -> bool:
        known = self.items.get(batch.id)
        if known is None or known.state != "awaiting-upload":
            return False
        self.items[batch.id] = batch
        return True

    def of_partner(self, partner: str, limit: int, cursor: str | None) -> tuple[list[Batch], str | None]:
        own = sorted((b for b in self.items.values() if b.partner == partner), key=lambda b: b.id, reverse=True)
        rest = [b for b in own if cursor is None or b.id < cursor]
        return rest[:limit], rest[limit - 1].id if len(rest) > limit else None

    def of_year(self, year: int) -> list[Batch]:
        return [b for b in self.items.values() if b.year == year]

    def delete(self, batch: Batch) -> None:
        self.items.pop(batch.id, None)
