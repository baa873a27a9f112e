"""Social status: a yearly benefit for care providers who join the agreement of their profession.

Source: royal decree of 5 May 2020.
"""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.social_status.case import ProviderYear
from tegemoet.schemes.social_status.rules import decide

SCHEME = Scheme(
    slug="social-status",
    kind="single-case",
    legal_basis=(
        cite("royal-decree-2020-05-05", "articles 6, 7, § 6, and 9/1"),
        cite("royal-decree-2022-01-27", "articles 1 to 10"),
    ),
    package=__name__,
    case_type=ProviderYear,
    decide=decide,
    engine="2.0.0",
)
