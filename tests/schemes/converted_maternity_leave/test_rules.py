"""Converted maternity leave: circular V.I. 2020/204, section XIII, its
example to the cent, and every limit from both sides.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from tegemoet.domain.decision import Phrase, Ruling
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.converted_maternity_leave import SCHEME
from tests.schemes.converted_maternity_leave.builders import case, in_hospital, mother, relation, ruled
from tests.schemes.maternity_rest.builders import activity, exempt, insured, past

UNEMPLOYED: dict[str, Any] = {"quality": {"kind": "controlled-unemployed"}}


def unemployment(*benefits: tuple[str, str], wage: str = "70.0000") -> dict[str, Any]:
    return {"wage": {"amount": wage}, "benefits": [{"from": first, "amount": amount} for first, amount in benefits]}


def incapacity(since: str, *benefits: tuple[str, str], wage: str = "100.0000", **fields: Any) -> dict[str, Any]:
    given = [{"from": first, "gross": gross} for first, gross in benefits]
    return {"since": since, "wage": {"amount": wage}, "benefits": given, **fields}


def outcomes(ruling: Ruling) -> dict[str, str]:
    return {finding.rule: finding.outcome for finding in ruling.findings}


def failed(ruling: Ruling) -> set[str]:
    assert ruling.outcome == "refused"
    assert not ruling.amounts
    assert not ruling.periods
    return {finding.rule for finding in ruling.findings if finding.outcome == "not-met"}


def facts(ruling: Ruling, rule: str) -> dict[str, Any]:
    (finding,) = (f for f in ruling.findings if f.rule == rule)
    return finding.facts


def asked(ruling: Ruling) -> list[tuple[str, str]]:
    """Rule and field of what would change the outcome,
    but for the declaration that is due afterwards.
    """
    return [(m.rule, m.field) for m in ruling.missing if m.rule != "resumption"]


def said(phrase: Phrase | str) -> str:
    """A phrase of `missing` in Dutch."""
    assert isinstance(phrase, Phrase)
    return SCHEME.texts.render_phrase(phrase.id, phrase.facts, "nl")


def leave(ruling: Ruling) -> tuple[str, str, int]:
    (span,) = ruling.periods
    assert span.kind == "converted-leave"
    return span.first.isoformat(), span.last.isoformat(), span.days


def daily(ruling: Ruling) -> list[tuple[str, str, str]]:
    """First and last day and EUR of the days with one benefit."""
    return [
        (str(a.first), str(a.last), str(a.amount)) for a in ruling.amounts if a.unit == "day" and a.kind == "benefit"
    ]


def faults(on: date = date(2021, 6, 1), **changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        ruled(on, **changes)
    return {fault.path: fault.code for fault in refused.value.faults}


def refused_codes(**changes: Any) -> set[str]:
    with pytest.raises(ValidationError) as refused:
        SCHEME.case.validate_json(orjson.dumps(case(**changes)))
    return {error["type"] for error in refused.value.errors()}


# --- the example of the circular ------------------------------------------------------------------

EXAMPLE: dict[str, Any] = {
    "requested_on": "2019-09-20",
    "births": ["2019-09-14"],
    "child_home_on": "2019-09-23",
    "mother": mother(on="2019-09-16", days_used=38, days_left=63),  # 60 of the nine weeks, and three days of extension
    "insurability": insured(exempt(became_on="2019-01-01"), None),
    "pay": {
        "unemployment": unemployment(("2019-04-01", "44.23"), ("2019-09-17", "50.60"), wage="73.7231"),
        "incapacity": incapacity("2019-04-01", ("2019-04-01", "44.23"), ("2019-10-01", "60.86"), wage="73.7231"),
    },
    **UNEMPLOYED,
}


def test_the_example_of_the_circular_pays_what_it_says_to_the_cent() -> None:
    ruling = ruled(**EXAMPLE)
    assert ruling.outcome == "granted"
    assert leave(ruling) == ("2019-09-23", "2019-11-24", 63)
    assert daily(ruling) == [
        ("2019-09-23", "2019-09-30", "61.66"),  # 50.60 as unemployed and 15 % of 73.7231
        ("2019-10-01", "2019-11-23", "60.86"),  # 55.2924, raised to the incapacity benefit; the 24th is a Sunday
    ]
    assert facts(ruling, "alignment") == {"before": 175, "until": "2019-09-30"}
    assert facts(ruling, "days-of-the-mother") == {"used": 38, "first_days": 30, "days": 0}
    assert ruling.total == Decimal("61.66") * 7 + Decimal("60.86") * 47


def test_without_the_guarantee_the_example_would_pay_55_29() -> None:
    low = incapacity("2019-04-01", ("2019-04-01", "44.23"), wage="73.7231")
    ruling = ruled(**EXAMPLE | {"pay": EXAMPLE["pay"] | {"incapacity": low}})
    assert daily(ruling)[1] == ("2019-10-01", "2019-11-23", "55.29")


def test_the_leave_counts_the_days_that_the_mother_had_left_and_no_date() -> None:
    for left, asked_days, last in ((60, None, "2019-11-21"), (95, 63, "2019-11-24"), (95, None, "2019-12-26")):
        ruling = ruled(**EXAMPLE | {"mother": mother(on="2019-09-16", days_left=left), "days": asked_days})
        assert leave(ruling)[1] == last


# --- 13.1: death and stay in hospital -------------------------------------------------------------


def test_the_day_of_her_death_is_the_mothers() -> None:
    assert leave(ruled(child_home_on="2020-07-06")) == ("2020-07-09", "2020-10-11", 95)
    assert leave(ruled(child_home_on="2020-07-09"))[0] == "2020-07-09"
    assert leave(ruled(child_home_on="2020-07-10"))[0] == "2020-07-10"


def test_a_mother_who_had_nothing_left_leaves_nothing_and_one_day_is_enough() -> None:
    assert leave(ruled(mother=mother(days_left=1))) == ("2020-07-11", "2020-07-11", 1)
    ruling = ruled(mother=mother(days_left=0))
    assert failed(ruling) == {"leave-days"}
    assert ("leave-days", "mother/days_left") in asked(ruling)


@pytest.mark.parametrize(
    ("until", "outcome"),
    [("2020-07-26", "refused"), ("2020-07-27", "granted")],  # seven days, and eight
)
def test_the_mother_must_be_in_hospital_for_more_than_seven_days(until: str, outcome: str) -> None:
    ruling = ruled(mother=in_hospital("2020-07-20", until))
    assert ruling.outcome == outcome
    if outcome == "refused":
        assert failed(ruling) == {"mother-in-hospital"}
        assert [(m.needed, m.seen) for m in ruling.missing if m.rule == "mother-in-hospital"] == [
            (Phrase("more-days-in-hospital", {"days": 7}), Phrase("days", {"days": 7}))
        ]
    else:
        assert leave(ruling) == ("2020-07-20", "2020-07-27", 8)


@pytest.mark.parametrize(("on", "outcome"), [(date(2020, 7, 26), "pending"), (date(2020, 7, 27), "granted")])
def test_while_she_is_there_the_days_until_the_decision_count(on: date, outcome: str) -> None:
    ruling = ruled(on, mother=in_hospital("2020-07-20", None))
    assert ruling.outcome == outcome
    assert outcomes(ruling)["mother-in-hospital"] == ("met" if outcome == "granted" else "unknown")
    assert ("end-of-stay", "mother/end_certified") in asked(ruling)
    assert leave(ruling) == ("2020-07-20", "2020-10-22", 95)


def test_in_hospital_leave_begins_on_the_eighth_day_from_the_last_birth() -> None:
    early: dict[str, Any] = {"mother": in_hospital(), "child_home_on": "2020-07-06"}
    assert leave(ruled(**early))[0] == "2020-07-12"
    assert leave(ruled(**early, births=["2020-07-08", "2020-07-05"]))[0] == "2020-07-15"
    assert leave(ruled(**early | {"child_home_on": "2020-07-12"}))[0] == "2020-07-12"
    assert leave(ruled(**early | {"child_home_on": "2020-07-13"}))[0] == "2020-07-13"


def test_the_day_of_her_admission_is_still_to_be_taken() -> None:
    assert leave(ruled(mother=in_hospital("2020-07-20", "2020-12-31")))[0] == "2020-07-20"


def test_hospital_leave_ends_when_the_mother_comes_home_or_with_what_she_had_left() -> None:
    for until, last in (("2020-10-13", "2020-10-13"), ("2020-10-14", "2020-10-14"), ("2020-10-15", "2020-10-14")):
        assert leave(ruled(mother=in_hospital(until=until)))[1] == last
    ruling = ruled(mother=in_hospital(until="2020-07-12"), child_home_on="2020-07-13")
    assert failed(ruling) == {"leave-days"}
    assert ("leave-days", "mother/until") in asked(ruling)
    assert leave(ruled(mother=in_hospital(until="2020-07-13"), child_home_on="2020-07-13"))[2] == 1


def test_the_leave_waits_for_the_newborn_to_come_home() -> None:
    ruling = ruled(child_home_on=None)
    assert ruling.outcome == "pending"
    assert ruling.periods == []
    assert ruling.total is None
    assert outcomes(ruling)["leave-days"] == "unknown"
    assert asked(ruling) == [("child-home", "child_home_on")]


def test_a_first_day_asked_too_early_becomes_the_earliest_and_a_later_one_is_taken() -> None:
    assert leave(ruled(first_day="2020-07-10"))[0] == "2020-07-11"
    assert leave(ruled(first_day="2020-07-12")) == ("2020-07-12", "2020-10-14", 95)


def test_each_finding_rests_on_the_article_about_what_became_of_the_mother() -> None:
    for of, article in ((mother(), "article 221, § 1"), (in_hospital(), "article 222, § 1")):
        rests_on = {f.rule: f.source.article for f in ruled(mother=of).findings}
        assert {rests_on[rule] for rule in ("child-home", "leave-days")} == {article}
    statements = [
        {f.rule: f.source.article for f in ruled(mother=of).findings}["hospital-statement"]
        for of in (mother(), in_hospital())
    ]
    assert statements == ["article 221, § 2", "article 222, § 2"]


TOLD = {
    ("relation/proven", "bewezen afstamming", "niets"),
    ("relation/proven", "bewezen huwelijk met de moeder bij de geboorte", "nee"),
    ("relation/higher_rank", "niemand met een hogere rang", "nee"),
    ("relation/proven", "bewezen wettelijke samenwoning", "niets"),
    ("relation/child_lives_there", "hoofdverblijfplaats van het kind bij de aanvrager", "nee"),
    ("relation/related", "geen bloedverwantschap met de moeder die een huwelijk verbiedt", "nee"),
    (
        "relation/together_since",
        "3 jaar onafgebroken samenwonen vóór de geboorte op 05/07/2020",
        "samen sinds 01/01/2019",
    ),
    ("relation/together_since", "3 jaar onafgebroken samenwonen vóór de geboorte op 05/07/2020", "niets"),
    ("mother/statute_grants", "een statuut dat omgezet moederschapsverlof toekent", "niets"),
    ("mother/statute_grants", "een statuut dat omgezet moederschapsverlof toekent", "nee"),
    ("mother/insured", "een moeder die gerechtigde of vastbenoemd ambtenaar is", "niets"),
    (
        "mother/insured",
        "een moeder die gerechtigde of vastbenoemd ambtenaar is",
        "noch gerechtigde, noch vastbenoemd ambtenaar",
    ),
    ("mother/days_left", "minstens 1 dag", "0 dagen"),
    ("mother/until", "verblijf van de moeder in het ziekenhuis op 13/07/2020", "tot en met 12/07/2020"),
    ("mother/until", "verblijf van de moeder in het ziekenhuis op 12/07/2020", "tot en met 11/07/2020"),
    ("mother/until", "meer dan 7 dagen in het ziekenhuis", "7 dagen"),
    ("mother/on", "meer dan 7 dagen in het ziekenhuis", "7 dagen"),
    ("child_home_on", "de dag waarop de pasgeborene het ziekenhuis verliet", "niets"),
    (
        "hospital_statement",
        (
            "een verklaring van het ziekenhuis over de opname van de moeder (meer dan zeven dagen) "
            "en het vertrek van de pasgeborene"
        ),
        "niets",
    ),
    ("hospital_statement", "een verklaring van het ziekenhuis dat de pasgeborene het verlaten heeft", "niets"),
    ("relation/declared", "een verklaring op erewoord over de rangorde", "niets"),
    ("relation/declared", "een verklaring op erewoord over de rangorde en de bloedverwantschap", "niets"),
    ("mother/end_certified", "een bewijs van de dag waarop het ziekenhuisverblijf van de moeder eindigde", "niets"),
}


def test_what_is_missing_says_what_is_needed_and_what_was_seen() -> None:
    told = {
        (m.field, said(m.needed), said(m.seen))
        for m in [
            *ruled(relation=relation(proven=None)).missing,
            *ruled(relation=relation("spouse", proven=False, higher_rank=True, declared=False)).missing,
            *ruled(relation=relation("legal-cohabitant", proven=None, child_lives_there=False, related=True)).missing,
            *ruled(relation=relation("cohabitant", together_since="2019-01-01")).missing,
            *ruled(mother=mother(insured="statutory-civil-servant")).missing,
            *ruled(mother=mother(insured="statutory-civil-servant", statute_grants=False)).missing,
            *ruled(mother=mother(insured="neither")).missing,
            *ruled(mother=mother(days_left=0)).missing,
            *ruled(mother=in_hospital(until="2020-07-12"), child_home_on="2020-07-13").missing,
            *ruled(mother=in_hospital(), hospital_statement=False, child_home_on=None).missing,
            *ruled(hospital_statement=False, relation=relation("spouse", declared=False)).missing,
            *ruled(relation=relation("cohabitant", together_since=None, declared=False)).missing,
            *ruled(mother=mother(insured=None)).missing,
            *ruled(mother=in_hospital(until="2020-07-11")).missing,
            *ruled(date(2020, 7, 11), mother=in_hospital(until=None)).missing,
        ]
        if m.rule != "resumption"
    }
    assert told == TOLD


def test_three_years_of_cohabitation_end_before_the_first_of_two_births() -> None:
    births = ["2020-07-06", "2020-07-05"]
    assert ruled(births=births, relation=relation("cohabitant", together_since="2017-07-05")).outcome == "granted"
    late = relation("cohabitant", together_since="2017-07-06")
    assert failed(ruled(births=births, relation=late)) == {"cohabitation"}


# --- 13.1: who claims -----------------------------------------------------------------------------


@pytest.mark.parametrize("rank", ["parent", "spouse", "legal-cohabitant", "cohabitant"])
def test_every_rank_is_granted_with_what_it_shows(rank: str) -> None:
    assert ruled(relation=relation(rank)).outcome == "granted"


@pytest.mark.parametrize(
    ("rank", "field", "no", "rule"),
    [
        ("parent", "proven", False, "descent"),
        ("spouse", "proven", False, "marriage"),
        ("spouse", "higher_rank", True, "rank"),
        ("legal-cohabitant", "proven", False, "legal-cohabitation"),
        ("legal-cohabitant", "child_lives_there", False, "child-residence"),
        ("legal-cohabitant", "related", True, "kinship"),
        ("legal-cohabitant", "higher_rank", True, "rank"),
        ("cohabitant", "child_lives_there", False, "child-residence"),
        ("cohabitant", "related", True, "kinship"),
        ("cohabitant", "together_since", "2017-07-06", "cohabitation"),
        ("cohabitant", "higher_rank", True, "rank"),
    ],
)
def test_a_rank_asks_each_of_its_conditions_and_says_which_one_fails(rank: str, field: str, no: Any, rule: str) -> None:
    refused = ruled(relation=relation(rank, **{field: no}))
    assert failed(refused) == {rule}
    assert (rule, f"relation/{field}") in asked(refused)
    unknown = ruled(relation=relation(rank, **{field: None}))
    assert unknown.outcome == "pending"
    assert outcomes(unknown)[rule] == "unknown"
    assert asked(unknown) == [(rule, f"relation/{field}")]


@pytest.mark.parametrize(
    ("rank", "conditions"),
    [
        ("parent", {"descent"}),
        ("spouse", {"marriage"}),
        ("legal-cohabitant", {"legal-cohabitation", "child-residence", "kinship"}),
        ("cohabitant", {"cohabitation", "child-residence", "kinship"}),
    ],
)
def test_a_rank_has_its_own_conditions_and_no_others(rank: str, conditions: set[str]) -> None:
    every = {"descent", "marriage", "legal-cohabitation", "cohabitation", "child-residence", "kinship"}
    assert every & set(outcomes(ruled(relation=relation(rank)))) == conditions


def test_a_cohabitant_has_lived_with_her_for_three_years_before_the_birth() -> None:
    assert ruled(relation=relation("cohabitant", together_since="2017-07-05")).outcome == "granted"
    late = ruled(relation=relation("cohabitant", together_since="2017-07-06"))
    assert failed(late) == {"cohabitation"}
    assert facts(late, "cohabitation") == {"since": "2017-07-06", "years": 3, "birth": "2020-07-05"}


def test_somebody_of_a_higher_rank_excludes_all_but_the_parent() -> None:
    for rank in ("spouse", "legal-cohabitant", "cohabitant"):
        assert failed(ruled(relation=relation(rank, higher_rank=True))) == {"rank"}
    assert ruled(relation=relation(higher_rank=True)).outcome == "granted"


def test_without_descent_a_word_of_honour_is_asked() -> None:
    ruling = ruled(relation=relation("spouse", declared=False))
    assert ruling.outcome == "pending"
    assert asked(ruling) == [("word-of-honour", "relation/declared")]
    assert "word-of-honour" not in outcomes(ruled())


@pytest.mark.parametrize(
    ("insured_as", "grants", "outcome"),
    [
        ("beneficiary", None, "granted"),
        ("statutory-civil-servant", True, "granted"),
        ("statutory-civil-servant", None, "pending"),
        ("statutory-civil-servant", False, "refused"),
        ("neither", True, "refused"),
        (None, None, "pending"),
        (None, True, "pending"),
    ],
)
def test_the_mother_is_a_beneficiary_or_a_civil_servant_whose_statute_grants_it(
    insured_as: str | None, grants: bool | None, outcome: str
) -> None:
    ruling = ruled(mother=mother(insured=insured_as, statute_grants=grants))
    assert ruling.outcome == outcome
    if outcome == "refused":
        assert failed(ruling) == {"mother-insured"}
    seen = [m.seen for m in ruling.missing if m.field == "mother/statute_grants"]
    if insured_as == "statutory-civil-servant":
        assert seen == {None: [Phrase("nothing")], False: [Phrase("no")]}.get(grants, [])


# --- the claimant's own insurance -----------------------------------------------------------------


def test_the_claimant_fulfils_waiting_period_retention_and_thirty_days_himself() -> None:
    assert failed(ruled(insurability=insured(exempt(article="207/1")))) == {"exemption"}
    lost = {"kind": "employee", "basis": "contract"}
    assert ruled(quality=lost | {"until": "2020-06-10"}).outcome == "granted"  # thirty days before the 11th of July
    assert failed(ruled(quality=lost | {"until": "2020-06-09"})) == {"thirty-days"}
    ill = [past("incapacity", "2020-05-01", "2020-06-10")]
    assert ruled(quality=lost | {"until": "2020-05-01"}, history=ill).outcome == "granted"


def test_every_failed_rule_is_told() -> None:
    ruling = ruled(
        mother=in_hospital(until="2020-07-11", insured="neither"),
        relation=relation(proven=False),
        insurability=insured(exempt(article="207/1")),
    )
    assert failed(ruling) == {"mother-in-hospital", "descent", "mother-insured", "leave-days", "exemption"}


def test_a_stay_abroad_waits() -> None:
    assert ruled(stays_abroad=True).outcome == "pending"


# --- 13.2: what it pays ---------------------------------------------------------------------------


@pytest.mark.parametrize(("used", "first_days"), [(0, 30), (4, 26), (29, 1), (30, 0), (31, 0)])
def test_after_a_death_the_thirty_days_go_on_where_the_mothers_ended(used: int, first_days: int) -> None:
    ruling = ruled(mother=mother(days_used=used))
    assert facts(ruling, "days-of-the-mother")["days"] == first_days
    amounts = {amount for _, _, amount in daily(ruling)}
    assert amounts == ({"82.00", "75.00"} if first_days else {"75.00"})
    if first_days == 1:
        assert daily(ruling)[0] == ("2020-07-11", "2020-07-11", "82.00")


def test_the_eighty_two_percent_are_not_capped_and_the_seventy_five_are() -> None:
    assert [a for _, _, a in daily(ruled(pay={"activities": [activity("200.0000")]}))] == ["164.00", "110.23"]


def test_the_unemployed_have_the_supplement_after_a_death_not_in_hospital_leave() -> None:
    pay = {"unemployment": unemployment(("2020-01-01", "50.00"))}
    after_death = ruled(**UNEMPLOYED, pay=pay)
    assert [a for _, _, a in daily(after_death)] == ["63.65", "60.50"]  # and 19.5 %, then 15 % of 70.0000
    assert {a for _, _, a in daily(ruled(**UNEMPLOYED, pay=pay, mother=in_hospital()))} == {"50.00"}


def test_hospital_leave_pays_sixty_percent_within_the_ceiling_from_the_first_day() -> None:
    for wage, amount in (("100.0000", "60.00"), ("146.9777", "88.19"), ("200.0000", "88.19")):
        ruling = ruled(mother=in_hospital(), pay={"activities": [activity(wage)]})
        assert {a for _, _, a in daily(ruling)} == {amount}
        assert "days-of-the-mother" not in outcomes(ruling)
        assert facts(ruling, "rate-mother-in-hospital")["rate"] == "60"


def test_alignment_ends_after_six_months_counting_incapacity_immediately_before() -> None:
    ill = incapacity("2020-02-01", ("2020-02-01", "40.00"), wage="70.0000")
    pay = {"unemployment": unemployment(("2020-01-01", "50.00")), "incapacity": ill}
    ruling = ruled(**UNEMPLOYED, pay=pay, mother=in_hospital(until=None))
    assert daily(ruling) == [("2020-07-13", "2020-07-31", "50.00"), ("2020-08-01", "2020-10-14", "42.00")]
    earlier = [
        past("incapacity", "2020-01-01", "2020-01-18")
    ]  # thirteen days before: one incapacity, eighteen days longer
    assert facts(ruled(**UNEMPLOYED, pay=pay, history=earlier), "alignment")["until"] == "2020-07-13"
    apart = [past("incapacity", "2020-01-01", "2020-01-17")]  # fourteen days before: not counted
    assert facts(ruled(**UNEMPLOYED, pay=pay, history=apart), "alignment")["until"] == "2020-07-31"


def test_it_is_never_less_than_the_incapacity_benefit() -> None:
    for benefit, paid in (("59.99", "60.00"), ("60.01", "60.01")):
        pay = {"incapacity": incapacity("2020-03-01", ("2020-03-01", benefit))}
        assert {a for _, _, a in daily(ruled(mother=in_hospital(), pay=pay))} == {paid}


def test_an_invalid_compares_with_what_is_left_after_the_pension_deduction() -> None:
    invalid: dict[str, Any] = {"births": ["2019-11-05"], "child_home_on": "2019-11-12", "requested_on": "2019-11-12"}
    pay = {"incapacity": incapacity("2018-01-01", ("2019-10-01", "78.00"), wage="120.0000", invalid=True)}
    ruling = ruled(**invalid, pay=pay, mother=in_hospital("2019-11-05", "2019-12-31"))
    assert {a for _, _, a in daily(ruling)} == {"75.27"}  # 72.00 is less, 78.00 is before the deduction
    assert "no-pension-deduction" in outcomes(ruling)


def test_a_part_timer_who_keeps_rights_has_both_parts_but_none_in_hospital_leave() -> None:
    pay = {
        "activities": [activity("50.0000")],
        "unemployment": unemployment(("2020-01-01", "40.00")),
        "income_guarantee": {"guarantee": "300.00", "reference": "1200.00"},
    }
    assert {a for _, _, a in daily(ruled(pay=pay, mother=in_hospital()))} == {"40.00"}  # 30.00 and 40.00 / 4
    assert daily(ruled(pay=pay))[0][2] == "54.41"  # 41.00 and (40.00 + 13.65) / 4


def test_days_that_an_employer_pays_are_not_paid_twice() -> None:
    ruling = ruled(covered=[{"by": "wage", "from": "2020-07-01", "until": "2020-07-13"}])
    assert [(a.kind, str(a.first), str(a.last)) for a in ruling.amounts if a.kind == "not-paid-wage"] == [
        ("not-paid-wage", "2020-07-11", "2020-07-13")
    ]
    assert daily(ruling)[0][0] == "2020-07-14"


def test_what_the_pay_lacks_is_asked_for() -> None:
    ruling = ruled(pay={})
    assert ruling.outcome == "pending"
    assert asked(ruling) == [("wage", "pay/activities")]
    assert leave(ruling)[0] == "2020-07-11"
    assert not ruling.amounts


def test_each_month_is_taxed_and_the_total_is_gross() -> None:
    ruling = ruled(mother=mother(days_left=25, days_used=30))
    months = [(a.kind, str(a.amount)) for a in ruling.amounts if a.unit == "month"]
    assert months == [
        ("payment", "1350.00"),
        ("withholding-tax", "149.99"),
        ("net-payment", "1200.01"),
        ("payment", "225.00"),
        ("withholding-tax", "25.00"),
        ("net-payment", "200.00"),
    ]
    assert ruling.total == Decimal("1575.00")
    assert facts(ruling, "payment-calendar")["due"] == ["2020-08-09", "2020-09-05"]


def test_a_day_without_a_known_ceiling_is_an_error_unless_one_is_supplied() -> None:
    late: dict[str, Any] = {
        "births": ["2027-01-01"],
        "mother": in_hospital("2027-01-01", "2027-01-20", days_left=1),
        "child_home_on": "2027-01-02",
        "requested_on": "2027-01-02",
        "pay": {"activities": [activity("200.0000")]},
    }
    with pytest.raises(ParameterUnknownError) as unknown:
        ruled(date(2027, 6, 1), **late)
    assert (unknown.value.parameter, unknown.value.on) == ("wage-ceiling-base", "2027-01-08")
    ceiling = [{"from": "2027-01-01", "until": "2027-12-31", "amount": "190.0000"}]
    ruling = ruled(date(2027, 6, 1), **late, wage_ceilings=ceiling)
    assert {a for _, _, a in daily(ruling)} == {"114.00"}
    assert "wage-ceiling-supplied" in outcomes(ruling)


# --- 13.3 to 13.5 ---------------------------------------------------------------------------------


def test_the_statement_of_the_hospital_is_asked_and_the_proof_of_the_end_follows() -> None:
    for of in (mother(), in_hospital()):
        ruling = ruled(mother=of, hospital_statement=False)
        assert ruling.outcome == "pending"
        assert ("hospital-statement", "hospital_statement") in asked(ruling)
    assert asked(ruled(mother=in_hospital())) == [("end-of-stay", "mother/end_certified")]
    assert asked(ruled(mother=in_hospital(end_certified=True))) == []
    assert asked(ruled()) == []


def test_a_stay_requires_a_statement_of_the_admission_and_a_death_none() -> None:
    for of, needed in ((mother(), "statement-child-home"), (in_hospital(), "statement-of-stay")):
        lacking = [
            m.needed for m in ruled(mother=of, hospital_statement=False).missing if m.rule == "hospital-statement"
        ]
        assert lacking == [Phrase(needed)]


def test_the_resumption_is_declared_afterwards() -> None:
    assert [(m.rule, m.field) for m in ruled().missing] == [("resumption", "resumption_declared")]
    assert ruled(resumption_declared=True).missing == []


def test_the_claimants_insurer_pays_and_birth_leave_already_taken_stays() -> None:
    ruling = ruled(birth_leave_taken=3)
    assert facts(ruling, "competent-insurer") == {"left": 95}
    assert facts(ruling, "birth-leave") == {"taken": 3, "days": 10, "left": 7}


@pytest.mark.parametrize(
    ("birth", "days"),
    [
        *(("2015-04-01", 10), ("2020-12-31", 10), ("2021-01-01", 15)),
        *(("2022-12-31", 15), ("2023-01-01", 20), ("2026-11-01", 20)),
    ],
)
def test_birth_leave_has_the_days_of_the_law_at_the_birth(birth: str, days: int) -> None:
    on = date(2026, 11, 30)
    told: dict[str, Any] = {"births": [birth], "mother": mother(on=birth), "child_home_on": birth}
    told |= {"requested_on": birth, "pay": {}, "insurability": insured(exempt(became_on=birth), None)}
    all_taken = ruled(on, **told, birth_leave_taken=days)
    assert facts(all_taken, "birth-leave") == {"taken": days, "days": days, "left": 0}
    assert outcomes(all_taken)["birth-leave"] == "not-needed"
    assert outcomes(ruled(on, **told, birth_leave_taken=days - 1))["birth-leave"] == "met"
    if days < 20:
        assert faults(on, **told, birth_leave_taken=days + 1) == {"/case/birth_leave_taken": "above-birth-leave"}
    else:
        assert refused_codes(birth_leave_taken=21) == {"less_than_equal"}


def test_the_birth_leave_of_a_birth_before_april_2015_is_not_known() -> None:
    birth = "2015-03-31"
    told: dict[str, Any] = {"births": [birth], "mother": mother(on=birth), "child_home_on": birth}
    with pytest.raises(ParameterUnknownError) as unknown:
        ruled(**told, requested_on=birth, pay={}, insurability=insured(exempt(became_on=birth), None))
    assert (unknown.value.parameter, unknown.value.on) == ("birth-leave-days", birth)


def test_of_two_births_the_last_says_how_long_the_birth_leave_is() -> None:
    told: dict[str, Any] = {"births": ["2020-12-31", "2021-01-01"], "mother": mother(on="2021-01-01")}
    told |= {"child_home_on": "2021-01-02", "requested_on": "2021-01-02", "pay": {}}
    assert facts(ruled(**told), "birth-leave")["days"] == 15


# --- what cannot be -------------------------------------------------------------------------------


def test_what_lies_after_the_decision_is_a_fault_and_what_lies_on_its_day_is_none() -> None:
    on = date(2020, 7, 31)
    told: dict[str, Any] = {
        "requested_on": "2020-07-31",
        "births": ["2020-07-31"],
        "child_home_on": "2020-07-31",
        "mother": in_hospital("2020-07-31", "2020-07-31"),
    }
    assert ruled(on, **told).outcome == "refused"
    assert faults(date(2020, 7, 30), **told) == {
        f"/case/{place}": "in-the-future"
        for place in ("requested_on", "child_home_on", "mother/on", "mother/until", "births/0")
    }


def test_a_child_does_not_come_home_before_its_birth() -> None:
    assert faults(child_home_on="2020-07-04") == {"/case/child_home_on": "before-birth"}
    assert ruled(child_home_on="2020-07-05").outcome == "granted"


def test_an_incapacity_before_the_leave_lies_before_it() -> None:
    pay = {"incapacity": incapacity("2020-07-11", ("2020-07-11", "40.00"))}
    assert faults(pay=pay) == {"/case/pay/incapacity/since": "after-first-day"}
    ill = [past("incapacity", "2020-07-01", "2020-07-11")]
    assert faults(history=ill) == {"/case/history/0": "reaches-into-leave"}
    assert ruled(history=[past("incapacity", "2020-07-01", "2020-07-10")]).outcome == "granted"


def test_work_was_interrupted_before_the_leave_or_on_its_first_day() -> None:
    employee = {"kind": "employee", "basis": "contract"}
    assert ruled(quality=employee | {"rest_from": "2020-07-11"}).outcome == "granted"
    assert faults(quality=employee | {"rest_from": "2020-07-12"}) == {"/case/quality/rest_from": "after-first-day"}


def test_a_ceiling_is_supplied_where_none_is_known_and_is_not_below_the_last() -> None:
    def given(first: str, amount: str) -> dict[str, Any]:
        return {"wage_ceilings": [{"from": first, "until": "2027-01-31", "amount": amount}]}

    on = date(2027, 6, 1)
    late: dict[str, Any] = {"births": ["2027-01-01"], "child_home_on": "2027-01-02", "requested_on": "2027-01-02"}
    late |= {"mother": mother(on="2027-01-03", days_left=1)}
    assert faults(on, **given("2026-12-31", "190.0000")) == {"/case/wage_ceilings/0": "figure-is-published"}
    assert ruled(on, **given("2027-01-01", "190.0000")).outcome == "granted"
    assert faults(on, **late, **given("2027-01-01", "186.7915")) == {
        "/case/wage_ceilings/0/amount": "below-last-known-ceiling"
    }
    assert ruled(on, **late, **given("2027-01-01", "186.7916")).outcome == "granted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mother": mother(until="2020-07-09")}, "until-of-hospital"),
        ({"mother": in_hospital("2020-07-09", "2020-07-08")}, "until-before-from"),
        ({"quality": {"kind": "resting-since-fifth-month"}}, "quality-of-mothers"),
        ({"history": [past("work", "2020-01-01", "2020-01-02")]}, "history-of-incapacity"),
        ({"history": [past("incapacity", "2020-01-01", "2020-01-02")] * 2}, "overlapping"),
        ({"covered": [{"by": "wage", "from": "2020-08-01", "until": "2020-08-01"}] * 2}, "overlapping"),
        ({"births": ["2020-07-05", "2200-01-01"]}, "less_than_equal"),
    ],
)
def test_a_case_that_contradicts_itself_is_refused(changes: dict[str, Any], code: str) -> None:
    assert refused_codes(**changes) == {code}
