"""Locum contribution: the part of the income that a locum general practitioner hands over.

Source: guideline of Domus Medica.
"""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.locum_contribution.case import Replacement
from tegemoet.schemes.locum_contribution.rules import decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="locum-contribution",
    kind="single-case",
    legal_basis=(cite("domus-medica-locum", "Financiële afspraken: de onkostenbijdrage van de vervangarts"),),
    package=__name__,
    case_type=Replacement,
    decide=decide,
    engine="2.0.0",
)
