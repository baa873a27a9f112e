"""Supplementary crisis benefit of self-employed persons and assisting spouses.

Source: royal decree of 15 September 2020.
"""

from tegemoet.schemes.crisis_supplement.case import SelfEmployedIncapacity
from tegemoet.schemes.crisis_supplement.rules import EMPLOYEE, decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="crisis-supplement",
    kind="single-case",
    legal_basis=(
        cite("royal-decree-2020-09-15", "articles 3 and 5"),
        cite("circular-2020-289", "whole circular"),
        cite("royal-decree-1971-07-20", "articles 3, 28, 28bis, 29 and 58bis"),
    ),
    package=__name__,
    case_type=SelfEmployedIncapacity,
    decide=decide,
    engine="2.0.0",
    data="health",
    builds_on=(("tegemoet.schemes.incapacity_supplement", EMPLOYEE),),
    decisive=frozenset(("category-a", "category-b", "supplement", "reduction", "difference", "amount-per-day")),
)
