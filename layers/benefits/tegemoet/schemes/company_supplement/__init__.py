"""Company supplement to the unemployment benefit in horticulture (joint committee 145, 1 July 2021 to 30 June 2023)."""

from tegemoet.schemes.company_supplement.case import CompanyUnemployment
from tegemoet.schemes.company_supplement.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="company-supplement",
    kind="single-case",
    title={
        "nl": "Bedrijfstoeslag bij werkloosheid in de tuinbouw",
        "fr": "Complément d'entreprise en cas de chômage dans l'horticulture",
        "en": "Company supplement to unemployment benefit in horticulture",
    },
    summary={
        "nl": "Berekent de maandelijkse toeslag: 75 % van het verschil tussen het nettorefertemaandloon en de werkloosheidsuitkering.",
        "fr": "Calcule le complément mensuel : 75 % de la différence entre la rémunération nette de référence et l'allocation.",
        "en": "Computes the monthly supplement: 75 % of the difference between net reference wage and unemployment benefit.",
    },
    legal_basis=(cite("cla-horticulture-2021", "articles 5 to 12"), cite("cla-17", "calculation of the supplement")),
    package=__name__,
    case_type=CompanyUnemployment,
    decide=decide,
)
