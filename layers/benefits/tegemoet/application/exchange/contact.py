"""Whether a household whose code is OK is contacted: asked one by one by its insurer, which alone knows what happened since (phase 3)."""

from tegemoet.application.decisions.catalogue import check_language
from tegemoet.application.exchange.folder import SCHEME, Json, parameters_year
from tegemoet.schemes.increased_reimbursement.contact import SOURCE, LearnedSince, category_of, reasons_not_to_contact
from tegemoet.schemes.registry import scheme_named


def check(year: int, since: LearnedSince, language: str) -> Json:
    """Every reason not to contact the household, with its sentence and source. Raises NotFound `no-flow-for-year`, `language-unknown`."""
    scheme = scheme_named(SCHEME)
    check_language(language, scheme)
    reasons = reasons_not_to_contact(since, parameters_year(year))
    return {
        "contact": not reasons,
        "reasons": [
            {
                "reason": reason,
                "text": scheme.texts.render(reason, "not-met", {}, language),
                "source": dict(SOURCE.written),
            }
            for reason in reasons
        ],
        "category": category_of(reasons),
    }
