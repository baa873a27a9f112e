"""The case of a convention premium: a broken field is refused with its path and a stable code."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.problems import InvalidError, NoPremiumForYearError
from tegemoet.schemes.convention_premium import SCHEME
from tests.schemes.convention_premium.builders import payment, person, practice, riziv, titular
from tests.support.years import AFTER_ALL, BEFORE_ALL

NURSE = practice()


def refused(case: dict[str, Any], **line: Any) -> list[tuple[str, str]]:
    """Path and code of every fault; nothing when the case is accepted."""
    try:
        decide_line(orjson.dumps({"case_id": "c", "on": "2024-06-15", "case": case} | line), SCHEME, "partner", b"key")
    except InvalidError as problem:
        return [(fault.path, fault.code) for fault in problem.faults]
    return []


def at(case: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The case with another value at the path."""
    copy: dict[str, Any] = orjson.loads(orjson.dumps(case))
    *way, last = path.strip("/").split("/")
    place: Any = copy
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    return copy


WHOLE = person(
    practice(
        "physician",
        "general-practice",
        number_granted_on="2023-01-05",
        training=False,
        medical_house_weekly_hours="20.00",
        year_amount_choice="year-as-delivered",
        paid_to_another="0.00",
        conventions=[{"status": "full", "from": "2023-01-01", "until": "2023-12-31"}],
    ),
    titular(serial=210001, payee=riziv(210001)[:8], chosen=True),
    paid=[payment(NURSE, "945.95")],
    paid_as_another="0.00",
    recovery_settled=True,
)
WHOLE["practices"][0]["activity-s1"] = {"ambulatory": "1.00", "day-hospital": "2.00", "inpatient": "3.00"}
AMOUNTS = [
    *(f"practices/0/activity-s1/{setting}" for setting in ("ambulatory", "day-hospital", "inpatient")),
    *("practices/0/paid_to_another", "paid/0/amount", "paid_as_another"),
]
DAYS = ["practices/0/number_granted_on", "practices/0/conventions/0/from", "practices/0/conventions/0/until",
        "accounts/0/registered_on"]  # fmt: skip
FLAGS = ["practices/0/training", "practices/1/pharmacy/account", "practices/1/pharmacy/chosen", "recovery_settled"]
NUMBERS = ["practices/0/riziv_number", "practices/1/pharmacy/payee", "paid/0/riziv_number"]
CHOICES = [
    *("practices/0/profession", "practices/0/conventions/0/status", "practices/0/year_amount_choice"),
    *("paid/0/kind", "paid/0/profession"),
]


def test_a_case_with_every_field_is_accepted() -> None:
    assert refused(WHOLE) == []


@pytest.mark.parametrize("path", AMOUNTS)
@pytest.mark.parametrize(
    "value", ["1.045,32", "1e5", "NaN", "-1.00", "1.234", "１２", "", " 1", "1_000", "+1", 945.95, 945, True, [], {}]
)
def test_an_amount_is_text_with_a_point_and_two_decimals(path: str, value: Any) -> None:
    assert refused(at(WHOLE, path, value)) == [(f"/case/{path}", "not-an-amount")]


@pytest.mark.parametrize("value", ["7,6", "1000.00", "7.600", "-1", "", 7.6, 7, True])
def test_hours_are_text_with_at_most_two_decimals(value: Any) -> None:
    path = "practices/0/medical_house_weekly_hours"
    assert refused(at(WHOLE, path, value)) == [(f"/case/{path}", "not-hours")]


@pytest.mark.parametrize("path", DAYS)
@pytest.mark.parametrize(
    "value", ["2023-02-30", "15/02/2023", "20230215", "2023-2-15", "", "2023-02-15T00:00:00", 1676419200, 1.5, True]
)
def test_a_day_is_text_and_exists(path: str, value: Any) -> None:
    assert refused(at(WHOLE, path, value)) == [(f"/case/{path}", "not-a-day")]


@pytest.mark.parametrize("path", FLAGS)
@pytest.mark.parametrize("value", ["yes", "true", 1, 0, 1.0])
def test_a_flag_is_true_or_false(path: str, value: Any) -> None:
    assert refused(at(WHOLE, path, value)) == [(f"/case/{path}", "bool-type")]


@pytest.mark.parametrize("path", NUMBERS)
@pytest.mark.parametrize("value", ["12345624000", "1234562500", "12345625 000", "", 12345625000, "１２３４５６２５"])
def test_a_riziv_number_has_valid_check_digits(path: str, value: Any) -> None:
    assert refused(at(WHOLE, path, value)) == [(f"/case/{path}", "riziv-number-invalid")]


