"""Parenteral nutrition: continuing with electrolytes only.

Source: interpretation rule published on 13 July 2020.
"""

from tegemoet.schemes.parenteral_nutrition.case import Electrolytes
from tegemoet.schemes.parenteral_nutrition.rules import RULE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="parenteral-nutrition",
    kind="single-case",
    legal_basis=(RULE,),
    package=__name__,
    case_type=Electrolytes,
    decide=decide,
    engine="2.0.0",
    data="health",
)
