"""Convention premium: a yearly premium for care providers who respect the agreed tariffs.

Legal basis: royal decree of 15 September 2023.
"""

from tegemoet.domain.parameters import Source
from tegemoet.schemes.convention_premium.case import PersonYear
from tegemoet.schemes.convention_premium.rules import decide
from tegemoet.schemes.convention_premium.year import set_of_year
from tegemoet.schemes.scheme import Scheme

SLUG = "convention-premium"
SCHEME = Scheme(
    slug=SLUG,
    kind="single-case",
    legal_basis=(
        Source(
            "Royal decree of 15 September 2023 granting a financial contribution to fully conventioned"
            " care providers (numac 2023046137)",
            "basis: article 54, § 7, of the law coordinated on 14 July 1994",
            "https://etaamb.openjustice.be/fr/nl/arrete-royal-du-15-septembre-2023_n2023046137.html",
        ),
        Source(
            "RIZIV-INAMI, Premie voor volledig geconventioneerde zorgverleners in 2023",
            "whole page",
            "https://www.inami.fgov.be/nl/professionals/info-voor-allen/premie-voor-volledig-geconventioneerde-zorgverleners-in-2023",
        ),
    ),
    package=__name__,
    case_type=PersonYear,
    decide=decide,
    choose=set_of_year,
    decisive=frozenset(("highest-premium", "difference")),
)
