"""Locum checklist: what a locum doctor has to do around a replacement, what is done and what is open (page of Domus Medica)."""

from tegemoet.schemes.locum_checklist.case import Checklist
from tegemoet.schemes.locum_checklist.rules import DUTIES, decide
from tegemoet.schemes.scheme import Scheme

SCHEME = Scheme(
    slug="locum-checklist",
    kind="single-case",
    title={
        "nl": "Checklist van de vervangarts",
        "fr": "Liste de contrôle du médecin remplaçant",
        "en": "Checklist of a locum doctor",
    },
    summary={
        "nl": "Toont wat een vervangarts voor, tijdens en na een vervanging moet doen, wat in orde is en wat nog open staat.",
        "fr": "Montre ce qu'un remplaçant doit faire avant, pendant et après un remplacement, ce qui est en ordre et ce qui reste.",
        "en": "Shows what a locum doctor has to do before, during and after a replacement, what is done and what is open.",
    },
    legal_basis=(DUTIES,),
    package=__name__,
    case_type=Checklist,
    decide=decide,
)
