"""Personal contributions of some insured persons.

Sources: royal decree of 3 July 1996, circular V.I. 2020/260.
"""

from tegemoet.schemes.insured_contribution.case import Contribution
from tegemoet.schemes.insured_contribution.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="insured-contribution",
    kind="single-case",
    legal_basis=(
        cite("circular-2020-260", "whole circular"),
        cite("royal-decree-1996-07-03", "articles 133 to 136bis, 247 and 250"),
    ),
    package=__name__,
    case_type=Contribution,
    decide=decide,
    engine="2.0.0",
)
