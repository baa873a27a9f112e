"""A cloud in memory to drop files into, and valid made-up numbers to fill them with."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from tegemoet.application.exchange.arrivals import batch_done, batch_ended
from tegemoet.application.intake.channels import ExchangeInbox, ExchangeOutbox, Inbox, ObjectCreated, Outbox
from tegemoet.application.intake.decide import decide_chunk
from tegemoet.application.intake.finish import FinishPorts, finish_batch, mark_failed
from tegemoet.application.intake.ingest import IngestPorts, ingest
from tegemoet.application.intake.keys import partner_of
from tegemoet.application.intake.store import store_chunk
from tegemoet.application.records import Batch, FileRefusal, RowCounts
from tegemoet.domain.identity import holds_insz
from tegemoet.schemes.scheme import Data
from tests.support.fakes import (
    FakeBatches,
    FakeDecisions,
    FakeEvents,
    FakeExchanges,
    FakeFacts,
    FakeObjects,
    FakeRegistrations,
    FakeRuns,
    FakeSeals,
    FakeSecrets,
    FakeWorkflows,
)

IDENTITY_KEY, HEALTH_KEY, EXCHANGE_KEY = "key:identity", "key:health", "key:exchange"
PREMIUM = "in/riziv/convention-premium/2023"


def insz(n: int) -> str:
    """The n-th made-up person, born in the seventies."""
    body = 700101000 + n % 900 + 1 + (n // 900) % 28 * 1000
    return f"{body:09}{97 - body % 97:02}"


def riziv(n: int, code: str = "004") -> str:
    """The n-th made-up RIZIV number, eleven digits."""
    body = 100000 + n
    return f"{body}{97 - body % 97:02}{code}"


def iban(n: int, bank: str = "001") -> str:
    """The n-th made-up account at a Belgian bank."""
    account = f"{bank}{n:07}"
    national = f"{account}{int(account) % 97 or 97:02}"
    return f"BE{98 - int(national + '111400') % 97:02}{national}"


def counts_of(batch: Batch) -> RowCounts:
    """What became of the rows of a batch."""
    assert batch.detail.counts is not None
    return batch.detail.counts


def refusal_of(batch: Batch) -> FileRefusal:
    """Why the file of a batch was refused."""
    assert batch.detail.refusal is not None
    return batch.detail.refusal


@dataclass
class Cloud:
    """The ports of intake and batches, and what a drop sets going."""

    inbox: FakeObjects = field(default_factory=FakeObjects)
    work: FakeObjects = field(default_factory=FakeObjects)
    output: FakeObjects = field(default_factory=FakeObjects)
    batches: FakeBatches = field(default_factory=FakeBatches)
    facts: FakeFacts = field(default_factory=FakeFacts)
    decisions: FakeDecisions = field(default_factory=FakeDecisions)
    health: FakeObjects = field(default_factory=FakeObjects)
    health_decisions: FakeDecisions = field(default_factory=FakeDecisions)
    exchange: FakeObjects = field(default_factory=lambda: FakeObjects(versioned=False))
    exchanges: FakeExchanges = field(default_factory=FakeExchanges)
    seals: FakeSeals = field(default_factory=FakeSeals)
    registrations: FakeRegistrations = field(default_factory=FakeRegistrations)
    runs: FakeRuns = field(default_factory=FakeRuns)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    workflows: FakeWorkflows = field(default_factory=FakeWorkflows)
    events: FakeEvents = field(default_factory=FakeEvents)
    puts: int = 0
    admits: bool = True
    """Whether a partner that drops its first file is registered for everything."""

    def put(
        self,
        key: str,
        body: str | bytes,
        metadata: dict[str, str] | None = None,
        encryption: str | None = "",
    ) -> ObjectCreated:
        """Put an object into its inbox; S3's message about it. It is under the right key unless
        `encryption` says another.
        """
        data: Data = "exchange" if "/increased-reimbursement/" in key else "ordinary"
        if self.admits and not holds_insz(key):
            self.registrations.admit(partner_of(key))
        inbox = self.exchange if data == "exchange" else self.inbox
        right = EXCHANGE_KEY if data == "exchange" else HEALTH_KEY if "/cases/" in key else IDENTITY_KEY
        inbox.encryption = right if encryption == "" else encryption
        inbox.put(key, body.encode() if isinstance(body, str) else body, metadata)
        stored = inbox.head(key)
        self.puts += 1
        return ObjectCreated(key, stored.etag, f"{self.puts:016X}", stored.version, data)

    def ingest(self, created: ObjectCreated) -> Batch:
        """Ingest the object of the message."""
        batch = self.try_to_ingest(created)
        assert batch is not None
        return batch

    def try_to_ingest(self, created: ObjectCreated) -> Batch | None:
        """As `ingest`, of an object that may be gone."""
        with TemporaryDirectory() as scratch:
            return ingest(created, self.ingest_ports, Path(scratch))

    @property
    def ingest_ports(self) -> IngestPorts:
        inboxes: dict[Data, Inbox] = {
            "ordinary": Inbox(self.inbox, IDENTITY_KEY, HEALTH_KEY),
            "exchange": ExchangeInbox(
                self.exchange, EXCHANGE_KEY, EXCHANGE_KEY, self.batches, self.workflows, self.batch_ended
            ),
        }
        ports = (self.batches, self.registrations, self.runs, self.secrets, self.seals, self.workflows)
        return IngestPorts(inboxes, self._work, *ports)

    @property
    def _work(self) -> dict[Data, FakeObjects]:
        return {"ordinary": self.work, "health": self.health, "exchange": self.exchange}

    @property
    def outboxes(self) -> dict[Data, Outbox]:
        return {
            "ordinary": Outbox(self.output),
            "health": Outbox(self.health),
            "exchange": ExchangeOutbox(self.exchange, self.batch_done, self.batch_ended),
        }

    def mark_failed(self, batch: str, error: str) -> Batch:
        """What the workflow of the batch does when one of its steps fails."""
        return mark_failed(batch, error, self.batches, self.outboxes)

    def run_workflow(self, batch: str) -> Batch:
        """What the workflow of the batch does, chunk after chunk."""
        payload = self.workflows.started[("batch", batch)]
        for chunk in payload["chunks"]:
            if payload["work"] == "decide":
                decide_chunk(
                    batch,
                    chunk,
                    work={"ordinary": self.work, "health": self.health},
                    decisions={"ordinary": self.decisions, "health": self.health_decisions},
                    registrations=self.registrations,
                    secrets=self.secrets,
                )
            else:
                store_chunk(batch, chunk, work=self.work, facts=self.facts)
        with TemporaryDirectory() as scratch:
            ports = FinishPorts(self._work, self.outboxes, self.batches, self.runs, self.events)
            return finish_batch(batch, ports, Path(scratch))

    def batch_ended(self, batch: Batch) -> None:
        """Report a file without rows to its exchange."""
        batch_ended(
            batch,
            exchanges=self.exchanges,
            batches=self.batches,
            registrations=self.registrations,
            workflows=self.workflows,
        )

    def batch_done(self, batch: Batch) -> None:
        """Report a complete file to its exchange."""
        batch_done(
            batch,
            objects=self.exchange,
            exchanges=self.exchanges,
            batches=self.batches,
            registrations=self.registrations,
            data_keys=self.seals,
            workflows=self.workflows,
        )

    def drop(self, key: str, body: str | bytes) -> Batch:
        """Drop an object and let everything run its course; the batch afterwards."""
        batch = self.ingest(self.put(key, body))
        if batch.state == "loading":
            self.run_workflow(batch.id)
        found = self.batches.get(batch.id)
        assert found is not None
        return found

    def rejected(self, batch: Batch) -> list[tuple[int, str, str]]:
        """Line, column and code of every rejected row."""
        text = self.output.get(f"out/{batch.partner}/{batch.scheme}/{batch.id}/rejected.csv").decode()
        header, *lines = text.splitlines()
        assert header == "line;column;code;reason"
        return [(int(line), column, code) for line, column, code, _ in (row.split(";") for row in lines)]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """Every stored fact, its partner and place left out."""
        stored = (orjson.loads(body) for body in self.facts.items.values())
        return [{name: value for name, value in body.items() if name != "partner"} for body in stored]
