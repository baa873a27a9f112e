"""How a practice comes out in a year: its level, what it fails, and what it waits for."""

from dataclasses import dataclass
from datetime import date, timedelta

from local.opinions.social.figures import Case, Figures, NotPrintedError
from local.opinions.social.tables import (
    DAYS_OF_A_YEAR,
    FIRST_MAXIMUM,
    HOURS_OF_A_HOUSE,
    LADDERS,
    UNTITLED,
    half_up,
    hundredths,
)

DAY = timedelta(1)
LEVELS = ("full", "middle", "basic")


@dataclass(frozen=True)
class Judged:
    """A practice as it came out: the level that it reaches, or none.

    `failed` are the rules that it fails, `waits` the fields that are still to be told.
    `unknown` is the kind of figure for want of which it cannot be judged.
    """

    number: str
    profession: str
    level: str | None
    failed: frozenset[str]
    waits: frozenset[str]
    unknown: str | None = None


def group_of(practice: Case, year: int) -> str | None:
    """The row of the annex: of physicians, and of biologists from 2021."""
    if practice["profession"] == "pharmacist-biologist":
        return "clinical-biology" if year >= 2021 else None
    if practice["profession"] != "physician":
        return None
    untitled = practice["recognition"] in UNTITLED
    return str(practice["recognition"] if untitled else practice["specialism"])


