"""What a letter shows of a decision, written in its language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tegemoet.application.decisions.difference import TotalDifference, difference
from tegemoet.application.decisions.letter.layout import reference_of, spoken
from tegemoet.application.decisions.timeline.words import kind_name
from tegemoet.domain.decision import DecisionJson, FindingJson, MissingJson, fact_of
from tegemoet.domain.money import ZERO, euro, read_amount
from tegemoet.domain.parameters import ParameterJson
from tegemoet.schemes.legislation.citations import cited_in
from tegemoet.schemes.legislation.register import register
from tegemoet.schemes.notation import write_day, write_period
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.supplied import THE_CASE
from tegemoet.schemes.texts import Wording, Written

GROSS, TAX, NET = "payment", "withholding-tax", "net-payment"
PREFIXES = ("", "work-removal-")
"""A rest and a work removal before it are paid separately, under the same three kinds."""
CURRENCY = "EUR"
"""The only unit of a value that a letter names."""
NONE = ""
"""An absent value is an empty cell."""
NOTHING = "0.00"
NOT_SEEN = "nothing"  # the phrase


@dataclass(frozen=True, slots=True)
class LetterPayment:
    """The payment for the days `first` to `last` of a month.

    `sums` are gross, tax and net in EUR; `due` is the day by which it is paid.
    """

    what: str
    month: str
    first: int
    last: int
    sums: Sequence[str]
    due: str


@dataclass(frozen=True, slots=True)
class LetterAmount:
    """An amount in EUR `per` day, month or quarter, or at once."""

    what: str
    first: str
    last: str
    amount: str
    per: str


@dataclass(frozen=True, slots=True)
class LetterPeriod:
    """A period, both days included."""

    what: str
    first: str
    last: str
    days: int


@dataclass(frozen=True, slots=True)
class LetterMissing:
    """What would change the outcome: the sentence of a rule, and what it needs and saw."""

    text: str
    needed: Sequence[str]


@dataclass(frozen=True, slots=True)
class LetterReason:
    """A rule that was applied: outcome in words, sentence, article, and number of its act."""

    found: str
    text: str
    article: str
    act: int


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A kind of payment in a month or in total: former amount, new amount, difference, in EUR."""

    what: str
    is_total: bool
    month: str
    sums: Sequence[str]


@dataclass(frozen=True, slots=True)
class LetterDifference:
    """What the decision pays more or less than the decision of the reference `former`."""

    former: str
    rows: Sequence[DifferenceRow]


@dataclass(frozen=True, slots=True)
class LetterReasons:
    """What decided, and every other rule that was applied."""

    decisive: Sequence[LetterReason]
    others: Sequence[LetterReason]


