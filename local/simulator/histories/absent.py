"""What stands in the place of a guard that is taken away."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from local.cloud import templates
from local.simulator import stack
from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.data_keys import key_of
from tegemoet.adapters.exchanges import DynamoExchanges, write_note
from tegemoet.adapters.inserts import Inserts
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.adapters.seals import KmsSeals
from tegemoet.adapters.table import Item, encode
from tegemoet.application import attempts
from tegemoet.application.intake import manifest
from tegemoet.application.lives import NOTICE, Retention
from tegemoet.application.premium_year import approval, closing, invariants, plan, returns, sealing
from tegemoet.application.premium_year.entries import entry_of
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.holders import Holders
from tegemoet.application.premium_year.payees import account_name
from tegemoet.application.premium_year.starting import Start
from tegemoet.application.records import Account, Person, RunDetail

# ruff: noqa: SLF001 - a guard is taken out of the inside of the product

# --- nothing is checked


def always(*_: object, **__: object) -> bool:
    """Yes, whatever is asked."""
    return True


def never(*_: object, **__: object) -> bool:
    """No, whatever is asked."""
    return False


def nothing(*_: object, **__: object) -> None:
    """The check that is not made."""


def nobody(*_: object, **__: object) -> dict[str, str]:
    """Nobody is concerned."""
    return {}


def since_ever(*_: object, **__: object) -> str:
    """A moment before everything."""
    return "2000-01-01T00:00:00Z"


def first(value: Any, *_: object, **__: object) -> Any:
    """What is given, whatever it is compared with."""
    return value


def fits(entries: Any, *_: object, **__: object) -> invariants.Check:
    """Whatever is paid."""
    for _entry in entries:
        pass  # the others that read along still read
    return invariants.none("within-premium", 0)


# --- writes without their condition

_TRANSACT: Any = DynamoRuns._transact
_CLOSE: Any = DynamoRuns.close
_UPDATE: Any = DynamoRuns.update


def in_any_state(method: Callable[..., Any], states: Sequence[str]) -> Callable[..., Any]:
    """The change of a state, from whatever state."""

    def change(*arguments: Any, **named: Any) -> Any:
        return method(*arguments, **{**named, "expected": states})

    return change


def opening_despite(*parts: str) -> Callable[..., bool]:
    """A transaction on a year whose conditions lack these parts."""

    def transact(runs: DynamoRuns, *actions: Any) -> bool:
        for change in (change for action in actions for change in action.values()):
            condition = change["ConditionExpression"]
            for part in parts:
                condition = condition.replace(part, "attribute_exists(pk)")
            values = change.get("ExpressionAttributeValues", {})
            named = condition + change.get("UpdateExpression", "")
            change["ConditionExpression"] = condition
            for value in [value for value in values if value not in named]:
                del values[value]  # DynamoDB refuses a value that nothing names
        return bool(_TRANSACT(runs, *actions))

    return transact


class _WithoutCondition:
    """A client whose updates lack a part of their condition."""

    def __init__(self, client: Any, part: str) -> None:
        self._client, self._part = client, part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **call: Any) -> Any:
        condition = call["ConditionExpression"].replace(self._part, "attribute_exists(pk)")
        return self._client.update_item(**{**call, "ConditionExpression": condition})


def close_over_a_run(runs: DynamoRuns, year: int, made: Any) -> bool:
    """Close the year, whatever run is open."""
    client: Any = _WithoutCondition(runs._client, "attribute_not_exists(open_run)")
    return bool(_CLOSE(DynamoRuns(client, runs._table), year, made))


def whatever_attempt(runs: DynamoRuns, run_id: str, **named: Any) -> bool:
    """The change of a run, whatever execution is its latest."""
    return bool(_UPDATE(runs, run_id, **{**named, "attempt": None}))


def each_over(inserts: Inserts, items: Sequence[Item]) -> Iterator[bool]:
    """Items over whatever is there."""
    for item in items:
        inserts._client.put_item(TableName=inserts._table, Item=item)
        yield True


def together_over(inserts: Inserts, *items: Item) -> frozenset[str]:
    """Items over whatever is there."""
    list(each_over(inserts, items))
    return frozenset()


def append_without_claim(ledger: DynamoLedger, year: int, shard: int, entry: Any, _pharmacy: str) -> Any:
    """The entry of a pharmacy, whoever has claimed that."""
    return ledger._append_alone(year, shard, [entry])[entry]


def return_again(year: int, shard: int, returned: Sequence[returns.Returned], ledger: Any) -> int:
    """Returns, whether they are there or not."""
    for each in returned:
        own = ledger.entries_of(year, shard, each.person)
        paid = next(entry for entry in own if entry.entry_id == each.entry_id)
        number = max(entry.number for entry in own) + 1
        ledger.append(year, shard, returns.return_of(year, paid, number, each.cause))
    return len(returned)


def item_over(runs: DynamoRuns, year: int, sk: str, values: Mapping[str, Any]) -> bool:
    """A choice, a proposal or a year over the one that is there."""
    runs._client.put_item(TableName=runs._table, Item=encode({"pk": f"year#{year}", "sk": sk, **values}))
    return True


def batch_over(batches: DynamoBatches, values: Mapping[str, Any]) -> dict[str, Any]:
    """A batch over the one that is there."""
    return {"Put": {"TableName": batches._table, "Item": encode(values)}}


def advance_from_any_step(
    exchanges: DynamoExchanges, year: int, expected: str, step: str, note: Any, **_: object
) -> bool:
    """The next step of an exchange, whichever it is at."""
    exchanges._client.update_item(
        TableName=exchanges._table,
        Key=encode({"pk": f"flow#{year}", "sk": "state"}),
        UpdateExpression="SET #step = :step, steps.#was = :note",
        ExpressionAttributeNames={"#step": "step", "#was": expected},
        ExpressionAttributeValues=encode({":step": step, ":note": write_note(note)}),
    )
    return True


# --- objects that are written over

_WRITE_MANIFEST = manifest.write_manifest


def commit_over(attempt: attempts.Attempt) -> bool:
    """A commit over the one that is there."""
    body = orjson.dumps(attempts.Commit(attempt.name, attempt._files), option=orjson.OPT_SORT_KEYS)
    attempt._work.put(attempt._place + ".json", body)
    return True


def put_over(objects: S3Objects, key: str, body: bytes) -> bool:
    """An object over the one that is there."""
    objects.put(key, body)
    return True


def plan_over(folder: RunFolder, made: Any) -> None:
    """A plan over the one that is there."""
    folder._work.put(folder._prefix + "batches.json", orjson.dumps(made))


def manifest_over(batch: str, made: Any, work: Any) -> None:
    """A manifest over the one that is there."""
    work.delete([manifest.manifest_key(batch)])
    _WRITE_MANIFEST(batch, made, work)


def destroy_without_a_mark(seals: KmsSeals, year: int, name: str) -> None:
    """The end of a data key, which nothing tells."""
    seals._objects.delete([key_of(year, name)])


def stream_as_it_is(step: attempts.Step, name: str) -> Iterator[bytes]:
    """A file of a step, whatever it has become."""
    yield from step._work.stream(step.key(name))


# --- persons

_CHECK, _CONFIRM, _MESSAGE = approval._check, closing._confirm, sealing._message
_numbers = count(1)


def with_or_without_right(subject: str, people: Any) -> Person:
    """The person, approver or not."""
    person: Person = people.person(subject).person
    return person


def for_any_sum(run: Any, answer: Any, approver: Any, ports: Any) -> None:
    """Check an answer as if it named the control sum of the run."""
    _CHECK(run, replace(answer, control_sum=run.detail.control_sum), approver, ports)


def confirm_alone(proposal: Any, by: Person, ports: Any) -> Any:
    """Confirm a proposal, also one's own."""
    return _CONFIRM(proposal, replace(by, subject=by.subject + " again"), ports)


