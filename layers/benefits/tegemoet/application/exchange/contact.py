"""Phase 3: whether a household whose code is OK is contacted.

Its insurer asks for one household at a time, because the insurer alone knows what happened since.
"""

from typing import TypedDict

from tegemoet.application.exchange.folder import figures_of
from tegemoet.domain.parameters import SourceJson
from tegemoet.schemes.increased_reimbursement import SLUG
from tegemoet.schemes.increased_reimbursement.contact import SOURCE, LearnedSince, category_of, reasons_not_to_contact
from tegemoet.schemes.registry import scheme_named


class ContactReason(TypedDict):
    """A reason not to contact the household, with its sentence and its legal source."""

    reason: str
    text: str
    source: SourceJson


class ContactAdvice(TypedDict):
    """Whether to contact the household, and every reason not to.

    `category` = where the statistics count it when it is not contacted.
    """

    contact: bool
    reasons: list[ContactReason]
    category: int | None


def check(year: int, since: LearnedSince, language: str) -> ContactAdvice:
    """Every reason not to contact the household.

    Raises NotFoundError `no-flow-for-year`, `language-unknown`.
    """
    texts = scheme_named(SLUG).texts
    texts.require(language)
    reasons = reasons_not_to_contact(since, figures_of(year))
    return {
        "contact": not reasons,
        "reasons": [
            {
                "reason": reason,
                "text": texts.render(reason, "not-met", {}, language),
                "source": SOURCE.written,
            }
            for reason in reasons
        ],
        "category": category_of(reasons),
    }
