"""What the page of a phase lists of the changes since the last release, in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tegemoet.application.premium_year.changes import Change
from tegemoet.application.premium_year.summary import ChangesCounted
from tegemoet.application.records import ChangeKind
from tegemoet.schemes.texts import Wording, Written

First = Mapping[ChangeKind, Sequence[Change]]
"""The first changes of each kind, which the page lists."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: whom or what it concerns, what changed, and a figure or who did it when."""

    name: str
    what: str
    figure: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """The changes of one kind: its name, how many there are, and the first of them."""

    name: str
    count: int
    rows: Sequence[ChangeRow]

    @property
    def left_out(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class ChangesInWords:
    """The changes that a page shows; `first` = the first ones of each kind."""

    counted: ChangesCounted
    first: First
    wording: Wording

    def groups(self) -> Iterator[ChangeGroup]:
        """Every kind of change, also one without any."""
        for kind, count in self.counted["counts"].items():
            rows = [self._row(change) for change in self.first.get(kind, ())]
            yield ChangeGroup(self.wording.coded("change", kind), count, rows)

    def ways(self) -> str:
        """How many accounts came in which way."""
        counted = ((way, count) for way, count in self.counted["ways"].items() if count)
        return ", ".join(
            f"{self.wording.coded('way', way)} {self.wording.number(str(count))}" for way, count in counted
        )

    def _row(self, change: Change) -> ChangeRow:
        facts: Mapping[str, Any] = change.facts
        match change.kind:
            case "accounts":
                return self._account(facts)
            case "debtor-account":
                return ChangeRow(facts["name"], "; ".join(self._debtor_account(facts)), _act(facts))
            case "grants":
                return ChangeRow(facts["partner"], "; ".join(self._grant(facts)), _act(facts))
            case "roles":
                return ChangeRow(facts["name"], "; ".join(self._roles(facts)), _act(facts))
            case "values":
                return ChangeRow(value_in_words(self.wording, facts), self._confirmation(facts), _act(facts))
            case "unused-files":
                state = self.wording.coded("unused-file", facts["state"])
                why = f"{state}: {facts['refusal']}" if facts["refusal"] else state
                return ChangeRow(facts["partner"], f"{facts['kind']}, {facts['batch'] or facts['key']}", why)

    def _account(self, facts: Mapping[str, Any]) -> ChangeRow:
        names = facts.get("riziv_numbers") or [facts["tariff_office"]]
        ways = ", ".join(self.wording.coded("way", way) for way in facts["ways"])
        what = self.wording.say("account", "from", day=facts["delivered_on"], partner=facts["partner"], ways=ways)
        amount = "–" if facts["amount"] is None else f"{self.wording.number(facts['amount'])} EUR"
        return ChangeRow(", ".join(names), what, amount)

    def _confirmation(self, facts: Mapping[str, Any]) -> str:
        return self.wording.say("confirmation", "of", value=facts["confirmed"], reason=Written(facts["reason"]))

    def _debtor_account(self, facts: Mapping[str, Any]) -> Iterator[str]:
        say = self.wording.say
        settings = ", ".join(self.wording.coded("setting", name.replace("_", "-")) for name in facts["changed"])
        yield (
            say("debtor-account", "first")
            if facts["version"] == 1
            else say("debtor-account", "changed", settings=settings)
        )
        yield say(
            "debtor-account", "proposed", by=Written(facts["proposed_by"]["name"]), reason=Written(facts["reason"])
        )

    def _grant(self, facts: Mapping[str, Any]) -> Iterator[str]:
        say = self.wording.say
        if facts["profile"]:
            yield say("grant", "profile", profile=facts["profile"])
        for name in ("granted", "withdrawn"):
            if facts[name]:
                yield say("grant", name, kinds=", ".join(map(_kind, facts[name])))
        for on, change in facts["authority"].items():
            begins = change["from"] is not None
            yield say("grant", f"{on}-from" if begins else f"no-{on}", **({"year": change["from"]} if begins else {}))
        for name in ("keys", "answerable"):
            for part in ("added", "removed"):
                if facts[name][part]:
                    yield say("grant", f"{name}-{part}", names=", ".join(facts[name][part]))
        if facts["predecessor"]:
            yield say("grant", "predecessor", partner=facts["predecessor"])

    def _roles(self, facts: Mapping[str, Any]) -> Iterator[str]:
        yield self._named(facts["roles"])
        yield self.wording.say("role-change", "before", roles=self._named(facts["before"]))
        if facts["partner"]:
            yield self.wording.say("role-change", "partner", partner=facts["partner"])

    def _named(self, roles: Iterable[str]) -> str:
        return ", ".join(self.wording.coded("role", role) for role in roles) or self.wording.say("role-change", "none")


def value_in_words(wording: Wording, value: Mapping[str, Any]) -> str:
    """What a value is of, such as: amount of the premium (nurses)."""
    of = ", ".join(
        wording.coded("sector" if part == "profession" else part, code) for part, code in value["key"].items()
    )
    named = wording.coded("parameter", value["name"])
    return f"{named} ({wording.within(of)})" if of else named


def _kind(granted: Mapping[str, Any]) -> str:
    return f"{granted['scheme']} {granted['kind']} {granted['from_year']}"


def _act(facts: Mapping[str, Any]) -> str:
    return f"{facts['by']['name']}, {facts['at']}"