def of_any_payments(run: Any, given: RunDetail) -> bytes:
    """What is sealed, without the payments."""
    return _MESSAGE(replace(run, detail=replace(run.detail, payments_sha256=None)), given)


def another_run(start: Start) -> str:
    """Another id at every call."""
    return f"{start.year}-{start.phase}-{next(_numbers):010}"


def groups_alone(account: Account, _held: object) -> Account:
    """The account, whatever the register of roles says."""
    return account


# --- facts and choices

_CONCERNING, _OF = plan.concerning, Holders.of


def whenever_written(batches: Any, phase: Any, _cut_off: str) -> Any:
    """The batches that concern a run, also those that came after its cut-off."""
    return _CONCERNING(batches, phase, "9999")


def whenever_registered(_cut_off: str, registrations: Any) -> Any:
    """The registrations, also those that came after the cut-off."""
    return registrations.all()


def held_by_nothing(holders: Holders, number: str, numbers: Any, _exceptions: Any) -> tuple[list[str], bool, None]:
    """The persons of a number, which nothing holds."""
    return _OF(holders, number, numbers, [])[0], False, None


def account_of_any_iban(parts: Sequence[str], secret: bytes) -> str:
    """The name of an account of a person, whichever it is."""
    return account_name((parts[0], ""), secret)