@pytest.mark.parametrize("path", CHOICES)
@pytest.mark.parametrize("value", ["astronaut", "Nurse", "", 1])
def test_a_choice_is_one_of_those_that_exist(path: str, value: Any) -> None:
    assert refused(at(WHOLE, path, value)) == [(f"/case/{path}", "not-a-choice")]


@pytest.mark.parametrize(
    "value", ["BE68539007547035", "BE6853900754703", "be68539007547034", "US64SVBKUS6S3300958879", 1]
)
def test_an_account_is_an_iban_of_a_sepa_country(value: Any) -> None:
    assert refused(at(WHOLE, "accounts/0/iban", value)) == [("/case/accounts/0/iban", "iban-invalid")]
    assert refused(at(WHOLE, "accounts/0/iban", "BE71096123456769")) == []


@pytest.mark.parametrize(
    ("specialism", "profession", "good"),
    [
        ("general-practice", "physician", True),
        (None, "physician", False),
        ("orthodontics", "physician", False),
        ("astrology", "physician", False),
        ("orthodontics", "dentist", True),
        ("general-practice", "dentist", False),
        (None, "nurse", True),
        ("general-practice", "nurse", False),
        ("", "nurse", False),
        (None, "pharmacist-biologist", True),
        ("clinical-biology", "pharmacist-biologist", False),
    ],
)
def test_a_specialism_is_one_of_the_profession(specialism: str | None, profession: str, good: bool) -> None:
    one = practice(profession) | {"specialism": specialism}
    assert refused(person(one)) == ([] if good else [("/case/practices/0", "specialism-unknown")])


def test_only_physicians_and_dentists_are_in_training() -> None:
    assert refused(person(practice("physician", "ent", training=True))) == []
    assert refused(person(practice("dentist", "orthodontics", training=True))) == []
    for profession in ("nurse", "pharmacist-biologist"):
        assert refused(person(practice(profession, training=True))) == [
            ("/case/practices/0", "training-not-for-profession")
        ]
        assert refused(person(practice(profession, training=False))) == []


def test_every_pharmacist_has_a_pharmacy_and_nobody_else_does() -> None:
    pharmacy = titular()["pharmacy"]
    fault = [("/case/practices/0", "pharmacy-for-pharmacists")]
    assert refused(person(practice("pharmacist"))) == fault
    assert refused(person(practice(pharmacy=pharmacy))) == fault
    assert refused(person(titular())) == []


def test_a_period_that_ends_before_it_begins_is_refused_and_one_of_a_day_is_not() -> None:
    def of(last: str) -> list[tuple[str, str]]:
        return refused(person(practice(conventions=[{"status": "full", "from": "2023-02-15", "until": last}])))

    assert of("2023-02-15") == []
    assert of("2023-02-14") == [("/case/practices/0/conventions/0", "until-before-from")]


@pytest.mark.parametrize(
    ("first_ends", "second_begins", "good"),
    [
        ("2023-06-30", "2023-07-01", True),
        ("2023-06-30", "2023-06-30", False),
        ("2023-06-30", "2023-01-01", False),
        (None, "2023-07-01", False),
    ],
)
def test_convention_periods_of_one_number_do_not_overlap(
    first_ends: str | None, second_begins: str, good: bool
) -> None:
    periods = [
        {"status": "full", "from": "2023-01-01", "until": first_ends},
        {"status": "none", "from": second_begins},
    ]
    for conventions in (periods, periods[::-1]):
        found = refused(person(practice(conventions=conventions)))
        assert found == ([] if good else [("/case/practices/0", "overlapping")])


