"""Locum contribution: what a locum general practitioner gives up of the income of a replacement (guideline of Domus Medica)."""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.locum_contribution.case import Replacement
from tegemoet.schemes.locum_contribution.rules import decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="locum-contribution",
    kind="single-case",
    title={
        "nl": "Onkostenbijdrage van de vervangarts",
        "fr": "Contribution aux frais du médecin remplaçant",
        "en": "Contribution of a locum doctor",
    },
    summary={
        "nl": "Beslist per maand welk deel van de inkomsten een vervanghuisarts afstaat, of het loon onder forfait.",
        "fr": "Décide par mois quelle part des revenus un remplaçant cède, ou son salaire au forfait.",
        "en": "Decides per month which part of the income a locum gives up, or the fee under a flat rate.",
    },
    legal_basis=(cite("domus-medica-locum", "Financiële afspraken: de onkostenbijdrage van de vervangarts"),),
    package=__name__,
    case_type=Replacement,
    decide=decide,
)
