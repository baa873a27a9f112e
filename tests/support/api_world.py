"""Both API functions in memory: the real routes over fakes, called as API Gateway calls."""

import base64
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from tegemoet.adapters.functions import ApproveFunction
from tegemoet.api import batches, catalogue, decisions, documentation, exchanges, operations, uploads
from tegemoet.api.callers import Caller
from tegemoet.api.resolver import Resolver
from tegemoet.application.lives import Retention
from tegemoet.application.premium_year.approval import Answer as RunAnswer
from tegemoet.application.premium_year.approval import ApprovalPorts, perform
from tegemoet.application.premium_year.returns import withdraw_file
from tegemoet.application.premium_year.run_decisions import FrozenRunDecisions
from tegemoet.application.records import OPERATORS, UploadForm
from tests.support import fakes

EVENT = json.loads((Path(__file__).parents[2] / "events" / "api-request.json").read_text())

PARTNER = Caller("partner:mutuality", frozenset({"partner"}), "mutuality")
OTHER_PARTNER = Caller("partner:rival", frozenset({"partner"}), "rival")
OPERATOR = Caller("0d3c-operator", frozenset({"operator"}), None, "An Operator")
APPROVER = Caller("7f1a-approver", frozenset({"approver"}), None, "An Approver")
BOTH = Caller("99ab-both", frozenset({"operator", "approver"}), None, "Both Of Them")
READER = Caller("31ce-reader", frozenset({"reader"}), None, "A Reader")
REGISTRAR = Caller("51e2-registrar", frozenset({"registrar"}), None, "A Registrar")
TREASURER = Caller("7e45-treasurer", frozenset({"treasurer"}), None, "A Treasurer")
OTHER_TREASURER = Caller("8a21-treasurer", frozenset({"treasurer"}), None, "Another Treasurer")
CASE_WORKER = Caller("ca5e-worker", frozenset({"case-worker"}), "mutuality", "A Worker")


class FakeAnswers(BasePersistenceLayer):
    """Idempotency records in memory, where a first record wins as in the table."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.records: dict[str, DataRecord] = {}

    def _get_record(self, idempotency_key: str) -> DataRecord:
        try:
            return self.records[idempotency_key]
        except KeyError:
            raise IdempotencyItemNotFoundError from None

    def _put_record(self, data_record: DataRecord) -> None:
        known = self.records.get(data_record.idempotency_key)
        if known is not None:
            self._validate_payload(data_record, known)
            raise IdempotencyItemAlreadyExistsError(old_data_record=known)
        self.records[data_record.idempotency_key] = data_record

    def _update_record(self, data_record: DataRecord) -> None:
        self.records[data_record.idempotency_key] = data_record

    def _delete_record(self, data_record: DataRecord) -> None:
        self.records.pop(data_record.idempotency_key, None)


class FakeForms:
    def __init__(self) -> None:
        self.made = 0

    def form(self, key: str, size: int, batch: str) -> UploadForm:
        self.made += 1
        fields = {"key": key, "x-amz-meta-batch": batch, "policy": f"form {self.made} of {size} bytes"}
        return UploadForm("https://inbox.example", fields)


@dataclass
class FakeLinks:
    bucket: str = "output"

    def link(self, key: str) -> str:
        return f"https://{self.bucket}.example/{key}?signature"


@dataclass
class Context:
    """What Lambda tells a function of its call."""

    function_name: str = "tegemoet-api"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:111122223333:function:tegemoet-api"
    aws_request_id: str = "52fdfc07-2182-454f-963f-5f0f9a621d72"
    remaining: int = 29_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of a problem; fails for anything that is none."""
        assert self.headers["Content-Type"] == "application/problem+json", self.text
        problem = self.body
        assert problem["status"] == self.status
        assert {"type", "title", "status", "detail", "code", "errors"} <= set(problem)
        return str(problem["code"])

    @property
    def faults(self) -> set[tuple[str, str]]:
        return {(fault["path"], fault["code"]) for fault in self.body["errors"]}


