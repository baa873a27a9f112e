"""What the partners that delivered before registrations existed are registered for."""

from typing import Any

from tegemoet.application.partners.upgrade import known_partners
from tegemoet.application.records import Batch, GrantedKind

PREMIUM, EXCHANGE = "convention-premium", "increased-reimbursement"


def batch(partner: str, kind: str, year: int | None = 2023, scheme: str = PREMIUM, state: Any = "done") -> Batch:
    name = f"{partner}-{kind}-{year}"
    return Batch(name, partner, scheme, kind, year, name, None, "2022-05-01T00:00:00Z", "01", 1, state)


def known(*batches: Batch, offices: Any = None, insurers: Any = None) -> dict[str, Any]:
    return dict(known_partners(batches, offices or {}, insurers or {}, ("ann",)))


def test_a_partner_has_the_profile_that_covers_what_it_delivered() -> None:
    found = known(
        batch("desk", "accounts", 2024),
        batch("desk", "accounts", 2023),
        batch("register", "practices"),
        batch("register", "identities"),
        batch("fund", "activity-s1"),
        batch("offices", "practices"),
        batch("offices", "tariff-offices"),
        batch("insurer", "households", 2020, EXCHANGE),
        batch("insurer", "cases", None, "maternity-rest"),
        batch("tax", "incomes-1", 2020, EXCHANGE),
        batch("hospital", "cases", None, "maternity-rest"),
        offices={"offices": {"o-2", "o-1"}},
        insurers={"insurer": {"100"}},
    )
    shown = {name: (each.profile, each.from_year, each.keys, each.grants) for name, each in found.items()}
    assert shown == {
        "desk": ("accounts", 2023, (), None),
        "register": ("register", 2023, (), None),
        "fund": ("profiles", 2023, (), None),
        "offices": ("tariff-services", 2023, ("o-1", "o-2"), None),
        "insurer": ("insurers", 2020, ("100",), None),
        "tax": ("tax-office", 2020, (), None),
        "hospital": ("case-senders", 2022, (), None),
    }
    assert {name for name, each in found.items() if "accounts" in each.authority} == {"desk"}
    assert {name for name, each in found.items() if "identities" in each.authority} == {"register"}
    assert {each.answerable for each in found.values()} == {("ann",)}


def test_a_partner_that_no_profile_covers_has_exactly_what_it_delivered() -> None:
    found = known(
        batch("all", "accounts"), batch("all", "practices", 2022), batch("insurer", "households", 2020, EXCHANGE)
    )
    assert found["all"].profile == found["insurer"].profile == "operator"
    assert found["all"].grants == (GrantedKind(PREMIUM, "accounts", 2023), GrantedKind(PREMIUM, "practices", 2022))
    # without its numbers nobody knows whose households it may bring
    assert (found["insurer"].grants, found["insurer"].keys) == ((GrantedKind(EXCHANGE, "households", 2020),), ())


def test_where_several_delivered_accounts_nobody_is_an_authority_yet() -> None:
    found = known(batch("desk", "accounts"), batch("partb", "accounts"), batch("register", "identities"))
    assert [found[name].authority for name in ("desk", "partb", "register")] == [
        frozenset(),
        frozenset(),
        frozenset({"identities"}),
    ]


def test_only_complete_files_make_a_partner_known() -> None:
    assert known(batch("desk", "accounts", state="refused"), batch("new", "", None, "", "refused")) == {}
