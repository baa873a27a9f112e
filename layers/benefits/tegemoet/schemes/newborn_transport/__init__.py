"""Contribution to the cost of transporting newborns in danger.

Sources: ministerial decree of 8 January 1992, circular V.I. 2020/274.
"""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.newborn_transport.case import Transport
from tegemoet.schemes.newborn_transport.rules import decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="newborn-transport",
    kind="single-case",
    legal_basis=(cite("circular-2020-274", "whole circular"),),
    package=__name__,
    case_type=Transport,
    decide=decide,
    engine="2.0.0",
    data="health",
)
