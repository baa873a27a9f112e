"""The letter on the decision of a run, from its decision and what the run pays by it."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from tegemoet.application.decisions import deciding
from tegemoet.application.decisions.letter.content import NOTHING, official_title
from tegemoet.application.decisions.letter.layout import words as letter_words
from tegemoet.application.premium_year.letters.record import Letter, LetterKind, Reason, Registration, Transfer
from tegemoet.application.premium_year.records import BankAccount, Payment
from tegemoet.domain.decision import DecisionJson, FindingJson, MissingJson, fact_of
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.convention_premium.year import PHASES, premium_year
from tegemoet.schemes.legislation.citations import cited_in
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.texts import Written

SHOWN = 4
"""Characters of an account that a letter shows."""
OPENED = ("account",)
"""Kinds of letters whose opening says what is missing, and until when."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What a run pays by a decision, to which account, and on which day (ISO) where it is known."""

    payment: Payment
    account: BankAccount
    on: str | None

    @property
    def office(self) -> str | None:
        """The tariff office that is paid, of a pharmacy."""
        return self.payment.payee if self.payment.pharmacy_id else None

    @property
    def transfer(self) -> Transfer:
        return Transfer(self.account["iban"][-SHOWN:], self.office, self.on)

    @property
    def holder(self) -> str | None:
        """The name on the reader's own account."""
        return None if self.office else self.account["holder"]


def last_day_to_register(parameters: ParameterSet) -> str | None:
    """The last day (ISO) for an account of the year to count, if it is known."""
    with suppress(ParameterUnknownError):
        return premium_year(parameters).deadline(max(PHASES)).isoformat()
    return None


def letter_on(
    decision: bytes, scheme: Scheme, language: str, *, year: int, paid: Paid | None, register_by: str | None
) -> Letter:
    """The letter on a decision of a run of a year, in `language`.

    `register_by` as `last_day_to_register` returns it.
    """
    decided = deciding.render(decision, scheme, language)
    amounts = {amount["kind"]: amount["amount"] for amount in decided["amounts"]}
    kind = kind_of(decided)
    told = [step for step in decided["explanation"] if _is_told(step, kind, scheme.decisive)]
    acts = list(dict.fromkeys(step["source"]["act"] for step in told))
    recovery = kind == "recovery"
    registered = fact_of(decided, "account", "registered_on")
    return Letter(
        kind=kind,
        language=language,
        year=year,
        riziv_number=decided["case_id"],
        decision=decided["id"],
        on=decided["on"],
        holder=paid.holder if paid else None,
        amount=amounts["recovery"] if recovery else amounts["payable"] if paid else None,
        transfer=paid.transfer if paid else None,
        registration=Registration(registered if isinstance(registered, str) else None, register_by),
        paid=amounts.get("paid-before") if recovery else None,
        due=amounts.get("premium", NOTHING) if recovery else None,
        reasons=list(_reasons(told, [] if kind in OPENED else decided["missing"], acts, language)),
        acts=[official_title(act, language) for act in acts],
    )


def kind_of(decision: DecisionJson) -> LetterKind:
    """What the letter on a decision of a run tells. A recovery that a person settled is none."""
    amounts = {amount["kind"]: amount["amount"] for amount in decision["amounts"]}
    found = {(step["rule"], step["outcome"]) for step in decision["explanation"]}
    if ("recovery", "unknown") in found:
        return "recovery"
    if decision["outcome"] == "granted":
        if amounts["payable"] == NOTHING:
            return "unchanged"
        return "difference" if "paid-before" in amounts else "granted"
    if decision["outcome"] == "refused":
        return "refused"
    return "account" if ("account", "unknown") in found else "pending"


def _is_told(step: FindingJson, kind: LetterKind, decisive: Collection[str]) -> bool:
    """Whether a letter of that kind tells the step: what decided, and not every rule."""
    if step["rule"] == "recovery":  # the opening tells it, unless a person settled it
        return step["outcome"] == "not-needed"
    if kind in ("granted", "difference", "unchanged"):
        return step["rule"] in decisive
    if kind in ("refused", "recovery"):
        return step["outcome"] == "not-met" or (step["outcome"] == "met" and step["rule"] in decisive)
    return step["outcome"] == "unknown"


def _reasons(told: list[FindingJson], missing: list[MissingJson], acts: list[str], language: str) -> Iterator[Reason]:
    say = letter_words().into(language).say
    for step in told:
        entries = [entry for entry in missing if entry["rule"] == step["rule"]]
        missing = [entry for entry in missing if entry["rule"] != step["rule"]]
        texts = [{part: Written(text) for part, text in entry["text"].items()} for entry in entries]
        yield Reason(
            text=step["text"],
            needed=[say("needed", "missing", **text) for text in texts],
            article=cited_in(language, step["source"]["article"]),
            act=1 + acts.index(step["source"]["act"]),
        )
