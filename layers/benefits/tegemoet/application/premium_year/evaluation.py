"""The second half of a run before approval: freeze each person's case, decide it, propose what is to be paid."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import orjson
from pydantic import ValidationError

from tegemoet import ENGINE_VERSION
from tegemoet.application.decisions.reading import keep_set
from tegemoet.application.files import read_json, read_lines, write_json, write_lines
from tegemoet.application.ports import Decisions, Entry, Facts, Ledger, Objects, Run, Sink
from tegemoet.application.premium_year import run_files as files
from tegemoet.application.premium_year.freezing import lines_of, pharmacy_of, rank_in
from tegemoet.application.premium_year.joining import RankedFact, by_key, conflicts_in, ranked
from tegemoet.application.premium_year.totals import count
from tegemoet.domain.decision import DecisionJson, canonical, compose, input_digest
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import cents, euro, from_cents
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import ParameterUnknown
from tegemoet.schemes.convention_premium.case import Account, Practice
from tegemoet.schemes.convention_premium.rules import PersonDecision, decide_person, latest_account
from tegemoet.schemes.scheme import Scheme

Json = dict[str, Any]
SORTED_LINE = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def evaluate(
    run: Run,
    shard: int,
    *,
    scheme: Scheme,
    parameters: ParameterSet,
    facts: Facts,
    ledger: Ledger,
    decisions: Decisions,
    digest_secret: bytes,
    work: Objects,
) -> None:
    """Decide one shard of persons: decisions stored and written out, payments proposed, exceptions and recoveries listed."""
    if work.exists(files.evaluated_key(run.id, shard, "totals.json")):
        return
    freeze_persons(run, shard, facts=facts, ledger=ledger, work=work)
    keep_set(parameters, scheme, work)
    plan = read_json(work, files.plan_key(run.id))
    on = date.fromisoformat(run.on)
    counts: Counter[str] = Counter()
    paid_sha256 = hashlib.sha256()
    exceptions: list[YearException] = []
    recoveries: list[Json] = []

    with ExitStack() as opened:

        def out(name: str) -> Sink:
            return opened.enter_context(work.writer(files.evaluated_key(run.id, shard, name)))

        decided, payments = out("decisions.jsonl"), out("payments.jsonl")
        partners: dict[str, Sink] = {}

        def decide_all() -> Iterator[tuple[str, str, bytes]]:
            for line in read_lines(work, files.persons_key(run.id, shard)):
                person = line["person"]
                if line["case"] is None:
                    _without_practice(run, line, recoveries, exceptions, plan["choices"])
                    continue
                try:
                    settlement = decide_person(scheme.case.validate_json(orjson.dumps(line["case"])), on, parameters)
                except (ValidationError, ParameterUnknown) as error:
                    # one person whom the rules cannot decide, such as one with hundreds of numbers, must not hold a million others
                    exceptions.append(_undecided(line, error))
                    continue
                decision = compose(
                    settlement.ruling,
                    decision=f"{run.id}.{person}",
                    scheme=scheme.slug,
                    case_id=line["case_id"],
                    on=on,
                    parameters=parameters,
                    engine=ENGINE_VERSION,
                    input_sha256=input_digest(line["case"], digest_secret),
                )
                text = canonical(decision)
                decided.write(text + b"\n")
                for partner in sorted({p for delivered in line["partners"] for p in delivered}):
                    if partner not in partners:
                        partners[partner] = out(f"partners/{partner}.jsonl")
                    partners[partner].write(canonical(for_partner(decision, partner, line)) + b"\n")
                payment = payment_of(line, settlement)
                if payment:
                    row = orjson.dumps(payment, option=SORTED_LINE)
                    payments.write(row)
                    paid_sha256.update(row)
                count(counts, settlement, payment)
                exceptions.extend(settlement.exceptions)
                if settlement.recovery:
                    recoveries.append(_recovery(line, settlement))
                yield person, run.id, text

        decisions.put_run(run.year, shard, decide_all())

    conflicts = read_lines(work, files.evaluated_key(run.id, shard, "account-conflicts.jsonl"))
    exceptions.extend(YearException(**line) for line in conflicts)
    write_lines(work, files.evaluated_key(run.id, shard, "exceptions.jsonl"), exceptions)
    write_lines(work, files.evaluated_key(run.id, shard, "recoveries.jsonl"), recoveries)
    totals = {"counts": dict(counts), "payments_sha256": paid_sha256.hexdigest(), "partners": sorted(partners)}
    write_json(work, files.evaluated_key(run.id, shard, "totals.json"), totals)


# --- freezing ---------------------------------------------------------------------------------------------------------------


def freeze_persons(run: Run, shard: int, *, facts: Facts, ledger: Ledger, work: Objects) -> None:
    """Write the case of every person of the shard, once. Persons with entries but no practice any more have no case."""
    if work.exists(files.persons_key(run.id, shard)):
        return
    plan = read_json(work, files.plan_key(run.id))
    pharmacies = read_json(work, files.pharmacies_key(run.id))
    past = Past(run.year, shard, plan, ledger)
    registered = by_key(past.accounts(facts))
    accounts: dict[str, list[RankedFact]] = defaultdict(list)
    for (_, person, _), key in registered.items():
        accounts[past.root(person)].append(key.own[-1])
    practices: dict[str, list[Json]] = defaultdict(list)
    for line in sorted(lines_of(work, run.id, shard), key=lambda line: (line["riziv"], line.get("pharmacy", ""))):
        practices[line["person"]].append(line)

    def frozen() -> Iterator[Json]:
        for person in sorted({*practices, *past.paid_persons()}):
            own = past.entries_of(person)
            line: Json = {
                "person": person,
                "next": max((e.number for e in own if e.person == person), default=0) + 1,
                "before": sum(e.signed for e in own if e.person == person),  # under this key
                "paid": sum(e.signed for e in own),  # under every key of the person
                "case": None,
            }
            if person in practices:
                line |= _case(run, practices[person], own, accounts[person], pharmacies, plan["choices"], past)
            else:
                line |= {"case_id": min(e.riziv_number for e in own), "profession": own[-1].profession}
            yield line

    write_lines(work, files.evaluated_key(run.id, shard, "account-conflicts.jsonl"), conflicts_in(registered))
    write_lines(work, files.persons_key(run.id, shard), frozen())


class Past:
    """What the ledger and the accounts know of the persons of a shard, under every key that they have had."""

    def __init__(self, year: int, shard: int, plan: Json, ledger: Ledger) -> None:
        self.year, self.shard, self.shards = year, shard, int(plan["shards"])
        self.roots: Json = plan["roots"]
        self.rank = rank_in(plan)
        self._ledger = ledger
        self._keys: dict[str, list[str]] = defaultdict(list)
        for person, root in self.roots.items():
            self._keys[root].append(person)
        self._here: dict[str, list[Entry]] = defaultdict(list)
        for entry in ledger.entries(year, shard):
            self._here[entry.person].append(entry)
        # keys of this shard's persons that lie in another shard
        self._elsewhere = [
            (key, place)
            for root, keys in self._keys.items()
            if shard_of(root, self.shards) == shard
            for key in keys
            if (place := shard_of(key, self.shards)) != shard
        ]
        for key, place in self._elsewhere:
            self._here[key] = ledger.entries_of(year, place, key)

    def root(self, person: str) -> str:
        return str(self.roots.get(person, person))

    def entries_of(self, root: str) -> list[Entry]:
        """Entries under every key of a person of this shard."""
        return [e for key in (root, *self._keys.get(root, ())) for e in self._here.get(key, ())]

    def paid_persons(self) -> set[str]:
        """Persons of this shard with at least one entry."""
        found = {self.root(person) for person, entries in self._here.items() if entries}
        return {person for person in found if shard_of(person, self.shards) == self.shard}

    def accounts(self, facts: Facts) -> Iterator[RankedFact]:
        """The account rows of this shard's persons."""
        for row in ranked(facts.of_kind(self.year, "account", self.shard), self.rank):
            if shard_of(self.root(row.key[0]), self.shards) == self.shard:
                yield row
        for key, place in self._elsewhere:
            yield from ranked(facts.accounts_of(self.year, place, key), self.rank)

    def paid_on(self, number: str, persons: Iterable[str]) -> int:
        """Cents that persons of any shard were paid on a number; asked only where a number was parted."""
        keys = [key for person in persons for key in (person, *self._keys.get(person, ()))]
        entries = (e for key in keys for e in self._ledger.entries_of(self.year, shard_of(key, self.shards), key))
        return sum(e.signed for e in entries if e.riziv_number == number)


