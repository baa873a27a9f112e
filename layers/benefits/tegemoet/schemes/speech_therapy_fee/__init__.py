"""Speech therapy fee: what a service of a speech therapist costs under the agreement of 2020-2021."""

from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.speech_therapy_fee.case import Service
from tegemoet.schemes.speech_therapy_fee.rules import FEES, decide

SCHEME = Scheme(
    slug="speech-therapy-fee",
    kind="single-case",
    title={
        "nl": "Honorarium van een logopedist 2020-2021",
        "fr": "Honoraires d'un logopède 2020-2021",
        "en": "Fee of a speech therapist 2020-2021",
    },
    summary={
        "nl": "Beslist wat een zitting van 30 minuten of een andere verstrekking van een logopedist op een dag kost.",
        "fr": "Décide ce que coûte à une date une séance de 30 minutes ou une autre prestation d'un logopède.",
        "en": "Decides what a session of 30 minutes or another service of a speech therapist costs on a day.",
    },
    legal_basis=(FEES,),
    package=__name__,
    case_type=Service,
    decide=decide,
)
