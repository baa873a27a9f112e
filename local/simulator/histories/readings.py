"""What persons are shown, and what their choices mean: checked against what happened."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.simulator.histories import desk
from local.simulator.histories.drops import Drops
from local.simulator.histories.stage import Stage
from tegemoet.application.records import PHASES

SHOWN = "what-was-decided-can-be-shown"


@dataclass(frozen=True, slots=True)
class _Meant:
    """A choice among the holders of a number: identity numbers, and the call that made it."""

    chosen: str
    others: frozenset[str]
    step: int


class Readings:
    """Hears of every choice and every entry, and reads everything in the end."""

    def __init__(self, stage: Stage, inbox: Drops) -> None:
        self._stage, self._inbox = stage, inbox
        self._watch, self._cloud = stage.watch, stage.cloud
        self._meant: dict[str, list[_Meant]] = defaultdict(list)
        """By RIZIV number (eight digits)."""
        self._settled: dict[str, set[str]] = defaultdict(set)
        """RIZIV number → the amounts whose recovery somebody settled, in EUR."""
        stage.watch.chosen_now, stage.watch.paid_now = self._chosen, self._paid

    # --- what a choice means

    def _chosen(self, exception: str, choice: str) -> None:
        found = next(
            each for each in self._stage.quietly(lambda: list(desk.listed(self._cloud))) if each.id == exception
        )
        number = _number(found)
        if found.kind == "recovery":
            self._settled[number].add(str(found.facts["recovery"]))
        elif found.kind == "identity-conflict":
            holders = self._holders(found, number)
            chosen = holders.pop(choice)
            if chosen is not None:
                others = frozenset(other for other in holders.values() if other is not None)
                self._meant[number].append(_Meant(chosen, others, self._watch.step))

    def _holders(self, found: desk.Open, number: str) -> dict[str, str | None]:
        """Choice → whom the file that named the candidate names for the number."""
        return {each["choice"]: self._holder(each["batch"], number) for each in found.facts["candidates"]}

    def _holder(self, batch: str, number: str) -> str | None:
        """Whom the file of a batch names for a number, if it names one person."""
        files = (file for brought, file in self._inbox.brought if brought == batch)
        named = {row[0] for file in files for row in file.rows if row[1].startswith(number)}
        return named.pop() if len(named) == 1 else None

    def _paid(self, item: Mapping[str, Any]) -> None:
        """An entry was put: it is not that of a person whom an operator did not choose."""
        number, run = item["riziv_number"]["S"], item["run"]["S"]
        if not self._meant[number]:
            return
        last = self._meant[number][-1]
        files = (file for _, file in self._inbox.brought if file.kind == "identities")
        joined = {who for file in files for row in file.rows for who in row}
        if last.step > self._watch.opened.get(run, 0) or joined & {last.chosen, *last.others}:
            return  # chosen too late for the run, or holders that are one person by now
        paid = item["sk"]["S"].rpartition("#")[0]
        if any(self._stage.quietly(lambda who=other: desk.person(self._cloud, who)) == paid for other in last.others):  # type: ignore[misc]
            self._watch.found("who-was-chosen-is-paid", f"{run} {number}")

    def truth(self, found: desk.Open) -> str | None:
        """What somebody who knows the truth chooses; None where there is nothing to choose."""
        person = next((each for each in self._watch.people if each.short == _number(found)), None)
        match found.kind:
            case "identity-conflict" if person is not None:
                named = self._holders(found, person.short).items()
                return next((choice for choice, holder in named if holder in person.insz), None)
            case "key-of-another-partner":
                return next((partner for partner in found.choices if partner != "cheat"), None)
            case "several-pharmacies" if person is not None:
                return person.pharmacy
            case "account-of-another-partner" | "identity-of-another-partner":
                return "leave-it"
        return None

    # --- what is shown

    def check(self) -> None:
        """Read everything that a person may ask for."""
        self._stage.quietly(self._read)

    def _read(self) -> None:
        try:
            self._read_decisions()
            self._read_recoveries()
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody can read it
            self._watch.found(SHOWN, type(error).__name__)
        shown = desk.choices(self._cloud)
        for exception, made in self._watch.chosen.items():
            name = exception.removeprefix("choice#")
            if [(one.by, one.choice) for one in shown.get(name, ())] != [(by, choice) for _, by, choice in made]:
                self._watch.found("a-choice-stays", name)
        if self._watch.year_closed() and len(set(desk.who_closed(self._cloud))) < 2:
            self._watch.found("a-year-is-closed-by-two", f"shown: {desk.who_closed(self._cloud)}")

    def _read_decisions(self) -> None:
        for phase in PHASES:
            if not desk.has_totals(self._cloud, phase):
                self._watch.found(SHOWN, f"phase {phase} has no totals")
        entries = [item for item in self._watch.entries.values() if "entry_id" in item]
        for item in entries:
            decision = f"{item['run']['S']}.{item['sk']['S'].rpartition('#')[0]}"
            if not desk.is_replayed(self._cloud, decision):
                self._watch.found(SHOWN, f"{decision} is not decided again")
        for number in sorted({item["riziv_number"]["S"] for item in entries}):
            if not desk.dossier_decisions(self._cloud, number):
                self._watch.found(SHOWN, f"the dossier of {number} has no decision")

    def _read_recoveries(self) -> None:
        """Every recovery is an open exception, or one that somebody settled at that amount."""
        due = desk.recoveries(self._cloud)
        found = [each for each in desk.listed(self._cloud) if each.kind == "recovery"]
        undecided = {_number(each) for each in found if each.choice is None}
        for number, amount in due.items():
            if number not in undecided and amount not in self._settled[number]:
                self._watch.found("a-choice-answers-what-was-shown", f"{number} {amount}")


def _number(found: desk.Open) -> str:
    """The RIZIV number (eight digits) that an exception is about."""
    return next((part[:8] for part in found.id.split(".")[1:] if part[:8].isdigit()), "")
