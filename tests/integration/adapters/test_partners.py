"""Registrations, roles and the account that pays on DynamoDB: read back as made, and put once."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from tegemoet.adapters.partners import DynamoDebtorAccounts, DynamoRegistrations, DynamoRoles
from tegemoet.application.records import (
    DebtorAccount,
    DebtorAccountProposal,
    DebtorAccountVersion,
    GrantedKind,
    Person,
    Registration,
    RoleChange,
)
from tests.support import machines
from tests.support.debtors import SETTINGS

FIRST = Registration(
    "fund-b",
    1,
    "tariff-services",
    (GrantedKind("convention-premium", "practices", 2023), GrantedKind("first-hire", "cases", 2020, "2023-01-01")),
    ("office-1",),
    2023,
    None,
    ("ann", "bob"),
    "fund-a",
    "2023-12-01T09:00:00Z",
    Person("carl-1", "Carl"),
)

AT = "2023-12-01T09:00:00Z"
CASE_WORKER = RoleChange("ann", 1, "Ann", frozenset({"case-worker"}), "fund-b", AT, Person("carl-1", "Carl"))

ACCOUNT = DebtorAccount(
    **{
        **SETTINGS,
        "purpose": "SSBE",
        "closing_days": ("2023-12-27", "2023-12-28"),
        "hold_above": 2_500_000,
        "institutions": ("BE68539007547034",),
    }
)
PROPOSAL = DebtorAccountProposal("0a1b2c3d4e5f6071", 0, ACCOUNT, "the board", Person("carl-1", "Carl"), AT)
VERSION = DebtorAccountVersion(
    1, PROPOSAL.id, ACCOUNT, "the board", Person("carl-1", "Carl"), AT, Person("dora-1", "Dora"), AT
)


@pytest.fixture
def table() -> Iterator[str]:
    with machines.cloud({}):
        machines.create_tables(["partners"])
        yield "partners"


@pytest.fixture
def registrations(table: str) -> DynamoRegistrations:
    return DynamoRegistrations(boto3.client("dynamodb"), table)


@pytest.fixture
def roles(table: str) -> DynamoRoles:
    return DynamoRoles(boto3.client("dynamodb"), table)


@pytest.fixture
def accounts(table: str) -> DynamoDebtorAccounts:
    return DynamoDebtorAccounts(boto3.client("dynamodb"), table)


def test_registrations_come_back_as_they_were_made_by_partner_and_number(registrations: DynamoRegistrations) -> None:
    versions = [replace(FIRST, number=number) for number in (10, 9, 1)]
    other = replace(FIRST, partner="fund-a", predecessor=None, accounts_from=None, keys=())
    for known, each in enumerate((*versions, other)):
        assert registrations.append(each, known)
    assert registrations.all() == [other, *reversed(versions)]


def test_a_version_is_put_once_and_never_over_another(registrations: DynamoRegistrations) -> None:
    assert registrations.append(FIRST, 0)
    assert not registrations.append(replace(FIRST, answerable=("eve",)), 1)
    assert registrations.all() == [FIRST]


def test_of_two_registrations_that_were_checked_against_the_same_ones_one_is_put(
    registrations: DynamoRegistrations,
) -> None:
    assert registrations.append(FIRST, 0)
    other = replace(FIRST, partner="fund-c")
    assert not registrations.append(other, 0)
    assert registrations.all() == [FIRST]
    assert registrations.append(other, 1)
    assert registrations.all() == [FIRST, other]


# --- roles ----------------------------------------------------------------------------------------


def test_the_version_with_the_highest_number_holds(roles: DynamoRoles) -> None:
    versions = [replace(CASE_WORKER, number=number, roles=frozenset({"approver"})) for number in (10, 9)]
    for each in (*versions, CASE_WORKER):
        assert roles.append(each)
    assert roles.latest("ann") == versions[0]
    assert list(roles.all()) == [CASE_WORKER, versions[1], versions[0]]


def test_roles_are_those_of_one_person(roles: DynamoRoles) -> None:
    for subject in ("an", "ann-2"):
        roles.append(replace(CASE_WORKER, subject=subject))
    assert roles.latest("ann") is None
    roles.append(replace(CASE_WORKER, roles=frozenset(), partner=None))
    assert roles.latest("ann") == replace(CASE_WORKER, roles=frozenset(), partner=None)


def test_a_version_of_roles_is_put_once(roles: DynamoRoles) -> None:
    assert roles.append(CASE_WORKER)
    assert not roles.append(replace(CASE_WORKER, roles=frozenset({"approver"})))
    assert list(roles.all()) == [CASE_WORKER]


def test_registrations_and_roles_are_apart(registrations: DynamoRegistrations, roles: DynamoRoles) -> None:
    roles.append(CASE_WORKER)
    registrations.append(FIRST, 0)
    assert registrations.all() == [FIRST]
    assert list(roles.all()) == [CASE_WORKER]


# --- the account that pays ------------------------------------------------------------------------


def test_versions_of_the_account_come_back_as_made_by_number(accounts: DynamoDebtorAccounts) -> None:
    versions = [replace(VERSION, number=number) for number in (10, 9, 1)]
    for each in versions:
        assert accounts.append(each)
    assert list(accounts.all()) == [*reversed(versions)]


def test_of_two_versions_of_one_number_one_is_put(accounts: DynamoDebtorAccounts) -> None:
    assert accounts.append(VERSION)
    assert not accounts.append(replace(VERSION, confirmed_by=Person("eve-1", "Eve")))
    assert not accounts.append(VERSION)
    assert list(accounts.all()) == [VERSION]


def test_a_proposal_is_put_once_and_found_by_its_id(accounts: DynamoDebtorAccounts) -> None:
    other = replace(PROPOSAL, id="1" * 16, account=replace(ACCOUNT, closing_days=(), institutions=(), hold_above=None))
    assert accounts.propose(PROPOSAL)
    assert accounts.propose(other)
    assert not accounts.propose(replace(PROPOSAL, reason="another one"))
    assert accounts.proposals() == [PROPOSAL, other]
    assert (accounts.proposal(PROPOSAL.id), accounts.proposal(other.id)) == (PROPOSAL, other)
    assert accounts.proposal("2" * 16) is None


def test_accounts_lie_apart_from_registrations_and_roles(
    registrations: DynamoRegistrations, roles: DynamoRoles, accounts: DynamoDebtorAccounts
) -> None:
    roles.append(CASE_WORKER)
    registrations.append(FIRST, 0)
    accounts.append(VERSION)
    accounts.propose(PROPOSAL)
    assert (registrations.all(), list(roles.all())) == ([FIRST], [CASE_WORKER])
    assert (list(accounts.all()), accounts.proposals()) == ([VERSION], [PROPOSAL])
