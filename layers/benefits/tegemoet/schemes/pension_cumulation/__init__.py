"""Pension cumulation: a pension with an incapacity benefit due to COVID-19.

Source: royal decree of 6 July 2020.
"""

from tegemoet.schemes.pension_cumulation.case import Cumulation
from tegemoet.schemes.pension_cumulation.rules import PERIOD, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="pension-cumulation",
    kind="single-case",
    legal_basis=(PERIOD,),
    package=__name__,
    case_type=Cumulation,
    decide=decide,
    engine="2.0.0",
    data="health",
)
