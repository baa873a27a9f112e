"""Locum checklist: the duties of a locum doctor around a replacement, done and open.

Source: page of Domus Medica.
"""

from tegemoet.schemes.locum_checklist.case import Checklist
from tegemoet.schemes.locum_checklist.rules import DUTIES, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="locum-checklist",
    kind="single-case",
    legal_basis=(DUTIES,),
    package=__name__,
    case_type=Checklist,
    decide=decide,
    engine="2.0.0",
)
