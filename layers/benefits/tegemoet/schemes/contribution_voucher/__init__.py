"""Contribution vouchers: the answer to a request for a copy or a duplicate.

Source: circular V.I. 2020/250.
"""

from tegemoet.schemes.contribution_voucher.case import Request
from tegemoet.schemes.contribution_voucher.rules import PROCEDURE, PURPOSE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="contribution-voucher",
    kind="single-case",
    legal_basis=(PURPOSE, PROCEDURE),
    package=__name__,
    case_type=Request,
    decide=decide,
    engine="2.0.0",
)