def holder_of_any_person(number: str, _person: str) -> str:
    """The name of a candidate for a number, whoever it is."""
    return f"holder-{number}"


def amount_of_any_sum(number: str, _first_semester: object, whole_year: object) -> tuple[str, str]:
    """The question on the year amount of a number, whatever the amounts are."""
    return ("year-amount-missing" if whole_year is None else "year-amount-lower"), number


def without_proof(approved: Any, payment: Any, _account: Any) -> Any:
    """The entry of a payment, whatever account is paid."""
    return entry_of(approved.run, payment)


def of_no_difference(_approved: Any) -> int:
    """How many lists of transfers differ from the approved one: none."""
    return 0


# --- what is kept


def over_though_open(retention: Retention, life: Any, closed_on: date | None, on: date) -> bool:
    """Whether something of a year is past its day, and of a year that is not closed it is."""
    return closed_on is None or retention.last_day(life, closed_on) < on


def soon_where_closed(retention: Retention, life: Any, closed_on: date | None, on: date) -> bool:
    """Whether something of a year expires soon, as it was."""
    return closed_on is not None and retention.last_day(life, closed_on) < on + NOTICE


# --- the template

_READ = templates.read_template
Template = dict[str, Any]


def template_with(change: Callable[[Template], None]) -> list[tuple[object, str, Any]]:
    """What is replaced so that everybody reads the template with a change."""

    def read(path: Path) -> Template:
        made = _READ(path)
        change(made)
        return made

    return [(templates, "read_template", read), (stack, "_template", lambda: read(stack.ROOT / "template.yaml"))]


def allowing(function: str, action: str, resource: str) -> Callable[[Template], None]:
    """One right more for a function."""

    def change(template: Template) -> None:
        statement = {"Effect": "Allow", "Action": action, "Resource": {"Fn::GetAtt": [resource, "Arn"]}}
        template["Resources"][function]["Properties"]["Policies"].append({"Statement": [statement]})

    return change


def refusing_nothing(resource: str, policy: str) -> Callable[[Template], None]:
    """A key or table whose policy refuses nothing."""

    def change(template: Template) -> None:
        properties = template["Resources"][resource]["Properties"]
        document = properties[policy].get("PolicyDocument", properties[policy])
        for statement in document["Statement"]:
            statement["Effect"] = "Allow"

    return change


def expiring_everything(template: Template) -> None:
    """A work bucket whose rule for scratch deletes the files of runs too."""
    rules = template["Resources"]["WorkBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    del rules[0]["Prefix"]
