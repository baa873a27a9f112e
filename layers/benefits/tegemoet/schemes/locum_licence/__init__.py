"""Locum licence: the price of a software licence for a locum doctor (Domus Medica)."""

from tegemoet.schemes.locum_licence.case import LicenceCase
from tegemoet.schemes.locum_licence.rules import TABLE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="locum-licence",
    kind="single-case",
    legal_basis=(TABLE,),
    package=__name__,
    case_type=LicenceCase,
    decide=decide,
    engine="2.0.1",
)
