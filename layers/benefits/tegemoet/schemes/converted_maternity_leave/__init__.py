"""Converted maternity leave: leave of a mother who died or is in hospital, for the other parent.

Source: circular V.I. 2020/204.
"""

from tegemoet.schemes.converted_maternity_leave.case import ConvertedLeaveCase
from tegemoet.schemes.converted_maternity_leave.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="converted-maternity-leave",
    kind="single-case",
    legal_basis=(
        cite("law-1994-07-14", "article 114, seventh paragraph"),
        cite("royal-decree-1996-07-03", "articles 221 to 223"),
        cite("employment-contracts-law-1978-07-03", "article 30, § 2"),
        cite("circular-2020-204", "section XIII"),
    ),
    package=__name__,
    case_type=ConvertedLeaveCase,
    decide=decide,
    data="health",
    engine="2.0.1",
    builds_on=(("tegemoet.schemes.maternity_rest", ""),),
    decisive=frozenset(
        (
            "mother-died",
            "mother-in-hospital",
            "leave-days",
            "wage",
            "rate-mother-in-hospital",
            "rate-employee",
            "rate-unemployed",
            "wage-ceiling",
            "alignment",
            "guarantee",
        )
    ),
)
