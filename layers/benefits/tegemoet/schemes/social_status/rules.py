"""The social status, rule by rule.

A practice is judged on recognition, convention, activity and the use of the benefit; the provider
receives one benefit a year. A figure that was never published is an error that names it, before any
refusal. Amounts are in EUR.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from tegemoet.domain.calendar import Period, paint
from tegemoet.domain.decision import Amount, FactValue, Finding, Met, Missing, Outcome, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.social_status.activity import (
    MEASURES,
    Judged,
    Minimum,
    lowered,
    maximum,
    minimums,
    published,
    seen,
    specialism_minimums,
)
from tegemoet.schemes.social_status.case import MedicalHouse, Practice, ProviderYear

BENEFITS = cite("royal-decree-2020-05-05", "article 7, § 6")
CONDITIONS = cite("royal-decree-2020-05-05", "conditions: recognised, joined and active during the whole premium year")
RESERVED = cite("social-status-page-physicians", "Gereserveerd recht op pensioen")
CONTRACTS = cite("royal-decree-2022-01-27", "article 1 (article 6 of the royal decree of 5 May 2020)")
TRAINING_PLAN = cite("royal-decree-2022-01-27", "article 3 (article 7, § 6, 2)")
TRAINEES = cite("royal-decree-2022-01-27", "article 4 (article 7, § 6, 2)")
NURSES = cite("dali-allowances", "Apothekers, verpleegkundigen")
ONE_BENEFIT = cite("royal-decree-2022-01-27", "article 7 (article 9/1)")

Joined = Literal["full", "partial", "none"]


@dataclass(slots=True)
class PracticeFindings:
    """The findings on one practice: its outcome, and the benefit that it would give."""

    practice: Practice
    findings: list[Finding]
    missing: list[Missing]
    benefit: Parameter | None = None

    @property
    def outcome(self) -> Outcome:
        found = {finding.outcome for finding in self.findings}
        return "pending" if "unknown" in found and "not-met" not in found else "granted" if self.benefit else "refused"


@dataclass(frozen=True, slots=True)
class _Year:
    """The question: the last day of the premium year, and the day of the decision.

    Figures are looked up for the last day of the premium year.
    """

    case: ProviderYear
    day: date
    on: date
    parameters: ParameterSet


def decide(case: ProviderYear, on: date, parameters: ParameterSet) -> Ruling:
    """The benefit of a provider for a premium year.

    Raises ParameterUnknownError if a year, profession or specialism has no figure.
    """
    year = _Year(case, date(case.year, 12, 31), on, parameters)
    assessments = [_assess(practice, index, year) for index, practice in enumerate(case.practices)]
    if on <= year.day:
        facts: dict[str, FactValue] = {"year": case.year}
        missing = Missing("premium-year", "on", f"a day from {case.year + 1}-01-01", on.isoformat())
        return Ruling("pending", [Finding("premium-year", "unknown", facts, BENEFITS)], missing=[missing])
    ruling = Ruling("refused", [Finding("premium-year", "met", {"year": case.year}, BENEFITS)])
    for assessment in assessments:
        ruling.findings += assessment.findings
        ruling.missing += assessment.missing
    _choose_benefit(ruling, [a for a in assessments if a.outcome != "refused"], year)
    return ruling


def _choose_benefit(ruling: Ruling, candidates: list[PracticeFindings], year: _Year) -> None:
    """From 2021, at most one benefit per provider and year, by the provider's choice.

    Before 2021, one per profession.
    """
    if len(candidates) > 1:
        limited = year.parameters.flag("one-benefit", year.day)
        professions: list[FactValue] = [a.practice.profession for a in candidates]
        facts: dict[str, FactValue] = {"professions": professions, "year": year.case.year}
        if not limited:
            ruling.findings.append(Finding("one-benefit", "not-needed", facts, ONE_BENEFIT))
        else:
            chosen = [a for a in candidates if a.practice.number == (year.case.chosen or "")[:8]]
            facts["chosen"] = chosen[0].practice.profession if chosen else None
            ruling.findings.append(Finding("one-benefit", "met" if chosen else "unknown", facts, ONE_BENEFIT))
            if not chosen:
                ruling.missing.append(Missing("one-benefit", "/chosen", "the number of the benefit chosen", "none"))
                ruling.outcome = "pending"
                return
            candidates = chosen
    granted = [a for a in candidates if a.outcome == "granted"]
    ruling.outcome = "granted" if granted else "pending" if candidates else "refused"
    for assessment in granted:
        if assessment.benefit:
            _grant(ruling, assessment, assessment.benefit)


def _grant(ruling: Ruling, assessment: PracticeFindings, benefit: Parameter) -> None:
    key, value = dict(benefit.key), Decimal(str(benefit.value))
    facts: dict[str, FactValue] = {
        "riziv_number": assessment.practice.riziv_number,
        "profession": assessment.practice.profession,
        "amount": euro(value),
    }
    if "benefit" in key:
        ruling.findings.append(Finding("reserved-right", "met", facts, benefit.source))
        ruling.amounts.append(Amount(key["benefit"], value))
        return
    ruling.findings.append(Finding("benefit", "met", facts | {"level": key["level"]}, benefit.source))
    ruling.amounts.append(Amount("benefit", value))
    ruling.total = (ruling.total or ZERO) + value


# One practice: recognition, convention, activity, and the use of the benefit.


def _assess(practice: Practice, index: int, year: _Year) -> PracticeFindings:
    found = PracticeFindings(practice, [], [])
    judged = _judged_as(practice, found, year)
    _figures(practice, judged, year)
    _recognition(practice, found, year)
    joined = _joined(practice, judged, found, year)
    if practice.trainee_on_31_december:
        found.findings.append(Finding("trainee", "met", _about(practice), TRAINEES))
        level: str | None = "trainee"
    elif judged.profession == "physician":
        level = _physician(practice, index, judged, joined, found, year)
    else:
        level = _other(practice, index, judged, found, year)
    if judged.profession == "nurse":
        _main_activity(practice, index, found)
    pension = _asks_pension(practice, year)
    _reserved(found, year) if pension else _contract(practice, found, year)
    if level is not None and all(f.outcome != "not-met" or f.rule in _REPLACED for f in found.findings):
        for finding in found.findings:
            if finding.outcome == "not-met":
                finding.outcome = "not-needed"
        found.benefit = _benefit(judged, level, pension, year)
    return found


_REPLACED = frozenset(("medical-house",))
"""Rules whose failure leaves a lower benefit.

