"""What holds for every person in every premium year, whatever the facts."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tegemoet.domain.money import ZERO
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.professions import SPECIALISMS
from tests.schemes.convention_premium.builders import YEAR_2023, decided, payment, person, practice, titular

YEAR = premium_year(YEAR_2023)
PROFESSIONS = sorted(YEAR.professions - {"pharmacist"})
FAST = settings(
    max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)
EDGES = [date(2023, 2, 15), date(2023, 3, 3), date(2023, 6, 30), date(2023, 12, 5), date(2023, 12, 31)]


def days(first: str = "2022-12-01", last: str = "2024-02-01") -> st.SearchStrategy[date]:
    """Any day, and those beside which a rule changes more often."""
    near = st.builds(lambda edge, off: edge + timedelta(off), st.sampled_from(EDGES), st.integers(-2, 2))
    return st.dates(date.fromisoformat(first), date.fromisoformat(last)) | near


@st.composite
def conventions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Periods that do not overlap, mostly full and mostly without gaps."""
    if draw(st.integers(0, 3)):
        return [{"status": "full", "from": "2022-01-01"}]
    cuts = sorted(draw(st.sets(days(), min_size=2, max_size=5)))
    found = []
    for first, after in itertools.pairwise(cuts):
        gap = draw(st.sampled_from([0, 0, 0, 1, 5]))
        last = after - timedelta(1 + gap)
        if last >= first:
            status = draw(st.sampled_from(["full", "full", "full", "partial", "none"]))
            found.append({"status": status, "from": first.isoformat(), "until": last.isoformat()})
    if draw(st.booleans()):
        found.append({"status": "full", "from": cuts[-1].isoformat()})
    return draw(st.permutations(found))


def amounts(threshold: Decimal | None) -> st.SearchStrategy[str | None]:
    beside = threshold or Decimal(1000)
    cents = st.sampled_from([-100, -1, 0, 1, 100_000]) | st.integers(-50_000, 5_000_000)
    return st.none() | cents.map(lambda c: f"{max(ZERO, beside + Decimal(c) / 100):.2f}")


@st.composite
def practices(draw: st.DrawFn, serial: int) -> dict[str, Any]:
    granted = draw(st.none() | days())
    fields: dict[str, Any] = {"number_granted_on": granted.isoformat() if granted else None}
    if not draw(st.integers(0, 9)):
        fields["held"] = draw(st.just("identity-conflict"))
    if not draw(st.integers(0, 9)):
        fields["paid_to_another"] = draw(st.sampled_from(["0.00", "0.01", "945.95"]))
    convention = draw(conventions())
    if not draw(st.integers(0, 5)):
        one = titular(draw(st.sampled_from(["ph-1", "ph-2"])), serial=serial, account=draw(st.booleans()))
        one["pharmacy"]["chosen"] = draw(st.sampled_from([None, None, True, False]))
        return one | fields | {"conventions": convention}
    profession = draw(st.sampled_from(PROFESSIONS))
    specialism = draw(st.sampled_from(SPECIALISMS.get(profession, (None,))))
    row = YEAR.row(profession, specialism)
    assert row
    fields["training"] = profession in SPECIALISMS and not draw(st.integers(0, 5))
    fields["medical_house_weekly_hours"] = draw(st.sampled_from([None, None, None, "7.59", "7.60", "20.00"]))
    fields["year_amount_choice"] = draw(st.sampled_from([None, None, "year-as-delivered", "first-semester-counts"]))
    s1, year = draw(amounts(row.threshold)), draw(amounts(row.threshold))
    return practice(profession, specialism, serial=serial, s1=s1, year=year, conventions=convention, **fields)


@st.composite
def persons(draw: st.DrawFn, phase: int | None = None, most: int = 4, paid: bool = True) -> dict[str, Any]:
    count = draw(st.integers(1, most))
    held = [draw(practices(410000 + number)) for number in range(count)]
    accounts = draw(
        st.sets(st.sampled_from(["2022-05-01", "2023-11-30", "2023-12-01", "2024-05-31", "2024-06-01"]), max_size=2)
    )
    before = []
    if paid and draw(st.booleans()):
        before = [
            payment(draw(st.sampled_from(held)), draw(st.sampled_from(["945.61", "945.95", "1045.32", "1790.00"])))
        ]
    return person(
        *held,
        phase=phase or draw(st.sampled_from([1, 2])),
        accounts=tuple(sorted(accounts)),
        paid=before,
        recovery_settled=draw(st.booleans()),
    )


def ambulatory(one: dict[str, Any], phase: int) -> dict[str, Any]:
    found: dict[str, Any] = one.setdefault("activity-s1" if phase == 1 else "activity-year", {})
    return found


def pays(done: Any) -> tuple[Any, ...]:
    """All that has to do with money in a settlement."""
    winner = done.winner and done.winner.riziv_number
    return done.ruling.outcome, done.target, done.payable, done.recovery, done.kind, done.state, winner


@FAST
@given(persons())
def test_a_phase_never_pays_less_than_nothing_nor_more_than_the_highest_premium(case: dict[str, Any]) -> None:
    done = decided(case)
    highest = max(row.premium for row in YEAR.rows.values())
    before = sum((Decimal(p["amount"]) for p in case["paid"]), ZERO)
    assert done.payable >= ZERO
    assert ZERO <= done.target <= highest
    assert done.payable + before <= highest
    assert done.payable in (ZERO, done.target - before)
    assert ZERO <= done.recovery <= before
    assert not (done.payable and done.recovery)
    assert done.ruling.total == done.payable
    assert all(a.amount >= 0 for a in done.ruling.amounts)


