"""What the page of a phase shows of a summary: figures with names, bars and comparisons.

The sums that must be equal are computed again from the figures shown, so the page cannot report a
difference as reconciled.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, get_args

from tegemoet.application.premium_year.money_picture import draw
from tegemoet.application.premium_year.report_changes import ChangesInWords, First, value_in_words
from tegemoet.application.premium_year.summary import RunSummary
from tegemoet.application.premium_year.where_money_is import Money
from tegemoet.domain.money import cents
from tegemoet.schemes.texts import Wording, Written

Column = Literal["practices", "reached", "not_reached", "exempt", "granted", "pending", "refused", "payments"]
"""What is counted per sector."""
COLUMNS: tuple[Column, ...] = get_args(Column)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its class in the style sheet, its start and its width on a scale of 100."""

    css: str
    name: str
    count: int
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A reason, how many persons have it, and the width of its bar."""

    name: str
    count: int
    width: str


@dataclass(frozen=True, slots=True)
class PaidKind:
    """A kind of payment with the number of payments and their amount in EUR."""

    name: str
    count: int
    amount: str


@dataclass(frozen=True, slots=True)
class SectorRow:
    """A sector: `counts` by the names of `COLUMNS`, its amount in EUR, and its two bars."""

    name: str
    counts: Mapping[Column, int]
    amount: Decimal
    width: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class PaidTogether:
    """What a sector was paid before and what this
    run pays, in EUR, with the widths of both bars.
    """

    name: str
    first: Decimal
    second: Decimal
    first_width: str = "0"
    second_width: str = "0"

    @property
    def sum(self) -> Decimal:
        return self.first + self.second


@dataclass(frozen=True, slots=True)
class Together:
    """This run beside what was paid before.

    `names` are the headings of both columns; amounts in EUR.
    """

    title: str
    names: tuple[str, str]
    rows: Sequence[PaidTogether]
    first: Decimal
    second: Decimal
    payments: int
    runs: Sequence[str]

    @property
    def sum(self) -> Decimal:
        return self.first + self.second


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value that is not official: what it is of, the value, its kind, and who confirmed it."""

    name: str
    value: str
    kind: str
    confirmed: str | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file for the bank; `alone` = it has a single transfer, whose payee the bank verifies."""

    name: str
    transfers: str
    amount: Decimal
    alone: bool


@dataclass(frozen=True, slots=True)
class TransfersShown:
    """What is said of the transfers of the run, and the files for the bank."""

    lines: Sequence[str]
    files: Sequence[FileRow]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two figures that must be equal, as they are shown."""

    name: str
    left: str
    right: str
    holds: bool


def _width(part: Decimal | int, whole: Decimal | int) -> str:
    """A length on a scale of 100; what is not nothing is at least a hairline."""
    if not part:
        return "0"
    return f"{max(Decimal('0.4'), Decimal(part) * 100 / Decimal(whole)):.2f}"