Hours in a medical house that do not count, if the services reach the reduced threshold.
"""


def _about(practice: Practice) -> dict[str, FactValue]:
    return {"riziv_number": practice.riziv_number, "profession": practice.profession}


def _asks_pension(practice: Practice, year: _Year) -> bool:
    return practice.profession == "physician" and year.case.benefit != "contract"


def _judged_as(practice: Practice, found: PracticeFindings, year: _Year) -> Judged:
    """Pharmacist-biologists follow the pharmacists until 2020.

    From 2021, they follow the physicians of clinical biology.
    """
    if practice.profession != "pharmacist-biologist":
        return Judged(practice.profession, practice.specialism)
    parameter = year.parameters.find("judged-as", year.day, profession=practice.profession)
    profession, _, specialism = str(parameter.value).partition("/")
    facts = _about(practice) | {"as": profession, "year": year.case.year}
    found.findings.append(Finding("judged-as", "met", facts, parameter.source))
    return Judged(profession, specialism or None)


def _figures(practice: Practice, judged: Judged, year: _Year) -> None:
    """Raises ParameterUnknownError unless every amount that it may receive was published."""
    if _asks_pension(practice, year):
        year.parameters.find("reserved-pension", year.day, benefit=year.case.benefit)
    elif practice.trainee_on_31_december:
        _amount(judged, "trainee", year)
    else:
        keys = (dict(p.key) for p in year.parameters.parameters if p.name == "amount")
        levels = {key["level"] for key in keys if key["profession"] == judged.profession}
        for level in sorted(levels - {"trainee"}):
            _amount(judged, level, year)


def _amount(judged: Judged, level: str, year: _Year) -> Parameter:
    return year.parameters.find("amount", year.day, profession=judged.profession, level=level)


def _benefit(judged: Judged, level: str, pension: bool, year: _Year) -> Parameter:
    if not pension:
        return _amount(judged, level, year)
    key = {"benefit": year.case.benefit} | ({} if level == "full" else {"level": level})
    return year.parameters.find("reserved-pension", year.day, **key)


def _recognition(practice: Practice, found: PracticeFindings, year: _Year) -> None:
    """Recognised, or in an approved training plan.

    The plan must lead to a number reserved for recognised providers.
    """
    facts = _about(practice) | {"recognition": practice.recognition}
    if practice.recognition in ("without-title", "acquired-rights"):
        equated = year.parameters.find("counts-as-recognised", year.day, recognition=practice.recognition)
        found.findings.append(Finding("recognition", "met" if equated.value else "not-met", facts, equated.source))
    elif practice.recognition == "other-training-plan":
        found.findings.append(Finding("recognition", "not-met", facts, TRAINING_PLAN))
    else:
        found.findings.append(Finding("recognition", "met", facts, CONDITIONS))


def _joined(practice: Practice, judged: Judged, found: PracticeFindings, year: _Year) -> Joined:
    """Joined the agreement for the whole year, or from the day of the number if granted in it.

    The lowest status of the year counts. Joining in part is enough only for physicians and
    dentists.
    """
    first, granted = date(year.case.year, 1, 1), practice.number_granted_on
    if granted and granted > first:
        first = granted
    status: Joined = "none"
    if first <= year.day:
        rows = [(c.period, str(c.status)) for c in practice.conventions]
        inside = {
            s for p, s in paint([(Period(first, year.day), "none"), *rows]) if p.overlaps(Period(first, year.day))
        }
        status = "none" if "none" in inside else "partial" if "partial" in inside else "full"
    enough = status == "full" or (status == "partial" and judged.profession in ("physician", "dentist"))
    facts = _about(practice) | {"status": status, "from": first.isoformat(), "until": year.day.isoformat()}
    found.findings.append(Finding("joined", "met" if enough else "not-met", facts, CONDITIONS))
    return status


def _physician(
    practice: Practice, index: int, judged: Judged, joined: Joined, found: PracticeFindings, year: _Year
) -> str | None:
    """The full amount at the full threshold and full convention.

    The partial amount if only one of convention and threshold is full; otherwise no amount.
    """
    full, reduced, supplied = specialism_minimums(practice, index, judged, year.day, year.parameters)
    if supplied:
        facts = _about(practice) | {
            "specialism": judged.specialism,
            "full": euro(supplied.full),
            "reduced": euro(reduced.value) if reduced else None,
        }
        found.findings.append(Finding("threshold-supplied", "met", facts, full.source))
    _inactivity(practice, found, year)
    reached = _threshold(practice, index, judged, joined, (full, reduced), found, year)
    if reached == "full" and joined == "full":
        return "full"
    return reached and "partial"


def _threshold(
    practice: Practice,
    index: int,
    judged: Judged,
    joined: Joined,
    thresholds: tuple[Minimum, Minimum | None],
    found: PracticeFindings,
    year: _Year,
) -> str | None:
    """The threshold that is reached, by reimbursed amounts or by hours in a medical house."""
    full, reduced = thresholds
    house = practice.medical_house
    if practice.activity.reimbursed is None and house is None:
        _not_known(practice, index, full, found, year)
        return None
    amount = practice.activity.reimbursed or ZERO
    if amount >= lowered(full.value, practice, year.day, year.parameters):
        _reached(practice, full, amount, found, year)
        return "full"
    by_hours = _medical_house(practice, house, index, found, year) if house else "not-met"
    if by_hours != "not-met":
        return "full" if by_hours == "met" else None
    # a provider who joined in part and reaches only the reduced threshold receives nothing: no need
    # to look it up
    asked = full if joined != "full" else reduced or published(judged, "reduced", year.day, year.parameters)
    if amount >= lowered(asked.value, practice, year.day, year.parameters):
        _reached(practice, asked, amount, found, year)
        return "reduced"
    if house and joined == "full" and not _is_too_late(house, year):
        # fewer hours may be enough for the lower amount, but the required number was never
        # published
        year.parameters.find("medical-house-hours", year.day, level="reduced")
    _too_little(practice, index, asked, amount, found, year)
    return None


def _other(practice: Practice, index: int, judged: Judged, found: PracticeFindings, year: _Year) -> str | None:
    """The highest level that one of the measures of the profession reaches.

    Above the highest step, if there is one, there is no benefit.
    """
    if exempt := _exempt(practice, judged, year):
        found.findings.append(exempt)
        return "full"
    _inactivity(practice, found, year)
    asked = minimums(judged, year.day, year.parameters)
    done = {measure: value for measure in MEASURES if (value := seen(practice.activity, measure)) is not None}
    known = [m for m in asked if m.measure in done]
    if not known:
        _not_known(practice, index, asked[-1], found, year)
        return None
    above: list[tuple[Minimum, Parameter]] = []
    for minimum in known:
        limit = maximum(judged, minimum.measure, year.day, year.parameters)
        if done[minimum.measure] < lowered(minimum.value, practice, year.day, year.parameters):
            continue
        if limit is None or done[minimum.measure] <= Decimal(str(limit.value)):
            _reached(practice, minimum, done[minimum.measure], found, year)
            return minimum.level
        above.append((minimum, limit))
    if above:
        minimum, limit = above[0]
        facts = _about(practice) | {
            "measure": minimum.measure,
            "seen": _write(done[minimum.measure], minimum.measure),
            "highest": _write(Decimal(str(limit.value)), minimum.measure),
        }
        found.findings.append(Finding("activity-maximum", "not-met", facts, limit.source))
        return None
    lowest = known[-1]
    _too_little(practice, index, lowest, done[lowest.measure], found, year)
    return None


def _exempt(practice: Practice, judged: Judged, year: _Year) -> Finding | None:
    """Some dentists need no activity.

    Those in an approved training plan, and those whose number is younger than five years on 1
    January.
    """
    if judged.profession != "dentist":
        return None
    years = year.parameters.find("exempt-years", year.day, profession=judged.profession)
    granted = practice.number_granted_on
    young = granted is not None and granted > date(year.case.year - int(str(years.value)), 1, 1)
    if practice.recognition != "training-plan" and not young:
        return None
    return Finding("activity", "not-needed", _about(practice), years.source)


def _inactivity(practice: Practice, found: PracticeFindings, year: _Year) -> None:
    if practice.inactive_days:
        days = year.parameters.find("theoretical-days", year.day)
        facts = _about(practice) | {"inactive": practice.inactive_days, "days": int(str(days.value))}
        found.findings.append(Finding("inactivity", "met", facts, days.source))


def _activity(practice: Practice, minimum: Minimum, value: Decimal | None, outcome: Met, year: _Year) -> Finding:
    needed = lowered(minimum.value, practice, year.day, year.parameters)
    facts = _about(practice) | {
        "measure": minimum.measure,
        "level": minimum.level,
        "seen": None if value is None else _write(value, minimum.measure),
        "needed": _write(needed, minimum.measure),
    }
    return Finding("activity", outcome, facts, minimum.source)


def _reached(practice: Practice, minimum: Minimum, value: Decimal, found: PracticeFindings, year: _Year) -> None:
    found.findings.append(_activity(practice, minimum, value, "met", year))


def _too_little(
    practice: Practice, index: int, minimum: Minimum, value: Decimal, found: PracticeFindings, year: _Year
) -> None:
    finding = _activity(practice, minimum, value, "not-met", year)
    found.findings.append(finding)
    path = f"/practices/{index}/activity/{minimum.measure}"
    found.missing.append(Missing("activity", path, str(finding.facts["needed"]), str(finding.facts["seen"])))


def _not_known(practice: Practice, index: int, minimum: Minimum, found: PracticeFindings, year: _Year) -> None:
    finding = _activity(practice, minimum, None, "unknown", year)
    found.findings.append(finding)
    path = f"/practices/{index}/activity/{minimum.measure}"
    found.missing.append(Missing("activity", path, str(finding.facts["needed"]), "none"))


def _write(value: Decimal, measure: str) -> str:
    """EUR and hours with two decimals, counts as they are."""
    if measure in ("reimbursed", "weekly_hours"):
        return euro(value)
    return f"{value.normalize():f}"


def _medical_house(practice: Practice, house: MedicalHouse, index: int, found: PracticeFindings, year: _Year) -> Met:
    """Under a flat rate in a medical house, enough hours a week reach the highest level.

    They must be attested in July or August after the year. Hours that are not attested may still be
    attested until the last day; later they do not count.
    """
    asked = year.parameters.find("medical-house-hours", year.day, level="full")
    needed = lowered(Decimal(str(asked.value)), practice, year.day, year.parameters)
    first, last = (year.parameters.day("attestation-window", year.day, end=end) for end in ("first", "last"))
    attested = house.attested_on if house.attested_on and house.attested_on <= year.on else None
    outcome: Met = "met"
    path = f"/practices/{index}/medical_house"
    if house.weekly_hours < needed:
        outcome = "not-met"
        found.missing.append(
            Missing(
                "medical-house",
                f"{path}/weekly_hours",
                f"{needed} hours per week",
                f"{house.weekly_hours:.2f} hours per week",
            )
        )
    elif attested is None or not first <= attested <= last:
        outcome = "unknown" if year.on <= last and (attested is None or attested < first) else "not-met"
        found.missing.append(
            Missing(
                "medical-house",
                f"{path}/attested_on",
                f"a day from {first.isoformat()} to {last.isoformat()}",
                attested.isoformat() if attested else "none",
            )
        )
    facts = _about(practice) | {
        "hours": f"{house.weekly_hours:.2f}",
        "needed": f"{needed:.2f}",
        "attested_on": attested.isoformat() if attested else None,
        "first": first.isoformat(),
        "last": last.isoformat(),
    }
    found.findings.append(Finding("medical-house", outcome, facts, asked.source))
    return outcome


def _is_too_late(house: MedicalHouse, year: _Year) -> bool:
    """Whether hours can no longer count because they were not attested in time."""
    last = year.parameters.day("attestation-window", year.day, end="last")
    first = year.parameters.day("attestation-window", year.day, end="first")
    in_time = house.attested_on is not None and first <= house.attested_on <= last
    return year.on > last and not in_time


def _main_activity(practice: Practice, index: int, found: PracticeFindings) -> None:
    """Nurses: self-employed as their main activity."""
    outcome: Met = "unknown" if practice.main_activity is None else "met" if practice.main_activity else "not-met"
    found.findings.append(Finding("main-activity", outcome, _about(practice), NURSES))
    if outcome == "unknown":
        path = f"/practices/{index}/main_activity"
        found.missing.append(Missing("main-activity", path, "self-employed as main activity", "none"))


def _contract(practice: Practice, found: PracticeFindings, year: _Year) -> None:
    """The benefit goes to an insurance contract concluded in the premium year or before."""
    concluded = min(year.case.contracts or (), default=None)
    outcome: Met = "not-met"
    if year.case.contracts is None:
        outcome = "unknown"
    elif concluded is not None and concluded <= year.day:
        outcome = "met"
    seen_on = concluded.isoformat() if concluded else None
    facts = _about(practice) | {"concluded_on": seen_on, "last": year.day.isoformat()}
    found.findings.append(Finding("contract", outcome, facts, CONTRACTS))
    if outcome != "met":
        found.missing.append(
            Missing("contract", "/contracts", f"concluded by {year.day.isoformat()}", seen_on or "none")
        )


def _reserved(found: PracticeFindings, year: _Year) -> None:
    """A pension is reserved only if one was reserved for a year before 2017: the system ends."""
    outcome: Met = "met" if year.case.reserved_before else "not-met"
    facts = _about(found.practice) | {"benefit": year.case.benefit}
    found.findings.append(Finding("reserved-before", outcome, facts, RESERVED))
    if outcome == "not-met":
        found.missing.append(
            Missing("reserved-before", "/reserved_before", "a pension reserved for a year before 2017", "none")
        )
