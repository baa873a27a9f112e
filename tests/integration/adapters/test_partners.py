"""Registrations on DynamoDB: read back as they were made, and put once."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from tegemoet.adapters.partners import DynamoRegistrations
from tegemoet.application.records import GrantedKind, Person, Registration
from tests.support import machines

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


@pytest.fixture
def registrations() -> Iterator[DynamoRegistrations]:
    with machines.cloud({}):
        machines.create_tables(["partners"])
        yield DynamoRegistrations(boto3.client("dynamodb"), "partners")


def test_registrations_come_back_as_they_were_made_by_partner_and_number(registrations: DynamoRegistrations) -> None:
    versions = [replace(FIRST, number=number) for number in (10, 9, 1)]
    other = replace(FIRST, partner="fund-a", predecessor=None, accounts_from=None, keys=())
    for each in (*versions, other):
        assert registrations.append(each)
    assert registrations.all() == [other, *reversed(versions)]


def test_a_version_is_put_once_and_never_over_another(registrations: DynamoRegistrations) -> None:
    assert registrations.append(FIRST)
    assert not registrations.append(replace(FIRST, answerable=("eve",)))
    assert registrations.all() == [FIRST]
