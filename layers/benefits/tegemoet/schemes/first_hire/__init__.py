"""First hires: whether a new worker replaces another one.

Source: royal decree of 16 May 2003 as changed on 27 January 2022.
"""

from tegemoet.schemes.first_hire.case import Hire
from tegemoet.schemes.first_hire.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="first-hire",
    kind="single-case",
    legal_basis=(cite("royal-decree-2022-01-27-first-hire", "report to the King, articles 2 and 3"),),
    package=__name__,
    case_type=Hire,
    decide=decide,
    engine="2.0.0",
)