@FAST
@given(persons())
def test_the_premium_is_one_of_the_published_amounts_and_of_one_of_the_practices(case: dict[str, Any]) -> None:
    done = decided(case)
    assert (done.ruling.outcome == "granted") == (done.winner is not None) == bool(done.target)
    if done.winner:
        row = YEAR.row(done.winner.profession, done.winner.specialism)
        assert row is not None
        assert row.premium == done.target
        assert done.winner.riziv_number in {p["riziv_number"] for p in case["practices"]}
        assert done.target == max(
            a.premium for a in done.assessments if a.outcome == "granted" and a.practice == done.winner
        )


@FAST
@given(persons(), st.randoms())
def test_the_order_of_practices_accounts_and_conventions_changes_no_amount(case: dict[str, Any], random: Any) -> None:
    first = decided(case)
    for name in ("practices", "accounts"):
        random.shuffle(case[name])
    for one in case["practices"]:
        random.shuffle(one["conventions"])
    assert pays(decided(case)) == pays(first)


@FAST
@given(persons(paid=False), st.data())
def test_more_activity_in_the_phase_never_lowers_the_premium(case: dict[str, Any], data: st.DataObject) -> None:
    before = decided(case)
    one = data.draw(st.sampled_from(case["practices"]))
    assume(one["profession"] != "pharmacist")
    activity = ambulatory(one, case["phase"])
    more = Decimal(activity.get("ambulatory", "0.00")) + Decimal(data.draw(st.integers(0, 10_000_000))) / 100
    activity["ambulatory"] = f"{more:.2f}"
    assert decided(case).target >= before.target


@FAST
@given(persons(most=3), st.data())
def test_a_practice_more_never_lowers_the_premium(case: dict[str, Any], data: st.DataObject) -> None:
    before = decided(case)
    another = data.draw(practices(420000))
    # a titular who turns out to have a second pharmacy is
    # for a person to decide: nothing is due meanwhile
    assume("pharmacy" not in another)
    case["practices"].append(another)
    after = decided(case)
    assert after.target >= before.target
    assert after.recovery <= before.recovery


@FAST
@given(persons(most=2), st.data())
def test_a_period_in_two_that_meet_is_the_same_as_one(case: dict[str, Any], data: st.DataObject) -> None:
    first = decided(case)
    for one in case["practices"]:
        split = []
        for period in one["conventions"]:
            begins = date.fromisoformat(period["from"])
            ends = date.fromisoformat(period["until"]) if period.get("until") else date(2030, 1, 1)
            if ends > begins:
                middle = data.draw(st.dates(begins, ends - timedelta(1)))
                split.append(period | {"until": middle.isoformat()})
                split.append(period | {"from": (middle + timedelta(1)).isoformat()})
            else:
                split.append(period)
        one["conventions"] = split
    assert pays(decided(case)) == pays(first)


@FAST
@given(persons(most=2))
def test_other_settings_change_nothing(case: dict[str, Any]) -> None:
    first = decided(case)
    for one in case["practices"]:
        for field in ("activity-s1", "activity-year"):
            one.setdefault(field, {})
            one[field] |= {"day-hospital": "999999.99", "inpatient": "999999.99"}
    assert pays(decided(case)) == pays(first)


@FAST
@given(persons(paid=False))
def test_a_phase_that_was_paid_and_is_run_again_pays_nothing(case: dict[str, Any]) -> None:
    first = decided(case)
    assume(first.winner is not None)
    winner = next(p for p in case["practices"] if first.winner and p["riziv_number"] == first.winner.riziv_number)
    case["paid"] = [payment(winner, str(first.payable), phase=case["phase"])]
    again = decided(case)
    assert (again.payable, again.recovery, again.target) == (ZERO, ZERO, first.target)


@FAST
@given(persons(phase=1, paid=False))
def test_both_phases_together_pay_the_higher_of_what_each_finds(case: dict[str, Any]) -> None:
    december = decided(case)
    if december.winner:
        winner = next(p for p in case["practices"] if p["riziv_number"] == december.winner.riziv_number)
        case["paid"] = [payment(winner, str(december.payable))]
    july = decided(case | {"phase": 2})
    assert december.payable + july.payable == max(december.target, july.target)
    assert december.payable + july.payable <= max(row.premium for row in YEAR.rows.values())


@FAST
@given(persons())
def test_a_dossier_is_closed_only_when_nothing_waits(case: dict[str, Any]) -> None:
    done = decided(case)
    if done.state == "closed":
        assert case["phase"] == 2
        assert done.ruling.outcome != "pending"
        assert {exception.kind for exception in done.exceptions} <= {"paid-to-another"}, "which only informs"
    assert (done.ruling.outcome == "granted") or done.payable == 0


@FAST
@given(persons())
@example(person(practice(held="identity-conflict")))
def test_what_fails_is_in_the_explanation(case: dict[str, Any]) -> None:
    for found in decided(case).assessments:
        outcomes = {f.outcome for f in found.findings}
        if found.outcome == "refused":
            assert "not-met" in outcomes
        elif found.outcome == "pending":
            assert "unknown" in outcomes
        else:
            assert outcomes <= {"met", "not-needed"}
