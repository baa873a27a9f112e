"""Supplement to an employee's benefit for primary incapacity during the COVID-19 period.

Source: law of 24 June 2020.
"""

from tegemoet.schemes.incapacity_supplement.case import Incapacity
from tegemoet.schemes.incapacity_supplement.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="incapacity-supplement",
    kind="single-case",
    legal_basis=(
        cite("law-2020-06-24", "articles 3 to 8"),
        cite("incapacity-supplement-page", "whole page"),
        cite("bulletin-2020-3", "Part 1, laws of the third quarter of 2020"),
    ),
    package=__name__,
    case_type=Incapacity,
    decide=decide,
    engine="2.0.0",
    data="health",
    decisive=frozenset(("supplement", "highest-total", "guaranteed-total", "limited-to-wage", "amount-per-day")),
)
