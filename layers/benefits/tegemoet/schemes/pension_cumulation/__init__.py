"""Pension cumulation: a pension beside an incapacity benefit due to COVID-19 (royal decree of 6 July 2020)."""

from tegemoet.schemes.pension_cumulation.case import Cumulation
from tegemoet.schemes.pension_cumulation.rules import PERIOD, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="pension-cumulation",
    kind="single-case",
    title={
        "nl": "Pensioen naast een ongeschiktheidsuitkering (COVID-19)",
        "fr": "Pension et indemnité d'incapacité (COVID-19)",
        "en": "Pension beside an incapacity benefit (COVID-19)",
    },
    summary={
        "nl": "Beslist voor welke dagen een pensioen onbeperkt samengaat met een ongeschiktheidsuitkering wegens COVID-19.",
        "fr": "Décide pour quels jours une pension se cumule sans limite avec une indemnité d'incapacité due au COVID-19.",
        "en": "Decides for which days a pension may be held without limit beside an incapacity benefit due to COVID-19.",
    },
    legal_basis=(PERIOD,),
    package=__name__,
    case_type=Cumulation,
    decide=decide,
    data="health",
)
