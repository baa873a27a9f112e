"""A practice in its premium year: what is asked, and what the rules found on it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Phrase
from tegemoet.domain.parameters import ParameterSet, Source
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.social_status.case import Practice, ProviderYear

BENEFITS = cite("royal-decree-2020-05-05", "article 7, § 6")
NOTHING = Phrase("nothing")
Joined = Literal["full", "partial", "none"]
Standing = Literal["granted", "pending", "refused", "undecided"]
"""What the findings on a practice come to; `undecided` if a figure that decides is not known."""


class Judged(NamedTuple):
    """The profession whose thresholds and amounts apply to a practice.

    It is its own, except for pharmacist-biologists. `group` is the row of the annex of a physician.
    """

    profession: str
    group: str | None


@dataclass(frozen=True, slots=True)
class PremiumYear:
    """The question: the case, and the day of the decision."""

    case: ProviderYear
    on: date
    parameters: ParameterSet

    @property
    def first(self) -> date:
        """The first day of the premium year."""
        return date(self.case.year, 1, 1)

    @property
    def day(self) -> date:
        """The last day of the premium year, for which figures are looked up."""
        return date(self.case.year, 12, 31)


@dataclass(slots=True)
class Assessment:
    """The findings on one practice, and the level of the benefit that it would give.

    `unknown` is the figure that its activity requires and that is not known.
    """

    practice: Practice
    index: int
    year: PremiumYear
    judged: Judged
    findings: list[Finding] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    joined: Joined = "none"
    benefit: str = "benefit"
    level: str | None = None
    unknown: ParameterUnknownError | None = None

    @property
    def standing(self) -> Standing:
        found = {finding.outcome for finding in self.findings}
        if "not-met" in found:
            return "refused"
        if self.unknown:
            return "undecided"
        return "pending" if "unknown" in found else "granted"

    def found(self, rule: str, outcome: Met, source: Source, **facts: FactValue) -> Finding:
        """Add a finding on this practice.

        One that rests on a supplied figure cites the article that leaves the figure open.
        """
        about: dict[str, FactValue] = {
            "riziv_number": self.practice.riziv_number,
            "profession": self.practice.profession,
        }
        finding = Finding(rule, outcome, about | facts, source if source.url else BENEFITS)
        self.findings.append(finding)
        return finding

    def lacks(self, rule: str, name: str, needed: Phrase, seen: Phrase = NOTHING) -> None:
        """Add what would change the outcome; `name` is a field of the practice."""
        self.missing.append(Missing(rule, f"/practices/{self.index}/{name}", needed, seen))
