"""Increased reimbursement: the proactive exchange between insurers, institute and tax office.

Circulars V.I. 2020/197 and V.I. 2020/218.
"""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SLUG = "increased-reimbursement"
SCHEME = Scheme(
    slug=SLUG,
    kind="exchange",
    legal_basis=(
        cite("royal-decree-2014-01-15", "articles 7, 19 to 21 and 25"),
        cite("circular-2020-197", "whole circular"),
        cite("circular-2020-218", "whole circular"),
    ),
    package=__name__,
    builds_on=((f"{__name__}.ceilings", None),),
    data="exchange",
)
