"""Locum licence: what a software licence costs a locum doctor for a period (table of Domus Medica)."""

from tegemoet.schemes.locum_licence.case import LicenceCase
from tegemoet.schemes.locum_licence.rules import TABLE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="locum-licence",
    kind="single-case",
    title={
        "nl": "Softwarelicentie van de vervangarts",
        "fr": "Licence de logiciel du médecin remplaçant",
        "en": "Software licence of a locum doctor",
    },
    summary={
        "nl": "Zegt of een vervangarts een softwarepakket zo kan gebruiken, en wat dat voor een periode kost.",
        "fr": "Dit si un médecin remplaçant peut utiliser un logiciel ainsi, et ce que cela coûte pour une période.",
        "en": "Says whether a locum doctor can use a software package that way, and what a period costs.",
    },
    legal_basis=(TABLE,),
    package=__name__,
    case_type=LicenceCase,
    decide=decide,
)
