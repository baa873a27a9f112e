"""An exchange through the real handlers and the real state machines: drops in, codes
and tables out, and what a world in memory makes.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import boto3
import pytest

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.clock import SystemClock
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.partners import DynamoRegistrations
from tegemoet.adapters.workflows import StepFunctions
from tegemoet.application.exchange.commands import resume, start_exchange
from tegemoet.application.exchange.evaluate import start_evaluation
from tegemoet.application.intake.keys import batch_id
from tegemoet.application.records import Batch
from tests.support import machines
from tests.support.exchange_world import (
    DAYS,
    INSURERS,
    TAX_OFFICE,
    YEAR,
    ExchangeWorld,
    Person,
    Row,
    csv_of,
    few_shards,
    household,
    income,
    request,
    result,
    unknown,
)
from tests.support.fakes.partners import OPERATOR
from tests.support.machines import CONTEXT, Handler
from tests.support.planted import spellings

BUCKETS = ("inbox", "work", "output", "bank", "health", "exchange")
FUNCTIONS = ("conclude", "exchange", "answer")
HOUSEHOLDS = 20
"""Of each insurer."""
MARK = "131.31"
"""What every income ends with: nothing else of the exchange does."""

Drop = tuple[str, str, list[Row]]


# --- the parties and what they send ---------------------------------------------------------------


def drops() -> dict[str, list[Drop]]:
    """What each wait is for: 60 households, of which some have a right at
    once, some after the second sending, some never.
    """
    households: dict[str, list[Row]] = {}
    first, second = [], []
    results: dict[str, list[Row]] = {}
    for place, (partner, digits) in enumerate(INSURERS.items()):
        for n in range(HOUSEHOLDS):
            adult = Person(date(1950 + n, 1 + place, 1))
            partner_of = Person(date(1951 + n, 1 + place, 2))
            child = Person(date(2010, 1 + place, 1 + n))
            members: tuple[Person, ...]
            match n % 5:
                case 0:
                    members, known, right = (adult,), [income(adult, f"9{MARK}")], True
                case 1:
                    members, known, right = (adult,), [income(adult, f"90{MARK}")], False
                case 2:
                    members, known, right = (adult, partner_of), [income(adult, f"8{MARK}"), unknown(partner_of)], True
                    second.append(income(partner_of, f"7{MARK}"))
                case 3:
                    members, known, right = (adult, partner_of), [income(adult, f"8{MARK}"), unknown(partner_of)], False
                    second.append(unknown(partner_of))
                case _:
                    members, known, right = (adult, child), [income(adult, f"8{MARK}"), unknown(child)], True
            households.setdefault(partner, []).extend(household(*members, insurer=digits))
            first += known
            if right and n != 0:  # one that the insurer says nothing of
                number = request(adult, digits)
                results.setdefault(partner, []).extend(result(number, member, 3 + n % 2) for member in members)
    return {
        "households": [(partner, "households", rows) for partner, rows in households.items()],
        "incomes-1": [(TAX_OFFICE, "incomes-1", first)],
        "incomes-2": [(TAX_OFFICE, "incomes-2", second)],
        "results": [(partner, "results", rows) for partner, rows in results.items()],
    }


@pytest.fixture(scope="module")
def expected() -> Mapping[str, bytes]:
    """The outputs that the same drops have in memory."""
    with few_shards():
        world = ExchangeWorld()
        world.start()
        for wait, files in drops().items():
            for partner, kind, rows in files:
                world.deliver(partner, kind, rows)
            world.resume(wait)
        outputs = world.outputs()
    assert len({code for sending in (1, 2) for code in world.codes(sending).values()}) == 3
    return outputs


# --- the world ------------------------------------------------------------------------------------


class World:
    """What the template deploys around an exchange."""

    def __init__(
        self, handlers: dict[str, Handler], monkeypatch: pytest.MonkeyPatch, wait_seconds: int = 86_400
    ) -> None:
        self.s3, self.dynamodb = boto3.client("s3"), boto3.client("dynamodb")
        self.states = boto3.client("stepfunctions")
        machines.create_buckets(BUCKETS)
        machines.create_tables(["control", "years"])
        machines.admit(TAX_OFFICE, insurers=INSURERS)
        boto3.client("events").create_event_bus(Name="bus")
        self.batch_machine = machines.deploy("batch", Concurrency="1")
        self.machine = machines.deploy("exchange", Concurrency="1", WaitSeconds=str(wait_seconds))
        for name, value in {
            **{f"{bucket.upper()}_BUCKET": bucket for bucket in BUCKETS},
            "CONTROL_TABLE": "control",
            # the purge asks for premium years too, and finds none that is closed
            **dict.fromkeys(("FACTS_TABLE", "DECISIONS_TABLE"), "none"),
            **dict.fromkeys(("FACTS_YEARS", "RECORDS_YEARS"), "10"),
            "YEARS_TABLE": "years",
            "PARTNERS_TABLE": "partners",
            "BATCH_WORKFLOW_ARN": self.batch_machine,
            "EXCHANGE_WORKFLOW_ARN": self.machine,
            "IDENTITY_KEY_ARN": machines.key_of("inbox"),
            "HEALTH_KEY_ARN": machines.key_of("health"),
            "EXCHANGE_KEY_ARN": machines.key_of("exchange"),
            "PERSON_SECRET_ARN": "none",
            "INCOME_KEY_ARN": boto3.client("kms").create_key()["KeyMetadata"]["Arn"],
            "EVENT_BUS_NAME": "bus",
        }.items():
            monkeypatch.setenv(name, value)
        self.intake = machines.load("intake").handler
        self.purge = machines.load("purge").handler
        handlers.update(machines.handlers_of(*FUNCTIONS))
        self.batches, self.exchanges = (
            DynamoBatches(self.dynamodb, "control"),
            DynamoExchanges(self.dynamodb, "control"),
        )
        self.registrations = DynamoRegistrations(self.dynamodb, "partners")
        self.workflows = StepFunctions(self.states, {"exchange": self.machine})
        self.files = 0

    def start(self, automatic: bool = True) -> str:
        exchange = start_exchange(
            YEAR,
            date(2020, 3, 1),
            INSURERS,
            TAX_OFFICE,
            automatic,
            starter=OPERATOR,
            key="key",
            exchanges=self.exchanges,
            registrations=self.registrations,
            workflows=self.workflows,
        )
        return exchange.run

    def deliver(self, wait: str) -> None:
        """Drop what the wait is for, and see to it that the files are taken in."""
        for partner, kind, rows in drops()[wait]:
            self.drop(partner, kind, csv_of(kind, rows))

    def drop(self, partner: str, kind: str, body: str) -> str:
        """Drop a file, and wait until its own workflow has ended; its key."""
        event = self.put(partner, kind, body)
        self.ingest(event)
        self.until(lambda: all(each["status"] != "RUNNING" for each in self.executions_of(self.batch_machine)))
        return str(event["detail"]["object"]["key"])

    def put(self, partner: str, kind: str, body: str) -> dict[str, Any]:
        """Put an object; what S3 says of it."""
        self.files += 1
        key = f"in/{partner}/increased-reimbursement/{YEAR}/{kind}/file-{self.files}.csv"
        etag = self.s3.put_object(Bucket="exchange", Key=key, Body=body.encode())["ETag"].strip('"')
        found = {"key": key, "etag": etag, "sequencer": f"{self.files:016X}"}
        return {"detail-type": "Object Created", "detail": {"bucket": {"name": "exchange"}, "object": found}}

    def ingest(self, event: dict[str, Any]) -> None:
        self.intake({"Records": [{"body": json.dumps(event)}]}, CONTEXT)

    def resume(self, wait: str) -> None:
        ports: dict[str, Any] = {"exchanges": self.exchanges, "batches": self.batches}
        ports |= {"registrations": self.registrations, "workflows": self.workflows}
        self.until(lambda: self.step == wait)
        resume(YEAR, wait, DAYS[wait], by=OPERATOR, key="key", **ports)

    @property
    def step(self) -> str:
        found = self.exchanges.get(YEAR)
        assert found is not None
        return found.step

    def until(self, what: Any, seconds: float = 120) -> None:
        until = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < until, "it did not happen in time"
            time.sleep(0.05)

    def ended(self, name: str) -> str:
        """How the execution of that name ended, once it has."""
        return str(machines.result_of(self.execution(name), seconds=120)["status"])

    def execution(self, name: str) -> str:
        return f"{self.machine.replace(':stateMachine:', ':execution:')}:{name}"

    @property
    def executions(self) -> list[str]:
        return sorted(each["name"] for each in self.executions_of(self.machine))

    def executions_of(self, machine: str) -> list[Any]:
        return list(self.states.list_executions(stateMachineArn=machine)["executions"])

    def objects(self, bucket: str = "exchange", prefix: str = "") -> dict[str, bytes]:
        found = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return {o["Key"]: self.s3.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in found}

    def outputs(self) -> dict[str, bytes]:
        return {key: body for key, body in self.objects(prefix="out/").items() if f"/{YEAR}/" in key}


@pytest.fixture(autouse=True)
def shards() -> Iterator[None]:
    with few_shards():
        yield


@pytest.fixture
def world(handlers: dict[str, Handler], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(handlers, monkeypatch)


def same(found: Mapping[str, bytes], expected: Mapping[str, bytes]) -> None:
    """The same files with the same content; a workbook is compared
    by its name, for it holds the day of its making.
    """
    assert found.keys() == expected.keys()
    for key, body in expected.items():
        if not key.endswith(".xlsx"):
            assert found[key] == body, key


# --- the exchange ---------------------------------------------------------------------------------


def test_files_of_all_parties_carry_an_exchange_from_households_to_tables(
    world: World, expected: Mapping[str, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    run = world.start()
    for wait in DAYS:
        world.until(lambda wait=wait: world.step == wait)
        world.deliver(wait)
    assert (world.ended(run), world.step, world.executions) == ("SUCCEEDED", "done", [run])
    same(world.outputs(), expected)

    # what Step Functions, the control table, the logs
    # and S3 remember names nobody and holds no income
    history = self_told(world, run)
    logged = "\n".join(str(vars(record)) for record in caplog.records)
    assert "AskForIncomes" in history
    assert "ingested" in logged
    assert_names_nobody(history, logged, str(world.dynamodb.scan(TableName="control")["Items"]))
    somebody = Person(date(1950, 1, 1)).insz
    kept = {bucket: world.objects(bucket) for bucket in BUCKETS}
    for bucket, objects in kept.items():
        for key, body in objects.items():
            assert somebody not in key
            assert MARK.encode() not in body, key
            assert bucket == "exchange" or somebody.encode() not in body, key
    incomes = [batch for batch in world.batches.of_year(YEAR) if batch.kind.startswith("incomes")]
    keys = [body for key, body in kept["exchange"].items() if "/keys/" in key]
    assert keys == [b""] * 3, "of a destroyed key only its name is left"
    gone = ["/sealed/", *(batch.key for batch in incomes), *(f"{batch.id}/chunks/" for batch in incomes)]
    assert len(gone) == 5
    assert not [key for key in kept["exchange"] if any(part in key for part in gone)]


def persons() -> set[str]:
    """The identity number of everybody in the files, which a request number ends with."""
    texts = [csv_of(kind, rows) for files in drops().values() for _, kind, rows in files]
    return {number[-11:] for text in texts for number in re.findall(r"\b(?:\d{7})?\d{11}\b", text)}


def assert_names_nobody(*told: str) -> None:
    """No identity number, as it is written or as it is printed, and no income."""
    planted = [text.decode() for number in persons() for text in spellings(number)]
    assert len(planted) > 50
    for text in told:
        assert MARK not in text
        assert not [value for value in planted if value in text]


def self_told(world: World, run: str) -> str:
    """Everything that Step Functions tells of the executions of the exchange and of its batches."""
    told: list[Any] = []
    for machine in (world.machine, world.batch_machine):
        for each in world.executions_of(machine):
            told.append(world.states.describe_execution(executionArn=each["executionArn"]))
            pages = world.states.get_paginator("get_execution_history").paginate(executionArn=each["executionArn"])
            told += [event for page in pages for event in page["events"]]
    assert run in str(told)
    return json.dumps(told, default=str)


def test_an_operator_ends_each_wait_himself(world: World, expected: Mapping[str, bytes]) -> None:
    run = world.start(automatic=False)
    for wait in DAYS:
        world.deliver(wait)
        world.resume(wait)
    assert (world.ended(run), world.step) == ("SUCCEEDED", "done")
    same(world.outputs(), expected)

    # and a year later, what it brought: of each insurer the adult of the
    # first household has the right, and of the second
    for insurer in INSURERS:
        adults = [Person(date(1950 + n, 1 + list(INSURERS).index(insurer), 1)) for n in (0, 1)]
        world.drop(insurer, "entitled", csv_of("entitled", [{"insz": adult.insz} for adult in adults]))
    ports: dict[str, Any] = {"exchanges": world.exchanges, "batches": world.batches}
    ports |= {"registrations": world.registrations, "workflows": world.workflows}
    started: dict[str, Any] = {"starter": "operator", "key": "key", "clock": SystemClock()}
    evaluation = start_evaluation(YEAR, date(2021, 12, 1), **started, **ports)
    assert (world.ended(evaluation), world.step) == ("SUCCEEDED", "done")
    [found] = [body for key, body in world.outputs().items() if "/evaluation-" in key]
    without = {
        code: [row for row in found.decode().splitlines() if row.startswith(f"{code};")] for code in ("OK", "NOK")
    }
    assert [without[code][0].split(";")[2::2] for code in ("OK", "NOK")] == [["3", "3"], ["3", "3"]]
    assert Person(date(1950, 1, 1)).insz not in self_told(world, run)


def test_an_exchange_goes_on_when_the_last_file_that_it_waits_for_is_refused(world: World) -> None:
    world.start()
    for partner in INSURERS:
        world.drop(partner, "households", csv_of("households", []))
    world.until(lambda: world.step == "incomes-1")
    event = world.put(TAX_OFFICE, "incomes-1", "no column of ours\n")
    place, at = event["detail"]["object"], world.s3.head_object(Bucket="exchange", Key=event["detail"]["object"]["key"])
    written = at["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ")
    begun = Batch(
        id=batch_id(written, place["key"], place["sequencer"], place["etag"]),
        partner=TAX_OFFICE,
        scheme="increased-reimbursement",
        kind="incomes-1",
        year=YEAR,
        key=place["key"],
        version=None,
        written_at=written,
        sequencer=place["sequencer"],
        size=at["ContentLength"],
        state="loading",
    )
    assert world.batches.create(begun)
    world.deliver("incomes-1")
    assert world.step == "incomes-1"
    world.ingest(event)
    found = world.batches.get(begun.id)
    assert found is not None
    assert found.state == "refused"
    world.until(lambda: world.step == "results")


def test_a_wait_that_lasts_is_handed_to_another_execution(
    handlers: dict[str, Handler], monkeypatch: pytest.MonkeyPatch, expected: Mapping[str, bytes]
) -> None:
    world = World(handlers, monkeypatch, wait_seconds=2)
    run = world.start(automatic=False)
    world.until(lambda: f"{run}_2" in world.executions)
    assert world.ended(run) == "SUCCEEDED"
    for wait in DAYS:
        world.deliver(wait)
        world.resume(wait)
    world.until(lambda: world.step == "done")
    world.until(lambda: all(world.ended(name) == "SUCCEEDED" for name in world.executions))
    assert world.executions == sorted([run, *(f"{run}_{n}" for n in range(2, len(world.executions) + 1))])
    same(world.outputs(), expected)


def test_a_file_that_comes_too_late_changes_nothing_and_leaves_no_income(world: World) -> None:
    world.start(automatic=False)
    for wait in ("households", "incomes-1"):
        world.deliver(wait)
        world.resume(wait)
    world.until(lambda: world.step == "incomes-2")
    before = world.objects()
    late = Person(date(1950, 1, 1))
    key = world.drop(TAX_OFFICE, "incomes-1", csv_of("incomes-1", [income(late, f"99{MARK}")]))
    after = world.objects()
    assert key not in after
    assert {name for name in after.keys() - before.keys() if "/chunks/" in name or "/keys/" in name} == set()
    assert {name: after[name] for name in before} == before
    assert MARK.encode() not in b"".join(after.values())
    found = world.exchanges.get(YEAR)
    assert found is not None
    assert found.late == {f"incomes-1/{TAX_OFFICE}": 1}
    for wait in ("incomes-2", "results"):
        world.deliver(wait)
        world.resume(wait)
    world.until(lambda: world.step == "done")


class GoneError(Exception):
    """The cloud is away."""


def actions() -> list[tuple[str, str, str | None]]:
    """Every call of a function in the definition:
    function, action, and its wait, delivery or sending.
    """
    text = (machines.ROOT / "functions" / "workflows" / "exchange.asl.json").read_text("utf-8")
    for name in ("Concurrency", "WaitSeconds"):
        text = text.replace(f"${{{name}}}", "1")
    states = json.loads(text)["States"]
    found = []
    for state in states.values():
        given = state.get("Parameters") or state.get("ItemSelector")
        if given is None:
            continue
        inner = state["ItemProcessor"]["States"] if "ItemProcessor" in state else {"": state}
        called = str(given.get("FunctionName") or [each["Resource"] for each in inner.values()])
        given = given.get("Payload", given)
        which = next((str(given[name]) for name in ("wait", "delivery", "sending") if name in given), None)
        found.append(("answer" if "Answer" in called else "exchange", given["action"], which))
    return found


def is_about(event: Mapping[str, Any], action: str, which: str | None) -> bool:
    told = next((str(event[name]) for name in ("wait", "delivery", "sending") if name in event), None)
    return (event.get("action"), told) == (action, which)


def test_every_call_of_the_state_machine_is_known_to_its_function() -> None:
    folder = machines.ROOT / "layers" / "benefits" / "tegemoet" / "application" / "exchange"
    known = {
        name: set(re.findall(r'case "(\w+)"', (folder / f"{module}.py").read_text("utf-8")))
        for name, module in (("exchange", "work"), ("answer", "answering"))
    }
    assert {name: {action for function, action, _ in actions() if function == name} for name in known} == known


def test_a_call_that_fails_once_is_made_again(
    world: World, handlers: dict[str, Handler], expected: Mapping[str, bytes]
) -> None:
    """Every call, each failing once after its work was done: as when the answer is lost."""
    failed: list[str] = []

    def once(name: str) -> Handler:
        works = handlers[name]

        def handler(event: Any, context: Any) -> Any:
            answer = works(event, context)
            about = json.dumps({**event, "token": None}, sort_keys=True)
            if about not in failed:
                failed.append(about)
                raise GoneError
            return answer

        return handler

    handlers.update({name: once(name) for name in ("exchange", "answer")})
    run = world.start()
    for wait in DAYS:
        world.until(lambda wait=wait: world.step == wait)
        world.deliver(wait)
    assert (world.ended(run), world.step) == ("SUCCEEDED", "done")
    same(world.outputs(), expected)
    assert len(failed) > 30


@pytest.mark.parametrize(
    ("function", "action", "which"),
    [
        ("exchange", "plan", "households"),
        ("exchange", "wait", "incomes-1"),
        ("answer", "join", "1"),
        ("answer", "finish", "1"),
        ("exchange", "report", None),
    ],
)
def test_an_execution_that_failed_is_followed_by_one_that_finds_what_was_done(
    world: World,
    handlers: dict[str, Handler],
    expected: Mapping[str, bytes],
    function: str,
    action: str,
    which: str | None,
) -> None:
    works = handlers[function]

    def broken(event: Any, context: Any) -> Any:
        if is_about(event, action, which):
            raise GoneError
        return works(event, context)

    handlers[function] = broken
    run = world.start(automatic=False)
    for wait in DAYS:
        world.until(lambda wait=wait: world.step == wait or status(world, run) == "FAILED")
        if world.step != wait:
            handlers[function] = works
            assert world.ended(run) == "FAILED"
            world.states.start_execution(stateMachineArn=world.machine, name="again", input=json.dumps({"year": YEAR}))
        world.deliver(wait)
        world.resume(wait)
    if "again" not in world.executions:
        assert world.ended(run) == "FAILED"
        handlers[function] = works
        world.states.start_execution(stateMachineArn=world.machine, name="again", input=json.dumps({"year": YEAR}))
    assert (world.ended("again"), world.step) == ("SUCCEEDED", "done")
    same(world.outputs(), expected)


@pytest.mark.parametrize(
    ("function", "action", "which", "place"),
    [
        ("exchange", "plan", "households", "batches/"),
        ("exchange", "select", None, "flows/"),
        ("exchange", "plan", "incomes-1", "batches/"),
        ("answer", "join", "1", "flows/"),
        ("exchange", "plan", "results", "batches/"),
    ],
)
def test_an_exchange_whose_files_break_names_nobody(
    world: World,
    handlers: dict[str, Handler],
    caplog: pytest.LogCaptureFixture,
    function: str,
    action: str,
    which: str | None,
    place: str,
) -> None:
    """After that call the end of every object of the place is cut, and the code stops on it."""
    works, cut = handlers[function], list[str]()

    def breaking(event: Any, context: Any) -> Any:
        answer = works(event, context)
        if is_about(event, action, which):
            for key, body in world.objects(prefix=place).items():
                if "/keys/" not in key and body:
                    world.s3.put_object(Bucket="exchange", Key=key, Body=body[:-3])
                    cut.append(key)
        return answer

    handlers[function] = breaking
    run = world.start()
    for wait in DAYS:
        world.until(lambda wait=wait: world.step == wait or status(world, run) == "FAILED")
        if status(world, run) == "FAILED":
            break
        world.deliver(wait)
    assert world.ended(run) == "FAILED"
    assert cut
    logged = "\n".join(str(vars(record)) for record in caplog.records)
    control = str(world.dynamodb.scan(TableName="control")["Items"])
    keys = "\n".join(key for bucket in BUCKETS for key in world.objects(bucket))
    assert_names_nobody(self_told(world, run), logged, control, keys)


def status(world: World, run: str) -> str:
    return str(world.states.describe_execution(executionArn=world.execution(run))["status"])


def test_the_purge_takes_its_day_from_the_event_and_deletes_past_years(world: World) -> None:
    event = json.loads((machines.ROOT / "events" / "purge-daily.json").read_text("utf-8"))
    world.start(automatic=False)
    world.deliver("households")
    world.resume("households")
    world.until(lambda: world.step == "incomes-1")
    before = world.objects()
    assert event["time"] == "2027-01-01T03:00:00Z"
    nothing = {"years": [], "objects": 0, "deleted": {}, "complete": True}
    assert world.purge({**event, "time": "2026-12-31T23:59:59Z"}, CONTEXT) == nothing
    assert world.objects() == before
    told = world.purge(event, CONTEXT)
    assert (told["years"], told["objects"], told["complete"]) == ([YEAR], len(before), True)
    assert {bucket: world.objects(bucket) for bucket in BUCKETS} == {bucket: {} for bucket in BUCKETS}
    assert world.dynamodb.scan(TableName="control")["Items"] == []
