"""Personal contributions of some insured persons (royal decree of 3 July 1996, circular V.I. 2020/260)."""

from tegemoet.schemes.insured_contribution.case import Contribution
from tegemoet.schemes.insured_contribution.rules import decide
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="insured-contribution",
    kind="single-case",
    title={
        "nl": "Persoonlijke bijdragen van sommige gerechtigden",
        "fr": "Cotisations personnelles de certains titulaires",
        "en": "Personal contributions of some insured persons",
    },
    summary={
        "nl": "Bepaalt wat wie voortgezet verzekerd, student, ingeschreven of kloosterling is, per maand of kwartaal betaalt.",
        "fr": "Détermine ce que paient par mois ou trimestre l'assuré continué, l'étudiant, la personne inscrite ou le religieux.",
        "en": "Determines what people in continued insurance, students, registered persons and members of communities pay.",
    },
    legal_basis=(
        cite("circular-2020-260", "whole circular"),
        cite("royal-decree-1996-07-03", "articles 133 to 136bis, 247 and 250"),
    ),
    package=__name__,
    case_type=Contribution,
    decide=decide,
)
