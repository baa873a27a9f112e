"""Psychiatric day care during the epidemic: remote sessions, partial hospitalisation, codes (amendments PSY/2019ter and quater)."""

from tegemoet.schemes.psychiatric_day_care.case import DayCare
from tegemoet.schemes.psychiatric_day_care.rules import HOME, HOSPITAL, REMOTE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="psychiatric-day-care",
    kind="single-case",
    title={
        "nl": "Psychiatrische dagzorg tijdens de epidemie",
        "fr": "Soins psychiatriques de jour pendant l'épidémie",
        "en": "Psychiatric day care during the epidemic",
    },
    summary={
        "nl": "Beslist welke sessies op afstand, dagen van partiële hospitalisatie en verstrekkingen mogen worden aangerekend.",
        "fr": "Décide quelles séances à distance, quels jours d'hospitalisation partielle et quelles prestations sont facturables.",
        "en": "Decides which remote sessions, days of partial hospitalisation and codes may be billed.",
    },
    legal_basis=(REMOTE, HOME, HOSPITAL),
    package=__name__,
    case_type=DayCare,
    decide=decide,
    data="health",
)
