"""Contribution vouchers: what becomes of a request for a copy or a duplicate (circular V.I. 2020/250)."""

from tegemoet.schemes.contribution_voucher.case import Request
from tegemoet.schemes.contribution_voucher.rules import PROCEDURE, PURPOSE, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="contribution-voucher",
    kind="single-case",
    title={
        "nl": "Aanvraag van een bijdragebon",
        "fr": "Demande d'un bon de cotisation",
        "en": "Request for a contribution voucher",
    },
    summary={
        "nl": "Beslist wie een kopie van een bijdragebon krijgt, welke brief weigert en hoe ver een aanvraag van de pensioendienst staat.",
        "fr": "Décide qui reçoit copie d'un bon de cotisation, quelle lettre refuse et où en est une demande du service des pensions.",
        "en": "Decides who gets a copy of a contribution voucher, which letter refuses, and tracks a request of the pension service.",
    },
    legal_basis=(PURPOSE, PROCEDURE),
    package=__name__,
    case_type=Request,
    decide=decide,
)
