"""Well-being support: what is open to a care provider on a day, and whom to ask (page of RIZIV-INAMI on the health of doctors)."""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.wellbeing_support.case import Question
from tegemoet.schemes.wellbeing_support.rules import decide

SCHEME = Scheme(
    slug="wellbeing-support",
    kind="single-case",
    title={
        "nl": "Welzijnsaanbod voor zorgverleners",
        "fr": "Offre de bien-être pour les dispensateurs de soins",
        "en": "Well-being support for care providers",
    },
    summary={
        "nl": "Zegt welke ondersteuning op een dag openstaat voor een zorgverlener, in drie domeinen, en bij wie men terechtkan.",
        "fr": "Dit quel soutien est ouvert à un dispensateur de soins un jour donné, dans trois domaines, et à qui s'adresser.",
        "en": "Says which support is open to a care provider on a day, in three domains, and whom to ask.",
    },
    legal_basis=(
        cite("doctors-agreement-2019", "point 10"),
        cite("wellbeing-page", "Project 'Gezondheid van artsen'"),
    ),
    package=__name__,
    case_type=Question,
    decide=decide,
)
