"""Dietary products: the tests that a diagnosis has to rest on.

Royal decree of 8 November 1998, article 5, § 1, as that of 24 June 2020 changes it.
"""

from tegemoet.schemes.dietary_products.case import Diagnosis
from tegemoet.schemes.dietary_products.rules import TESTS, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="dietary-products",
    kind="single-case",
    legal_basis=(TESTS,),
    package=__name__,
    case_type=Diagnosis,
    decide=decide,
    data="health",
)
