"""The command that takes persons into the register of roles who are in groups of the user pool."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from local.tools import register_roles
from tegemoet.adapters.partners import DynamoRoles
from tegemoet.application.records import PERSON_ROLES, Person, RoleChange
from tests.support import machines

APPLY = ["--name", "Ann", "--apply"]


class Session:
    """A session on moto, whose stack has the table and the user pool as outputs."""

    def __init__(self, pool: str) -> None:
        self._outputs = {"PartnersTable": "partners", "UserPoolId": pool}

    def client(self, name: str, **options: Any) -> Any:
        return self if name == "cloudformation" else boto3.client(name, **options)  # type: ignore[call-overload]

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        return {"Stacks": [{"Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in self._outputs.items()]}]}


class Pool:
    """A user pool of an earlier version, and the register."""

    def __init__(self) -> None:
        self.client = boto3.client("cognito-idp")
        made = self.client.create_user_pool(PoolName="p", UsernameAttributes=["email"])
        self.id = made["UserPool"]["Id"]
        for group in (*PERSON_ROLES, "visitors"):
            self.client.create_group(UserPoolId=self.id, GroupName=group)
        self.session = Session(self.id)
        self.register = DynamoRoles(boto3.client("dynamodb"), "partners")

    def add(self, name: str, *groups: str) -> str:
        made = self.client.admin_create_user(
            UserPoolId=self.id,
            Username=f"{name.lower()}@example.org",
            UserAttributes=[{"Name": "name", "Value": name}],
        )
        subject = made["User"]["Username"]
        for group in groups:
            self.client.admin_add_user_to_group(UserPoolId=self.id, Username=subject, GroupName=group)
        return subject


@pytest.fixture
def pool() -> Iterator[Pool]:
    with machines.cloud({}):
        machines.create_tables(["partners"])
        yield Pool()


def test_it_shows_first_and_takes_in_when_it_is_asked_to(pool: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    both, registrar = pool.add("Bob", "operator", "approver", "visitors"), pool.add("Rik", "registrar")
    pool.add("Nobody", "visitors")
    assert register_roles.main([], pool.session) == 0
    assert list(pool.register.all()) == []
    shown = capsys.readouterr().out
    assert sorted(shown.splitlines()) == sorted([f"{both} Bob: approver operator", f"{registrar} Rik: registrar"])

    assert register_roles.main(APPLY, pool.session) == 0
    taken = {change.subject: change for change in pool.register.all()}
    assert {subject: (change.name, change.roles) for subject, change in taken.items()} == {
        both: ("Bob", frozenset({"operator", "approver"})),
        registrar: ("Rik", frozenset({"registrar"})),
    }
    [by] = {change.by for change in taken.values()}
    assert (by.subject.startswith("arn:aws:"), by.name) == (True, "Ann")
    groups = pool.client.admin_list_groups_for_user(UserPoolId=pool.id, Username=both)["Groups"]
    assert {group["GroupName"] for group in groups} == {"operator", "approver", "visitors"}
    capsys.readouterr()
    assert register_roles.main(APPLY, pool.session) == 0
    assert "Nobody to add" in capsys.readouterr().out
    assert len(list(pool.register.all())) == 2


def test_it_leaves_what_a_registrar_made(pool: Pool) -> None:
    """A role that was withdrawn does not come back by a group that somebody changed by hand."""
    subject = pool.add("Bob", "approver")
    withdrawn = RoleChange(subject, 1, "Bob", frozenset(), None, "2023-12-01T09:00:00Z", Person("r", "Rik"))
    pool.register.append(withdrawn)
    assert register_roles.main(APPLY, pool.session) == 0
    assert list(pool.register.all()) == [withdrawn]


def test_a_case_worker_comes_in_by_a_registrar_alone_who_knows_the_partner(pool: Pool) -> None:
    pool.add("Cas", "case-worker")
    assert register_roles.main(APPLY, pool.session) == 0
    assert list(pool.register.all()) == []


def test_it_takes_in_nobody_without_the_name_of_who_runs_it(pool: Pool) -> None:
    pool.add("Rik", "registrar")
    with pytest.raises(SystemExit):
        register_roles.main(["--apply"], pool.session)
    assert list(pool.register.all()) == []
