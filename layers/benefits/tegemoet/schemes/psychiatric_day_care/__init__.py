"""Psychiatric day care during the epidemic: remote sessions, partial hospitalisation, codes.

Source: amendments PSY/2019ter and quater.
"""

from tegemoet.schemes.psychiatric_day_care.case import DayCare
from tegemoet.schemes.psychiatric_day_care.rules import HOME, HOSPITAL, REMOTE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="psychiatric-day-care",
    kind="single-case",
    legal_basis=(REMOTE, HOME, HOSPITAL),
    package=__name__,
    case_type=DayCare,
    decide=decide,
    engine="2.0.1",
    data="health",
)
