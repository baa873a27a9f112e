"""Accounts of persons and the seal of approvals, on Cognito and KMS as far as moto is like them."""

from collections.abc import Iterator
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tegemoet.adapters.approval_seals import KmsApprovalSeal
from tegemoet.adapters.cloud import Cloud
from tegemoet.adapters.people import CognitoPeople
from tegemoet.adapters.table import condition_held, write_together
from tegemoet.application.records import Account, Person, RoleChange
from tests.support import machines

REGION: Final = "eu-west-1"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


# --- persons --------------------------------------------------------------------------------------


class Pool:
    """A user pool in which moto finds an account by its subject."""

    def __init__(self) -> None:
        self.client = boto3.client("cognito-idp")
        self.id = self.client.create_user_pool(PoolName="p", UsernameAttributes=["email"])["UserPool"]["Id"]
        for group in ("operator", "approver"):
            self.client.create_group(UserPoolId=self.id, GroupName=group)

    def add(self, mail: str, *groups: str, name: str | None = None) -> str:
        attributes: Any = [] if name is None else [{"Name": "name", "Value": name}]
        made = self.client.admin_create_user(UserPoolId=self.id, Username=mail, UserAttributes=attributes)
        subject = made["User"]["Username"]
        for group in groups:
            self.client.admin_add_user_to_group(UserPoolId=self.id, Username=subject, GroupName=group)
        return subject

    @property
    def people(self) -> CognitoPeople:
        return CognitoPeople(self.client, self.id)


@pytest.fixture
def pool() -> Pool:
    return Pool()


def test_a_person_has_the_groups_of_this_moment(pool: Pool) -> None:
    subject = pool.add("an@example.org", "approver", name="An Peeters")
    person = Person(subject, "An Peeters")
    assert pool.people.person(subject) == Account(person, frozenset({"approver"}), True)
    pool.client.admin_remove_user_from_group(UserPoolId=pool.id, Username=subject, GroupName="approver")
    assert pool.people.person(subject) == Account(person, frozenset(), True)
    pool.client.admin_disable_user(UserPoolId=pool.id, Username=subject)
    assert pool.people.person(subject) == Account(person, frozenset(), False)


def test_a_person_without_a_name_has_that_of_the_account(pool: Pool) -> None:
    subject = pool.add("an@example.org")
    found = pool.people.person(subject)
    assert found is not None
    assert found.person == Person(subject, subject)


def test_nobody_is_found_by_anything_but_the_subject(pool: Pool) -> None:
    pool.add("an@example.org", "approver")
    assert pool.people.person("an@example.org") is None
    assert pool.people.person("nobody") is None


def test_approvers_come_from_every_page_with_whether_they_are_enabled(pool: Pool) -> None:
    subjects = {pool.add(f"{n}@example.org", "approver") for n in range(61)}
    pool.add("op@example.org", "operator")
    gone = min(subjects)
    pool.client.admin_disable_user(UserPoolId=pool.id, Username=gone)
    found = pool.people.approvers()
    assert {account.person.subject for account in found} == subjects
    assert [account.person.subject for account in found if not account.may_approve()] == [gone]


def groups_of(pool: Pool, subject: str) -> set[str]:
    found = pool.client.admin_list_groups_for_user(UserPoolId=pool.id, Username=subject)
    return {group["GroupName"] for group in found["Groups"]}


def test_groups_become_those_of_the_roles_and_others_stay(pool: Pool) -> None:
    for group in ("reader", "registrar", "case-worker", "visitors"):
        pool.client.create_group(UserPoolId=pool.id, GroupName=group)
    subject = pool.add("an@example.org", "approver", "operator", "visitors")
    another = pool.add("bo@example.org", "approver")
    pool.people.assign(subject, frozenset({"operator", "reader"}))
    assert groups_of(pool, subject) == {"operator", "reader", "visitors"}
    pool.people.assign(subject, frozenset({"operator", "reader"}))
    assert groups_of(pool, subject) == {"operator", "reader", "visitors"}
    pool.people.assign(subject, frozenset())
    assert (groups_of(pool, subject), groups_of(pool, another)) == ({"visitors"}, {"approver"})


