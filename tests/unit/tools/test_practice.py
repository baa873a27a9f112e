"""`make year`: a made-up year for the local cloud that runs, and the calls that come next."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.cloud import control, practice
from local.cloud.stack import PEOPLE, Stack
from local.opinions.year.figures import figures_of
from local.opinions.year.generate import generate
from local.opinions.year.play import Season
from tegemoet.adapters.partners import DynamoRegistrations, DynamoRoles
from tegemoet.adapters.people import CognitoPeople
from tegemoet.application.partners.grants import Grants

FIGURES = figures_of(2023)
CALL = re.compile(r"^curl (?:.*\\\n)*.*$", re.MULTILINE)


class Pool(Stack):
    """A stack of which only the user pool and the table of partners exist."""

    @property
    def outputs(self) -> dict[str, str]:
        return {"ControlTable": "control", "PartnersTable": "partners"}

    @property
    def resources(self) -> dict[str, tuple[str, str]]:
        pools = self.session.client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"]
        return {"UserPool": ("AWS::Cognito::UserPool", pools[0]["Id"])}


@pytest.fixture
def stack() -> Iterator[Stack]:
    with mock_aws():
        session = boto3.Session("test", "test", region_name="eu-west-1")
        pool = session.client("cognito-idp").create_user_pool(PoolName="persons", UsernameAttributes=["email"])
        for group in PEOPLE:
            session.client("cognito-idp").create_group(UserPoolId=pool["UserPool"]["Id"], GroupName=group)
        for table in ("control", "partners"):
            session.client("dynamodb").create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
                BillingMode="PAY_PER_REQUEST",
            )
        yield Pool("tegemoet", "http://127.0.0.1:1", session)


class Dropping:
    """A season that remembers what was dropped; the file of practices is refused."""

    def __init__(self, _stack: object, year: int) -> None:
        self.year = year
        self.batches: dict[str, dict[str, str]] = {}

    def drop(self, folder: Path, _told: object) -> None:
        SEEN.update({path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.csv")})
        self.batches = {key: {"state": "refused" if "/practices/" in key else "done"} for key in SEEN}


SEEN: dict[str, bytes] = {}


@pytest.mark.parametrize("phase", [1, 2])
def test_the_files_are_those_of_the_demo_before_that_phase(
    phase: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SEEN.clear()
    monkeypatch.setattr(practice, "Season", Dropping)
    dropped, refused = practice.drop_year(None, FIGURES, 300, 7, phase)  # type: ignore[arg-type]
    generate(tmp_path, FIGURES, 300, 7)
    stage = tmp_path / str(phase)
    assert {path.relative_to(stage).as_posix(): path.read_bytes() for path in stage.rglob("*.csv")} == SEEN
    assert dropped == len(SEEN) > 5
    assert refused == sum("/practices/" in key for key in SEEN) > 0


@pytest.mark.parametrize("phase", [1, 2])
def test_the_next_calls_start_follow_and_approve_the_phase_on_its_day(phase: int) -> None:
    told = practice.next_calls("http://127.0.0.1:4566/live", FIGURES, phase)
    start, follow, approve = [shlex.split(call) for call in CALL.findall(told)]
    path = f"$API/v1/premium-years/2023/phases/{phase}"
    assert told.startswith("API=http://127.0.0.1:4566/live\nTOKEN=$(make token ROLE=operator)\n")
    assert [call[2] for call in (start, follow, approve)] == [path, path, f"{path}/approval"]
    assert json.loads(start[start.index("-d") + 1]) == {"on": FIGURES.evaluated[phase]}
    assert json.loads(approve[approve.index("-d") + 1]) == {"run": "…", "control_sum": "…", "approve": True}
    assert f"Idempotency-Key: start-2023-{phase}" in start
    assert f"Idempotency-Key: approve-2023-{phase}" in approve
    assert "-d" not in follow
    assert told.index("ROLE=operator") < told.index("/phases/") < told.index("ROLE=approver") < told.index("/approval")


def test_a_year_of_values_that_are_not_official_has_them_confirmed_before_its_phase() -> None:
    told = practice.next_calls("http://127.0.0.1:4566/live", figures_of(2025), 1)
    listing, confirming, start, *_ = [shlex.split(call) for call in CALL.findall(told)]
    path = "$API/v1/premium-years/2025"
    assert [call[2] for call in (listing, confirming, start)] == [
        f"{path}/values",
        f"{path}/values/account-deadline.1/confirmations",
        f"{path}/phases/1",
    ]
    assert json.loads(confirming[confirming.index("-d") + 1]) == {"value": "…", "reason": "…"}
    assert "/values" not in practice.next_calls("http://127.0.0.1:4566/live", FIGURES, 1)


class Again(Season):
    """A season whose one key holds a finished batch, and then a new one that loads for a while."""

    def __init__(self) -> None:
        self.batches: dict[str, dict[str, Any]] = {}
        self.stack = SimpleNamespace(outputs={"InboxBucket": "inbox"})  # type: ignore[assignment]
        self._s3 = SimpleNamespace(upload_file=lambda *_: None)  # type: ignore[assignment]
        self.states: Iterator[str] = iter(("", "loading", "done"))

    def batches_of(self, _partner: str) -> Iterator[dict[str, Any]]:
        state = next(self.states)
        if state:
            yield {"id": "new", "key": "in/profiles/one.csv", "state": state}
        yield {"id": "old", "key": "in/profiles/one.csv", "state": "done"}


def test_a_file_that_is_dropped_again_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "in/profiles").mkdir(parents=True)
    (tmp_path / "in/profiles/one.csv").touch()
    season, told = Again(), []
    season.drop(tmp_path, lambda *step: told.append(step))
    assert told == [(0, 1), (1, 1)]
    assert season.batches["in/profiles/one.csv"]["id"] == "new"


def test_without_a_local_cloud_nothing_is_dropped_and_make_up_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(control, "HOME", tmp_path)
    assert practice.main([]) == 1
    assert "`make up` starts it" in capsys.readouterr().err


def test_a_partner_has_one_client_however_often_it_is_named(stack: Stack) -> None:
    first, made = stack.ensure_partner("mutuality")
    assert made
    assert stack.ensure_partner("mutuality") == (first, False)
    other, made = stack.ensure_partner("mutual")
    assert made
    assert other != first
    rows: list[dict[str, Any]] = stack.session.client("dynamodb").scan(TableName="control")["Items"]
    assert {row["pk"]["S"]: row["partner"]["S"] for row in rows} == {
        f"client#{first}": "mutuality",
        f"client#{other}": "mutual",
    }


def test_a_token_for_an_unknown_partner_says_that_the_partner_is_new(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(control, "running_stack", lambda: stack)
    monkeypatch.setattr(Stack, "client_token", lambda _stack, client: f"token of {client}")
    printed = []
    for _ in range(2):
        assert control.token(None, "nobody") == 0
        printed.append(capsys.readouterr())
    client, _ = stack.ensure_partner("nobody")
    [registered] = DynamoRegistrations(stack.session.client("dynamodb"), "partners").all()
    assert (registered.partner, registered.profile) == ("nobody", "operator")
    assert [each.out for each in printed] == [f"token of {client}\n"] * 2
    assert [each.err for each in printed] == ["There was no partner nobody; it is made.\n", ""]


def test_a_person_is_made_once_and_gets_a_new_password_each_time(stack: Stack) -> None:
    first, second = stack.ensure_user("an@example.org", "operator"), stack.ensure_user("an@example.org", "operator")
    assert first != second
    register = DynamoRoles(stack.session.client("dynamodb"), "partners")
    [given] = register.all()
    pool = CognitoPeople(stack.session.client("cognito-idp"), stack.only("AWS::Cognito::UserPool"))
    [operator] = pool.members("operator")
    assert operator.person.subject == given.subject
    assert (given.roles, given.partner) == (frozenset({"operator"}), None)


def test_the_case_worker_of_this_machine_has_a_partner_that_may_bring_cases(stack: Stack) -> None:
    stack.ensure_user("cas@example.org", "case-worker")
    dynamodb = stack.session.client("dynamodb")
    [given] = DynamoRoles(dynamodb, "partners").all()
    assert (given.roles, given.partner) == (frozenset({"case-worker"}), "mutuality")
    assert Grants(DynamoRegistrations(dynamodb, "partners").all()).granted("mutuality", "first-hire", "cases", None)
