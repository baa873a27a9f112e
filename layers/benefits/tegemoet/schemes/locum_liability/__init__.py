"""Locum liability: which policy pays first for damage that a locum doctor causes.

Source: page of Domus Medica on replacements.
"""

from tegemoet.schemes.locum_liability.case import Damage
from tegemoet.schemes.locum_liability.rules import PAGE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="locum-liability",
    kind="single-case",
    legal_basis=(PAGE,),
    package=__name__,
    case_type=Damage,
    decide=decide,
)
