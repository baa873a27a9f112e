"""Parenteral nutrition: going on with electrolytes alone (interpretation rule published on 13 July 2020)."""

from tegemoet.schemes.parenteral_nutrition.case import Electrolytes
from tegemoet.schemes.parenteral_nutrition.rules import RULE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="parenteral-nutrition",
    kind="single-case",
    title={
        "nl": "Parenterale voeding thuis met enkel elektrolyten",
        "fr": "Nutrition parentérale à domicile : électrolytes seuls",
        "en": "Parenteral nutrition at home: electrolytes alone",
    },
    summary={
        "nl": "Beslist of een toestemming voor parenterale voeding thuis doorloopt als enkel nog elektrolyten nodig zijn.",
        "fr": "Décide si un accord pour la nutrition parentérale à domicile continue quand seuls des électrolytes sont nécessaires.",
        "en": "Decides whether a consent for parenteral nutrition at home goes on when only electrolytes are needed.",
    },
    legal_basis=(RULE,),
    package=__name__,
    case_type=Electrolytes,
    decide=decide,
    data="health",
)
