"""Year files: complete, limited to professions, and excluding them in medical houses."""

from datetime import date
from pathlib import Path

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, replay
from tegemoet.domain.calendar import ONE_DAY
from tegemoet.domain.decision import Ruling
from tegemoet.domain.money import ZERO
from tegemoet.domain.parameters import Parameter, ParameterSet, Source, read_parameters
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.convention_premium.case import Practice
from tegemoet.schemes.convention_premium.practices import assess_titular
from tegemoet.schemes.convention_premium.rules import PersonDecision, decide_person
from tegemoet.schemes.convention_premium.year import premium_year, unpublished
from tegemoet.schemes.professions import SPECIALISMS
from tests.schemes.convention_premium.builders import YEAR_2023, eur, found, person, practice, read, titular
from tests.schemes.convention_premium.gallery import EXCLUDED

SUPPLIED = (
    Parameter(
        "account-deadline",
        (("phase", "1"),),
        date(2026, 1, 31),
        "day",
        date(2025, 1, 1),
        date(2025, 12, 31),
        Source("a letter", "", ""),
        "supplied",
    ),
)
"""The last day of an account for the first payment of 2025, which nobody publishes."""
FOLDER = Path(__file__).with_name("years")
YEAR_2025 = SCHEME.parameter_sets["2025"]
"""The nurses' year."""
YEAR_2031 = read_parameters("2031", (FOLDER / "2031.toml").read_text("utf-8"))
"""An invented general year."""
DAYS = {
    "2023": ("2023-12-05", "2024-06-15"),
    "2025": ("2026-02-05", "2026-06-15"),
    "2031": ("2031-12-05", "2032-06-15"),
}


def excluding(profession: str, value: str = "true") -> ParameterSet:
    """The year 2023 as if it excluded the medical-house providers of a profession."""
    return read_parameters("2023", YEAR_2023.text + EXCLUDED.replace("nurse", profession).replace("true", value))


def decided(case: dict[str, object], year: ParameterSet) -> PersonDecision:
    """What the phase of the case does in that year."""
    phase = case["phase"]
    assert isinstance(phase, int)
    return decide_person(read(case | {"year": int(year.name)}), date.fromisoformat(DAYS[year.name][phase - 1]), year)


# --- every year that ships ------------------------------------------------------------------------


@pytest.mark.parametrize("held", [*SCHEME.parameter_sets.values(), YEAR_2031], ids=lambda held: held.name)
def test_a_year_file_is_complete_and_says_what_it_is_limited_to(held: ParameterSet) -> None:
    year = premium_year(held)
    first, last = date(year.year, 1, 1), date(year.year, 12, 31)
    assert held.version.startswith(f"{year.year}.")
    assert {(p.first, p.last) for p in held.parameters} == {(first, last)}
    assert set(year.sources) >= {
        *("sectors", "convention", "activity", "exceptions", "amounts", "account", "payment", "several")
    }
    for profession, specialism in year.rows:
        assert specialism in SPECIALISMS.get(profession, (None,))
    assert all(row.premium > ZERO for row in year.rows.values())
    assert year.limited_to in (frozenset(), year.professions)
    assert {*year.notification_end, *year.medical_house_excluded} <= year.professions
    assert first <= year.convention_from <= year.convention_until == last
    assert list(year.account_deadline.values()) == sorted(year.account_deadline.values())
    assert {*year.account_deadline, *(int(key["phase"]) for _, key, _ in unpublished(held))} == {1, 2}
    assert first < year.phase_first_day[1] < year.phase_first_day[2]
    assert year.phase_first_day[2] > last
    assert year.shards > 0


def test_2023_is_general_and_excludes_nobody() -> None:
    year = premium_year(YEAR_2023)
    assert (year.general, year.limited_to, year.medical_house_excluded) == (True, frozenset(), {})


def test_2025_is_limited_to_nurses_and_2031_is_general() -> None:
    nurses = premium_year(YEAR_2025)
    assert not nurses.general
    assert nurses.limited_to == {"nurse"}
    assert premium_year(YEAR_2031).general


# --- the nurses' year -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "july"), [("13669.86", ZERO), ("13669.87", eur("399.19")), ("99999.00", eur("399.19"))]
)
def test_the_nurses_of_2025_have_their_own_amount_and_threshold(amount: str, july: object) -> None:
    full = [{"status": "full", "from": "2025-02-15"}]
    reached = person(practice(s1=None, year=amount, conventions=full), accounts=("2026-05-31",))
    assert decided(reached, YEAR_2025).payable == july
    february = person(practice(s1=amount, year=None, conventions=full), phase=1, accounts=("2026-01-31",))
    assert decided(february, YEAR_2025.noting(SUPPLIED)).payable == july


