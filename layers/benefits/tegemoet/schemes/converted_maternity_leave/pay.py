"""What a converted maternity leave pays: the claimant's wage, by the rules of a maternity rest.

Source: circular V.I. 2020/204, 13.2. After a death, the thirty days continue where the mother's
ended. While she is in hospital, 60 % of the wage within the ceiling is due.
"""

from tegemoet.domain.decision import FactValue
from tegemoet.domain.money import from_cents
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.converted_maternity_leave.case import ConvertedLeaveCase
from tegemoet.schemes.converted_maternity_leave.leave import Leave
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.benefit import Claim, DayBenefit
from tegemoet.schemes.maternity_rest.figures import Figures, figures_of
from tegemoet.schemes.maternity_rest.pay import (
    PaidRest,
    claim_of,
    explain_amounts,
    explain_payments,
    explain_unpaid,
)
from tegemoet.schemes.maternity_rest.payments import (
    PaidSpan,
    Unpaid,
    day_amounts,
    month_amounts,
    pay_days,
    pay_months,
)

AS_THE_MOTHER = cite("royal-decree-1996-07-03", "article 221, § 3")


def ask_pay(case: ConvertedLeaveCase, leave: Leave, parameters: ParameterSet) -> PaidRest:
    """The basis of payment and the outstanding data, without any amount."""
    paid = PaidRest()
    _claim(case, leave, figures_of(parameters), paid)
    return paid


def pay_leave(case: ConvertedLeaveCase, leave: Leave, parameters: ParameterSet) -> PaidRest:
    """What the days of the leave pay.

    There are no amounts if data are outstanding. Raises ParameterUnknownError if a required figure
    is not known.
    """
    figures, paid = figures_of(parameters), PaidRest()
    claim = _claim(case, leave, figures, paid)
    if claim is None:
        return paid
    spans, benefit = _spans(leave), DayBenefit(claim, figures)
    first, last, _ = spans[0]
    covered: list[Unpaid] = [(c.first.toordinal(), c.last.toordinal(), f"not-paid-{c.by}") for c in case.covered]
    unpaid = [given for given in covered if given[0] <= last and given[1] >= first]
    runs = pay_days(spans, benefit.cents, benefit.borders(first, last), unpaid)
    months = pay_months(runs, spans, figures)
    paid.amounts = [*day_amounts(runs), *month_amounts(months)]
    paid.total = from_cents(sum(month.gross for month in months))
    explain_amounts([benefit], runs, paid, parameters)
    explain_unpaid(runs, unpaid, paid)
    explain_payments(case, months, paid, figures)
    return paid


def _spans(leave: Leave) -> list[PaidSpan]:
    return [(leave.first.toordinal(), leave.last.toordinal(), ())]


def _claim(case: ConvertedLeaveCase, leave: Leave, figures: Figures, paid: PaidRest) -> Claim | None:
    """What the days from the first day of the leave on are paid on.

    After a death, the days that the mother used are the first of the thirty.
    """
    used = case.mother.days_used
    if case.mother.event == "hospital":
        return claim_of(case, leave.first, _spans(leave), figures, paid, measure="mother-in-hospital")
    claim = claim_of(case, leave.first, _spans(leave), figures, paid, days_used=used)
    facts: dict[str, FactValue] = {
        "used": used,
        "first_days": figures.first_days,
        "days": max(0, figures.first_days - used),
    }
    paid.found("days-of-the-mother", "met", AS_THE_MOTHER, facts)
    return claim
