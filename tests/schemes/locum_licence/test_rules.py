"""What a software licence costs a locum: free, priced by how long
it lasts, not offered, or without a printed price.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named
from tests.schemes.locum import licence, line


def decided(case: dict[str, Any], *supplied: dict[str, Any]) -> dict[str, Any]:
    body = {**line(case), **({"supplied": supplied} if supplied else {})}
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(body), scheme_named("locum-licence"), "partner", b"key").decision
    )
    return found


def rules(decision: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["rule"], step["outcome"]) for step in decision["explanation"]]


def price(package: str, use: str, per: str, value: str) -> dict[str, Any]:
    key = {"package": package, "use": use, "per": per, "months": "any"}
    days = {"from": "2023-06-01", "until": "2023-12-31", "source": "the supplier"}
    return {"parameter": "licence-price", "key": key, "value": value, **days}


@pytest.mark.parametrize(
    ("last", "total"),
    [
        ("2023-06-01", "125.00"),
        ("2023-06-30", "125.00"),
        ("2023-07-01", "250.00"),
        ("2023-10-31", "625.00"),
        ("2023-11-01", "1110.00"),
        ("2024-04-30", "2035.00"),
        ("2024-05-01", "1850.00"),
        ("2024-05-31", "1850.00"),
        ("2024-06-01", "3700.00"),
    ],
)
def test_daktari_costs_by_started_month_and_from_twelve_months_by_year(last: str, total: str) -> None:
    found = decided(licence(last=last))
    assert (found["outcome"], found["total"]) == ("granted", total)
    assert found["explanation"][2]["facts"]["vat"] == "excluded"


def test_nexuzhealth_pro_is_one_price_with_vat() -> None:
    found = decided(licence("nexuzhealth-pro", last="2024-06-01"))
    assert (found["total"], found["explanation"][2]["facts"]["vat"]) == ("1600.00", "included")


def test_a_released_careconnect_licence_is_free() -> None:
    assert decided(licence("careconnect", "take-over"))["total"] == "0.00"


def test_medispring_is_free_once_the_supplier_knows() -> None:
    waiting = decided(licence("medispring"))
    assert (waiting["outcome"], waiting["total"], waiting["amounts"]) == ("pending", None, [])
    assert waiting["missing"][0]["field"] == "/supplier_told"
    assert decided(licence("medispring", supplier_told=True))["total"] == "0.00"


@pytest.mark.parametrize("package", ["healthone", "daktari", "nexuzhealth-pro"])
def test_a_licence_that_cannot_be_taken_over_is_refused(package: str) -> None:
    assert decided(licence(package, "take-over"))["outcome"] == "refused"


@pytest.mark.parametrize(
    ("package", "use"),
    [("healthone", "own-licence"), ("careconnect", "own-licence"), ("careconnect", "temporary-access")],
)
def test_without_a_printed_price_the_table_still_decides_the_rest(package: str, use: str) -> None:
    for payer in (None, "locum"):
        found = decided(licence(package, use, **({"paid_by": payer} if payer else {})))
        assert (found["outcome"], found["total"], found["amounts"]) == ("pending", None, [])
        assert rules(found) == [("use", "met"), ("payer", "met" if payer else "unknown"), ("price", "unknown")]
        assert [(m["rule"], m["field"], m["needed"], m["seen"]) for m in found["missing"]] == [
            ("price", "/supplied", "price", "nothing")
        ]
    nothing = decided(licence(package, use, paid_by="replaced"))
    assert (nothing["outcome"], nothing["total"], nothing["missing"]) == ("granted", None, [])
    assert rules(nothing) == [("use", "met"), ("payer", "met"), ("price", "not-needed")]


@pytest.mark.parametrize(
    ("package", "use", "per", "last", "total"),
    [
        ("careconnect", "temporary-access", "week", "2023-06-07", "20.00"),
        ("careconnect", "temporary-access", "week", "2023-06-08", "40.00"),
        ("healthone", "own-licence", "month", "2023-06-30", "20.00"),
        ("healthone", "own-licence", "month", "2023-07-01", "40.00"),
        ("careconnect", "own-licence", "year", "2024-05-31", "20.00"),
        ("careconnect", "own-licence", "year", "2024-06-01", "40.00"),
        ("careconnect", "own-licence", "once", "2024-06-01", "20.00"),
    ],
)
def test_a_price_that_is_not_printed_can_be_supplied(package: str, use: str, per: str, last: str, total: str) -> None:
    found = decided(licence(package, use, last=last), price(package, use, per, "20.00"))
    assert (found["outcome"], found["total"]) == ("granted", total)
    assert [(v["name"], v["basis"]) for v in found["values"]] == [("licence-price", "supplied")]


def test_a_supplied_price_for_months_that_nobody_knows_is_not_used() -> None:
    odd = price("healthone", "own-licence", "day", "1.00")
    assert decided(licence("healthone"), odd)["outcome"] == "pending"
    for months in ("many", "1-x"):
        other = price("healthone", "own-licence", "month", "1.00")
        other["key"]["months"] = months
        assert decided(licence("healthone"), other)["outcome"] == "pending"


def test_how_a_package_can_be_used_that_the_table_does_not_name_is_not_known() -> None:
    with pytest.raises(ParameterUnknownError) as error:
        decided(licence("daktari", "temporary-access"))
    assert error.value.parameter == "licence (package daktari, use temporary-access)"


@pytest.mark.parametrize(
    ("package", "told", "payer"),
    [
        ("daktari", None, "locum"),
        ("daktari", "replaced", "replaced"),
        ("nexuzhealth-pro", None, None),
        ("nexuzhealth-pro", "locum", "locum"),
    ],
)
def test_who_pays_is_what_both_agreed_or_else_what_the_table_says(
    package: str, told: str | None, payer: str | None
) -> None:
    found = decided(licence(package, **({"paid_by": told} if told else {})))
    step = found["explanation"][1]
    assert (step["rule"], step["outcome"]) == ("payer", "met" if payer else "unknown")
    assert step["facts"].get("payer") == payer
    assert found["outcome"] == "granted"


WHO_PAYS = "Wie betaalt de kosten van het medisch programma?"
TABLE = "Bestaan er specifieke licenties voor het gebruik van softwarepakketten door een vervangarts?"


@pytest.mark.parametrize(
    ("package", "use", "heading"),
    [
        ("daktari", "own-licence", TABLE),
        ("careconnect", "own-licence", TABLE),
        ("careconnect", "temporary-access", WHO_PAYS),
        ("healthone", "own-licence", WHO_PAYS),
        ("nexuzhealth-pro", "own-licence", WHO_PAYS),
    ],
)
def test_who_pays_rests_on_the_heading_that_says_it(package: str, use: str, heading: str) -> None:
    (source,) = [s["source"] for s in decided(licence(package, use))["explanation"] if s["rule"] == "payer"]
    assert source["article"] == heading


def test_a_price_says_for_how_many_terms_it_is_asked_unless_it_is_asked_once() -> None:
    counts = {
        ("daktari", "2023-07-01"): {"months": 2},
        ("daktari", "2024-06-01"): {"years": 2},
        ("nexuzhealth-pro", "2024-06-01"): {},
    }
    for (package, last), count in counts.items():
        facts = decided(licence(package, last=last))["explanation"][2]["facts"]
        assert {name: fact for name, fact in facts.items() if name not in ("package", "price", "total", "vat")} == count


def test_taking_over_the_licence_of_a_trainee_without_a_paying_account_costs_extra() -> None:
    assert decided(licence("careconnect", "take-over", replaced_trainee="paying-account"))["total"] == "0.00"
    case = licence("careconnect", "take-over", replaced_trainee="no-paying-account")
    found = decided(case)
    assert (found["outcome"], found["total"]) == ("pending", None)
    assert rules(found) == [
        ("use", "met"),
        ("trainee-surcharge", "met"),
        ("payer", "unknown"),
        ("price", "unknown"),
    ]
    known = decided(case, price("careconnect", "take-over", "once", "90.00"))
    assert (known["outcome"], known["total"]) == ("granted", "90.00")
    assert decided({**case, "paid_by": "replaced"})["outcome"] == "granted"
    medispring = licence("medispring", "take-over", supplier_told=True, replaced_trainee="no-paying-account")
    assert decided(medispring)["total"] == "0.00"


def test_prices_before_the_revision_of_the_page_are_not_known() -> None:
    with pytest.raises(ParameterUnknownError):
        decided(licence(first="2023-05-07"))
    assert decided(licence(first="2023-05-08"))["outcome"] == "granted"


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidError) as error:
        decided(licence(last="2023-05-31"))
    assert [(f.path, f.code) for f in error.value.faults] == [("/case", "until-before-from")]


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("locum-licence").parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2023, 5, 8), LAST_DAY), parameter.name
