"""The API as deployed: real tokens, the real authorizer, real
roles of the functions, uploads through the form.
"""

import base64
import json
import runpy
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.cloud import control
from local.cloud.local_cloud import LocalCloud
from local.cloud.stack import Stack
from tegemoet.adapters.decisions import unpack
from tegemoet.application.records import PersonRole
from tegemoet.schemes.registry import SCHEMES
from tegemoet.schemes.scheme import Scheme
from tests.support.markdown import ROOT, lines
from tests.support.years import AFTER_ALL

EXAMPLE = SCHEMES["convention-premium"].example
DECIDE = "/v1/schemes/convention-premium/decisions"
PASSWORD = "Correct-horse-battery-7!"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Caller:
    """Somebody with a token, or without."""

    url: str
    token: str | None

    def send(self, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        headers = {"Content-Type": "application/json"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        return fetch(urllib.request.Request(self.url + path, data, headers, method=method))

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: Any, key: str | None = None) -> Answer:
        return self.send("POST", path, body, key or uuid.uuid4().hex)


def fetch(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, dict(refused.headers), refused.read())


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> Stack:
    return cloud.deploy()


@pytest.fixture(scope="module")
def partner_of(stack: Stack, person_of: Callable[..., Caller]) -> Callable[[str], Caller]:
    registrar = person_of("registrar")

    def make(name: str) -> Caller:
        body = {"profile": "operator", "from_year": 2000, "answerable": [subject_of(registrar)]}
        assert registrar.post(f"/v1/partners/{name}/registrations", body).status == 201
        return Caller(stack.api_url, stack.client_token(*stack.create_partner(name)))

    return make


@pytest.fixture(scope="module")
def partner(partner_of: Callable[[str], Caller]) -> Caller:
    return partner_of("mutuality")


@pytest.fixture(scope="module")
def person_of(stack: Stack) -> Callable[..., Caller]:
    def make(*roles: PersonRole, partner: str | None = None) -> Caller:
        name = f"{uuid.uuid4().hex}@example.org"
        subject = stack.create_user(name, PASSWORD, email=name)
        stack.give_roles(subject, *roles, partner=partner)
        tokens = stack.user_tokens(name, PASSWORD, stack.physical_id("PersonClient"))
        return Caller(stack.api_url, tokens["IdToken"])

    return make


def test_the_documentation_is_open_to_everybody(stack: Stack) -> None:
    nobody = Caller(stack.api_url, None)
    assert nobody.get("/v1/openapi.json").json()["info"]["title"] == "Tegemoet"
    page = nobody.get("/v1/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"swagger-ui" in page.body


def test_everything_else_asks_for_a_token(stack: Stack, partner: Caller) -> None:
    assert partner.token is not None
    head, payload, signature = partner.token.split(".")
    for token in (None, "nonsense", f"{head}.{payload}.{signature[:-4]}AAAA"):
        assert Caller(stack.api_url, token).get("/v1/schemes").status == 401


def test_a_client_of_nobody_and_a_person_without_a_group_are_known_and_refused(
    stack: Stack, person_of: Callable[..., Caller]
) -> None:
    client, secret = stack.create_client("nobody", "tegemoet/partner")
    assert Caller(stack.api_url, stack.client_token(client, secret)).get("/v1/schemes").status == 403
    assert person_of().get("/v1/schemes").status == 403


def test_a_registrar_gives_and_withdraws_a_role_and_a_group_alone_is_none(
    stack: Stack, person_of: Callable[..., Caller]
) -> None:
    registrar, name = person_of("registrar"), f"{uuid.uuid4().hex}@example.org"
    subject, pool = stack.create_user(name, PASSWORD, email=name, name="Anna"), stack.outputs["UserPoolId"]
    cognito = stack.session.client("cognito-idp")

    def signed_in() -> Caller:
        tokens = stack.user_tokens(name, PASSWORD, stack.physical_id("PersonClient"))
        return Caller(stack.api_url, tokens["IdToken"])

    cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="operator")
    assert signed_in().get("/v1/partners").status == 403
    for roles, groups, status in (
        (["operator", "reader"], {"operator", "reader"}, 200),
        (["reader"], {"reader"}, 200),
        ([], set[str](), 403),
    ):
        made = registrar.post(f"/v1/persons/{subject}/roles", {"roles": roles})
        assert (made.status, made.json()["name"]) == (201, "Anna"), made.body
        found = cognito.admin_list_groups_for_user(UserPoolId=pool, Username=name)["Groups"]
        assert {group["GroupName"] for group in found} == groups
        time.sleep(1.1)  # another token of the same second is the same, and so is its answer
        assert signed_in().get("/v1/partners").status == status
    history = person_of("approver").get(f"/v1/persons/{subject}").json()
    assert [version["roles"] for version in history["earlier"]] == [["reader"], ["operator", "reader"]]
    assert registrar.post(f"/v1/persons/{uuid.uuid4()}/roles", {"roles": ["reader"]}).status == 404


def test_a_case_worker_acts_for_one_partner(
    partner_of: Callable[[str], Caller], person_of: Callable[..., Caller]
) -> None:
    own, other = f"own-{uuid.uuid4().hex[:8]}", f"other-{uuid.uuid4().hex[:8]}"
    system, rival = partner_of(own), partner_of(other)
    worker, rivals = person_of("case-worker", partner=own), person_of("case-worker", partner=other)
    made = worker.post(DECIDE, EXAMPLE)
    assert made.status == 201, made.body
    decision = f"/v1/decisions/{made.json()['id']}"
    assert worker.get(decision).json()["decided_by"] == made.json()["decided_by"]
    assert "decided_by" not in system.get(decision).json()
    assert (rival.get(decision).status, rivals.get(decision).status) == (404, 404)
    again = {**EXAMPLE, "case_id": "again", "supersedes": made.json()["id"]}
    assert (rivals.post(DECIDE, again).status, worker.post(DECIDE, again).status) == (409, 201)
    assert (worker.get("/v1/batches").status, worker.get("/v1/premium-years/2023").status) == (200, 403)


def test_a_partner_decides_a_case_once_and_reads_it_back(partner: Caller) -> None:
    key = uuid.uuid4().hex
    made, again = partner.post(DECIDE, EXAMPLE, key), partner.post(DECIDE, EXAMPLE, key)
    assert (made.status, again.status) == (201, 201), made.body
    assert again.body == made.body
    read = partner.get(f"/v1/decisions/{made.json()['id']}?lang=fr&replay=true")
    assert read.status == 200
    assert read.json()["replay"] == {"same": True, "differs": {}}
    mismatch = partner.post(DECIDE, {**EXAMPLE, "on": "2024-06-16"}, key)
    assert (mismatch.status, mismatch.json()["code"]) == (409, "idempotency-mismatch")


def test_a_late_hospital_certificate_gives_a_letter_with_the_difference(partner: Caller) -> None:
    example = SCHEMES["maternity-rest"].example
    decide, name = "/v1/schemes/maternity-rest/decisions", f"late-{uuid.uuid4().hex[:8]}"

    def with_stay(certified: bool) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(json.dumps(example)) | {"case_id": name, "on": "2021-01-15"}
        born = body["case"]["births"][0]
        born["stays"] = [{"from": born["on"], "until": "2020-08-04", "certified": certified}]
        return body

    former = partner.post(decide, with_stay(certified=False))
    assert former.status == 201, former.body
    new = partner.post(decide, with_stay(certified=True) | {"supersedes": former.json()["id"]})
    assert new.status == 201, new.body
    path = f"/v1/decisions/{new.json()['id']}"
    picture = partner.get(f"{path}/timeline?lang=fr")
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "août 2020" in picture.body.decode()
    letter = partner.get(f"{path}/letter?lang=nl")
    assert (letter.status, letter.headers["Content-Type"]) == (200, "text/html; charset=utf-8"), letter.body
    assert "default-src 'none'" in letter.headers["Content-Security-Policy"]
    assert "Deze beslissing vervangt die van " in letter.body.decode()
    assert "meer dan wij toen toekenden." in letter.body.decode()
    days = partner.get(f"{path}/days").json()["days"]
    assert len(days) == 102 + 14
    difference = partner.get(f"{path}/difference").json()
    assert {t["kind"]: t["difference"] for t in difference["totals"]}["payment"] == "900.00"
    assert sum(1 for day in days[-14:] if day["paid"]) * 7500 == 90_000


def test_another_partner_finds_nothing_of_it(partner: Caller, partner_of: Callable[[str], Caller]) -> None:
    decision = partner.post(DECIDE, EXAMPLE).json()["id"]
    rival = partner_of("rival")
    assert rival.get(f"/v1/decisions/{decision}").status == 404
    assert rival.get("/v1/batches").json()["batches"] == []


def test_an_uploaded_file_becomes_the_batch_that_was_announced(
    partner: Caller, partner_of: Callable[[str], Caller], person_of: Callable[..., Caller]
) -> None:
    line = json.dumps({"case_id": EXAMPLE["case_id"], "on": EXAMPLE["on"], "case": EXAMPLE["case"]}).encode() + b"\n"
    upload = {"scheme": "convention-premium", "kind": "cases", "name": uuid.uuid4().hex[:8], "size": len(line)}
    announced = partner.post("/v1/uploads", upload)
    assert announced.status == 201, announced.body
    form, batch = announced.json()["upload"], announced.json()["batch"]
    assert partner.get(f"/v1/batches/{batch}").json()["state"] == "awaiting-upload"
    assert send_form(form, line + b"\n").status == 400  # another size
    assert send_form(form, line).status == 204
    found = when_done(partner, batch)
    assert found["rows"] == {"accepted": 1, "rejected": 0, "duplicate": 0}
    links = {link["name"]: link["url"] for link in found["links"]}
    decided = fetch(urllib.request.Request(links["decisions.jsonl"]))
    single = partner.post(DECIDE, EXAMPLE).json()
    assert json.loads(decided.body)["id"] == single["id"]
    assert [b["id"] for b in partner.get("/v1/batches?scheme=convention-premium&state=done").json()["batches"]] == [
        batch
    ]
    assert partner_of("rival").get(f"/v1/batches/{batch}").status == 404
    assert person_of("approver").get(f"/v1/batches/{batch}").status == 200


@pytest.mark.parametrize(
    "scheme", [scheme for scheme in SCHEMES.values() if scheme.data == "health"], ids=lambda s: s.slug
)
def test_health_cases_are_decided_alike_one_by_one_and_in_a_file_and_kept_apart(
    stack: Stack, partner: Caller, scheme: Scheme
) -> None:
    mark = f"private-{uuid.uuid4().hex[:8]}"  # longer digits may be an identity number, which no case id holds
    cases = [{**scheme.example, "case_id": f"{mark}-{n}"} for n in range(3)]
    answers = [partner.post(f"/v1/schemes/{scheme.slug}/decisions", case) for case in cases]
    assert [answer.status for answer in answers] == [201] * 3, answers[0].body
    single = {item["pk"]: item for item in kept_in(stack, "HealthTable") if mark in item.get("case", "")}
    assert set(single) == {answer.json()["id"] for answer in answers}

    file = "".join(json.dumps(case) + "\n" for case in cases).encode()
    upload = {"scheme": scheme.slug, "kind": "cases", "name": uuid.uuid4().hex[:8], "size": len(file)}
    announced = partner.post("/v1/uploads", upload).json()
    assert send_form(announced["upload"], file).status == 204
    found = when_done(partner, announced["batch"])
    assert found["rows"] == {"accepted": 3, "rejected": 0, "duplicate": 0}
    links = {link["name"]: link["url"] for link in found["links"]}
    lines = fetch(urllib.request.Request(links["decisions.jsonl"])).body.decode().splitlines()
    assert lines == [single[answer.json()["id"]]["decision"] for answer in answers]
    # sent a second time they stand as they stood, and for as long as they would have
    assert {item["pk"]: item for item in kept_in(stack, "HealthTable") if mark in item.get("case", "")} == single
    read = partner.get(f"/v1/decisions/{answers[0].json()['id']}?replay=true").json()
    assert read["replay"] == {"same": True, "differs": {}}

    for name, (type_, _) in stack.resources.items():
        if type_ == "AWS::DynamoDB::Table" and name != "HealthTable":
            assert mark not in str(kept_in(stack, name)), name
    holding = {(bucket, place) for bucket, place, body in objects_of(stack) if mark.encode() in body}
    drop = stack.physical_id("InboxBucket"), announced["key"]
    assert drop in holding
    assert {bucket for bucket, _ in holding - {drop}} == {stack.physical_id("HealthBucket")}
    # what its bucket puts under the key, the emulator does not say; what the form does, it does
    head = stack.session.client("s3").head_object(Bucket=drop[0], Key=drop[1])
    assert head["SSEKMSKeyId"].endswith(f"/{stack.physical_id('HealthKey')}")


def kept_in(stack: Stack, table: str) -> list[dict[str, str]]:
    """Every item of a table as text, what was packed unpacked."""
    pages = stack.session.client("dynamodb").get_paginator("scan").paginate(TableName=stack.physical_id(table))
    return [
        {name: unpack(value["B"]).decode() if "B" in value else str(*value.values()) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
    ]


def objects_of(stack: Stack) -> Iterator[tuple[str, str, bytes]]:
    """Bucket, key and content of every object."""
    s3 = stack.session.client("s3")
    for bucket in (name for type_, name in stack.resources.values() if type_ == "AWS::S3::Bucket"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for found in page.get("Contents", []):
                yield bucket, found["Key"], s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()


def when_done(partner: Caller, batch: str) -> Any:
    deadline = time.monotonic() + 60
    while (found := partner.get(f"/v1/batches/{batch}").json())["state"] in ("awaiting-upload", "loading"):
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    assert found["state"] == "done", found
    return found


def send_form(form: dict[str, Any], body: bytes) -> Answer:
    """The form as a browser sends it: its fields, and the file last."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form["fields"].items()
    ]
    file = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode() + body + b"\r\n"
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    data = b"".join(parts) + file + f"--{boundary}--\r\n".encode()
    return fetch(urllib.request.Request(form["url"], data, headers, method="POST"))


def test_roles_are_asked_by_the_routes(stack: Stack, partner: Caller, person_of: Callable[..., Caller]) -> None:
    stack.admit("operator")
    operator, approver = person_of("operator"), person_of("approver")
    phase = "/v1/premium-years/2023/phases/2"
    assert partner.get(phase).status == 403
    assert partner.post(phase, {"on": "2024-06-15"}).status == 403
    assert approver.post(phase, {"on": "2024-06-15"}).status == 403
    refused = operator.post(phase, {"on": "2024-06-15"})
    assert (refused.status, refused.json()["code"]) == (409, "phase-1-not-released")
    assert operator.post(DECIDE, EXAMPLE).status == 201
    assert approver.post(DECIDE, EXAMPLE).status == 403
    for person in (operator, approver):
        assert person.get("/v1/premium-years/2023/exceptions").json()["exceptions"] == []
        assert person.get("/v1/premium-years/2023/practices/41234502").status == 404
        assert person.get(f"/v1/premium-years/{AFTER_ALL}/exceptions").json()["code"] == "no-premium-for-year"
    closed = operator.post("/v1/premium-years/2023/close", {"open_exceptions": 0, "reason": "too early"})
    assert (closed.status, closed.json()["code"]) == (409, "phase-2-not-released")


def test_an_operator_confirms_a_value_that_is_not_official(
    stack: Stack, partner: Caller, person_of: Callable[..., Caller]
) -> None:
    operator, approver = person_of("operator"), person_of("approver")
    values = "/v1/premium-years/2025/values"
    confirmation = {"value": "399.19", "reason": "the letter of the institute"}
    path = f"{values}/premium-amount.nurse.399.19/confirmations"
    assert partner.get(values).status == 403
    assert partner.post(path, confirmation).status == 403
    assert approver.post(path, confirmation).status == 403
    made, again = operator.post(path, confirmation, "one"), operator.post(path, confirmation, "two")
    assert (made.status, again.body) == (201, made.body)
    shown = {value["id"]: value["confirmed"] for value in approver.get(values).json()["values"]}
    assert shown.pop("premium-amount.nurse.399.19")
    assert set(shown.values()) == {False}


def test_make_token_prints_what_the_api_takes(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(control, "_running", lambda: control.Running(0, int(stack.url.rpartition(":")[2]), ""))

    def caller(*arguments: str) -> Caller:
        monkeypatch.setattr("sys.argv", ["control", "token", *arguments])
        assert control.main() == 0
        printed = capsys.readouterr().out
        assert printed.count("\n") == 1
        return Caller(stack.api_url, printed.strip())

    phase = "/v1/premium-years/2023/phases/2"
    operator, again = caller("--role", "operator"), caller("--role", "operator")
    for each in (operator, again):
        assert each.post(phase, {"on": "2024-06-15"}).json()["code"] == "phase-1-not-released"
    assert subject_of(operator) == subject_of(again)
    approver = caller("--role", "approver")
    assert approver.get("/v1/premium-years/2023/exceptions").status == 200
    assert approver.post(phase, {"on": "2024-06-15"}).status == 403
    assert subject_of(approver) != subject_of(operator)
    partner = caller("--partner", "riziv")
    assert partner.get("/v1/batches").status == 200
    assert partner.get(phase).status == 403


def subject_of(caller: Caller) -> str:
    """Whom the token of a caller names."""
    claims = str(caller.token).split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


def test_the_walk_of_the_tutorial_leads_to_a_decision_and_its_letter(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ROOT / "docs" / "tutorial" / "README.md"
    typed = [line.text[4:] for line in lines(page) if line.fenced and line.text.startswith((">>> ", "... "))]
    walk = [f"url = {stack.url!r}" if text.startswith("url = ") else text for text in typed]
    (tmp_path / "walk.py").write_text("\n".join(walk), "utf-8")
    monkeypatch.chdir(tmp_path)
    seen = runpy.run_path("walk.py")
    assert seen["decision"]["outcome"] == "granted"
    assert (tmp_path / "letter.html").read_text("utf-8").startswith("<!doctype html>")