class LetterContent:
    """What the letter shows of a rendered decision; `wording` = the words of the letter."""

    def __init__(self, decision: DecisionJson, scheme: Scheme, wording: Wording) -> None:
        self.decision, self.scheme, self.wording = decision, scheme, wording
        self.language = wording.language

    def payments(self) -> Iterator[LetterPayment]:
        """Gross, tax and net of each month that is paid."""
        held = {(a["kind"], a["from"]): a["amount"] for a in self.decision["amounts"] if a["unit"] == "month"}
        for prefix in PREFIXES:
            due = {} if prefix else self._due()
            kinds = [prefix + kind for kind in (GROSS, TAX, NET)]
            for amount in self.decision["amounts"]:
                first, last = amount["from"], amount["until"]
                if amount["kind"] == kinds[0] and amount["unit"] == "month" and first and last:
                    yield LetterPayment(
                        what=self._name(prefix.rstrip("-") or "benefit"),
                        month=write_period(first[:7], self.language),
                        first=int(first[8:]),
                        last=int(last[8:]),
                        sums=[self._euro(held.get((kind, first))) for kind in kinds],
                        due=self._day(due.get(first[:7])),
                    )

    def _due(self) -> Mapping[str, str]:
        """The day by which each month (YYYY-MM) of the rest is paid."""
        months, due = (fact_of(self.decision, "payment-calendar", name) for name in ("months", "due"))
        return dict(zip(months, due, strict=True)) if isinstance(months, list) and isinstance(due, list) else {}

    def amounts(self) -> Iterator[LetterAmount]:
        """Every other amount but zero: those per day, and what is paid at once or quarterly."""
        paid = {prefix + kind for prefix in PREFIXES for kind in (GROSS, TAX, NET)}
        for amount in self.decision["amounts"]:
            if amount["kind"] not in paid and amount["amount"] != NOTHING:
                yield LetterAmount(
                    what=self._name(amount["kind"]),
                    first=self._day(amount["from"]),
                    last=self._day(amount["until"]),
                    amount=self._euro(amount["amount"]),
                    per=self.wording.word(amount["unit"]),
                )

    def periods(self) -> list[LetterPeriod]:
        """The periods, numbered as in the picture."""
        return [
            LetterPeriod(
                self._name(period["kind"]), self._day(period["from"]), self._day(period["until"]), period["days"]
            )
            for period in self.decision["periods"]
        ]

    def missing(self) -> list[LetterMissing]:
        """What would change the outcome: the sentences of the rules that
        require it, each with what is needed and what was seen, if anything was.
        """
        found: dict[str, list[MissingJson]] = {}
        for entry in self.decision["missing"]:
            found.setdefault(entry["rule"], []).append(entry)
        return [
            LetterMissing(step["text"], tuple(self._needed(entry) for entry in found.pop(step["rule"], ())))
            for step in self.decision["explanation"]
            if step["rule"] in found or step["outcome"] == "unknown"
        ]

    def _needed(self, entry: MissingJson) -> str:
        """What is needed, and what was seen: of nothing, the sentence of the rule says enough."""
        needed, seen = entry["text"]["needed"], "" if entry["seen"] == NOT_SEEN else entry["text"]["seen"]
        return self.wording.say("needed", "missing", needed=Written(needed), seen=Written(seen))

    def reasons(self) -> LetterReasons:
        """The rules that were applied.

        What decided is what was not fulfilled or is not known, and of what is granted the rules
        that the scheme names. Where that is nothing, every rule decided.
        """
        steps, cited = self.decision["explanation"], self._cited()
        decisive = [step for step in steps if self._decided(step)] or steps
        others = [step for step in steps if step not in decisive]
        told, annex = ([self._reason(step, cited) for step in of] for of in (decisive, others))
        return LetterReasons(told, annex)

    def _decided(self, step: FindingJson) -> bool:
        if step["outcome"] in ("not-met", "unknown"):
            return True
        named = self.scheme.decisive or (step["rule"],)
        return self.decision["outcome"] == "granted" and step["outcome"] == "met" and step["rule"] in named

    def _reason(self, step: FindingJson, cited: Sequence[str]) -> LetterReason:
        return LetterReason(
            found=self.wording.word(step["outcome"]),
            text=step["text"],
            article=cited_in(self.language, step["source"]["article"]),
            act=1 + cited.index(step["source"]["act"]),
        )

    def values(self) -> list[str]:
        """The values that it rests on and that are not official, with where they are from."""
        return [self._value(value) for value in self.decision.get("values", ())]

    def _value(self, value: ParameterJson) -> str:
        source = value["source"]["act"]
        return self.wording.say(
            value["basis"],
            "value",
            name=self._name_of(value["name"]),
            value=value["value"],
            unit=value["unit"] if value["unit"] == CURRENCY else "",
            source=Written("" if source == THE_CASE else official_title(source, self.language)),
        )

    def _name_of(self, parameter: str) -> Written:
        """The name of a value, with which its line begins; nothing where no letter names it."""
        name = self.wording.texts.sentences.get(("parameter", parameter), {}).get(self.language, NONE)
        return Written(name[:1].upper() + name[1:])

    def acts(self) -> list[str]:
        """The acts that the reasons cite, by their official titles."""
        return [official_title(title, self.language) for title in self._cited()]

    def _cited(self) -> list[str]:
        return list(dict.fromkeys(step["source"]["act"] for step in self.decision["explanation"]))

    def on(self) -> str:
        """The day of the decision."""
        return self._day(self.decision["on"])

    def total(self) -> str | None:
        """The sum of what is granted, gross where tax is withheld; None if it is nothing."""
        total = self.decision["total"]
        if total in (None, NOTHING):
            return None
        return self.wording.say("total" if any(self.payments()) else "sum", "outcome", total=total)

    def opening(self, former: DecisionJson | None) -> list[str]:
        """What changes for the reader: the outcome, or what is more or less than `former` granted.

        A decision knows what it grants and not what was paid: of what is less, it says the most
        that may have to come back, and that nothing does before a decision on it.
        """
        outcome, total = self.decision["outcome"], self.total()
        if former is None:
            return [" ".join(filter(None, (self.wording.say(outcome, "outcome"), total)))]
        if outcome == "pending":
            replaced = self.wording.say("pending", "revised", on=former["on"])
            return [replaced, *([] if former["total"] in (None, NOTHING) else [self.wording.say("kept", "revised")])]
        change, form = self._change(former)
        facts = {"on": former["on"], "amount": euro(abs(change)), "form": Written(form)}
        said = self.wording.say("less" if change < 0 else "more" if change else "same", "revised", **facts)
        refused = self.wording.say(outcome, "outcome") if outcome == "refused" else None
        repay = self.wording.say("repay", "revised", **facts) if change < 0 else None
        return list(filter(None, (said, repay, refused or total)))

    def _change(self, former: DecisionJson) -> tuple[Decimal, str]:
        """What the decision grants more than `former` in EUR, net where tax is withheld."""
        net = [row for row in difference(former, self.decision)["totals"] if row["kind"].endswith(NET)]
        if net:
            return sum((Decimal(row["difference"]) for row in net), ZERO), self.wording.word("net")
        new, old = (ZERO if of["total"] is None else read_amount(of["total"]) for of in (self.decision, former))
        return new - old, NONE

    def difference(self, former: DecisionJson | None) -> LetterDifference | None:
        """What the decision pays more or less than `former`, per month that changes and in total.

        None where nothing is paid differently, or is not decided yet.
        """
        if former is None or self.decision["outcome"] == "pending":
            return None
        found = difference(former, self.decision)
        months = [
            self._row(row, write_period(row["month"], self.language) if row["month"] else NONE)
            for row in found["rows"]
            if row["difference"] != NOTHING
        ]
        totals = [self._row(row, NONE, is_total=True) for row in found["totals"]]
        return LetterDifference(spoken(reference_of(former["id"])), [*months, *totals]) if months else None

    def _row(self, row: TotalDifference, month: str, *, is_total: bool = False) -> DifferenceRow:
        sums = [self._euro(row["former"]), self._euro(row["new"]), self._euro(row["difference"])]
        return DifferenceRow(self._name(row["kind"]), is_total, month, sums)

    def _name(self, kind: str) -> str:
        name = kind_name(kind, self.scheme, self.language)
        return name[:1].upper() + name[1:]

    def _day(self, day: str | None) -> str:
        return NONE if day is None else write_day(day, self.language)

    def _euro(self, amount: str | None) -> str:
        return NONE if amount is None else self.wording.number(amount)


def official_title(title: str, language: str) -> str:
    """The title of an act in `language` where it has one, else as it is cited."""
    return next((act.official.get(language, title) for act in register().values() if title in act.titles), title)