@pytest.mark.parametrize(
    ("path", "value", "good"),
    [
        ("year", 2023, True),
        ("year", 1999, False),
        ("year", 2101, False),
        ("year", "2023", False),
        ("year", 2023.0, False),
        ("phase", 1, True),
        ("phase", 0, False),
        ("phase", 3, False),
        ("phase", True, False),
        ("paid/0/phase", 0, False),
        ("paid/0/phase", 3, False),
        ("paid/0/number", 1, True),
        ("paid/0/number", 0, False),
        ("paid/0/number", 999_999, True),
        ("paid/0/number", 1_000_000, False),
        ("paid/0/number", 2**63, False),
        ("practices", [], False),
        ("practices", None, False),
        ("practices", [NURSE] * 100, True),
        ("practices", [NURSE] * 101, False),
        ("practices/1/pharmacy/pharmacy_id", "", False),
        ("practices/1/pharmacy/pharmacy_id", "x" * 64, True),
        ("practices/1/pharmacy/pharmacy_id", "x" * 65, False),
        ("practices/1/pharmacy/pharmacy_id", "P85073003328", False),
        ("practices/1/pharmacy/pharmacy_id", "85.07.30-033.28", False),
        ("practices/1/pharmacy/tariff_office", "a b", False),
        ("practices/1/pharmacy/tariff_office", "bureau-é", False),
        ("paid/0/pharmacy_id", "ph 1", False),
    ],
)
def test_whole_numbers_lists_and_labels_stay_within_their_limits(path: str, value: Any, good: bool) -> None:
    faults = refused(at(WHOLE, path, value))
    assert [where for where, _ in faults] == ([] if good else [f"/case/{path}"])


def test_more_cannot_come_back_than_was_paid() -> None:
    def returned(amount: str) -> list[tuple[str, str]]:
        paid = [payment(NURSE, "945.95"), payment(NURSE, amount, kind="return", number=2)]
        return refused(person(NURSE, paid=paid))

    assert returned("945.95") == []
    assert returned("945.96") == [("/case", "more-returned-than-paid")]


def test_every_fault_is_named_and_not_only_the_first() -> None:
    broken = at(at(at(WHOLE, "practices/0/training", "no"), "accounts/0/iban", "x"), "phase", 9)
    assert {path for path, _ in refused(broken)} == {
        "/case/practices/0/training",
        "/case/accounts/0/iban",
        "/case/phase",
    }


def test_a_year_without_data_is_not_there() -> None:
    for year in (BEFORE_ALL, AFTER_ALL):
        body = {"case_id": "c", "on": "2024-06-15", "case": person(NURSE) | {"year": year}}
        with pytest.raises(NoPremiumForYearError) as error:
            decide_line(orjson.dumps(body), SCHEME, "partner", b"key")
        assert (error.value.code, error.value.year) == ("no-premium-for-year", year)


@pytest.mark.parametrize(
    ("case_id", "code"),
    [
        ("case-1_A.b", None),
        ("x" * 64, None),
        ("12345678901", None),
        ("85073003327", None),
        ("", "case-id-invalid"),
        ("x" * 65, "case-id-invalid"),
        ("a b", "case-id-invalid"),
        ("a/b", "case-id-invalid"),
        ("é", "case-id-invalid"),
        (5, "case-id-invalid"),
        ("85073003328", "case-id-holds-identity-number"),
        ("nurse-85073003328-x", "case-id-holds-identity-number"),
        ("985073003328", "case-id-holds-identity-number"),
        ("98472899765", "case-id-holds-identity-number"),
        ("85.07.30-033.28", "case-id-holds-identity-number"),
        ("c-98.47.28-997.65_2", "case-id-holds-identity-number"),
        ("850730-03328", "case-id-holds-identity-number"),
        ("85.07.30-033.27", None),
    ],
)
def test_a_case_id_is_a_label_without_an_identity_number(case_id: Any, code: str | None) -> None:
    assert refused(person(NURSE), case_id=case_id) == ([("/case_id", code)] if code else [])


@pytest.mark.parametrize(("value", "good"), [("0" * 32, True), ("0" * 31, False), ("G" * 32, False), (None, False)])
def test_what_a_decision_supersedes_is_the_id_of_a_decision(value: Any, good: bool) -> None:
    assert [where for where, _ in refused(person(NURSE), supersedes=value)] == ([] if good else ["/supersedes"])


def test_a_field_that_does_not_exist_is_refused_wherever_it_stands() -> None:
    places: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "/case": lambda c: c,
        "/case/practices/0": lambda c: c["practices"][0],
        "/case/practices/0/activity-s1": lambda c: c["practices"][0]["activity-s1"],
        "/case/practices/0/conventions/0": lambda c: c["practices"][0]["conventions"][0],
        "/case/practices/1/pharmacy": lambda c: c["practices"][1]["pharmacy"],
        "/case/accounts/0": lambda c: c["accounts"][0],
        "/case/paid/0": lambda c: c["paid"][0],
    }
    for path, place in places.items():
        copy = orjson.loads(orjson.dumps(WHOLE))
        place(copy)["practises"] = 1
        assert refused(copy) == [(path, "unknown-field")]
    assert refused(WHOLE, dry="yes") == [("", "unknown-field")]
