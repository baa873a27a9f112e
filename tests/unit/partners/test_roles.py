"""Roles of persons: a register that is only added to, groups that follow, and what counts."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tegemoet.application.partners.roles import RegisteredPeople, RolePorts, RoleRequest, change_roles
from tegemoet.application.records import OPERATORS, Account, Person, PersonRole, RoleChange
from tegemoet.domain.problems import ConflictError, InvalidError, NotFoundError
from tests.support.fakes import FakeClock, FakePeople, FakeRegistrations, FakeRoles

REGISTRAR = Person("registrar-1", "Rik")


class World:
    """Anna, who has an account and no role, and what changes her roles."""

    def __init__(self) -> None:
        self.roles, self.pool, self.registrations = FakeRoles(), FakePeople({}), FakeRegistrations()
        self.clock = FakeClock()
        self.pool.add("anna", name="Anna")
        self.registrations.admit("fund", OPERATORS)
        self.people = RegisteredPeople(self.pool, self.roles)
        self.ports = RolePorts(self.roles, self.people, self.pool, self.registrations, self.clock)

    def give(self, *roles: PersonRole, partner: str | None = None, by: Person = REGISTRAR) -> RoleChange:
        return change_roles("anna", RoleRequest(frozenset(roles), partner), by=by, ports=self.ports)

    @property
    def groups(self) -> frozenset[str]:
        return self.pool.accounts["anna"].groups

    @property
    def counts(self) -> frozenset[str]:
        account = self.people.person("anna")
        assert account is not None
        return account.groups


@pytest.fixture
def world() -> World:
    return World()


def test_a_change_is_a_version_with_who_and_when_and_the_name_of_then(world: World) -> None:
    first = world.give("operator")
    at = "2023-12-01T09:00:00Z"
    assert first == RoleChange("anna", 1, "Anna", frozenset({"operator"}), None, at, REGISTRAR)
    world.pool.add("anna", "operator", name="Anna B.")
    second = world.give("approver", "reader")
    assert (second.number, second.name) == (2, "Anna B.")
    assert list(world.roles.all()) == [first, second]
    assert world.groups == {"approver", "reader"}
    assert world.counts == {"approver", "reader"}


def test_everything_is_withdrawn_by_a_version_without_roles(world: World) -> None:
    world.give("approver")
    assert world.give().number == 2
    assert (world.groups, world.counts) == (frozenset(), frozenset())


def test_nobody_changes_the_own_roles(world: World) -> None:
    with pytest.raises(ConflictError) as refused:
        world.give("approver", by=Person("anna", "Anna"))
    assert refused.value.code == "own-roles"
    assert (list(world.roles.all()), world.groups) == ([], frozenset())


def test_nobody_without_an_account_gets_a_role(world: World) -> None:
    with pytest.raises(NotFoundError) as refused:
        change_roles("nobody", RoleRequest(frozenset({"reader"})), by=REGISTRAR, ports=world.ports)
    assert refused.value.code == "person-unknown"
    assert list(world.roles.all()) == []


@pytest.mark.parametrize(
    ("roles", "partner", "path", "code"),
    [
        (["case-worker"], None, "/partner", "partner-missing"),
        (["case-worker"], "nobody", "/partner", "partner-unknown"),
        (["case-worker"], OPERATORS, "/partner", "partner-unknown"),
        (["case-worker", "reader"], "fund", "/roles", "case-worker-alone"),
        (["operator"], "fund", "/partner", "partner-not-for-roles"),
        ([], "fund", "/partner", "partner-not-for-roles"),
    ],
)
def test_a_case_worker_has_one_partner_and_no_other_role(
    world: World, roles: list[PersonRole], partner: str | None, path: str, code: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        world.give(*roles, partner=partner)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [(path, code)]
    assert (list(world.roles.all()), world.groups) == ([], frozenset())


def test_another_partner_of_a_case_worker_is_another_version(world: World) -> None:
    world.registrations.admit("other")
    assert world.give("case-worker", partner="fund").partner == "fund"
    assert world.give("case-worker", partner="other").number == 2


def test_the_same_roles_again_are_no_new_version(world: World) -> None:
    first = world.give("operator")
    world.clock.at = world.clock.at.replace(hour=10)
    assert world.give("operator", by=Person("registrar-2", "Rita")) == first
    assert list(world.roles.all()) == [first]


# --- when something breaks off, or two change at once ---------------------------------------------


class PoolGoneError(Exception):
    pass


def test_what_broke_off_before_the_user_pool_is_repaired_by_repeating_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise PoolGoneError

    with monkeypatch.context() as broken:
        broken.setattr(world.pool, "assign", gone)
        with pytest.raises(PoolGoneError):
            world.give("approver")
    assert (world.groups, world.counts) == (frozenset(), frozenset())
    assert world.give("approver").number == 1
    assert world.counts == {"approver"}


def interrupt(world: World, monkeypatch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    """Let something happen once, just before the user pool is told."""
    assign = world.pool.assign

    def interrupted(subject: str, roles: frozenset[PersonRole]) -> None:
        monkeypatch.setattr(world.pool, "assign", assign)
        then()
        assign(subject, roles)

    monkeypatch.setattr(world.pool, "assign", interrupted)


def test_the_user_pool_ends_with_the_version_that_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first change reaches the user pool after a second one withdrew it again."""
    interrupt(world, monkeypatch, world.give)
    world.give("approver")
    assert [change.roles for change in world.roles.all()] == [frozenset({"approver"}), frozenset()]
    assert world.groups == frozenset()


def test_of_two_changes_at_the_same_moment_one_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    latest = world.roles.latest("anna")
    world.give("reader")
    monkeypatch.setattr(world.roles, "latest", lambda _subject: latest)
    with pytest.raises(ConflictError) as refused:
        world.give("approver")
    assert refused.value.code == "changed-meanwhile"
    assert world.groups == {"reader"}


# --- what counts ----------------------------------------------------------------------------------


def test_a_role_counts_only_where_register_and_user_pool_both_say_so(world: World) -> None:
    world.pool.add("anna", "approver", "operator")
    assert world.counts == frozenset()
    world.roles.give("anna", "approver", "reader")
    assert world.counts == {"approver"}


def test_who_has_no_account_is_nobody_whatever_the_register_says(world: World) -> None:
    world.roles.give("gone", "approver")
    assert world.people.person("gone") is None


def test_approvers_are_those_of_the_latest_versions(world: World) -> None:
    for subject in ("both", "withdrawn", "pool-only"):
        world.pool.add(subject, "approver")
    for subject in ("both", "withdrawn", "register-only"):
        world.roles.give(subject, "approver", "reader")
    world.roles.give("withdrawn", "reader")
    both = Account(Person("both", "Name of both"), frozenset({"approver"}), True)
    assert world.people.approvers() == [both]
    world.pool.accounts["both"] = replace(both, enabled=False)
    assert not world.people.approvers()[0].may_approve()
