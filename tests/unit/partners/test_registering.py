"""Registering a partner: versions are added, checked against those of others, and never changed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tegemoet.application.partners.grants import Grants
from tegemoet.application.partners.registering import RegistrationRequest, register, require_partner
from tegemoet.application.records import OPERATORS, GrantedKind, Person, Registration
from tegemoet.domain.problems import ConflictError, InvalidError, NotFoundError
from tests.support.dropping import insz
from tests.support.fakes import FakeClock, FakeRegistrations

PREMIUM = "convention-premium"
ANN, BOB = Person("a-1", "Ann"), Person("b-2", "Bob")


class World:
    def __init__(self) -> None:
        self.registrations, self.clock = FakeRegistrations(), FakeClock()

    def register(self, partner: str, profile: str = "register", by: Person = ANN, **more: Any) -> Registration:
        request = RegistrationRequest(profile, **{"from_year": 2023, "answerable": ("who-answers",), **more})
        return register(partner, request, by=by, registrations=self.registrations, clock=self.clock)

    @property
    def grants(self) -> Grants:
        return Grants(self.registrations.all())


@pytest.fixture
def world() -> World:
    return World()


def test_a_registration_has_the_grants_and_the_authority_of_its_profile(world: World) -> None:
    made = world.register("fund", answerable=("z", "a", "a"))
    assert made.grants == (
        GrantedKind(PREMIUM, "conventions", 2023),
        GrantedKind(PREMIUM, "identities", 2023),
        GrantedKind(PREMIUM, "practices", 2023),
        GrantedKind("premium-allocation", "population", 2023),
    )
    assert (made.accounts_from, made.identities_from, made.keys) == (None, 2023, ())
    assert (made.number, made.answerable, made.by, made.at) == (1, ("a", "z"), ANN, "2023-12-01T09:00:00Z")
    assert world.registrations.all() == [made]


def test_a_registrar_may_grant_other_kinds_and_another_authority(world: World) -> None:
    kinds = (GrantedKind(PREMIUM, "accounts", 2024),)
    made = world.register("fund", grants=kinds, authority=frozenset(("accounts",)))
    assert (made.grants, made.accounts_from, made.identities_from) == (kinds, 2023, None)
    assert world.register("other", authority=frozenset()).identities_from is None


def test_a_later_registration_withdraws_what_it_leaves_out_and_says_when(world: World) -> None:
    world.register("fund", "accounts")
    world.clock.at = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    made = world.register("fund", "profiles", by=BOB)
    ended = GrantedKind(PREMIUM, "accounts", 2023, "2024-01-02T03:04:05Z")
    assert (made.number, made.by, made.accounts_from) == (2, BOB, None)
    assert [grant for grant in made.grants if grant.withdrawn_at] == [ended]
    world.clock.at = datetime(2025, 1, 1, tzinfo=UTC)
    again = world.register("fund", "accounts")
    assert ended in again.grants
    assert GrantedKind(PREMIUM, "accounts", 2023) in again.grants
    assert [version.number for version in world.grants.versions("fund")] == [1, 2, 3]


def test_repeating_a_registration_adds_no_version_and_another_person_does(world: World) -> None:
    first = world.register("fund")
    world.clock.at = datetime(2024, 1, 1, tzinfo=UTC)
    assert world.register("fund") == first
    assert world.register("fund", by=BOB).number == 2


def test_of_two_registrars_at_once_one_is_told_of_the_other(world: World) -> None:
    before = world.registrations.all()
    world.register("fund")
    after, world.registrations.all = world.registrations.all, lambda: before  # type: ignore[method-assign]
    with pytest.raises(ConflictError) as told:
        world.register("fund", "accounts", by=BOB)
    assert told.value.code == "registered-meanwhile"
    assert [version.by for version in after()] == [ANN]


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        ({"profile": "king"}, "/profile", "profile-unknown"),
        ({"answerable": ()}, "/answerable", "answerable-missing"),
        (
            {"grants": (GrantedKind(PREMIUM, "accounts", 2023), GrantedKind(PREMIUM, "gold", 2023))},
            "/grants/1",
            "kind-unknown",
        ),
        ({"grants": (GrantedKind("gold", "accounts", 2023),)}, "/grants/0", "kind-unknown"),
        ({"keys": ("o-1",)}, "/keys", "keys-not-for-profile"),
        ({"profile": "tariff-services"}, "/keys", "keys-missing"),
        ({"profile": "tariff-services", "keys": ("o-1", "o 2")}, "/keys/1", "key-invalid"),
        ({"profile": "insurers", "keys": ("1000",)}, "/keys/0", "key-invalid"),
        ({"profile": "tariff-services", "keys": (f"o-{insz(1)}",)}, "/keys/0", "key-invalid"),
        ({"predecessor": "nobody"}, "/predecessor", "predecessor-unknown"),
        ({"predecessor": "fund"}, "/predecessor", "predecessor-unknown"),
    ],
)
def test_a_registration_that_says_something_impossible_is_refused(
    world: World, more: dict[str, Any], path: str, code: str
) -> None:
    with pytest.raises(InvalidError) as told:
        world.register("fund", **more)
    assert (told.value.code, [(fault.path, fault.code) for fault in told.value.faults]) == (code, [(path, code)])
    assert world.registrations.all() == []


def test_no_partner_is_named_after_a_person(world: World) -> None:
    with pytest.raises(InvalidError) as told:
        world.register(f"dr-{insz(1)}")
    assert told.value.code == "name-holds-identity-number"


def test_a_key_belongs_to_one_partner_and_to_its_successor(world: World) -> None:
    world.register("old", "tariff-services", keys=("o-1",))
    with pytest.raises(ConflictError) as told:
        world.register("new", "tariff-services", keys=("o-2", "o-1"))
    assert told.value.code == "key-taken"
    assert [(fault.path, fault.code) for fault in told.value.faults] == [("/keys/1", "key-taken")]
    world.register("new", "tariff-services", keys=("o-2",), predecessor="old")
    assert world.register("new", "tariff-services", keys=("o-1", "o-2")).keys == ("o-1", "o-2")
    # an insurer may have the same digits as an office
    assert world.register("insurer", "insurers", keys=("100",)).keys == ("100",)


def test_a_successor_may_have_the_keys_of_its_predecessor_and_no_others(world: World) -> None:
    world.register("old", "insurers", keys=("101",))
    world.register("older", "insurers", keys=("102",))
    with pytest.raises(ConflictError) as told:
        world.register("new", "insurers", keys=("102",), predecessor="old")
    assert told.value.code == "key-taken"
    world.register("old", "insurers", keys=("101",), predecessor="older")
    assert world.register("new", "insurers", keys=("101", "102"), predecessor="old").number == 1
    world.register("new", "insurers")
    assert world.grants.keys_of("new", "insurers") == frozenset(("101", "102"))


def test_nobody_takes_over_the_operators(world: World) -> None:
    world.register(OPERATORS, "operator")
    with pytest.raises(InvalidError) as told:
        world.register("fund", predecessor=OPERATORS)
    assert told.value.code == "predecessor-unknown"
    assert world.grants.granted(OPERATORS, PREMIUM, "practices", 2023)


def test_a_predecessor_has_one_successor_and_no_circle_is_made(world: World) -> None:
    for name, before in (("a", None), ("b", "a"), ("c", "b")):
        world.register(name, predecessor=before)
    for name, before, code in (("d", "a", "predecessor-taken"), ("a", "c", ""), ("a", "b", "")):
        with pytest.raises((ConflictError, InvalidError)) as told:
            world.register(name, predecessor=before)
        assert told.value.code == (code or "predecessor-is-successor")
    assert world.register("b", predecessor="a").number == 1
    assert world.grants.owner_of("a") == "c"


def test_a_partner_without_a_registration_is_unknown(world: World) -> None:
    world.register("fund")
    with pytest.raises(NotFoundError) as told:
        require_partner("other", world.registrations)
    assert told.value.code == "partner-unknown"
    assert require_partner("fund", world.registrations).partners == ["fund"]
