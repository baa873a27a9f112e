"""Random cases of the social status, as JSON would write them, most of them near a limit."""

from datetime import date, timedelta
from random import Random
from typing import Any

from local.opinions.social.tables import ANNEX, LADDERS, NEW_IN_2022, UNTITLED, half_up

Case = dict[str, Any]
SERIES = {
    "physician": 100456,
    "pharmacist-biologist": 200456,
    "pharmacist": 210456,
    "dentist": 300456,
    "midwife": 400456,
    "nurse": 410456,
    "physiotherapist": 500456,
    "speech-therapist": 600456,
}
BEYOND_THE_ANNEX = ("radiology", "radiotherapy", "nuclear-medicine", "emergency-medicine", "other", *NEW_IN_2022)
LEVELS = {
    "physician": ("full", "partial", "trainee"),
    "physiotherapist": ("full", "middle", "basic"),
    "pharmacist": ("full", "middle", "basic"),
    "speech-therapist": ("full", "basic"),
}


def _text(value: int) -> str:
    value = max(value, 0)
    return f"{value // 100}.{value % 100:02}"


class Maker:
    """Makes cases out of one source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def line(self) -> tuple[Case, str, list[Case]]:
        """A case, the day to decide it on, and the figures that are supplied with it."""
        random = self.random
        year = random.choice((2017, 2018, 2019, 2020, 2020, 2020, 2021, 2021, 2022, 2022, 2023, 2024, 2025))
        professions = random.sample(sorted(SERIES), random.choice((1, 1, 1, 2, 2, 3)))
        case: Case = {"year": year, "practices": [self._practice(name, year) for name in professions]}
        if self.chance(0.9):
            case["contracts"] = [self._day(year, far=True) for _ in range(random.choice((0, 1, 1, 1, 1, 2)))]
        if self.chance(0.4):
            case["chosen"] = random.choice(case["practices"])["riziv_number"]
        if self.chance(0.15):
            case["pension_taken_on"] = random.choice((self._day(year), self._day(year), "2015-12-31", "2016-01-01"))
        if self.chance(0.3):
            case["account"] = "BE68539007547034"
        if "physician" in professions and self.chance(0.15):
            case["benefit"] = random.choice(("reserved-retirement-pension", "reserved-survivor-pension"))
            case["reserved_before"] = self.chance(0.8)
        on = random.choice(("-09-01", "-09-01", "-09-01", "-08-31", "-07-01", "-01-01"))
        return case, f"{year + 1}{on}" if self.chance(0.97) else f"{year}-12-31", self._supplied(professions, year)

    def _day(self, year: int, *, far: bool = False) -> str:
        """A day at a turn of years, or some years before."""
        if far and self.chance(0.7):
            return str(date(self.random.randint(2010, year), 6, 1))
        turn = date(year + self.random.choice((0, 0, 1, -5, -7)), 1, 1)
        return str(turn + timedelta(self.random.choice((-1, 0, 1, 60, 200))))

    def _practice(self, profession: str, year: int) -> Case:
        random = self.random
        body = SERIES[profession]
        found: Case = {
            "riziv_number": f"{body}{97 - body % 97:02}001",
            "profession": profession,
            "recognition": random.choice(("recognised",) * 8 + ("training-plan", "other-training-plan")),
            "conventions": self._conventions(year),
        }
        if self.chance(0.35):
            found["number_granted_on"] = self._day(year)
        if self.chance(0.2):
            found["inactive_days"] = random.choice((1, 37, 111, 221, 222))
        if profession == "physician":
            self._as_physician(found, year)
        if profession in ("physician", "pharmacist-biologist") and self.chance(0.25):
            found["threshold"] = self._threshold(found)
        if profession == "nurse" and self.chance(0.9):
            found["main_activity"] = self.chance(0.85)
        if self.chance(0.95):
            found["activity"] = self._activity(found, year)
        return found

    def _as_physician(self, found: Case, year: int) -> None:
        random = self.random
        if self.chance(0.1):
            found["recognition"] = random.choice(UNTITLED)
        if found["recognition"] not in UNTITLED or self.chance(0.3):
            found["specialism"] = random.choice((*ANNEX, *ANNEX, *BEYOND_THE_ANNEX))
        if found["recognition"] == "recognised" and self.chance(0.2):
            since = self._day(year)
            if since >= found.get("number_granted_on", since):
                found["recognised_since"] = since
        if self.chance(0.1):
            found["trainee_on_31_december"] = True
        if self.chance(0.2):
            hours = half_up(1300 * (222 - found.get("inactive_days", 0)), 222)
            house: Case = {"weekly_hours": _text(hours + random.choice((-1, 0, 1)))}
            if self.chance(0.7):
                last = date(year + 1, 8, 31) if self.chance(0.5) else date(year + 1, 6, 30)
                house["attested_on"] = str(last + timedelta(random.choice((0, 1))))
            found["medical_house"] = house

    def _conventions(self, year: int) -> list[Case]:
        random = self.random
        status = random.choice(("full",) * 16 + ("partial",) * 4 + ("none",))
        first = random.choice(("2010-01-01",) * 16 + (f"{year}-01-01", f"{year}-01-02", self._day(year)))
        rows: list[Case] = [{"status": status, "from": first}]
        if self.chance(0.1):
            turn = max(date(year, 6, 1), date.fromisoformat(first))
            rows[0]["until"] = str(turn)
            after = random.choice(("full", "partial", "none"))
            rows.append({"status": after, "from": str(turn + timedelta(random.choice((1, 1, 1, 2))))})
        elif self.chance(0.05):
            rows[0]["until"] = max(first, random.choice((f"{year}-12-30", f"{year}-12-31")))
        random.shuffle(rows)
        return rows if self.chance(0.97) else []

    def _threshold(self, found: Case) -> Case:
        random = self.random
        full, reduced, _ = ANNEX.get(str(found.get("specialism")), (None, None, 0))
        if full and self.chance(0.7):
            given = {"full": _text(full)}
            return given | ({"reduced": _text(reduced)} if reduced and self.chance(0.5) else {})
        given = {"full": random.choice(("25000.00", "30000.01", "60000.00", "75000.00", "24999.99", "75000.01"))}
        if self.chance(0.3):
            given["reduced"] = random.choice(("12500.00", "20000.00"))
        return given

    def _activity(self, found: Case, year: int) -> Case:
        """Near a minimum or a maximum, lowered or not."""
        random = self.random
        profession = found["profession"]
        if profession in ("physician", "pharmacist-biologist") and not (
            profession == "pharmacist-biologist" and year < 2021
        ):
            full, reduced, lowered = ANNEX.get(str(found.get("specialism")), (None, None, 5))
            given = int(found.get("threshold", {}).get("full", "60000.00").replace(".", ""))
            floor = random.choice((full or given, reduced or given // 2))
            return {"reimbursed": self._near(floor, lowered, found)}
        activity: Case = {}
        for name, _, floors, most in LADDERS["pharmacist" if profession == "pharmacist-biologist" else profession]:
            if self.chance(0.8):
                lowered = {"dentist": 15, "physiotherapist": 11}.get(profession, 5)
                limits = [*floors.values(), *([most] if most else [])]
                near = self._near(random.choice(limits), lowered, found)
                activity[name] = int(near.partition(".")[0]) + random.choice((0, 1)) if name == "services" else near
        return activity

    def _near(self, limit: int, lowered: int, found: Case) -> str:
        random = self.random
        value = half_up(limit * (100 - random.choice((0, 0, lowered, 5))), 100)
        if self.chance(0.7):
            value = half_up(value * (222 - found.get("inactive_days", 0)), 222)
        return _text(value + random.choice((-1, 0, 0, 1, -100, 100)) if self.chance(0.9) else value // 2)

    def _supplied(self, professions: list[str], year: int) -> list[Case]:
        """Figures that are not published: amounts, and percentages of 2020."""
        found = []
        for profession in professions if self.chance(0.3) else ():
            if year in (2018, 2019, 2025) and profession not in ("pharmacist-biologist", "midwife"):
                levels = LEVELS.get(profession, ("full",))
                found += [self._figure("amount", year, profession=profession, level=level) for level in levels]
            if year == 2020 and profession in ("nurse", "speech-therapist"):
                found.append(self._figure("threshold-lowering", year, profession=profession))
        return found

    def _figure(self, parameter: str, year: int, **key: str) -> Case:
        value = "1234.56" if parameter == "amount" else self.random.choice(("5", "9", "20"))
        days = {"from": f"{year}-01-01", "until": f"{year}-12-31"}
        return {"parameter": parameter, "key": key, "value": value, "source": "the institute", **days}