def test_the_functions_know_no_role_but_what_the_register_says_too(pool: Pool) -> None:
    """Whoever can add accounts to groups makes no approver by it."""
    machines.create_tables(["partners"])
    cloud = Cloud({"USER_POOL_ID": pool.id, "PARTNERS_TABLE": "partners"})
    subject, another = pool.add("an@example.org", "approver"), pool.add("bo@example.org", "approver")
    found = cloud.people.person(subject)
    assert (found and found.groups, cloud.people.approvers()) == (frozenset(), [])
    change = RoleChange(another, 1, "Bo", frozenset({"approver"}), None, "2023-12-01T09:00:00Z", Person("r", "Rik"))
    cloud.roles.append(change)
    assert [account.person.subject for account in cloud.people.approvers()] == [another]
    with_role = cloud.people.person(another)
    assert with_role is not None
    assert with_role.may_approve()


# --- the seal -------------------------------------------------------------------------------------


def seal() -> KmsApprovalSeal:
    client = boto3.client("kms")
    key = client.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    return KmsApprovalSeal(client, key)


def test_a_seal_is_of_one_message_under_one_key() -> None:
    one, other = seal(), seal()
    mac = one.sign(b"pay 945.95")
    assert one.verify(b"pay 945.95", mac)
    assert not one.verify(b"pay 945.96", mac)
    assert not other.verify(b"pay 945.95", mac)
    assert not one.verify(b"pay 945.95", b"x" * 32)


def test_a_key_that_cannot_be_used_is_an_error_and_no_verdict() -> None:
    with pytest.raises(ClientError):
        KmsApprovalSeal(boto3.client("kms"), "arn:aws:kms:eu-west-1:123456789012:key/none").verify(b"m", b"x" * 32)


# --- two writers at the same moment ---------------------------------------------------------------


class Busy:
    """A client whose first `times` writes meet a transaction of somebody else."""

    def __init__(self, times: int, then: str | None = None) -> None:
        self.times, self.then, self.calls = times, then, 0

    def _error(self, code: str, *reasons: str) -> ClientError:
        answer: Any = {"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}
        return ClientError(answer, "Write")

    def update_item(self, **_: object) -> None:
        self.calls += 1
        if self.calls <= self.times:
            raise self._error("TransactionConflictException")
        if self.then:
            raise self._error(f"{self.then}Exception")

    def transact_write_items(self, **_: object) -> None:
        self.calls += 1
        if self.calls <= self.times:
            raise self._error("TransactionCanceledException", "None", "TransactionConflict")
        if self.then:
            raise self._error("TransactionCanceledException", "None", self.then)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tegemoet.adapters.table.pause", lambda *_: None)


@pytest.mark.parametrize(("then", "held"), [(None, True), ("ConditionalCheckFailed", False)])
def test_a_write_that_meets_a_transaction_is_made_again(then: str | None, held: bool) -> None:
    single, together = Busy(2, then), Busy(2, then)
    assert condition_held(single.update_item, Key="k") is held
    assert write_together(together, []) is held  # type: ignore[arg-type]
    assert (single.calls, together.calls) == (3, 3)


def test_a_write_that_never_gets_through_is_an_error() -> None:
    with pytest.raises(ClientError):
        condition_held(Busy(1_000).update_item)
    with pytest.raises(ClientError):
        write_together(Busy(1_000), [])  # type: ignore[arg-type]


def test_any_other_error_is_raised_at_once() -> None:
    client = Busy(0, "ProvisionedThroughputExceeded")
    with pytest.raises(ClientError):
        condition_held(client.update_item)
    assert client.calls == 1
