"""Contribution to the cost of transporting newborns in danger (ministerial decree of 8 January 1992, circular V.I. 2020/274)."""

from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.newborn_transport.case import Transport
from tegemoet.schemes.newborn_transport.rules import decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="newborn-transport",
    kind="single-case",
    title={
        "nl": "Vervoerskosten van prematuren en bedreigde pasgeborenen",
        "fr": "Frais de transport des prématurés et des nouveau-nés en danger",
        "en": "Transport of premature babies and newborns in danger",
    },
    summary={
        "nl": "Berekent de tegemoetkoming per rit: een vast bedrag voor de eerste 10 km en een bedrag per begonnen kilometer daarna.",
        "fr": "Calcule l'intervention par trajet : un montant fixe pour les 10 premiers km, puis un montant par kilomètre entamé.",
        "en": "Computes the contribution per journey: a fixed amount for the first 10 km, then an amount per started kilometre.",
    },
    legal_basis=(cite("circular-2020-274", "whole circular"),),
    package=__name__,
    case_type=Transport,
    decide=decide,
    data="health",
)
