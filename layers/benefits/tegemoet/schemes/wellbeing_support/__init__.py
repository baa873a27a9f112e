"""Well-being support: what is available to a care provider on a day, and whom to contact.

Source: page of RIZIV-INAMI on the health of doctors.
"""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.wellbeing_support.case import Question
from tegemoet.schemes.wellbeing_support.rules import decide

SCHEME = Scheme(
    slug="wellbeing-support",
    kind="single-case",
    legal_basis=(
        cite("doctors-agreement-2019", "point 10"),
        cite("wellbeing-page", "Project 'Gezondheid van artsen'"),
    ),
    package=__name__,
    case_type=Question,
    decide=decide,
    engine="2.0.0",
)
