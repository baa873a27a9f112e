"""The letter on a decision: one self-contained HTML page that prints on A4.

It opens with what changes for the reader, and states the amounts, what decided with its articles,
what is still to be handed in, and the particulars that the charter of the socially insured requires
of the body that decides (law of 11 April 1995, article 14). An annex has every other rule.
"""

from functools import cache

from jinja2 import Template

from tegemoet.application.decisions.letter.content import LetterContent
from tegemoet.application.decisions.letter.layout import appeal, page, reference_of, spoken, words
from tegemoet.application.decisions.letter.particulars import Body, particulars, require_permitted
from tegemoet.application.decisions.timeline.draw import draw
from tegemoet.application.files import html_template
from tegemoet.domain.decision import DecisionJson
from tegemoet.schemes.scheme import Scheme


def write(
    decision: DecisionJson,
    scheme: Scheme,
    body: Body,
    language: str,
    former: DecisionJson | None = None,
) -> str:
    """The letter on a decision that was rendered in the same language.

    `former` = the decision that it replaces. Raises NotFoundError `language-unknown`,
    LetterRefusedError where `body` lacks particulars, and ValuesRefusedError where it has no letter
    on such values.
    """
    wording = words().into(language)
    stated = particulars(body, language)
    require_permitted(body, decision)
    letter = LetterContent(decision, scheme, wording)
    title = f"{wording.say('title', 'heading', scheme=scheme.title[language])} – {decision['case_id']}"
    before, after = page(language, title)
    told = _template().render(
        say=wording.say,
        appeal=appeal(stated, wording),
        decision=decision,
        reference=spoken(reference_of(decision["id"])),
        on=letter.on(),
        opening=letter.opening(former),
        scheme=scheme.title[language],
        body=stated,
        timeline=draw(decision, scheme, language, alone=False),
        payments=list(letter.payments()),
        amounts=list(letter.amounts()),
        periods=letter.periods(),
        missing=letter.missing(),
        reasons=letter.reasons(),
        values=letter.values(),
        acts=letter.acts(),
        difference=letter.difference(former),
    )
    return before + told + after


@cache
def _template() -> Template:
    return html_template("tegemoet.application.decisions.letter", "letter.html")
