"""Social status: a yearly benefit for care providers who join the agreement of their profession (royal decree of 5 May 2020)."""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.social_status.case import ProviderYear
from tegemoet.schemes.social_status.rules import decide

SCHEME = Scheme(
    slug="social-status",
    kind="single-case",
    title={
        "nl": "Sociaal statuut van zorgverleners",
        "fr": "Statut social des dispensateurs de soins",
        "en": "Social status of care providers",
    },
    summary={
        "nl": "Beslist welk sociaal of ander voordeel een zorgverlener voor een premiejaar toekomt, over al zijn beroepen.",
        "fr": "Décide quel avantage social ou autre revient à un dispensateur pour une année de prime, toutes professions confondues.",
        "en": "Decides which social or other benefit a care provider is due for a premium year, over all professions.",
    },
    legal_basis=(
        cite("royal-decree-2020-05-05", "articles 6, 7, § 6, and 9/1"),
        cite("royal-decree-2022-01-27", "articles 1 to 10"),
    ),
    package=__name__,
    case_type=ProviderYear,
    decide=decide,
)