def line(case: dict[str, object], **more: object) -> bytes:
    """A line of a nurse of 2025 in the first phase."""
    body = {"case_id": "nurse", "on": DAYS["2025"][0], "case": case | {"year": 2025}}
    return orjson.dumps(body | more)


def figure(value: str, **more: object) -> dict[str, object]:
    """The last day of an account for the first payment, as a partner supplies it."""
    days = {"from": "2025-01-01", "until": "2025-12-31"}
    return {
        "parameter": "account-deadline",
        "key": {"phase": "1"},
        "value": value,
        "source": "a letter",
        **days,
        **more,
    }


def test_the_first_payment_of_2025_is_unknown_only_where_the_account_matters() -> None:
    enough, short = (practice(s1=amount, year=None) for amount in ("13669.87", "13669.86"))
    with pytest.raises(ParameterUnknownError) as unknown:
        decide_line(line(person(enough, phase=1)), SCHEME, "partner", b"key")
    assert (unknown.value.parameter, unknown.value.on) == ("account-deadline (phase 1)", "2025-12-31")
    for case in (person(short, phase=1), person(practice("midwife"), phase=1)):
        decision = orjson.loads(decide_line(line(case), SCHEME, "partner", b"key").decision)
        assert decision["outcome"] in ("pending", "refused")


