"""Premium allocation: from the population of the reference year to the thresholds and premiums of a premium year."""

from tegemoet.domain.parameters import Source
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="premium-allocation",
    kind="exchange",
    title={
        "nl": "Verdeling van het premiebudget",
        "fr": "Répartition du budget de la prime",
        "en": "Allocation of the premium budget",
    },
    summary={
        "nl": "Leidt uit de zorgverleners van het referentiejaar de activiteitsdrempels en premiebedragen van een premiejaar af.",
        "fr": "Déduit des dispensateurs de l'année de référence les seuils d'activité et les montants d'une année de prime.",
        "en": "Derives the activity thresholds and premium amounts of a premium year from the providers of the reference year.",
    },
    legal_basis=(
        Source(
            "RIZIV-INAMI, Premie voor volledig geconventioneerde zorgverleners in 2023",
            "Hoeveel bedraagt de conventiepremie per zorgverlener?",
            "https://www.inami.fgov.be/nl/professionals/info-voor-allen/premie-voor-volledig-geconventioneerde-zorgverleners-in-2023",
        ),
    ),
    package=__name__,
)
