"""Rules 3 to 5: ambulatory activity, medical houses, training, and doubtful year amounts."""

import pytest

from tegemoet.domain.money import ZERO
from tests.schemes.convention_premium.builders import decided, eur, found, judged, person, practice

GP = ("physician", "general-practice")  # threshold 30,505.00 EUR


@pytest.mark.parametrize("setting", ["day-hospital", "inpatient"])
@pytest.mark.parametrize("phase", [1, 2])
def test_only_ambulatory_services_count(setting: str, phase: int) -> None:
    field = "activity-s1" if phase == 1 else "activity-year"
    elsewhere = practice(*GP, s1=None, year=None) | {field: {setting: "999999.00"}}
    below = practice(*GP, s1=None, year=None) | {field: {"ambulatory": "30504.99", setting: "999999.00"}}
    enough = practice(*GP, s1=None, year=None) | {field: {"ambulatory": "30505.00", setting: "0.01"}}
    waits = "pending" if phase == 1 else "refused"
    assert [judged(p, phase).outcome for p in (elsewhere, below, enough)] == [waits, waits, "granted"]


def test_phase_1_holds_the_first_semester_alone_against_the_annual_threshold() -> None:
    assert judged(practice(*GP, s1="30504.99", year="99999.00"), 1).outcome == "pending"
    assert judged(practice(*GP, s1="30505.00", year=None), 1).outcome == "granted"


def test_phase_2_looks_at_the_whole_year_alone_and_not_at_the_sum() -> None:
    assert judged(practice(*GP, s1="20000.00", year="30504.99")).outcome == "refused"
    assert judged(practice(*GP, s1="20000.00", year="30505.00")).outcome == "granted"


def test_no_amount_at_all_is_pending_in_phase_1_and_refused_in_phase_2() -> None:
    none = practice(*GP, s1=None, year=None)
    assert (judged(none, 1).outcome, judged(none, 2).outcome) == ("pending", "refused")
    (missing,) = decided(person(none)).ruling.missing
    assert (missing.needed, missing.seen) == ("30505.00 EUR", "0.00 EUR")


def test_each_practice_names_its_own_place_in_what_is_missing() -> None:
    done = decided(person(practice(year="0.00", s1=None), practice(*GP, serial=110000, s1=None, year="0.00")))
    assert [m.field for m in done.ruling.missing] == [
        "/practices/0/activity-year/ambulatory",
        "/practices/1/activity-year/ambulatory",
    ]


# --- the medical house ----------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [1, 2])
@pytest.mark.parametrize(
    ("hours", "outcome"), [("7.59", "not-met"), ("7.60", "met"), ("7.6", "met"), ("7.61", "met"), ("0.00", "not-met")]
)
def test_a_medical_house_asks_a_fifth_of_a_full_time_week(hours: str, outcome: str, phase: int) -> None:
    one = judged(practice(*GP, s1=None, year=None, medical_house_weekly_hours=hours), phase)
    assert found(one)["medical-house"] == outcome
    # too few hours are refused at once: nothing later in the year can add to an average
    assert one.outcome == ("granted" if outcome == "met" else "refused")


def test_where_hours_are_given_they_decide_and_amounts_do_not() -> None:
    for phase in (1, 2):
        assert judged(practice(*GP, medical_house_weekly_hours="7.59"), phase).outcome == "refused"
        few = judged(practice(*GP, s1="0.00", year="0.00", medical_house_weekly_hours="7.60"), phase)
        assert (few.outcome, "activity" in found(few)) == ("granted", False)


def test_hours_that_fall_short_say_how_many_are_needed() -> None:
    (missing,) = decided(person(practice(*GP, medical_house_weekly_hours="7.5"))).ruling.missing
    assert (missing.rule, missing.field) == ("medical-house", "/practices/0/medical_house_weekly_hours")
    assert (missing.needed, missing.seen) == ("7.60 hours per week", "7.50 hours per week")


def test_a_year_amount_is_not_asked_of_a_medical_house() -> None:
    one = practice(*GP, s1="50000.00", year=None, medical_house_weekly_hours="20.00")
    done = decided(person(one))
    assert (done.ruling.outcome, done.exceptions) == ("granted", [])


