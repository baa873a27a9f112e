"""The folder of a run in the work bucket.

Only this module knows the keys of its objects, reads and writes them. The last object of a step is
written last: a step whose last object exists is complete.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager

import orjson

from tegemoet.application.files import read_json, read_lines, write_json, write_lines
from tegemoet.application.ports import Objects, Sink
from tegemoet.application.premium_year.records import (
    ByteRange,
    FrozenPerson,
    NumbersIndex,
    Payment,
    Pharmacies,
    Plan,
    PlannedBatch,
    PracticeLine,
    Proposal,
    Recovery,
    SettledShard,
    ShardProposal,
    ShardTotals,
)
from tegemoet.application.premium_year.summary import RunProgress, RunSummary
from tegemoet.application.records import RunReference
from tegemoet.domain.manual_review import YearException


def output_prefix(run: RunReference) -> str:
    """The folder of the run in the output bucket."""
    return f"payments/{run.year}/phase-{run.phase}/{run.id}/"


class NotApprovedError(Exception):
    """The run, its proposal or its payments are not the approved ones. Never retried."""


def _approved_bytes(body: bytes, sha256: str | None) -> bytes:
    if hashlib.sha256(body).hexdigest() != sha256:
        raise NotApprovedError("the bytes differ from what was approved")
    return body


class RunFolder:
    """The objects of one run. Reading an object that does not exist raises KeyError."""

    def __init__(self, work: Objects, run: str) -> None:
        self._work, self._prefix = work, f"runs/{run}/"

    # --- inputs

    def has_plan(self) -> bool:
        return self._work.exists(self._prefix + "batches.json")

    def write_plan(self, plan: Plan) -> None:
        """Write the plan unless the run has one: the first one stays."""
        self._work.put_once(self._prefix + "batches.json", orjson.dumps(plan, option=orjson.OPT_SORT_KEYS))

    def plan(self) -> Plan:
        values = read_json(self._work, self._prefix + "batches.json")
        batches = [PlannedBatch(**batch) for batch in values.pop("batches")]
        return Plan(
            **values | {"batches": batches, "exceptions": [YearException(**value) for value in values["exceptions"]]}
        )

    # --- numbers

    def has_numbers(self, shard: int) -> bool:
        return self._work.exists(self._index_key(shard))

    def write_practices(self, shard: int, lines: Iterable[tuple[int, PracticeLine]]) -> dict[str, ByteRange]:
        """Write the practices of one shard of numbers, which come ordered by person shard.

        Takes (person shard, line) and returns the bytes of each person shard.
        """
        ranges: dict[str, ByteRange] = {}
        with self._work.writer(self._numbers_key(shard)) as out:
            end = 0
            for person_shard, line in lines:
                text = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
                out.write(text)
                start, _ = ranges.get(str(person_shard), (end, end))
                end += len(text)
                ranges[str(person_shard)] = (start, end)
        return ranges

    def write_numbers_index(self, shard: int, index: NumbersIndex) -> None:
        write_json(self._work, self._index_key(shard), index)

    def numbers_index(self, shard: int) -> NumbersIndex:
        values = read_json(self._work, self._index_key(shard))
        return NumbersIndex(
            values["ranges"], values["titulars"], [YearException(**value) for value in values["exceptions"]]
        )

    def write_ranges(self, ranges: Mapping[str, Mapping[str, ByteRange]]) -> None:
        """Write person shard → shard of numbers → bytes."""
        write_json(self._work, self._prefix + "ranges.json", ranges)

    def practices(self, person_shard: int) -> Iterator[PracticeLine]:
        """The practices of one shard of persons, from every shard of numbers."""
        ranges = read_json(self._work, self._prefix + "ranges.json").get(str(person_shard), {})
        for shard, (start, stop) in sorted(ranges.items(), key=lambda item: int(item[0])):
            yield from map(orjson.loads, self._work.get_range(self._numbers_key(int(shard)), start, stop).splitlines())

    def has_pharmacies(self) -> bool:
        return self._work.exists(self._prefix + "pharmacies.json")

    def write_pharmacies(self, pharmacies: Pharmacies) -> None:
        write_json(self._work, self._prefix + "pharmacies.json", pharmacies)

    def pharmacies(self) -> Pharmacies:
        values = read_json(self._work, self._prefix + "pharmacies.json")
        return Pharmacies(**values | {"exceptions": [YearException(**value) for value in values["exceptions"]]})

    # --- persons

    def has_persons(self, shard: int) -> bool:
        return self._work.exists(self._persons_key(shard))

    def write_persons(
        self, shard: int, persons: Iterable[FrozenPerson], account_conflicts: Iterable[YearException]
    ) -> None:
        """Write the persons of one shard, in order of person, and their account exceptions."""
        write_lines(self._work, self.evaluated_key(shard, "account-conflicts.jsonl"), account_conflicts)
        write_lines(self._work, self._persons_key(shard), persons)

    def persons(self, shard: int) -> Iterator[FrozenPerson]:
        return (FrozenPerson(**line) for line in read_lines(self._work, self._persons_key(shard)))

    def person(self, shard: int, person: str) -> FrozenPerson | None:
        """What the run froze of a person; None if the run does not know the person."""
        if not self.has_persons(shard):
            return None
        return next((frozen for frozen in self.persons(shard) if frozen.person == person), None)

    def account_conflicts(self, shard: int) -> list[YearException]:
        lines = read_lines(self._work, self.evaluated_key(shard, "account-conflicts.jsonl"))
        return [YearException(**line) for line in lines]

    # --- decisions

    def is_evaluated(self, shard: int) -> bool:
        return self._work.exists(self.evaluated_key(shard, "totals.json"))

    def evaluated_key(self, shard: int, name: str) -> str:
        """The key of a result of one shard of persons.

        `decisions.jsonl`, `payments.jsonl`, `partners/<partner>.jsonl`, …
        """
        return f"{self._prefix}evaluated/{shard}/{name}"

    def writer(self, shard: int, name: str) -> AbstractContextManager[Sink]:
        """Writes a result of one shard of persons, which appears whole or not at all."""
        return self._work.writer(self.evaluated_key(shard, name))

    def write_findings(self, shard: int, exceptions: Iterable[YearException], recoveries: Iterable[Recovery]) -> None:
        write_lines(self._work, self.evaluated_key(shard, "exceptions.jsonl"), exceptions)
        write_lines(self._work, self.evaluated_key(shard, "recoveries.jsonl"), recoveries)

    def exceptions(self, shard: int) -> list[YearException]:
        lines = read_lines(self._work, self.evaluated_key(shard, "exceptions.jsonl"))
        return [YearException(**line) for line in lines]

    def recoveries(self, shard: int) -> list[Recovery]:
        return [Recovery(**line) for line in read_lines(self._work, self.evaluated_key(shard, "recoveries.jsonl"))]

    def write_totals(self, shard: int, totals: ShardTotals) -> None:
        write_json(self._work, self.evaluated_key(shard, "totals.json"), totals)

    def totals(self, shard: int) -> ShardTotals:
        return ShardTotals(**read_json(self._work, self.evaluated_key(shard, "totals.json")))

    def payments_key(self, shard: int) -> str:
        return self.evaluated_key(shard, "payments.jsonl")

    def payments(self, shard: int) -> Iterator[Payment]:
        return (Payment(**line) for line in read_lines(self._work, self.payments_key(shard)))

    def approved_payments(self, shard: int, sha256: str) -> list[Payment]:
        """The payments of one shard.

        Raises NotApprovedError for bytes of another SHA-256, before it reads them.
        """
        body = _approved_bytes(self._work.get(self.payments_key(shard)), sha256)
        return [Payment(**orjson.loads(line)) for line in body.splitlines()]

    # --- approval and settlement

    @property
    def proposal_key(self) -> str:
        return self._prefix + "proposal.json"

    def write_proposal(self, proposal: Proposal) -> str:
        """Write the proposal and return its SHA-256."""
        body = orjson.dumps(proposal)
        self._work.put(self.proposal_key, body)
        return hashlib.sha256(body).hexdigest()

    def approved_proposal(self, sha256: str | None) -> Proposal:
        """The proposal.

        Raises NotApprovedError for bytes of another SHA-256, before it reads them.
        """
        values = orjson.loads(_approved_bytes(self._work.get(self.proposal_key), sha256))
        return Proposal(values["cents"], values["run"], [ShardProposal(**shard) for shard in values["shards"]])

    def settled_key(self, shard: int) -> str:
        return f"{self._prefix}settled/{shard}.json"

    def is_settled(self, shard: int) -> bool:
        return self._work.exists(self.settled_key(shard))

    def write_settled(self, shard: int, settled: SettledShard) -> None:
        write_json(self._work, self.settled_key(shard), settled)

    def settled(self, shard: int) -> SettledShard:
        values = read_json(self._work, self.settled_key(shard))
        not_written = [YearException(**value) for value in values["not_written"]]
        pharmacies = [tuple(claim) for claim in values["pharmacies"]]
        return SettledShard(**values | {"not_written": not_written, "pharmacies": pharmacies})

    # --- shown

    def write_summary(self, text: bytes) -> None:
        self._work.put(self._prefix + "summary.json", text)

    def has_summary(self) -> bool:
        return self._work.exists(self._prefix + "summary.json")

    def summary(self) -> RunSummary:
        summary: RunSummary = read_json(self._work, self._prefix + "summary.json")
        return summary

    def progress(self) -> RunProgress:
        """How far the run is, read from what its steps have written."""
        keys = [key.removeprefix(self._prefix) for key in self._work.keys(self._prefix)]
        return {
            "shards": self.plan().shards if "batches.json" in keys else 0,
            "joined": sum(key.endswith(".index.json") for key in keys),
            "evaluated": sum(key.startswith("evaluated/") and key.endswith("/totals.json") for key in keys),
            "settled": sum(key.startswith("settled/") for key in keys),
        }

    # --- keys

    def _numbers_key(self, shard: int) -> str:
        return f"{self._prefix}numbers/{shard}.jsonl"

    def _index_key(self, shard: int) -> str:
        return f"{self._prefix}numbers/{shard}.index.json"

    def _persons_key(self, shard: int) -> str:
        return f"{self._prefix}persons/{shard}.jsonl"
