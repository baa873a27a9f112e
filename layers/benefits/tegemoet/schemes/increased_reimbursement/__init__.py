"""Increased reimbursement: the proactive exchange between insurers, institute and tax office.

Circulars V.I. 2020/197 and V.I. 2020/218.
"""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="increased-reimbursement",
    kind="exchange",
    title={
        "nl": "Verhoogde tegemoetkoming: de proactieve flux",
        "fr": "Intervention majorée : le flux proactif",
        "en": "Increased reimbursement: the proactive exchange",
    },
    summary={
        "nl": "Zoekt gezinnen die wellicht recht hebben, zonder dat iemand een inkomen ziet: één code per aanvraag.",
        "fr": "Cherche les ménages qui ont sans doute droit, sans que personne voie un revenu : un seul code par demande.",
        "en": "Finds households that are probably entitled without anybody seeing an income: one code per request.",
    },
    legal_basis=(
        cite("royal-decree-2014-01-15", "articles 7, 19 to 21 and 25"),
        cite("circular-2020-197", "whole circular"),
        cite("circular-2020-218", "whole circular"),
    ),
    package=__name__,
    data="exchange",
)