class Content:
    """What the template shows of a summary, in one language."""

    def __init__(self, summary: RunSummary, earlier: Sequence[RunSummary], changes: First, wording: Wording) -> None:
        self.summary, self.earlier, self.changes, self.wording = summary, earlier, changes, wording
        self.say = wording.say
        self.amounts = {s["profession"]: Decimal(s["amount"]) for s in summary["sectors"]}

    def shown(self) -> dict[str, object]:
        """The variables of the template."""
        summary, sectors = self.summary, list(self.sectors())
        phase = self.say("phase", str(summary["phase"]))
        return {
            "language": self.wording.language,
            "say": self.say,
            "within": self.wording.within,
            "written": Written,
            "run": summary,
            "phase": phase,
            "basis": self.say("basis", str(summary["phase"])),
            "state": self.wording.coded("state", summary["state"]),
            "columns": COLUMNS,
            "sectors": sectors,
            "paid_sectors": sorted((s for s in sectors if s.counts["payments"]), key=lambda s: -s.amount),
            "unpaid_sectors": [s.name for s in sectors if not s.counts["payments"]],
            "payment_kinds": list(self.payment_kinds()),
            "outcomes": self.outcomes(),
            "totals": {name: sum(s.counts[name] for s in sectors) for name in COLUMNS},
            "refusals": self.ranked(summary["reasons"]["refused"], "reason"),
            "waits": self.ranked(summary["reasons"]["pending"], "wait", "reason"),
            "exceptions": self.ranked(summary["exceptions"], "exception"),
            "exception_count": sum(summary["exceptions"].values()),
            "transfers": self.transfers(),
            "money": self.money(),
            "values": list(self.values()),
            "changes": self.changed(),
            "together": self.together() if self.earlier else None,
            "checks": list(self.checks()),
        }

    def values(self) -> Iterator[ValueRow]:
        """What the run rests on that is not official."""
        for value in self.summary.get("values", ()):
            confirmed = self.say("values", "by", name=Written(value["by"]), at=value["at"]) if value["by"] else None
            yield ValueRow(
                value_in_words(self.wording, value),
                self.say("values", "value", value=value["value"]),
                self.wording.coded("value-basis", value["basis"]),
                confirmed,
            )

    def money(self) -> str | None:
        """The picture of where the money of the year is at the release; None before it."""
        told = self.summary.get("money")
        if told is None:
            return None
        money = Money(**{name: cents(Decimal(amount)) for name, amount in told.items()})
        return draw(self.summary["year"], money, self.wording.language)

    def transfers(self) -> TransfersShown | None:
        """The transfers and their files; None in a run that an earlier version proposed."""
        found = self.summary.get("transfers")
        if found is None:
            return None
        lines = [self.say("transfers", "list", sha256=Written(found["sha256"]))]
        if held := self.summary.get("held"):
            count, amount = self.wording.number(str(held["count"])), self.wording.number(held["amount"])
            lines.append(self.say("transfers", "held", count=count, amount=amount))
        if found["debtor"] is None:
            lines.append(self.say("transfers", "no-debtor"))
        elif found["execution"]:
            lines.append(self.say("transfers", "execution", on=Written(found["execution"])))
        else:
            needed = sum((Decimal(file["amount"]) for file in found["files"]), Decimal(0))
            lines.append(self.say("transfers", "cash", amount=self.wording.number(f"{needed:.2f}")))
        files = [
            FileRow(
                self.say("transfers", "file", number=str(number), all=str(len(found["files"]))),
                self.wording.number(str(file["transfers"])),
                Decimal(file["amount"]),
                file["transfers"] == 1,
            )
            for number, file in enumerate(found["files"], 1)
        ]
        return TransfersShown(lines, files)

    def changed(self) -> ChangesInWords | None:
        """What changed since the last release; None in a run that an earlier version proposed."""
        counted = self.summary.get("changes")
        return None if counted is None else ChangesInWords(counted, self.changes, self.wording)

    def sectors(self) -> Iterator[SectorRow]:
        """Every sector, in the order of the summary."""
        largest = max([*self.amounts.values(), Decimal(1)])
        for sector in self.summary["sectors"]:
            amount = self.amounts[sector["profession"]]
            threshold = {
                "reached": (self.say("threshold", "reached"), sector["reached"]),
                "exempt": (self.say("threshold", "exempt"), sector["exempt"]),
                "missed": (self.say("threshold", "missed"), sector["not_reached"]),
            }
            yield SectorRow(
                self.wording.coded("sector", sector["profession"]),
                {name: sector[name] for name in COLUMNS},
                amount,
                _width(amount, largest),
                self.parts(sector["practices"], threshold),
            )

    def payment_kinds(self) -> Iterator[PaidKind]:
        """The kinds of payment that this run has."""
        for kind, paid in self.summary["payments"]["by_kind"].items():
            if paid["count"]:
                yield PaidKind(self.wording.coded("payment", kind), paid["count"], paid["amount"])

    def outcomes(self) -> list[Part]:
        """The persons by outcome, as one bar."""
        counts = self.summary["outcomes"]
        named = {name: (self.say("outcome", name), counts[name]) for name in ("granted", "pending", "refused")}
        return self.parts(self.summary["persons"], named)

    def parts(self, whole: int, parts: Mapping[str, tuple[str, int]]) -> list[Part]:
        """The parts of one bar from left to right; what no part accounts for comes last."""
        rest = whole - sum(count for _, count in parts.values())
        found: list[Part] = []
        start = Decimal(0)
        for css, (name, count) in {**parts, "rest": (self.say("threshold", "undecided"), rest)}.items():
            if count > 0:
                width = Decimal(count) * 100 / Decimal(whole)
                found.append(Part(css, name, count, f"{start:.2f}", f"{width:.2f}"))
                start += width
        return found

    def ranked(self, counts: Mapping[str, int], *groups: str) -> list[Ranked]:
        """Codes in words with their counts, the highest first.

        The words come from the first of the groups that has the code.
        """
        largest = max([*counts.values(), 1])
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [Ranked(self._name(code, groups), count, _width(count, largest)) for code, count in ordered]

    def _name(self, code: str, groups: Sequence[str]) -> str:
        known = (group for group in groups if (group, code) in self.wording.texts.sentences)
        return self.wording.coded(next(known, groups[-1]), code)

    def together(self) -> Together:
        """What was paid before and what this run pays, per sector."""
        rows: list[PaidTogether] = []
        for profession, amount in self.amounts.items():
            first = sum((_paid_to(profession, run) for run in self.earlier), Decimal(0))
            rows.append(PaidTogether(self.wording.coded("sector", profession), first, amount))
        largest = max([*(row.sum for row in rows), Decimal(1)])
        both_phases = self.summary["phase"] == 2 and all(run["phase"] == 1 for run in self.earlier)
        phases = self.wording.within(self.say("phase", "1")), self.wording.within(self.say("phase", "2"))
        runs = self.say("together", "earlier-runs"), self.say("together", "this-run")
        return Together(
            self.say("together", "both-phases" if both_phases else "with-earlier"),
            phases if both_phases else runs,
            [
                replace(row, first_width=_width(row.first, largest), second_width=_width(row.second, largest))
                for row in sorted((row for row in rows if row.sum), key=lambda row: -row.sum)
            ],
            sum((Decimal(run["control_sum"]) for run in self.earlier), Decimal(0)),
            Decimal(self.summary["control_sum"]),
            self.summary["payments"]["count"] + sum(run["payments"]["count"] for run in self.earlier),
            [run["run"] for run in self.earlier],
        )

    def checks(self) -> Iterator[Comparison]:
        """Sums of the page that must be equal, and the checks of the release."""
        summary, payments, sectors = self.summary, self.summary["payments"], self.summary["sectors"]
        control = Decimal(summary["control_sum"])
        kinds = sum((Decimal(kind["amount"]) for kind in payments["by_kind"].values()), Decimal(0))
        yield self._amounts("sectors", control, sum(self.amounts.values(), Decimal(0)))
        yield self._amounts("payments", control, Decimal(payments["amount"]))
        yield self._amounts("payment-kinds", control, kinds)
        if summary["settled"]:
            yield self._amounts("ledger", control, Decimal(summary["settled"]["amount"]))
        yield self._counts("payments-of-sectors", payments["count"], sum(s["payments"] for s in sectors))
        yield self._counts("persons", summary["persons"], sum(summary["outcomes"].values()))
        yield self._counts("practices-of-sectors", summary["practices"], sum(s["practices"] for s in sectors))
        for check in summary["checks"]:
            name = self.wording.coded("check", check["check"])
            left, right = self._figure(check["left"]), self._figure(check["right"])
            yield Comparison(name[:1].upper() + name[1:], left, right, check["holds"])

    def _amounts(self, name: str, left: Decimal, right: Decimal) -> Comparison:
        return Comparison(
            self.say("totals", name), self._figure(f"{left:.2f}"), self._figure(f"{right:.2f}"), left == right
        )

    def _counts(self, name: str, left: int, right: int) -> Comparison:
        shown = self.wording.number(str(left)), self.wording.number(str(right))
        return Comparison(self.say("totals", name), *shown, left == right)

    def _figure(self, text: str) -> str:
        """One side of a check; an amount is shown as such."""
        return f"{self.wording.number(text)} EUR" if re.fullmatch(r"-?[0-9]+\.[0-9]{2}", text) else text


def _paid_to(profession: str, run: RunSummary) -> Decimal:
    return next((Decimal(s["amount"]) for s in run["sectors"] if s["profession"] == profession), Decimal(0))
