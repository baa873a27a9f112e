"""What registrations allow: kinds, years, keys, authority, and who owns what was another's."""

from dataclasses import replace
from typing import Any

import pytest

from tegemoet.application.partners.grants import Grants
from tegemoet.application.partners.profiles import known_kinds, profiles
from tegemoet.application.records import GrantedKind, Person, Registration

PREMIUM = "convention-premium"
FIRST, SECOND, THIRD = "2023-01-01T00:00:00Z", "2023-06-01T12:00:00Z", "2024-01-01T00:00:00Z"


def registration(partner: str, number: int = 1, at: str = FIRST, **more: Any) -> Registration:
    kinds = (GrantedKind(PREMIUM, "practices", 2023), GrantedKind(PREMIUM, "accounts", 2024))
    made = Registration(partner, number, "register", kinds, (), None, None, ("ann",), None, at, Person("bob", "Bob"))
    return replace(made, **more)


@pytest.mark.parametrize(
    ("partner", "kind", "year", "granted"),
    [
        ("a", "practices", 2022, False),
        ("a", "practices", 2023, True),
        ("a", "practices", 2030, True),
        ("a", "accounts", 2023, False),
        ("a", "accounts", 2024, True),
        ("a", "identities", 2024, False),
        ("nobody", "practices", 2023, False),
    ],
)
def test_a_kind_is_granted_from_its_year_on_and_no_other(partner: str, kind: str, year: int, granted: bool) -> None:
    assert Grants([registration("a")]).granted(partner, PREMIUM, kind, year) is granted


def test_cases_have_no_year_and_another_scheme_is_not_granted() -> None:
    grants = Grants([registration("a", grants=(GrantedKind("first-hire", "cases", 2024),))])
    assert grants.granted("a", "first-hire", "cases", None)
    assert not grants.granted("a", "maternity-rest", "cases", None)


@pytest.mark.parametrize(
    ("at", "granted"),
    [("2022-12-31T23:59:59Z", False), (FIRST, True), ("2023-06-01T11:59:59Z", True), (SECOND, False), (None, False)],
)
def test_a_grant_ends_at_the_second_at_which_it_was_withdrawn(at: str | None, granted: bool) -> None:
    ended = registration("a", 2, SECOND, grants=(GrantedKind(PREMIUM, "practices", 2023, SECOND),))
    assert Grants([ended, registration("a")]).granted("a", PREMIUM, "practices", 2023, at) is granted


def test_moments_of_s3_and_of_the_clock_are_compared_to_the_second() -> None:
    grants = Grants([registration("a", at="2023-01-01T00:00:00.900+00:00")])
    assert grants.granted("a", PREMIUM, "practices", 2023, "2023-01-01T00:00:00Z")


def test_moments_of_another_zone_are_compared_by_what_they_mean() -> None:
    grants = Grants([registration("a", at="2023-01-01T01:00:00+01:00")])
    assert grants.granted("a", PREMIUM, "practices", 2023, "2023-01-01T00:00:00Z")
    assert not grants.granted("a", PREMIUM, "practices", 2023, "2022-12-31T23:59:59Z")


# --- keys -----------------------------------------------------------------------------------------


def test_a_partner_of_a_profile_with_keys_brings_the_rows_of_its_own() -> None:
    grants = Grants([registration("a", profile="tariff-services", keys=("o-1", "o-2")), registration("b")])
    assert grants.keys_of("a", "tariff-offices") == frozenset({"o-1", "o-2"})
    assert grants.keys_of("a", "insurers") is None
    assert grants.keys_of("a", None) is None
    assert grants.keys_of("b", "tariff-offices") is None


def test_a_successor_owns_the_keys_of_those_before_it_from_its_registration_on() -> None:
    service: dict[str, Any] = {"profile": "tariff-services"}
    grants = Grants(
        [
            registration("a", keys=("o-1",), **service),
            registration("b", keys=("o-2",), **service),
            registration("b", 2, SECOND, keys=("o-2",), predecessor="a", **service),
            registration("c", 1, THIRD, keys=("o-3",), predecessor="b", **service),
        ]
    )
    assert grants.keys_of("b", "tariff-offices", FIRST) == frozenset({"o-2"})
    assert grants.keys_of("b", "tariff-offices", SECOND) == frozenset({"o-1", "o-2"})
    assert grants.keys_of("c", "tariff-offices") == frozenset({"o-1", "o-2", "o-3"})
    assert [grants.owner_of(name) for name in "abc"] == ["c", "c", "c"]
    assert [grants.owner_of("a", at) for at in (FIRST, SECOND, THIRD)] == ["a", "b", "c"]
    assert grants.predecessors("c") == ["a", "b"]
    assert grants.predecessors("b") == ["a"]
    assert grants.predecessors("a") == []


