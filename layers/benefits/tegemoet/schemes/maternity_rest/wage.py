"""The lost wage of one day, on the first day of the rest.

Sources: circular V.I. 2020/204, 7.2; regulation of 16 April 1997.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tegemoet.domain.calendar import iso
from tegemoet.domain.decision import FactValue, Finding, Missing, Phrase
from tegemoet.domain.parameters import Source
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.case import Childminder, Pay, Wage
from tegemoet.schemes.maternity_rest.figures import Figures, half_up, ten_thousandths, written
from tegemoet.schemes.maternity_rest.insurability import QualityKind

Basis = Literal["activities", "incapacity", "interruption", "unemployment", "childminder"]
"""What a wage is taken from."""
ARTICLES: dict[str, Source] = {
    "activities": cite("benefits-regulation-1997-04-16", "article 45, § 1, with articles 23 to 27"),
    "incapacity": cite("benefits-regulation-1997-04-16", "article 45, § 4"),
    "interruption": cite("benefits-regulation-1997-04-16", "article 33, § 1"),
    "unemployment": cite("benefits-regulation-1997-04-16", "article 45, § 1, with article 30"),
    "childminder": cite("benefits-regulation-1997-04-16", "article 45, § 3"),
}


@dataclass(slots=True)
class LostWage:
    """A wage per day of a six-day week in ten-thousandths of a euro, and its basis."""

    amount: int
    basis: Basis


def lost_wage(quality: QualityKind, pay: Pay, figures: Figures) -> LostWage | Missing:
    """The wage that the benefit is computed on, or the field that is outstanding.

    A childminder's income comes first: the wage of an incapacity before the rest does not apply to
    her (7.2.4, remark).
    """
    if pay.childminder:
        return LostWage(childminder_wage(pay.childminder, figures), "childminder")
    if pay.incapacity:
        return _given(pay.incapacity.wage, "incapacity", "pay/incapacity/wage", figures)
    if quality == "resting-since-fifth-month":
        return _given(pay.interruption_wage, "interruption", "pay/interruption_wage", figures)
    if quality == "controlled-unemployed":
        wage = pay.unemployment.wage if pay.unemployment else None
        return _given(wage, "unemployment", "pay/unemployment", figures)
    if not pay.activities:
        return _still_needed("pay/activities")
    wages = activity_wages(pay, figures)
    return wages if isinstance(wages, Missing) else LostWage(sum(wages.values()), "activities")


def activity_wages(pay: Pay, figures: Figures, named: set[str] | None = None) -> dict[str, int] | Missing:
    """The day wage of every activity (or of those `named`) by its name.

    It is the wage of the reference day if the activity was stable, and else that of the first day
    of the rest.
    """
    wages: dict[str, int] = {}
    for place, activity in enumerate(pay.activities):
        if named is not None and activity.name not in named:
            continue
        wage = activity.reference_wage if activity.stable else activity.start_wage
        if wage is None:
            return _still_needed(f"pay/activities/{place}/{'reference' if activity.stable else 'start'}_wage")
        wages[activity.name] = day_wage(wage, figures)
    return wages


def day_wage(wage: Wage, figures: Figures) -> int:
    """A wage per day in ten-thousandths of a euro.

    Of a monthly wage it is one part in 26, rounded half-up.
    """
    amount = ten_thousandths(wage.amount)
    return amount if wage.per == "day" else half_up(amount, figures.month_divisor)


def childminder_wage(childminder: Childminder, figures: Figures) -> int:
    """Guaranteed income ÷ 26 × recognised places ÷ the most that can be recognised (7.2.2).

    In Flanders, permits no longer state a recognised capacity: for social security it is at most
    four places out of four.
    """
    places, maximum = childminder.places, childminder.maximum_places
    if childminder.community == "flemish":
        maximum = figures.flemish_places
        places = min(places, maximum)
    return half_up(ten_thousandths(childminder.guaranteed_income) * places, figures.month_divisor * maximum)


def wage_finding(wage: LostWage | Missing, first: date) -> Finding:
    """The finding on the wage on `first`, the first day of the rest."""
    if isinstance(wage, Missing):
        return Finding("wage", "unknown", {"on": iso(first)}, ARTICLES["activities"])
    facts: dict[str, FactValue] = {"wage": written(wage.amount), "basis": wage.basis, "on": iso(first)}
    return Finding("wage", "met", facts, ARTICLES[wage.basis])


def _given(wage: Wage | None, basis: Basis, field: str, figures: Figures) -> LostWage | Missing:
    return _still_needed(field) if wage is None else LostWage(day_wage(wage, figures), basis)


def _still_needed(field: str) -> Missing:
    return Missing("wage", field, Phrase("wage-of-first-day"), Phrase("nothing"))