def _case(
    run: Run,
    lines: list[Json],
    entries: list[Entry],
    accounts: list[RankedFact],
    pharmacies: Json,
    choices: Json,
    past: Past,
) -> Json:
    practices, offices = [], {}
    for line in lines:
        practice: Json = line["practice"]
        number = line["riziv"][:8]
        if "pharmacy" in line:
            practice["pharmacy"] = pharmacy_of(line, pharmacies)
            office = pharmacies["offices"].get(line["office"])
            if office:
                offices[line["office"]] = office
        for kind in ("year-amount-missing", "year-amount-lower"):
            if choice := choices.get(f"{kind}.{number}"):
                practice["year_amount_choice"] = choice
        if "others" in line and "held" not in practice and (paid := past.paid_on(number, line["others"])) > 0:
            practice["paid_to_another"] = euro(from_cents(paid))
        practices.append(practice)
    case_id = min(line["riziv"] for line in lines)[:8]
    case: Json = {"year": run.year, "phase": run.phase, "practices": practices}
    dated = {row.body["registered_on"]: row.body for row in sorted(accounts, key=lambda row: row.rank)}
    if dated:
        case["accounts"] = [{"registered_on": day, "iban": dated[day]["iban"]} for day in sorted(dated)]
    if entries:
        case["paid"] = [_paid(entry) for entry in entries]
    if choices.get(f"recovery.{case_id}") == "settled":
        case["recovery_settled"] = True
    registered = tuple(Account(date.fromisoformat(day), body["iban"]) for day, body in dated.items())
    latest = latest_account(registered, date.fromisoformat(run.on))
    account = dated[latest.registered_on.isoformat()] if latest else None
    return {
        "case": case,
        "case_id": case_id,
        "partners": [line["partners"] for line in lines],
        "account": {"holder": account["holder"], "iban": account["iban"]} if account else None,
        "offices": offices,
    }