# --- training -------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [1, 2])
@pytest.mark.parametrize(("profession", "specialism"), [GP, ("dentist", "orthodontics")])
def test_physicians_and_dentists_in_training_have_no_threshold(profession: str, specialism: str, phase: int) -> None:
    trainee = practice(profession, specialism, s1=None, year=None, training=True)
    done = decided(person(trainee, phase=phase))
    assert done.ruling.outcome == "granted"
    assert done.payable == eur("1045.32" if profession == "physician" else "1707.31")
    assert (found(done)["training"], "activity" in found(done)) == ("not-needed", False)


def test_a_trainee_needs_the_convention_and_an_account_like_anybody() -> None:
    assert judged(practice(*GP, training=True, conventions=[])).outcome == "refused"
    waiting = decided(person(practice(*GP, training=True), phase=1, accounts=()))
    assert (waiting.ruling.outcome, waiting.payable) == ("pending", ZERO)


def test_a_trainee_in_a_medical_house_stays_exempt() -> None:
    one = judged(practice(*GP, s1=None, year=None, training=True, medical_house_weekly_hours="1.00"))
    assert (one.outcome, "medical-house" in found(one)) == ("granted", False)


def test_a_year_amount_is_not_asked_of_a_trainee() -> None:
    done = decided(person(practice(*GP, s1="50000.00", year=None, training=True)))
    assert (done.ruling.outcome, done.exceptions) == ("granted", [])


# --- a year amount that is missing or lower -------------------------------------------------------


@pytest.mark.parametrize(
    ("s1", "year", "kind"),
    [
        ("40000.00", None, "year-amount-missing"),
        ("0.00", None, "year-amount-missing"),
        ("40000.00", "39999.99", "year-amount-lower"),
        ("40000.00", "40000.00", None),
        (None, "40000.00", None),
        (None, None, None),
    ],
)
def test_a_year_amount_missing_or_lower_than_the_first_semester_waits_for_a_person(
    s1: str | None, year: str | None, kind: str | None
) -> None:
    one = practice(*GP, s1=s1, year=year)
    done = decided(person(one))
    assert [e.kind for e in done.exceptions] == ([kind] if kind else [])
    assert found(done).get("year-amount") == ("unknown" if kind else None)
    if kind:
        assert (done.ruling.outcome, done.payable, done.state) == ("pending", ZERO, "open")
        amounts = [amount.replace(".", "").lstrip("0") or "0" for amount in (s1, year) if amount is not None]
        assert done.exceptions[0].subject == ".".join([one["riziv_number"][:8], *amounts])
        assert done.exceptions[0].facts["first_semester"] == s1
        assert done.exceptions[0].facts["whole_year"] == year


def test_what_a_person_must_look_at_waits_whatever_else_fails() -> None:
    done = decided(person(practice(*GP, s1="40000.00", year=None, conventions=[])))
    assert (done.ruling.outcome, done.state, found(done)["full-convention"]) == ("pending", "open", "not-met")


def test_phase_1_does_not_ask_for_the_year_amount() -> None:
    assert decided(person(practice(*GP, s1="40000.00", year=None), phase=1)).exceptions == []


def test_the_year_amount_is_looked_at_in_the_ambulatory_setting_only() -> None:
    one = practice(*GP, s1=None, year=None)
    one |= {
        "activity-s1": {"ambulatory": "30000.00", "inpatient": "50000.00"},
        "activity-year": {"ambulatory": "31000.00"},
    }
    assert decided(person(one)).exceptions == []
    only_elsewhere = practice(*GP, s1=None, year=None) | {"activity-s1": {"day-hospital": "50000.00"}}
    assert decided(person(only_elsewhere)).exceptions == []


@pytest.mark.parametrize(
    ("s1", "year", "choice", "outcome"),
    [
        ("30505.00", None, "first-semester-counts", "granted"),
        ("30504.99", None, "first-semester-counts", "refused"),
        ("40000.00", "30504.99", "first-semester-counts", "granted"),
        ("40000.00", "30504.99", "year-as-delivered", "refused"),
        ("40000.00", "30505.00", "year-as-delivered", "granted"),
        ("40000.00", None, "year-as-delivered", "refused"),
        # a choice means something only where there was something to choose
        ("20000.00", "30505.00", "first-semester-counts", "granted"),
        ("30505.00", "40000.00", "year-as-delivered", "granted"),
    ],
)
def test_the_operators_choice_settles_which_amount_counts(s1: str, year: str | None, choice: str, outcome: str) -> None:
    done = decided(person(practice(*GP, s1=s1, year=year, year_amount_choice=choice)))
    assert (done.ruling.outcome, done.exceptions, done.state) == (outcome, [], "closed")
