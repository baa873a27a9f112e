"""What a version of a registration, or of somebody's roles, changed of the one before it."""

from dataclasses import replace
from typing import Any

import pytest

from tegemoet.application.premium_year.changes import grant_changes, role_changes
from tegemoet.application.records import GrantedKind, Person, Registration, RoleChange

FIRST_AT, SECOND_AT = "2023-12-01T09:00:00Z", "2023-12-02T09:00:00Z"
CARL = Person("carl-1", "Carl")
ACCOUNTS = GrantedKind("convention-premium", "accounts", 2023)
IDENTITIES = GrantedKind("convention-premium", "identities", 2023)
FIRST = Registration(
    "fund", 1, "accounts", (ACCOUNTS,), ("o-1", "o-2"), None, 2022, ("ann", "bob"), None, FIRST_AT, CARL
)
ROLES = RoleChange("ann", 1, "Ann", frozenset({"operator"}), None, FIRST_AT, CARL)
NOTHING: dict[str, Any] = {
    "profile": None,
    "granted": [],
    "withdrawn": [],
    "keys": {"added": [], "removed": []},
    "answerable": {"added": [], "removed": []},
    "authority": {},
    "predecessor": None,
}


def second(**changes: Any) -> dict[str, Any]:
    """What the second version, with these changes, is listed to have changed."""
    version = replace(FIRST, number=2, at=SECOND_AT, **changes)
    (change,) = grant_changes([FIRST, version], SECOND_AT)
    facts = dict(change.facts)
    assert {name: facts.pop(name) for name in ("partner", "version", "at", "by")} == {
        "partner": "fund",
        "version": 2,
        "at": SECOND_AT,
        "by": {"subject": "carl-1", "name": "Carl"},
    }
    return {name: value for name, value in facts.items() if value != NOTHING[name]}


@pytest.mark.parametrize(
    ("changes", "listed"),
    [
        ({}, {}),
        ({"profile": "register"}, {"profile": "register"}),
        (
            {"grants": (ACCOUNTS, IDENTITIES)},
            {"granted": [{"scheme": "convention-premium", "kind": "identities", "from_year": 2023}]},
        ),
        (
            {"grants": (replace(ACCOUNTS, withdrawn_at=SECOND_AT),)},
            {"withdrawn": [{"scheme": "convention-premium", "kind": "accounts", "from_year": 2023}]},
        ),
        ({"keys": ("o-2", "o-3")}, {"keys": {"added": ["o-3"], "removed": ["o-1"]}}),
        ({"answerable": ("bob", "eve")}, {"answerable": {"added": ["eve"], "removed": ["ann"]}}),
        ({"accounts_from": 2023}, {"authority": {"accounts": {"before": None, "from": 2023}}}),
        ({"identities_from": None}, {"authority": {"identities": {"before": 2022, "from": None}}}),
        ({"identities_from": 2021}, {"authority": {"identities": {"before": 2022, "from": 2021}}}),
        ({"predecessor": "old-fund"}, {"predecessor": "old-fund"}),
    ],
)
def test_a_version_is_listed_with_what_it_changed(changes: dict[str, Any], listed: dict[str, Any]) -> None:
    assert second(**changes) == listed


def test_a_first_version_changes_everything() -> None:
    (change,) = grant_changes([FIRST], None)
    assert {**change.facts} == {
        "partner": "fund",
        "version": 1,
        "at": FIRST_AT,
        "by": {"subject": "carl-1", "name": "Carl"},
        "profile": "accounts",
        "granted": [{"scheme": "convention-premium", "kind": "accounts", "from_year": 2023}],
        "withdrawn": [],
        "keys": {"added": ["o-1", "o-2"], "removed": []},
        "answerable": {"added": ["ann", "bob"], "removed": []},
        "authority": {"identities": {"before": None, "from": 2022}},
        "predecessor": None,
    }


def test_a_grant_that_was_withdrawn_before_is_no_news() -> None:
    ended = replace(FIRST, grants=(replace(ACCOUNTS, withdrawn_at=FIRST_AT),))
    (change,) = grant_changes([ended, replace(ended, number=2, at=SECOND_AT)], SECOND_AT)
    assert (change.facts["granted"], change.facts["withdrawn"]) == ([], [])


@pytest.mark.parametrize(
    ("since", "listed"),
    [
        (None, 1),
        ("2023-12-01T08:59:59Z", 1),
        (FIRST_AT, 1),
        ("2023-12-01T09:00:00.900+00:00", 1),
        ("2023-12-01T10:00:00+01:00", 1),
        ("2023-12-01T09:00:01Z", 0),
    ],
)
def test_since_a_moment_is_from_its_second_on(since: str | None, listed: int) -> None:
    assert len(grant_changes([FIRST], since)) == listed
    assert len(role_changes([ROLES], since)) == listed


def test_changes_of_grants_and_roles_come_in_order_of_time() -> None:
    other = replace(FIRST, partner="a-later-one", at=SECOND_AT)
    assert [change.facts["partner"] for change in grant_changes([other, FIRST], None)] == ["fund", "a-later-one"]
    versions = [replace(ROLES, subject="aaa", at=SECOND_AT), ROLES]
    assert [change.facts["subject"] for change in role_changes(versions, None)] == ["ann", "aaa"]


def test_roles_are_listed_beside_those_of_the_same_person_before() -> None:
    versions = [
        ROLES,
        replace(ROLES, subject="bob", at=SECOND_AT),
        replace(ROLES, subject="carl", roles=frozenset({"case-worker"}), partner="fund", at=SECOND_AT),
        replace(ROLES, number=2, roles=frozenset(), at=SECOND_AT),
    ]
    found = {str(change.facts["subject"]): change.facts for change in role_changes(versions, SECOND_AT)}
    assert (found["ann"]["before"], found["ann"]["roles"]) == (["operator"], [])
    assert (found["bob"]["before"], found["bob"]["roles"]) == ([], ["operator"])
    assert found["carl"]["partner"] == "fund"