@dataclass
class World:
    """What both functions work with, and the functions themselves."""

    answers: Any = field(default_factory=FakeAnswers)
    decisions: Any = field(default_factory=fakes.FakeDecisions)
    health_decisions: fakes.FakeDecisions = field(default_factory=fakes.FakeDecisions)
    batches: fakes.FakeBatches = field(default_factory=fakes.FakeBatches)
    work: fakes.FakeObjects = field(default_factory=fakes.FakeObjects)
    health: fakes.FakeObjects = field(default_factory=fakes.FakeObjects)
    forms: Any = field(default_factory=FakeForms)
    case_forms: FakeForms = field(default_factory=FakeForms)
    exchange_forms: FakeForms = field(default_factory=FakeForms)
    links: FakeLinks = field(default_factory=FakeLinks)
    secrets: fakes.FakeSecrets = field(default_factory=fakes.FakeSecrets)
    clock: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    retention: Retention = field(default_factory=lambda: Retention(3, 10))
    runs: fakes.FakeRuns = field(default_factory=fakes.FakeRuns)
    facts: fakes.FakeFacts = field(default_factory=fakes.FakeFacts)
    ledger: fakes.FakeLedger = field(default_factory=fakes.FakeLedger)
    workflows: fakes.FakeWorkflows = field(default_factory=fakes.FakeWorkflows)
    registrations: fakes.FakeRegistrations = field(default_factory=fakes.FakeRegistrations)
    roles: fakes.FakeRoles = field(default_factory=fakes.FakeRoles)
    debtor_accounts: fakes.FakeDebtorAccounts = field(default_factory=fakes.FakeDebtorAccounts)
    exchanges: fakes.FakeExchanges = field(default_factory=fakes.FakeExchanges)
    answers_taken: list[int] = field(default_factory=list)
    """The years whose answers of the bank were taken in anew."""
    context: Context = field(default_factory=Context)

    people: fakes.FakePeople = field(default_factory=fakes.FakePeople)
    seal: fakes.FakeSeal = field(default_factory=fakes.FakeSeal)

    def __post_init__(self) -> None:
        self.runs.begin_year(2023, "1")  # as the intake does with the first file
        for person in (APPROVER, BOTH):
            self.people.add(person.principal, *person.roles, name=person.name)
        for subject in ("a", "ann", "bob"):  # who answer for partners
            self.people.add(subject)
        self.registrations.admit("mutuality", "rival", OPERATORS)

    def answer_run(self, answer: RunAnswer, subject: str) -> str:
        """The function `approve`, as the function `operations` reaches it: through JSON."""
        ports = ApprovalPorts(
            self.runs, self.registrations, self.people, self.seal, self.work, self.workflows, self.clock
        )
        call = json.loads(json.dumps({**asdict(answer), "subject": subject}))
        payload = io.BytesIO(json.dumps(perform(call, ports)).encode())
        client = SimpleNamespace(invoke=lambda **_: {"Payload": payload})
        return ApproveFunction(client, "tegemoet-approve").answer(answer, subject)

    @property
    def role_groups(self) -> fakes.FakePeople:
        return self.people

    def take_answers(self, year: int) -> None:
        self.answers_taken.append(year)

    @property
    def bank_links(self) -> FakeLinks:
        return FakeLinks("bank")

    def withdraw_file(self, run: str, message_id: str) -> None:
        withdraw_file(run, message_id, runs=self.runs, ledger=self.ledger, work=self.work)

    def close_ledger(self, year: int) -> None:
        self.ledger.close(year, "")

    def get(self, path: str, caller: Caller | None = PARTNER, **query: str) -> Answer:
        return self.send("GET", path, caller, query=query)

    def post(self, path: str, body: Any, caller: Caller | None = PARTNER, key: str | None = "key-1") -> Answer:
        return self.send("POST", path, caller, body=body, headers={} if key is None else {"Idempotency-Key": key})

    def send(
        self,
        method: str,
        path: str,
        caller: Caller | None = PARTNER,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        binary: bool = False,
    ) -> Answer:
        """One request. A `body` that is not text is sent as JSON.

        `binary` = as API Gateway passes on a body in base64.
        """
        event = request(method, path, caller, query=query, body=body, headers=headers, binary=binary)
        exchange = method == "POST" and path.startswith("/v1/increased-reimbursement")
        exchange = exchange and not path.endswith("/contact-check")
        ours = (
            exchange
            or path.startswith(("/v1/premium-years", "/v1/partners", "/v1/persons", "/v1/debtor-accounts"))
            or path.endswith("/abandonment")
        )
        resolver = OPERATIONS if ours else API
        answer = resolver.serve(event, self.context, Services(self))  # type: ignore[arg-type]
        headers = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
        return Answer(answer["statusCode"], headers, answer["body"])


class Services:
    """The world as the routes see it: services keyed by the data of the scheme."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.decisions = {"ordinary": world.decisions, "health": world.health_decisions}
        self.run_decisions = FrozenRunDecisions(world.decisions, world.work)
        self.forms = {"ordinary": world.forms, "health": world.case_forms, "exchange": world.exchange_forms}
        self.batch_files = {"ordinary": world.work, "health": world.health}
        self.batch_links = {"ordinary": world.links, "health": FakeLinks("health"), "exchange": FakeLinks("exchange")}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


API = Resolver(
    catalogue.router,
    decisions.router,
    uploads.router,
    batches.router,
    exchanges.state_router,
    documentation.router,
)
OPERATIONS = Resolver(*operations.ROUTERS)


@contextmanager
def in_another_process() -> Iterator[None]:
    """A request while another one is served, which finds its own state again afterwards.

    A process of Lambda serves one request at a time, and the resolvers keep it where it is found.
    """
    event, context = BaseRouter.current_event, BaseRouter.lambda_context
    found = [(resolver, dict(resolver.context)) for resolver in (API, OPERATIONS)]
    resolvers = [(router, router.api_resolver) for each in (API, OPERATIONS) for router in each.routers]
    yield
    BaseRouter.current_event, BaseRouter.lambda_context = event, context
    for resolver, kept in found:
        resolver.context.clear()
        resolver.context.update(kept)
    for router, served_by in resolvers:
        router.api_resolver = served_by


def request(
    method: str,
    path: str,
    caller: Caller | None,
    *,
    query: Mapping[str, str] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    binary: bool = False,
) -> dict[str, Any]:
    """The event of a request. Without a caller there is no authorizer."""
    event: dict[str, Any] = json.loads(json.dumps(EVENT))
    event |= {"httpMethod": method, "path": path}
    event["requestContext"] |= {"httpMethod": method, "path": f"/live{path}"}
    event["requestContext"].pop("authorizer")
    if caller is not None:
        event["requestContext"]["authorizer"] = {**caller.context(), "principalId": caller.principal}
    event["queryStringParameters"] = dict(query) if query else None
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()} if query else None
    event["headers"] = {**event["headers"], **(headers or {})}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    text = body if isinstance(body, str | None) else body if isinstance(body, bytes) else json.dumps(body)
    event["body"] = (
        base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode() if binary and text else text
    )
    event["isBase64Encoded"] = binary
    return event
