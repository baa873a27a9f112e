"""The benefit of one day: rates by status, ceilings and maxima, alignment, guarantee.

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

    Days are ordinals; ceilings are in ten-thousandths of a euro.
    """

    ceilings: dict[int, int] = field(default_factory=dict)
    supplied: dict[int, int] = field(default_factory=dict)
    maxima: dict[int, int] = field(default_factory=dict)
    limited: bool = False
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
        if not self.figures.steps_known[0] <= self._first + 1 <= self.figures.steps_known[1]:
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
        if activities:
            amount = self._limited(
                day,
                LATER,
                self._capped_share(day, LATER, self._indexed(sum(claim.activities[a] for a in activities), level)),
            )
        else:
            amount = self._by_status(day, level)
        return self._guaranteed(day, amount) if claim.incapacity else amount

    def _by_status(self, day: int, level: int) -> int:
        claim, later = self.claim, day >= self._later_from
        wage = self._indexed(claim.wage, level)
        if claim.part == "unemployed":
            return self._unemployed(day, later, wage)
        if claim.measure != "maternity-rest":
            of_wage = self._of_capped(day, wage, self._rate(claim.measure, later))
            return to_cents(of_wage + self._kept_rights(day, later, level))
        if claim.part == "employee" and not later:
            return to_cents(share(self._rate("employee", later), wage) + self._kept_rights(day, later, level))
        amount = self._capped_share(day, later, wage) + self._kept_rights(day, later, level)
        return self._limited(day, later, amount)

    def _unemployed(self, day: int, later: bool, wage: int) -> int:
        """60 %, or the unemployment benefit of that day while aligned, and the supplement.

        Hospital leave has no supplement.
        """
        aligned = self._benefit_on(day)
        base, supplement = self._rate("unemployed-base", later), self._rate("unemployed-supplement", later)
        if self.claim.measure == "mother-in-hospital":
            return to_cents(self._of_capped(day, wage, base) if aligned is None else aligned)
        if aligned is not None:
            return self._limited(day, later, aligned + self._of_capped(day, wage, supplement))
        capped = self._capped(day, wage)
        wage = wage if capped is None else capped
        return self._limited(day, later, share(base, wage) + share(supplement, wage))

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
        capped = self._capped(day, wage)
        part = "employee" if self.claim.part == "employee" else "other"
        return share(self._rate(part, later), wage if capped is None else capped)

    def _of_capped(self, day: int, wage: int, rate: int) -> int:
        """A share of the wage without a published maximum.

        If the ceiling may apply, it must be known.
        """
        capped = self._capped(day, wage)
        if capped is None:
            raise self._ceiling_unknown(day)
        return share(rate, capped)

    def _capped(self, day: int, wage: int) -> int | None:
        """The wage within the ceiling.

        The ceiling is that of the cohort of the first day on the day that is paid, or else the
        supplied one. If neither is known and a maximum is published, a wage whose 75 % is below the
        maximum is certainly below the ceiling; for any other wage the result is None: the maximum
        decides. Raises ParameterUnknownError if nothing is known.
        """
        ceiling = value_on(self.figures.ceilings.get(self._cohort or "", ()), day)
        if ceiling is not None:
            self.noted.ceilings.setdefault(ceiling, day)
            return min(wage, ceiling)
        for given in self.claim.supplied:
            if given.first.toordinal() <= day <= given.last.toordinal():
                ceiling = ten_thousandths(given.amount)
                self.noted.supplied.setdefault(ceiling, day)
                return min(wage, ceiling)
        maximum = self._maximum(day, LATER)
        if maximum is None:
            raise self._ceiling_unknown(day)
        return wage if to_cents(share(self._rate("other", LATER), wage)) < maximum else None

    def _ceiling_unknown(self, day: int) -> ParameterUnknownError:
        label = f"wage-ceiling (cohort {self._cohort})" if self._cohort else "wage-ceiling"
        return ParameterUnknownError(label, date.fromordinal(day).isoformat())

    def _maximum(self, day: int, later: bool) -> int | None:
        return value_on(self.figures.maxima.get((self._cohort or "", later), ()), day)

    def _limited(self, day: int, later: bool, amount: int) -> int:
        """The amount in cents, at most the published maximum from the day on which maxima apply."""
        cents = to_cents(amount)
        if day < self.figures.maxima_limit_from:
            return cents
        maximum = self._maximum(day, later)
        if maximum is None:
            return cents
        self.noted.maxima.setdefault(maximum, day)
        self.noted.limited |= maximum < cents
        return min(cents, maximum)

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
            return half_up(gross * (100_000 - deduction), 100_000)
        if gross <= cents:
            return gross
        raise ParameterUnknownError("pension-deduction", date.fromordinal(day).isoformat())


def incapacity_benefit(incapacity: Incapacity, day: int) -> IncapacityBenefit | None:
    """The row of the incapacity benefit in force on that day (an ordinal)."""
    in_force = [b for b in incapacity.benefits if b.first.toordinal() <= day]
    return max(in_force, key=lambda b: b.first) if in_force else None
