"""Maternity rest: who may rest, from when until when, and what is paid.

For employees and unemployed persons. Source: circular V.I. 2020/204.
"""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.case import MaternityCase
from tegemoet.schemes.maternity_rest.rules import decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="maternity-rest",
    kind="single-case",
    legal_basis=(
        cite("law-1994-07-14", "articles 111 to 117"),
        cite("royal-decree-1996-07-03", "articles 203/1 to 223"),
        cite("benefits-regulation-1997-04-16", "articles 23 to 52ter"),
        cite("circular-2020-204", "sections I to XII"),
    ),
    package=__name__,
    case_type=MaternityCase,
    decide=decide,
    engine="2.0.1",
    data="health",
    decisive=frozenset(
        (
            "rest-length",
            "conversion",
            "transfer",
            "multiple-birth",
            "hospital-stay",
            "wage",
            "rate-employee",
            "rate-unemployed",
            "rate-other",
            "wage-ceiling",
            "alignment",
            "guarantee",
        )
    ),
)
