"""Company supplement to the unemployment benefit in horticulture.

Joint committee 145, 1 July 2021 to 30 June 2023.
"""

from tegemoet.schemes.company_supplement.case import CompanyUnemployment
from tegemoet.schemes.company_supplement.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="company-supplement",
    kind="single-case",
    legal_basis=(cite("cla-horticulture-2021", "articles 5 to 12"), cite("cla-17", "calculation of the supplement")),
    package=__name__,
    case_type=CompanyUnemployment,
    decide=decide,
    engine="2.0.0",
)
