"""Contraceptives: the extra contribution of the insurance to their price.

Royal decree of 16 September 2013, as the laws of 31 July and 9 August 2020 change it.
"""

from tegemoet.schemes.contraceptives.case import Delivery
from tegemoet.schemes.contraceptives.rules import EMERGENCY, EXTENSION, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="contraceptives",
    kind="single-case",
    legal_basis=(EXTENSION, EMERGENCY),
    package=__name__,
    case_type=Delivery,
    decide=decide,
    data="health",
)
