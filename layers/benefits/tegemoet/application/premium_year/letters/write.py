"""A letter to a care provider as an HTML page that prints on A4, and many in one file.

It says first what changes for the reader: what is paid, when and to which account, or what has to
be paid back, until when and how. Then it says what decided, and how to appeal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from tegemoet.application.decisions.letter.layout import appeal, page, reference_of, spoken
from tegemoet.application.decisions.letter.layout import words as letter_words
from tegemoet.application.decisions.letter.particulars import Body, particulars
from tegemoet.application.files import html_template
from tegemoet.application.premium_year.letters.record import Letter
from tegemoet.schemes.notation import write_day
from tegemoet.schemes.texts import Texts, Wording, Written, read_texts

if TYPE_CHECKING:
    from jinja2 import Template

_PACKAGE = "tegemoet.application.premium_year.letters"
_GROUP = 4
"""An account is printed in groups of four characters."""


@cache
def words() -> Texts:
    """The words of letters about a premium."""
    return read_texts((resources.files(_PACKAGE) / "letters.toml").read_text("utf-8"), "letters.toml")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the letters of a body in one language have in common."""

    stated: Mapping[str, list[str]]
    wording: Wording
    terms: Wording
    appeal: str

    @classmethod
    def of(cls, body: Body, language: str) -> "Letterhead":
        """Raises NotFoundError `language-unknown`; LetterRefusedError where particulars lack."""
        wording, terms = words().into(language), letter_words().into(language)
        stated = particulars(body, language)
        return cls(stated, wording, terms, appeal(stated, terms))

    def ends(self, year: int) -> tuple[str, str]:
        """What stands before and after the letters of a year in their page."""
        title = self.wording.say("title", "page", year=year)
        return page(self.wording.language, title)

    def letter(self, letter: Letter) -> str:
        """One letter, without its page."""
        language, reference, repayment = self.wording.language, reference_of(letter.decision), letter.repayment
        return _template().render(
            letter=letter,
            body=self.stated,
            say=self.wording.say,
            term=self.terms.say,
            appeal=self.appeal,
            reference=reference,
            spoken=spoken(reference),
            on=write_day(letter.on, language),
            number=self.wording.say("number", "page", riziv_number=letter.riziv_number),
            title=self.wording.say("title", "page", year=letter.year),
            tone=_TONES.get(letter.kind, "granted"),
            opening=list(_opening(letter, self.wording)),
            amount=letter.amount and self.wording.number(letter.amount),
            iban=repayment and _grouped(repayment.iban),
            until=repayment and write_day(repayment.until, language),
        )


_TONES = {
    "refused": "refused",
    "recovery": "refused",
    "account": "pending",
    "pending": "pending",
    "returned": "pending",
}
"""How the box of the opening looks, by kind of letter; the others are granted."""


def written(letter: Letter, body: Body) -> str:
    """The letter as one self-contained page.

    Raises as `Letterhead.of`.
    """
    head = Letterhead.of(body, letter.language)
    before, after = head.ends(letter.year)
    return before + head.letter(letter) + after


def _opening(letter: Letter, wording: Wording) -> Iterator[str]:
    """What changes for the reader, and what the reader does."""
    said, facts = _said(letter), _facts(letter, wording)
    yield wording.say(said, "opening", **facts)
    if letter.transfer is not None and letter.kind in ("granted", "difference"):
        yield wording.say("office" if letter.transfer.office else "transfer", "next", **facts)
    else:
        yield wording.say(said, "next", **facts)
    if letter.kind == "recovery":
        yield wording.say("recovery", "sum", **facts)


def _said(letter: Letter) -> str:
    """The name of the sentences of the letter."""
    registration = letter.registration
    if letter.kind == "account" and registration and registration.on and registration.on <= (registration.by or ""):
        return "late-account"
    return "announced" if letter.kind == "recovery" and letter.repayment is None else letter.kind


def _facts(letter: Letter, wording: Wording) -> dict[str, str | Written | None]:
    """The facts of the opening; what is not known is None."""
    transfer, registration, repayment = letter.transfer, letter.registration, letter.repayment
    cause = wording.texts.sentences.get(("bank", letter.cause or ""))
    return {
        "year": Written(letter.year),
        "amount": letter.amount,
        "paid": letter.paid,
        "due": letter.due,
        "account": Written(transfer.account) if transfer else None,
        "office": Written(transfer.office) if transfer and transfer.office else None,
        "paid_on": transfer.on if transfer else None,
        "registered_on": registration.on if registration else None,
        "deadline": registration.by if registration else None,
        "cause": Written(cause[wording.language]) if cause else None,
        "received": repayment.received if repayment else None,
    }


def _grouped(iban: str) -> str:
    return " ".join(iban[start : start + _GROUP] for start in range(0, len(iban), _GROUP))


@cache
def _template() -> "Template":
    return html_template(_PACKAGE, "letter.html")
