"""The folder of a run in the work bucket: `runs/<run>/`.

Only this module knows the keys of its objects, reads and writes them. Every step ends with one
conditional write: of its only object, or of the commit of one attempt (`attempts`). A step whose
commit exists is complete, and a call that goes on late changes nothing.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping

import orjson

from tegemoet.application.attempts import Attempt, FileChangedError, Step
from tegemoet.application.files import lines_of, read_json, write_json_once
from tegemoet.application.ports import Objects
from tegemoet.application.premium_year.changes import Change
from tegemoet.application.premium_year.entries import entry_of
from tegemoet.application.premium_year.listing import Item, Listing, ListingIndex
from tegemoet.application.premium_year.records import (
    BankAccount,
    FrozenPerson,
    NumbersIndex,
    OfficesThen,
    PaidOn,
    Payment,
    Pharmacies,
    Plan,
    PlannedBatch,
    PracticeLine,
    PracticesAt,
    Proposal,
    Recovery,
    SettledShard,
    ShardProposal,
    ShardTotals,
)
from tegemoet.application.premium_year.summary import RunProgress, RunSummary
from tegemoet.application.records import Registration, Run, RunReference
from tegemoet.domain.manual_review import YearException

DECISIONS, PAYMENTS, PERSONS = "decisions.jsonl", "payments.jsonl", "persons.jsonl"
PAYEES = "payees.jsonl"
"""Holder and account of each payment, in the order of the payments. Settling has no right on it."""
EXCEPTIONS, RECOVERIES, TOTALS = "exceptions.jsonl", "recoveries.jsonl", "totals.json"
"""Files of the evaluation of one shard of persons, with `PAID_ON`, `HELD` and `CHANGES`."""
PAID_ON = "paid-on.jsonl"
HELD = "held.jsonl"
"""The persons whose payment is held by what is known of their payee."""
PRACTICES, INDEX = "practices.jsonl", "index.json"
"""Files of one shard of numbers, beside its exceptions."""
PROPOSAL, SUMMARY, PAGE = "proposal.json", "summary.json", "report.html"
"""Files of the proposal and of the release, beside the exceptions and their index."""
EXCEPTIONS_INDEX = "exceptions.index.json"
CHANGES, CHANGES_INDEX = "changes.jsonl", "changes.index.json"
"""What changed since the last release, in the folder of the proposal."""


def partner_file(partner: str) -> str:
    """The decisions of one shard on the numbers that a partner delivered."""
    return f"partners/{partner}.jsonl"


def output_prefix(run: RunReference) -> str:
    """The folder of the run in the output bucket."""
    return f"payments/{run.year}/phase-{run.phase}/{run.id}/"


class NotApprovedError(Exception):
    """The run, its proposal or its payments are not the approved ones. Never retried."""


class RunFolder:
    """The objects of one run.

    Reading an object that does not exist raises KeyError; reading a committed file that has changed
    raises FileChangedError.
    """

    def __init__(self, work: Objects, run: str) -> None:
        self._work, self._prefix = work, f"runs/{run}/"
        self._steps: dict[str, Step] = {}

    # --- inputs

    def has_plan(self) -> bool:
        return self._work.exists(self._prefix + "batches.json")

    def write_plan(self, plan: Plan) -> None:
        """Write the plan unless the run has one: the first one stays."""
        write_json_once(self._work, self._prefix + "batches.json", plan)

    def plan(self) -> Plan:
        values = read_json(self._work, self._prefix + "batches.json")
        batches = [PlannedBatch(**batch) for batch in values.pop("batches")]
        registrations = [Registration.parse(version) for version in values.pop("registrations", ())]
        lists = {
            "batches": batches,
            "exceptions": _exceptions(values["exceptions"]),
            "registrations": registrations,
            "changes": _changes(values.pop("changes", ())),
        }
        return Plan(**values | lists)

    # --- numbers

    def numbers(self, shard: int) -> Step:
        """The step that joins one shard of numbers."""
        return self._step(f"numbers/{shard}")

    def write_practices(self, attempt: Attempt, lines: Iterable[tuple[int, PracticeLine]]) -> Mapping[str, PracticesAt]:
        """Write the practices of one shard of numbers, which come ordered by person shard.

        Takes (person shard, line) and returns where those of each person shard lie.
        """
        ranges: dict[str, PracticesAt] = {}
        with attempt.writer(PRACTICES) as out:
            end, shard, digest = 0, "", hashlib.sha256()
            for person_shard, line in lines:
                text = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
                out.write(text)
                if shard != str(person_shard):
                    shard, digest = str(person_shard), hashlib.sha256()
                digest.update(text)
                start = ranges[shard].start if shard in ranges else end
                end += len(text)
                ranges[shard] = PracticesAt(start, end, digest.hexdigest())
        return ranges

    def numbers_index(self, shard: int) -> NumbersIndex:
        values = self.numbers(shard).json(INDEX)
        ranges = {at: PracticesAt(**place) for at, place in values["ranges"].items()}
        return NumbersIndex(**values | {"ranges": ranges})

    def number_exceptions(self, shard: int) -> Iterator[YearException]:
        """The exceptions of one shard of numbers, by id."""
        return (YearException(**line) for line in self.numbers(shard).lines(EXCEPTIONS))

    def practices(self, person_shard: int, pharmacies: Pharmacies) -> Iterator[PracticeLine]:
        """The practices of one shard of persons, from every shard of numbers."""
        places = pharmacies.practices.get(str(person_shard), {})
        for shard, place in sorted(places.items(), key=lambda item: int(item[0])):
            key = f"{self._prefix}numbers/{shard}/{pharmacies.attempts[shard]}/{PRACTICES}"
            body = self._work.get_range(key, place.start, place.stop)
            if hashlib.sha256(body).hexdigest() != place.sha256:
                raise FileChangedError(PRACTICES)
            yield from lines_of(body)

    def has_pharmacies(self) -> bool:
        return self._work.exists(self._prefix + "pharmacies.json")

    def write_pharmacies(self, pharmacies: Pharmacies) -> None:
        """Write them unless the run has them: the first ones stay."""
        write_json_once(self._work, self._prefix + "pharmacies.json", pharmacies)

    def pharmacies(self) -> Pharmacies:
        values = read_json(self._work, self._prefix + "pharmacies.json")
        practices = {
            person_shard: {shard: PracticesAt(**place) for shard, place in places.items()}
            for person_shard, places in values["practices"].items()
        }
        exceptions, changes = _exceptions(values["exceptions"]), _changes(values.pop("changes", ()))
        return Pharmacies(**values | {"practices": practices, "exceptions": exceptions, "changes": changes})

    def offices(self) -> OfficesThen | None:
        """The tariff offices of the run, whatever version wrote it; None where that is gone."""
        if not self.has_pharmacies():
            return None
        values = read_json(self._work, self._prefix + "pharmacies.json")
        return OfficesThen(values["offices"], values.get("stood", {}), values.get("through"), values.get("brought", {}))

    # --- persons and their decisions

    def evaluated(self, shard: int) -> Step:
        """The step that decides one shard of persons."""
        return self._step(f"evaluated/{shard}")

    def persons(self, shard: int) -> Iterator[FrozenPerson]:
        """The persons of one shard, in order of person."""
        return (FrozenPerson(**line) for line in self.evaluated(shard).lines(PERSONS))

    def person(self, shard: int, person: str) -> FrozenPerson | None:
        """What the run froze of a person; None if the run does not know the person."""
        if not self.evaluated(shard).is_committed():
            return None
        return next((frozen for frozen in self.persons(shard) if frozen.person == person), None)

    def exceptions(self, shard: int) -> Iterator[YearException]:
        """The exceptions of one shard of persons, by id."""
        return (YearException(**line) for line in self.evaluated(shard).lines(EXCEPTIONS))

    def paid_on(self, shard: int) -> Iterator[PaidOn]:
        """What each person of the shard is paid on; a run of an earlier version does not know."""
        step = self.evaluated(shard)
        return step.lines(PAID_ON) if step.has(PAID_ON) else iter(())

    def account_changes(self, shard: int) -> Iterator[Change]:
        """The changed accounts of one shard of persons, by id."""
        step = self.evaluated(shard)
        return (Change(**line) for line in step.lines(CHANGES)) if step.has(CHANGES) else iter(())

    def recoveries(self, shard: int) -> Iterator[Recovery]:
        """The recoveries of one shard of persons, by RIZIV number."""
        return (Recovery(**line) for line in self.evaluated(shard).lines(RECOVERIES))

    def totals(self, shard: int) -> ShardTotals:
        return ShardTotals(**self.evaluated(shard).json(TOTALS))

    def payments(self, shard: int, sha256: str | None = None) -> list[Payment]:
        """The payments of one shard, by person.

        With `sha256`, which the approved proposal names, raises NotApprovedError for other bytes
        before it reads them.
        """
        step = self.evaluated(shard)
        body = step.get(PAYMENTS) if sha256 is None else _approved_bytes(self._work.get(step.key(PAYMENTS)), sha256)
        return [Payment(**line) for line in lines_of(body)]

    def payees(self, shard: int) -> list[BankAccount]:
        """Holder and account of each payment of one shard, in the order of the payments."""
        return list(self.evaluated(shard).lines(PAYEES))

    def held(self, shard: int) -> list[str]:
        """The persons of one shard whose payment the evaluation holds."""
        return list(self.evaluated(shard).lines(HELD))

    def proposed_payments(self, held: Container[str] = ()) -> Iterator[tuple[int, Payment, BankAccount]]:
        """Every payment that the run proposes with its shard and account, by shard and person.

        `held` = the persons whose payment is left out.
        """
        for shard in range(self.plan().shards):
            for payment, account in zip(self.payments(shard), self.payees(shard), strict=True):
                if payment.person not in held:
                    yield shard, payment, account

    def has_stored_decisions(self, shard: int) -> bool:
        return self._work.exists(self._stored_key(shard))

    def note_stored_decisions(self, shard: int) -> None:
        """Note that the committed decisions of the shard are in the table, which ends its step."""
        self._work.put_once(self._stored_key(shard), b"{}")

    # --- approval and settlement

    @property
    def proposed(self) -> Step:
        """The step that sums the shards and proposes their payments."""
        return self._step("proposed")

    def approved_proposal(self, sha256: str | None) -> Proposal:
        """The proposal.

        Raises NotApprovedError for bytes of another SHA-256, before it reads them.
        """
        body = self._work.get(self.proposed.key(PROPOSAL))
        values = orjson.loads(_approved_bytes(body, sha256))
        return Proposal(**values | {"shards": [ShardProposal(**shard) for shard in values["shards"]]})

    def settled_key(self, shard: int) -> str:
        return f"{self._prefix}settled/{shard}.json"

    def is_settled(self, shard: int) -> bool:
        return self._work.exists(self.settled_key(shard))

    def write_settled(self, shard: int, settled: SettledShard) -> None:
        """Write what was settled unless it was written: the first stays."""
        write_json_once(self._work, self.settled_key(shard), settled)

    def settled(self, shard: int) -> SettledShard:
        values = read_json(self._work, self.settled_key(shard))
        pharmacies = [tuple(claim) for claim in values["pharmacies"]]
        return SettledShard(**values | {"not_written": _exceptions(values["not_written"]), "pharmacies": pharmacies})

    def unwritten(self, run: Run) -> frozenset[str]:
        """The ids of the approved entries that settling did not write. Raises NotApprovedError."""
        found = set[str]()
        for shard, proposed in enumerate(self.approved_proposal(run.detail.payments_sha256).shards):
            if skipped := frozenset(self.settled(shard).skipped):
                payments = self.payments(shard, proposed.sha256)
                found.update(entry_of(run, payment).entry_id for payment in payments if payment.person in skipped)
        return frozenset(found)

    @property
    def released(self) -> Step:
        """The step that hands over the payments."""
        return self._step("released")

    # --- shown

    def has_summary(self) -> bool:
        return self.proposed.is_committed()

    def summary(self) -> RunSummary:
        """The summary of the release, or that of the proposal before it."""
        summary: RunSummary = self._latest().json(SUMMARY)
        return summary

    def run_exceptions(self) -> Listing[YearException]:
        """The exceptions of the run: of its release, or of its proposal before it.

        A run that is not proposed yet has none.
        """
        return self._listing(self._latest(), EXCEPTIONS, EXCEPTIONS_INDEX, YearException)

    def changes(self) -> Listing[Change]:
        """What changed since the last release, as the run was proposed.

        A run that is not proposed yet has none, and so has one of an earlier version.
        """
        return self._listing(self.proposed, CHANGES, CHANGES_INDEX, Change)

    def progress(self) -> RunProgress:
        """How far the run is, read from what its steps have committed."""
        keys = [key.removeprefix(self._prefix) for key in self._work.keys(self._prefix)]
        shards = self.plan().shards if "batches.json" in keys else 0

        def done(step: str) -> int:
            return len({f"{step}/{shard}.json" for shard in range(shards)}.intersection(keys))

        return {
            "shards": shards,
            "joined": done("numbers"),
            "evaluated": done("stored"),
            "settled": done("settled"),
        }

    # --- within

    def _step(self, name: str) -> Step:
        """The step of that name, whose commit is read once: it never changes."""
        return self._steps.setdefault(name, Step(self._work, self._prefix + name))

    def _listing(self, step: Step, name: str, index: str, read: Callable[..., Item]) -> Listing[Item]:
        if not step.has(name):
            return Listing(self._work, "", ListingIndex(), read)
        return Listing(self._work, step.key(name), ListingIndex.parse(step.json(index)), read)

    def _latest(self) -> Step:
        return self.released if self.released.is_committed() else self.proposed

    def _stored_key(self, shard: int) -> str:
        return f"{self._prefix}stored/{shard}.json"


def _approved_bytes(body: bytes, sha256: str | None) -> bytes:
    if hashlib.sha256(body).hexdigest() != sha256:
        raise NotApprovedError("the bytes differ from what was approved")
    return body


def _exceptions(values: Iterable[Mapping[str, object]]) -> list[YearException]:
    return [YearException(**value) for value in values]  # type: ignore[arg-type]


def _changes(values: Iterable[Mapping[str, object]]) -> list[Change]:
    return [Change(**value) for value in values]  # type: ignore[arg-type]
