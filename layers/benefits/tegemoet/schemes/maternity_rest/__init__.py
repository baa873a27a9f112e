"""Maternity rest: who may rest, from when until when, and what is paid (employees and unemployed; circular V.I. 2020/204)."""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.case import MaternityCase
from tegemoet.schemes.maternity_rest.rules import decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="maternity-rest",
    kind="single-case",
    title={
        "nl": "Moederschapsrust voor werknemers en werklozen",
        "fr": "Repos de maternité des travailleuses salariées et des chômeuses",
        "en": "Maternity rest of employees and the unemployed",
    },
    summary={
        "nl": "Beslist over het recht op moederschapsrust, de tijdvakken ervan en de uitkering per dag en per maand.",
        "fr": "Décide du droit au repos de maternité, de ses périodes et de l'indemnité par jour et par mois.",
        "en": "Decides on the right to maternity rest, its periods, and the benefit per day and per month.",
    },
    legal_basis=(
        cite("law-1994-07-14", "articles 111 to 117"),
        cite("royal-decree-1996-07-03", "articles 203/1 to 223"),
        cite("benefits-regulation-1997-04-16", "articles 23 to 52ter"),
        cite("circular-2020-204", "sections I to XII"),
    ),
    package=__name__,
    case_type=MaternityCase,
    decide=decide,
    data="health",
)
