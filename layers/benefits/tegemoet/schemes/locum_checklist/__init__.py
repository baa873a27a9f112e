"""Locum checklist: what a locum doctor has to do around a replacement, what is done and what is open (page of Domus Medica)."""

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
)