@dataclass(frozen=True)
class Provider:
    """A case on a day, and the figures of its year."""

    case: Case
    on: str
    figures: Figures

    @property
    def year(self) -> int:
        return self.figures.year

    def judge(self, place: int) -> Judged:
        """A practice by every rule."""
        practice = self.case["practices"][place]
        joined = self._joined(practice)
        group = group_of(practice, self.year)
        profession = self._profession(practice)
        failed, waits = set(), set()
        if practice["recognition"] in UNTITLED and self.year in (2020, 2021):
            failed.add("recognition")
        if joined == "none" or (joined == "partial" and profession not in ("physician", "dentist")):
            failed.add("joined")
        if profession == "nurse":
            main = practice.get("main_activity")
            failed |= {"main-activity"} if main is False else set()
            waits |= {f"/practices/{place}/main_activity"} if main is None else set()
        rule, told = self._use(practice)
        failed |= {rule} if told is False else set()
        waits |= {"/account" if rule == "other-benefit" else "/contracts"} if told is None else set()
        level, unknown = None, None
        try:
            level, unmet, open_ = self._activity(practice, place, profession, group, joined)
            failed |= {"activity"} if unmet else set()
            waits |= open_
        except NotPrintedError as missing:
            unknown = min(missing.names)
        return Judged(
            practice["riziv_number"][:8], practice["profession"], level, frozenset(failed), frozenset(waits), unknown
        )

    def _profession(self, practice: Case) -> str:
        if practice["profession"] != "pharmacist-biologist":
            return str(practice["profession"])
        return "physician" if self.year >= 2021 else "pharmacist"

    def _joined(self, practice: Case) -> str:
        """The lowest status from the first of January, or the number, to the end of the year."""
        day = max(f"{self.year}-01-01", practice.get("number_granted_on") or "")
        end = f"{self.year}-12-31"
        if day > end:
            return "none"
        statuses = set()
        for row in sorted(practice["conventions"], key=lambda row: str(row["from"])):
            until = row.get("until") or "9999-12-31"
            if until < day or row["from"] > end:
                continue
            if row["from"] > day:
                return "none"
            statuses.add(row["status"])
            if until >= end:
                return next(s for s in ("none", "partial", "full") if s in statuses)
            day = str(date.fromisoformat(until) + DAY)
        return "none"

    def _use(self, practice: Case) -> tuple[str, bool | None]:
        """The rule on the use of the benefit, and whether it is met; None: not told."""
        pension, contracts = self.case.get("pension_taken_on") or "9", self.case.get("contracts")
        account, first = self.case.get("account"), min(contracts or ["9"])
        both_are_old = pension < "2016" and first < "2016" and not account
        if pension[:4] <= str(self.year) and not both_are_old:
            return "other-benefit", True if account else None
        if self._reserves(practice):
            return "reserved-before", bool(self.case.get("reserved_before"))
        return "contract", None if contracts is None else first[:4] <= str(self.year)

    def _reserves(self, practice: Case) -> bool:
        return bool(self.case.get("benefit", "contract") != "contract" and practice["profession"] == "physician")

    def pay(self, judged: Judged) -> tuple[str, int]:
        """What a practice is due: the kind of benefit, and the amount."""
        practice = next(p for p in self.case["practices"] if p["riziv_number"][:8] == judged.number)
        rule, _ = self._use(practice)
        if rule == "reserved-before":
            return self.case["benefit"], self.figures.pension(self.case["benefit"], str(judged.level))
        amount = self.figures.amount(self._profession(practice), str(judged.level))
        return "benefit" if rule == "contract" else rule, amount

    # --- the activity: the level, whether it is too little, the fields that are still to be told

    def _activity(
        self, practice: Case, place: int, profession: str, group: str | None, joined: str
    ) -> tuple[str | None, bool, set[str]]:
        if practice.get("trainee_on_31_december"):
            return "trainee", False, set()
        if self._is_exempt(practice):
            return "partial" if group is not None and joined != "full" else "full", False, set()
        if group is None:
            return self._ladder(practice, place, profession)
        level, unmet, open_ = self._physician(practice, place, group, joined)
        if level == "full" and joined == "full":
            return "full", False, set()
        return level and "partial", unmet, open_

    def _is_exempt(self, practice: Case) -> bool:
        """No threshold yet, in training on 1 January, or a number of under five years."""
        recognition, granted = practice["recognition"], practice.get("number_granted_on")
        if practice["profession"] == "dentist":
            return (
                self.year < 2020 or recognition != "recognised" or bool(granted and granted > f"{self.year - 5}-01-01")
            )
        if practice["profession"] != "physician":
            return False
        looked_at = self.year if self.year >= 2020 else self.year - 2
        if recognition == "training-plan":
            return str(granted or "") <= f"{looked_at}-01-01"
        since = practice.get("recognised_since") or granted or ""
        return bool(recognition == "recognised" and since > f"{looked_at - 5}-01-01")

    def _asked(self, floor: int, percent: int, practice: Case) -> int:
        """A minimum after the lowering of the year, and then after that for inactivity."""
        lowered = half_up(floor * (100 - percent), 100)
        return half_up(lowered * (DAYS_OF_A_YEAR - practice.get("inactive_days", 0)), DAYS_OF_A_YEAR)

    def _physician(self, practice: Case, place: int, group: str, joined: str) -> tuple[str | None, bool, set[str]]:
        house, hours = practice.get("medical_house"), "no"
        if house:
            hours = self._hours(house, practice)
            if hours == "enough":
                return "full", False, set()
        full, reduced = self.figures.thresholds(group, practice.get("threshold"))
        told = practice.get("activity", {}).get("reimbursed")
        if told is None and not house:
            return None, False, {f"/practices/{place}/activity/reimbursed"}
        done = hundredths(told or "0")
        ways = self.figures.lowerings("physician", group, "full")
        if done >= self._asked(full, ways[0], practice):
            return "full", False, set()
        if hours == "may-be-attested":
            return None, False, {f"/practices/{place}/medical_house/attested_on"}
        if len(ways) > 1:
            raise NotPrintedError("threshold-lowering")
        if joined == "full":
            if reduced is None:
                raise NotPrintedError("activity-minimum")
            ways = self.figures.lowerings("physician", group, "reduced")
            if done >= self._asked(reduced, ways[0], practice):
                return "reduced", False, set()
            if len(ways) > 1:
                raise NotPrintedError("threshold-lowering")
            if house and self._in_time(house) is not False:
                raise NotPrintedError("medical-house-hours")
        return None, True, set()

    def _in_time(self, house: Case) -> bool | None:
        """Whether hours were attested in July or August of the next year; None: they may yet be."""
        attested, next_year = house.get("attested_on"), self.year + 1
        if attested and f"{next_year}-07-01" <= attested <= f"{next_year}-08-31":
            return True
        return None if self.on <= f"{next_year}-08-31" else False

    def _hours(self, house: Case, practice: Case) -> str:
        if self.year < 2020:
            raise NotPrintedError("medical-house-hours")
        if self.year > 2026:
            raise NotPrintedError("attestation-window")
        if hundredths(house["weekly_hours"]) < self._asked(HOURS_OF_A_HOUSE, 0, practice):
            return "too-few"
        in_time = self._in_time(house)
        return "enough" if in_time else "may-be-attested" if in_time is None else "too-late"

    def _ladder(self, practice: Case, place: int, profession: str) -> tuple[str | None, bool, set[str]]:
        """The highest step in any measure, under every lowering that may be the one of the year."""
        activity = practice.get("activity", {})
        rows = [row for row in LADDERS[profession] if row[1] <= self.year]
        if not rows:
            raise NotPrintedError("activity-minimum")
        done = {name: hundredths(str(activity[name])) for name, *_ in rows if activity.get(name) is not None}
        if not done:
            return None, False, {f"/practices/{place}/activity/{rows[-1][0]}"}
        found = set()
        for percent in self.figures.lowerings(profession):
            reached = [self._step(row, done[row[0]], percent, practice, profession) for row in rows if row[0] in done]
            found.add(min((step for step in reached if step), key=LEVELS.index, default=None))
        if len(found) > 1:
            raise NotPrintedError("threshold-lowering")
        level = found.pop()
        return level, level is None, set()

    def _step(
        self, row: tuple[str, int, dict[str, int], int | None], done: int, percent: int, practice: Case, profession: str
    ) -> str | None:
        name, _, floors, most = row
        lowered = 0 if name == "weekly_hours" else percent
        for level, floor in floors.items():
            if done >= self._asked(floor, lowered, practice):
                if most is not None and self.year < FIRST_MAXIMUM.get(profession, 0):
                    raise NotPrintedError("activity-maximum")
                return None if most is not None and done > most else level
        return None