@pytest.mark.parametrize(("deadline", "outcome"), [("2026-01-31", "granted"), ("2026-01-30", "pending")])
def test_the_day_of_the_first_account_may_be_supplied_and_the_decision_says_so(deadline: str, outcome: str) -> None:
    case = person(practice(s1="13669.87", year=None), phase=1, accounts=("2026-01-31",))
    decided = decide_line(line(case, supplied=[figure(deadline)]), SCHEME, "partner", b"key")
    decision = orjson.loads(decided.decision)
    values = {value["name"]: (value["value"], value["basis"]) for value in decision["values"]}
    assert decision["outcome"] == outcome
    assert values == {
        "account-deadline": (deadline, "supplied"),
        "activity-threshold": ("13669.87", "secondary"),
        "premium-amount": ("399.19", "secondary"),
    }
    assert replay(decided.decision, decided.case, SCHEME, b"key").same


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        (figure("100.00"), "/supplied/0/value", "not-a-value"),
        (figure("31/01/2026"), "/supplied/0/value", "not-a-value"),
        (figure("2026-05-30", key={"phase": "2"}), "/supplied/0", "figure-is-published"),
        (
            figure("2026-01-31", parameter="premium-amount", key={"profession": "midwife"}),
            "/supplied/0/value",
            "not-a-value",
        ),
    ],
)
def test_a_figure_of_another_kind_or_one_that_is_published_is_rejected(
    given: dict[str, object], path: str, code: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        decide_line(line(person(practice(), phase=1), supplied=[given]), SCHEME, "partner", b"key")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [(path, code)]


def test_a_decision_on_2025_rests_on_what_it_looked_at_and_on_nothing_else() -> None:
    def values(case: dict[str, object]) -> list[str]:
        body = {"case_id": "nurse", "on": DAYS["2025"][1], "case": case | {"year": 2025}}
        decision = orjson.loads(decide_line(orjson.dumps(body), SCHEME, "partner", b"key").decision)
        return [value["name"] for value in decision.get("values", ())]

    assert values(person(practice())) == ["activity-threshold", "premium-amount"]
    assert values(person(practice(medical_house_weekly_hours="1.00"))) == ["premium-amount"]
    assert values(person(practice("midwife"))) == []


def test_nobody_else_takes_part_in_2025() -> None:
    for other in (practice("midwife"), practice("physician", "urology"), titular()):
        done = decided(person(other), YEAR_2025)
        assert (done.ruling.outcome, found(done)["sector"]) == ("refused", "not-met")


@pytest.mark.parametrize(
    ("profession", "specialism", "keys"),
    [
        ("midwife", None, [("activity-threshold", "midwife"), ("premium-amount", "midwife")]),
        ("physician", "urology", [("activity-threshold", "urology"), ("premium-amount", "urology")]),
        (
            "pharmacist-biologist",
            None,
            [
                ("activity-threshold", "clinical-biology"),
                ("premium-amount", "clinical-biology"),
                ("shared-row", "pharmacist-biologist"),
            ],
        ),
    ],
)
def test_a_decision_rests_on_the_figures_of_its_own_row(
    profession: str, specialism: str | None, keys: list[tuple[str, str]]
) -> None:
    text = YEAR_2023.text.replace("[sources.amounts]", '[sources.amounts]\nbasis = "secondary"')
    secondary = SCHEME.with_parameters({"2023": read_parameters("2023", text)})
    body = {"case_id": "one", "on": "2024-06-15", "case": person(practice(profession, specialism))}
    decision = orjson.loads(decide_line(orjson.dumps(body), secondary, "partner", b"key").decision)
    rests = [
        (value["name"], value["key"].get("specialism", value["key"]["profession"])) for value in decision["values"]
    ]
    assert rests == keys


# --- medical houses -------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [1, 2])
@pytest.mark.parametrize("year", [YEAR_2025, excluding("nurse")], ids=["2025", "2023"])
@pytest.mark.parametrize("hours", ["0.00", "0.01", "7.60", "38.00"])
def test_any_hours_in_a_medical_house_exclude_a_nurse_whatever_the_amounts(
    hours: str, year: ParameterSet, phase: int
) -> None:
    done = decided(person(practice(medical_house_weekly_hours=hours), phase=phase), year)
    assert (done.ruling.outcome, done.payable, done.ruling.missing) == ("refused", ZERO, [])
    assert found(done)["medical-house-excluded"] == "not-met"
    assert {"medical-house", "activity"}.isdisjoint(found(done))


def test_the_finding_names_the_profession_and_the_source_of_the_exclusion() -> None:
    done = decided(person(practice(medical_house_weekly_hours="20.00")), YEAR_2025)
    (finding,) = [f for f in done.ruling.findings if f.rule == "medical-house-excluded"]
    assert finding.facts == {"riziv_number": practice()["riziv_number"], "profession": "nurse"}
    assert finding.source is YEAR_2025.sources["exceptions"]


@pytest.mark.parametrize("year", [YEAR_2025, excluding("nurse")], ids=["2025", "2023"])
def test_a_nurse_without_hours_in_a_medical_house_is_not_excluded(year: ParameterSet) -> None:
    done = decided(person(practice()), year)
    assert (done.ruling.outcome, found(done)["activity"]) == ("granted", "met")


def test_another_profession_keeps_the_exception_of_medical_houses() -> None:
    year = excluding("midwife")
    done = decided(person(practice(s1=None, year=None, medical_house_weekly_hours="7.60")), year)
    assert (done.ruling.outcome, found(done)["medical-house"]) == ("granted", "met")
    assert "medical-house-excluded" not in found(done)


def test_a_profession_with_the_value_false_is_not_excluded() -> None:
    done = decided(person(practice(medical_house_weekly_hours="7.60")), excluding("nurse", "false"))
    assert found(done)["medical-house"] == "met"


def test_an_excluded_practice_leaves_the_premium_of_another_one() -> None:
    excluded = practice("midwife", serial=420000, medical_house_weekly_hours="38.00")
    done = decided(person(practice(), excluded), YEAR_2031)
    assert [a.outcome for a in done.assessments] == ["granted", "refused"]
    assert done.payable == eur("1026.66")


def test_training_does_not_lift_an_exclusion() -> None:
    trainee = practice("dentist", "orthodontics", training=True, medical_house_weekly_hours="10.00")
    assert decided(person(trainee), YEAR_2023).ruling.outcome == "granted"
    assert decided(person(trainee), excluding("dentist")).ruling.outcome == "refused"


def test_an_excluded_titular_is_not_the_payee_of_a_pharmacy() -> None:
    (both,) = read(person(titular() | {"medical_house_weekly_hours": "1.00"})).practices

    def payee(practice: Practice, held: ParameterSet) -> bool:
        return assess_titular(practice, 2, date(2024, 6, 15), premium_year(held))

    assert payee(both, YEAR_2023)
    assert not payee(both, excluding("pharmacist"))


def test_days_of_an_invented_year_decide_at_their_limits() -> None:
    year = premium_year(YEAR_2031)

    def outcome(profession: str, since: date) -> str:
        full = [{"status": "full", "from": since.isoformat()}]
        one = practice(profession, s1=None, conventions=full)
        ruling: Ruling = decided(person(one, accounts=("2032-04-30",)), YEAR_2031).ruling
        return ruling.outcome

    for profession in ("nurse", "physiotherapist"):
        first = year.convention_from_of(profession)
        assert [outcome(profession, day) for day in (first, first + ONE_DAY)] == ["granted", "refused"]
    assert year.convention_from_of("nurse") == date(2031, 3, 1)
    assert year.convention_from_of("physiotherapist") == date(2031, 4, 1)