def test_a_partner_with_a_successor_brings_nothing_any_more() -> None:
    grants = Grants([registration("a"), registration("b", at=SECOND, predecessor="a")])
    assert grants.granted("a", PREMIUM, "practices", 2023, FIRST)
    assert not grants.granted("a", PREMIUM, "practices", 2023, SECOND)
    assert not grants.granted("a", PREMIUM, "practices", 2023)
    assert grants.granted("b", PREMIUM, "practices", 2023)


def test_a_later_version_without_its_predecessor_still_is_the_successor() -> None:
    grants = Grants([registration("a"), registration("b", predecessor="a"), registration("b", 2, SECOND)])
    assert grants.owner_of("a") == "b"


def test_partners_that_name_each_other_at_the_same_moment_end_no_search() -> None:
    grants = Grants([registration("a", predecessor="b"), registration("b", predecessor="a")])
    assert {grants.owner_of("a"), grants.owner_of("b")} == {"a", "b"}


# --- authority ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "facts"), [(2023, False), (2024, True), (2025, True)])
def test_an_authority_is_one_from_its_year_on(year: int, facts: bool) -> None:
    grants = Grants([registration("a", accounts_from=2024)])
    assert grants.authority_since("a", year, "accounts", FIRST) == (FIRST if facts else None)
    assert grants.authority_since("a", year, "identities", FIRST) is None


def test_what_an_authority_brought_stays_a_fact_when_the_authority_ends() -> None:
    grants = Grants([registration("a", identities_from=2023), registration("a", 2, SECOND)])
    before = "2023-06-01T11:59:59Z"
    assert grants.authority_since("a", 2023, "identities", before) == before
    assert grants.authority_since("a", 2023, "identities", SECOND) is None


def test_what_a_partner_brought_before_it_was_an_authority_is_a_fact_from_then_on() -> None:
    grants = Grants([registration("a"), registration("a", 2, SECOND, accounts_from=2023)])
    assert grants.authority_since("a", 2023, "accounts", FIRST) == SECOND


def test_a_partner_that_is_an_authority_again_is_one_since_the_first_time() -> None:
    versions = [registration("a"), registration("a", 2, SECOND, accounts_from=2023)]
    ended = registration("a", 3, SECOND)
    assert Grants([*versions, ended]).authority_since("a", 2023, "accounts", FIRST) is None
    grants = Grants([*versions, ended, registration("a", 4, THIRD, accounts_from=2023)])
    assert grants.authority_since("a", 2023, "accounts", FIRST) == SECOND
    assert grants.authority_since("a", 2023, "accounts", "2023-07-01T00:00:00Z") == THIRD


def test_a_partner_without_registration_is_no_authority() -> None:
    assert Grants([]).authority_since("a", 2023, "accounts", FIRST) is None


# --- persons --------------------------------------------------------------------------------------


def test_who_registered_or_answered_for_a_partner_or_its_successor_is_involved() -> None:
    grants = Grants(
        [
            registration("a"),
            registration("a", 2, SECOND, answerable=("carl",), by=Person("dora", "Dora")),
            registration("b", at=THIRD, answerable=("eve",), by=Person("fred", "Fred"), predecessor="a"),
            registration("c", answerable=("gina",), by=Person("hugo", "Hugo")),
        ]
    )
    assert grants.involved(["a"]) == {"ann", "bob", "carl", "dora", "eve", "fred"}
    assert grants.involved(["b"]) == {"eve", "fred"}
    assert grants.involved(["c", "nobody"]) == {"gina", "hugo"}


# --- profiles -------------------------------------------------------------------------------------


def test_every_kind_of_file_is_in_a_profile_and_the_contracts_profiles_are_there() -> None:
    from tegemoet.application.intake.kinds.table import KINDS
    from tegemoet.schemes.registry import SCHEMES

    cases = {(name, "cases") for name, scheme in SCHEMES.items() if scheme.kind == "single-case"}
    assert known_kinds() == {*KINDS, *cases}
    assert set(profiles()) == {
        "register",
        "accounts",
        "profiles",
        "tariff-services",
        "insurers",
        "tax-office",
        "treasury",
        "case-senders",
        "operator",
    }
    assert {name for name, profile in profiles().items() if profile.authority} == {"register", "accounts"}
    # nobody sends in its place what the bank answered: what came back is paid again
    treasury = {("convention-premium", "bank-answers"), ("convention-premium", "returns")}
    assert set(profiles()["treasury"].kinds) == treasury
    assert set(profiles()["operator"].kinds) == known_kinds() - treasury
