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


def decided(case: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line(case)), scheme_named("locum-licence"), "partner", b"key").decision
    )
    return found


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
    assert found["explanation"][1]["facts"]["vat"] == "excluded"


def test_nexuzhealth_pro_is_one_price_with_vat() -> None:
    found = decided(licence("nexuzhealth-pro", last="2024-06-01"))
    assert (found["total"], found["explanation"][1]["facts"]["vat"]) == ("1600.00", "included")


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
    [
        ("healthone", "own-licence"),
        ("careconnect", "own-licence"),
        ("careconnect", "temporary-access"),
        ("daktari", "temporary-access"),
    ],
)
def test_what_has_no_printed_price_is_named_and_not_guessed(package: str, use: str) -> None:
    with pytest.raises(ParameterUnknownError) as error:
        decided(licence(package, use))
    assert package in str(error.value)
    assert "2023-06-01" in str(error.value)


def test_the_price_of_temporary_access_is_named_as_such() -> None:
    with pytest.raises(ParameterUnknownError) as error:
        decided(licence("careconnect", "temporary-access"))
    assert error.value.parameter == "licence-price (package careconnect, temporary access)"


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
