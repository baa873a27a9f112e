"""The difference of two decisions, whatever they pay."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tegemoet.application.decisions.difference import difference
from tests.schemes.maternity_rest.decisions import amount

KINDS = ["payment", "withholding-tax", "net-payment", "work-removal-payment", "benefit-of-another-scheme"]
CENTS = st.integers(0, 10**9).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
MONTHS = st.builds(lambda year, month: f"{year}-{month:02}", st.integers(2018, 2024), st.integers(1, 12))
AMOUNTS = st.lists(
    st.builds(
        lambda kind, value, unit, month: amount(kind, value, unit, f"{month}-01", f"{month}-28"),
        st.sampled_from(KINDS),
        CENTS,
        st.sampled_from(["month", "day"]),
        MONTHS,
    ),
    max_size=30,
)


def decided(name: str, amounts: list[dict[str, Any]]) -> Any:
    return {"id": name * 32, "amounts": amounts}


@given(AMOUNTS, AMOUNTS)
def test_the_differences_of_the_months_add_up_to_the_difference_of_the_totals(
    former: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    found: Any = difference(decided("a", former), decided("b", new))
    for total in found["totals"]:
        rows = [row for row in found["rows"] if row["kind"] == total["kind"]]
        for member in ("former", "new", "difference"):
            assert sum(Decimal(row[member]) for row in rows) == Decimal(total[member])
        assert Decimal(total["difference"]) == Decimal(total["new"]) - Decimal(total["former"])
    for name, amounts in (("former", former), ("new", new)):
        paid = sum(Decimal(a["amount"]) for a in amounts if a["unit"] == "month")
        assert sum(Decimal(total[name]) for total in found["totals"]) == paid


@given(AMOUNTS, AMOUNTS)
def test_the_other_way_round_every_difference_has_the_other_sign(
    former: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    there = difference(decided("a", former), decided("b", new))
    back = difference(decided("b", new), decided("a", former))
    assert [(r["kind"], r["month"], Decimal(r["difference"])) for r in there["rows"]] == [
        (r["kind"], r["month"], -Decimal(r["difference"])) for r in back["rows"]
    ]
