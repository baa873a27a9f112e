"""Prescription of claims about health care, and how long their data are kept.

Article 174 of the coordinated law, as circular V.I. 2020/197 states it.
"""

from tegemoet.schemes.care_claim_prescription.case import Claim
from tegemoet.schemes.care_claim_prescription.rules import FRAUD, KEEPING, TWO_YEARS, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="care-claim-prescription",
    kind="single-case",
    legal_basis=(TWO_YEARS, FRAUD, KEEPING),
    package=__name__,
    case_type=Claim,
    decide=decide,
)
