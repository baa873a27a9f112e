"""Speech therapy fee: the price of a service under the agreement of 2020-2021."""

from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.speech_therapy_fee.case import Service
from tegemoet.schemes.speech_therapy_fee.rules import FEES, decide

SCHEME = Scheme(
    slug="speech-therapy-fee",
    kind="single-case",
    legal_basis=(FEES,),
    package=__name__,
    case_type=Service,
    decide=decide,
    engine="2.0.0",
)
