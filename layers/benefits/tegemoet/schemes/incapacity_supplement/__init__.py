"""Supplement to an employee's benefit for primary incapacity during the COVID-19 period (law of 24 June 2020)."""

from tegemoet.schemes.incapacity_supplement.case import Incapacity
from tegemoet.schemes.incapacity_supplement.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="incapacity-supplement",
    kind="single-case",
    title={
        "nl": "Aanvullende uitkering bij primaire arbeidsongeschiktheid van werknemers",
        "fr": "Indemnité supplémentaire d'incapacité primaire des travailleurs salariés",
        "en": "Supplement to the benefit for primary incapacity of employees",
    },
    summary={
        "nl": "Beslist per dag welke aanvulling een werknemer krijgt die vanaf 1 maart 2020 arbeidsongeschikt werd.",
        "fr": "Décide jour par jour quel supplément revient au salarié en incapacité depuis le 1er mars 2020 au plus tôt.",
        "en": "Decides day by day which supplement an employee gets whose incapacity began on 1 March 2020 or later.",
    },
    legal_basis=(
        cite("law-2020-06-24", "articles 3 to 8"),
        cite("incapacity-supplement-page", "whole page"),
        cite("bulletin-2020-3", "Part 1, laws of the third quarter of 2020"),
    ),
    package=__name__,
    case_type=Incapacity,
    decide=decide,
    data="health",
)
