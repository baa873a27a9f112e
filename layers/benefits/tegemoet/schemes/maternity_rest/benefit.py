"""The benefit of one day: rates by status, ceilings, alignment, guarantee.

Source: circular V.I. 2020/204, 7.1. The status is that on the first day. The same rules pay a
claimant of converted maternity leave: `days_used` are then the days of rest that the mother had
taken, and the measure says whether the leave is due to her stay in hospital. A full work removal
has its own rate.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.maternity_rest.case import (
    Incapacity,
    IncapacityBenefit,
    IncomeGuarantee,
    Unemployment,
    WageCeiling,
)
from tegemoet.schemes.maternity_rest.figures import (
    UNIT,
    Figures,
    half_up,
    share,
    steps_unknown,
    ten_thousandths,
    to_cents,
    value_on,
)
from tegemoet.schemes.maternity_rest.insurability import QualityKind
from tegemoet.schemes.maternity_rest.wage import day_wage

Part = Literal["employee", "unemployed", "other"]
PARTS: dict[QualityKind, Part] = {
    "employee": "employee",
    "resting-since-fifth-month": "employee",
    "controlled-unemployed": "unemployed",
}
"""The part whose rates a quality has on the first day of the rest.

All others have the rates of article 216, first paragraph.
"""
Measure = Literal["maternity-rest", "mother-in-hospital", "work-removal"]
LATER = True


def part_of(quality: QualityKind) -> Part:
    """The part whose rates a claimant of that quality has."""
    return PARTS.get(quality, "other")


@dataclass(slots=True)
class Claim:
    """What the days from `first` on are paid on.

    Wages are in ten-thousandths of a euro on the first day. `unemployment` counts for an unemployed
    claimant, and, with `income_guarantee`, for a part-timer who keeps her rights. `aligned_until`
    is the last day on which her unemployment benefit replaces the 60 %.
    """

    first: date
    part: Part
    wage: int
    activities: dict[str, int] = field(default_factory=dict)
    unemployment: Unemployment | None = None
    income_guarantee: IncomeGuarantee | None = None
    aligned_until: date | None = None
    incapacity: Incapacity | None = None
    supplied: tuple[WageCeiling, ...] = ()
    days_used: int = 0
    measure: Measure = "maternity-rest"


@dataclass(slots=True)
class Noted:
    """The figures that were used while days were paid, for the explanation.

    Days are ordinals; ceilings are in ten-thousandths of a euro, each with the first day on which
    it was used. `last_known` are those below which the wage stayed on a day without a known one.
    `bases` are the first days of the cohorts, and `counted` are days on which the ceiling follows
    from the number of index steps. `levelled` is the last day for which a wage followed the index.
    """

    ceilings: dict[int, int] = field(default_factory=dict)
    last_known: dict[int, int] = field(default_factory=dict)
    supplied: dict[int, int] = field(default_factory=dict)
    bases: set[date] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)
    levelled: int = 0
    deducted: int = 0
    guarantees: dict[int, int] = field(default_factory=dict)
    raised: bool = False


class DayBenefit:
    """The benefit of a day in cents.

    It is the same between two `borders`; each distinct amount is computed once.
    """

    def __init__(self, claim: Claim, figures: Figures) -> None:
        self.claim, self.figures, self.noted = claim, figures, Noted()
        self._first = claim.first.toordinal()
        self._cohort = figures.cohort(claim.first)
        self._later_from = self._first + figures.first_days - claim.days_used
        self._aligned_until = claim.aligned_until.toordinal() if claim.aligned_until else 0
        unemployment, guarantee = claim.unemployment, claim.income_guarantee
        self._benefits = (
            [
                (b.first.toordinal(), ten_thousandths(b.amount))
                for b in sorted(unemployment.benefits, key=lambda b: b.first)
            ]
            if unemployment and self._aligned_until >= self._first
            else []
        )
        self._unemployment_wage = day_wage(unemployment.wage, figures) if unemployment and guarantee else 0
        self._fraction = (
            (int(guarantee.guarantee.scaleb(2)), int(guarantee.reference.scaleb(2))) if guarantee else (0, 1)
        )

    def borders(self, first: int, last: int) -> set[int]:
        """The days from `first` to `last` (ordinals) on which the amount may change.

        The result may contain other days too.
        """
        claim, known = self.claim, self.figures.borders
        borders = set(known[bisect_left(known, first) : bisect_right(known, last)])
        borders.add(self._later_from)
        borders.add(self._first + 1)
        if self._benefits:
            borders.add(self._aligned_until + 1)
            borders.update(day for day, _ in self._benefits)
        if claim.incapacity:
            borders.update(b.first.toordinal() for b in claim.incapacity.benefits)
        for ceiling in claim.supplied:
            borders |= {ceiling.first.toordinal(), ceiling.last.toordinal() + 1}
        return borders

    def cents(self, day: int, activities: tuple[str, ...] = ()) -> int:
        """The benefit of that day (an ordinal) in cents.

        `activities` names the activities whose wage alone pays the day. Raises
        ParameterUnknownError with the figure and the day if a required figure is neither published
        nor supplied.
        """
        claim = self.claim
        level = self.figures.level(self._first, day)
        if day > self._first:
            self.noted.levelled = max(self.noted.levelled, day)
        if activities:
            wage = self._indexed(sum(claim.activities[a] for a in activities), level)
            amount = to_cents(self._capped_share(day, LATER, wage))
        else:
            amount = self._by_status(day, level)
        return self._guaranteed(day, amount) if claim.incapacity else amount

    def _by_status(self, day: int, level: int) -> int:
        claim, later = self.claim, day >= self._later_from
        wage = self._indexed(claim.wage, level)
        if claim.part == "unemployed":
            return self._unemployed(day, later, wage)
        if claim.measure != "maternity-rest":
            of_wage = share(self._rate(claim.measure, later), self._capped(day, wage))
            return to_cents(of_wage + self._kept_rights(day, later, level))
        if claim.part == "employee" and not later:
            return to_cents(share(self._rate("employee", later), wage) + self._kept_rights(day, later, level))
        return to_cents(self._capped_share(day, later, wage) + self._kept_rights(day, later, level))

    def _unemployed(self, day: int, later: bool, wage: int) -> int:
        """60 %, or the unemployment benefit of that day while aligned, and the supplement.

        Hospital leave has no supplement.
        """
        aligned, hospital = self._benefit_on(day), self.claim.measure == "mother-in-hospital"
        if hospital and aligned is not None:
            return to_cents(aligned)
        capped = self._capped(day, wage)
        base = share(self._rate("unemployed-base", later), capped) if aligned is None else aligned
        return to_cents(base if hospital else base + share(self._rate("unemployed-supplement", later), capped))

    def _kept_rights(self, day: int, later: bool, level: int) -> int:
        """What a part-timer who keeps her rights is due as an unemployed person.

        Each part × guarantee ÷ reference, rounded once.
        """
        if not self.claim.income_guarantee:
            return 0
        wage = self._indexed(self._unemployment_wage, level)
        guarantee, reference = self._fraction
        of_whole, aligned = 100_000 * reference, self._benefit_on(day)
        base = (
            half_up(self._rate("unemployed-base", later) * wage * guarantee, of_whole)
            if aligned is None
            else half_up(aligned * guarantee, reference)
        )
        if self.claim.measure == "mother-in-hospital":
            return base
        return base + half_up(self._rate("unemployed-supplement", later) * wage * guarantee, of_whole)

    def _rate(self, part: str, later: bool) -> int:
        return self.figures.rates[part, later].share

    @staticmethod
    def _indexed(wage: int, level: int) -> int:
        return wage if level == UNIT else half_up(wage * level, UNIT)

    def _benefit_on(self, day: int) -> int | None:
        """The unemployment benefit of an aligned day, or None if the day is not aligned."""
        if day > self._aligned_until:
            return None
        return next((amount for first, amount in reversed(self._benefits) if first <= day), None)

    def _capped_share(self, day: int, later: bool, wage: int) -> int:
        part = "employee" if self.claim.part == "employee" else "other"
        return share(self._rate(part, later), self._capped(day, wage))

    def _capped(self, day: int, wage: int) -> int:
        """The wage within the ceiling of the cohort of the first day, on the day that is paid.

        Where that ceiling is not known, a wage that stays within the last known one is not capped,
        because ceilings only rise. Another wage requires a supplied ceiling. Raises
        ParameterUnknownError if there is none.
        """
        cohort, noted = self._cohort, self.noted
        ceiling = value_on(cohort.rows, day) if cohort else None
        if cohort and ceiling is not None:
            noted.ceilings.setdefault(ceiling, day)
            noted.bases.add(cohort.first)
            noted.counted.add(noted.ceilings[ceiling])
            return min(wage, ceiling)
        bound = self.figures.last_known(self.claim.first, day)
        if bound and wage <= bound[2]:
            noted.last_known.setdefault(bound[2], day)
            noted.bases.add(bound[0].first)
            noted.counted.add(bound[1])
            return wage
        for given in self.claim.supplied:
            if given.first.toordinal() <= day <= given.last.toordinal():
                ceiling = ten_thousandths(given.amount)
                noted.supplied.setdefault(ceiling, day)
                return min(wage, ceiling)
        if cohort:
            raise steps_unknown(day)
        raise ParameterUnknownError("wage-ceiling-base", self.claim.first.isoformat())

    def _guaranteed(self, day: int, cents: int) -> int:
        """At least the incapacity benefit of that day, after the pension deduction of an invalid.

        Source: article 113, fifth paragraph.
        """
        incapacity = self.claim.incapacity
        row = incapacity_benefit(incapacity, day) if incapacity else None
        if incapacity is None or row is None:
            return cents
        benefit = to_cents(ten_thousandths(row.gross))
        if incapacity.invalid:
            benefit = self._net(row, day, cents)
        self.noted.guarantees.setdefault(benefit, day)
        self.noted.raised |= benefit > cents
        return max(cents, benefit)

    def _net(self, row: IncapacityBenefit, day: int, cents: int) -> int:
        """The benefit of an invalid after the 3.5 % deduction.

        A gross benefit of at most `cents` does not require the deduction to be known.
        """
        if row.net is not None:
            return to_cents(ten_thousandths(row.net))
        gross = to_cents(ten_thousandths(row.gross))
        deduction = value_on(self.figures.pension_deduction, day)
        full_from = value_on(self.figures.pension_in_full_from, day)
        if deduction is not None and full_from is not None and ten_thousandths(row.gross) >= full_from:
            self.noted.deducted = day
            return half_up(gross * (100_000 - deduction), 100_000)
        if gross <= cents:
            return gross
        raise ParameterUnknownError("pension-deduction", date.fromordinal(day).isoformat())


def incapacity_benefit(incapacity: Incapacity, day: int) -> IncapacityBenefit | None:
    """The row of the incapacity benefit in force on that day (an ordinal)."""
    in_force = [b for b in incapacity.benefits if b.first.toordinal() <= day]
    return max(in_force, key=lambda b: b.first) if in_force else None