def _paid(entry: Entry) -> Json:
    paid = {
        "number": entry.number,
        "kind": entry.kind,
        "phase": entry.phase,
        "riziv_number": entry.riziv_number,
        "profession": entry.profession,
        "amount": euro(from_cents(entry.amount)),
    }
    return paid if entry.pharmacy_id is None else {**paid, "pharmacy_id": entry.pharmacy_id}


# --- what comes of a decision -----------------------------------------------------------------------------------------------


def payment_of(line: Json, settlement: PersonDecision) -> Json | None:
    """What is proposed to be paid, in cents, with the number that its entry is to have; None when nothing is due."""
    winner = settlement.winner
    if not settlement.payable or winner is None:
        return None
    to = _payee(line, winner)
    return {
        "person": line["person"],
        "number": line["next"],
        "kind": settlement.kind,
        "riziv_number": winner.number,
        "profession": winner.profession,
        "cents": cents(settlement.payable),
        "before": line["before"],
        "pharmacy_id": winner.pharmacy.pharmacy_id if winner.pharmacy else None,
        **to,
    }


def _payee(line: Json, winner: Practice) -> Json:
    """A pharmacy is paid to its tariff office, everybody else to their latest account."""
    if winner.pharmacy:
        office = winner.pharmacy.tariff_office
        return {"payee": office, **line["offices"][office]}
    return {"payee": winner.number, **line["account"]}


def _recovery(line: Json, settlement: PersonDecision) -> Json:
    return {
        "riziv_number": line["case_id"],
        "profession": settlement.assessments[0].practice.profession,
        "cents": cents(settlement.recovery),
        "paid": line["paid"],
        "due": cents(settlement.target),
    }


def _undecided(line: Json, error: ValidationError | ParameterUnknown) -> YearException:
    code = error.code if isinstance(error, ParameterUnknown) else "case-invalid"
    facts: Json = {"riziv_number": line["case_id"], "practices": len(line["case"]["practices"]), "code": code}
    if isinstance(error, ParameterUnknown):
        facts |= {"parameter": error.parameter, "on": error.on}
    return YearException.about("undecided", line["case_id"], facts)


def _without_practice(
    run: Run, line: Json, recoveries: list[Json], exceptions: list[YearException], choices: Json
) -> None:
    """A person who was paid and has no practice left: phase 2 reports the whole amount."""
    if run.phase != 2 or line["paid"] <= 0:
        return
    number = line["case_id"]
    recoveries.append(
        {
            "riziv_number": number,
            "profession": line["profession"],
            "cents": line["paid"],
            "paid": line["paid"],
            "due": 0,
        }
    )
    if choices.get(f"recovery.{number}") != "settled":
        amount = euro(from_cents(line["paid"]))
        facts = {"riziv_number": number, "paid": amount, "due": "0.00", "recovery": amount}
        exceptions.append(YearException.about("recovery", number, facts))


def for_partner(decision: DecisionJson, partner: str, line: Json) -> DecisionJson:
    """The decision without what rests on numbers that other partners delivered."""
    foreign = {
        practice["riziv_number"]: index
        for index, (practice, delivered) in enumerate(zip(line["case"]["practices"], line["partners"], strict=True))
        if partner not in delivered
    }
    if not foreign:
        return decision
    paths = tuple(f"/practices/{index}/" for index in foreign.values())
    return {
        **decision,
        "explanation": [f for f in decision["explanation"] if f["facts"].get("riziv_number") not in foreign],
        "missing": [m for m in decision["missing"] if not m["field"].startswith(paths)],
    }
