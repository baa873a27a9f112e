"""First hires: whether a new worker replaces another one (royal decree of 16 May 2003 as changed on 27 January 2022)."""

from tegemoet.schemes.first_hire.case import Hire
from tegemoet.schemes.first_hire.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="first-hire",
    kind="single-case",
    title={
        "nl": "Eerste aanwervingen: nieuwe werknemer of vervanger",
        "fr": "Premiers engagements : nouveau travailleur ou remplaçant",
        "en": "First hires: a new worker or a replacement",
    },
    summary={
        "nl": "Beslist of een aanwerving het personeel van de technische bedrijfseenheid doet groeien in twaalf maanden.",
        "fr": "Décide si un engagement accroît le personnel de l'unité technique d'exploitation, comparé aux douze mois précédents.",
        "en": "Decides whether a hire adds to the staff of the technical business unit, compared with the twelve months before.",
    },
    legal_basis=(cite("royal-decree-2022-01-27-first-hire", "report to the King, articles 2 and 3"),),
    package=__name__,
    case_type=Hire,
    decide=decide,
)
