"""Premium allocation: from the providers of a reference year to the figures of a premium year."""

from tegemoet.domain.parameters import Source
from tegemoet.schemes.scheme import Scheme

SLUG = "premium-allocation"
SCHEME = Scheme(
    slug=SLUG,
    kind="exchange",
    legal_basis=(
        Source(
            "RIZIV-INAMI, Premie voor volledig geconventioneerde zorgverleners in 2023",
            "Hoeveel bedraagt de conventiepremie per zorgverlener?",
            "https://www.inami.fgov.be/nl/professionals/info-voor-allen/premie-voor-volledig-geconventioneerde-zorgverleners-in-2023",
        ),
    ),
    package=__name__,
)
