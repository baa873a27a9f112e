"""Random cases of a premium year near the limits of its rules, as JSON would write them."""

from datetime import date, timedelta
from random import Random
from typing import Any

from local.opinions.year.casting import DENTIST, NURSE, amount_near, premium_near
from local.opinions.year.figures import KNOWN_ROWS, TableRow, YearFigures, written_day
from local.opinions.year.people import Maker

SETTINGS = ("ambulatory", "day-hospital", "inpatient")


class RandomCases:
    """Draws persons with up to three practices, and a day to decide each of them on."""

    def __init__(self, figures: YearFigures, seed: int) -> None:
        self.figures, self.random = figures, Random(seed)
        self.make = Maker(self.random)
        deadline, evaluated = figures.account_deadline, figures.evaluated
        self._evaluation_days = {
            phase: (written_day(deadline[phase] + 1), evaluated[phase], _shift(evaluated[phase], later))
            for phase, later in ((1, 36), (2, 47))
        }
        first, second = (written_day(deadline[phase]) for phase in (1, 2))
        middle, last = f"{figures.year}-06-30", written_day(figures.last_day)
        # the days around which something changes
        self._edges = (
            *(written_day(figures.new_year), written_day(figures.first_day)),
            *(written_day(end) for end in figures.notification.values()),
            *(middle, first, evaluated[1], last, second, evaluated[2]),
        )
        self._account_days = (first, second, middle, evaluated[2])
        self._before = f"{figures.year - 1}-01-01"
        hours = figures.medical_house_hours or 760
        self._hours = (*(f"{h // 100}.{h % 100:02d}" for h in (hours - 1, hours, hours + 1)), "38")

    def draw(self) -> tuple[dict[str, Any], str]:
        """A case, and a day to decide it on."""
        random = self.random
        phase = random.choice((1, 2))
        practices = [self._practice() for _ in range(random.choice((1, 1, 1, 2, 2, 3)))]
        days = {self._near(*self._account_days) for _ in range(random.choice((0, 1, 1, 1, 2)))}
        paid = []
        if random.random() < 0.4:
            booked = random.choice(practices)
            row: TableRow = (booked["profession"], booked["specialism"] or "")
            premium, *others = (premium_near(*of, self.figures) for of in (row, NURSE, DENTIST))
            paid.append(_entry(1, "payment", booked, euro(random.choice((premium, premium, *others)))))
            if random.random() < 0.1:
                paid.append(_entry(2, "return", booked, paid[0]["amount"]))
        case = {
            "year": self.figures.year,
            "phase": phase,
            "practices": practices,
            "accounts": [{"registered_on": d, "iban": self.make.iban()} for d in sorted(days)],
            "paid": paid,
            "recovery_settled": random.random() < 0.1,
        }
        return case, random.choice(self._evaluation_days[phase])

    def _practice(self) -> dict[str, Any]:
        random, make = self.random, self.make
        profession, specialism = random.choice(KNOWN_ROWS)
        conventions = self._conventions()
        practice: dict[str, Any] = {
            "riziv_number": make.number(profession)[: random.choice((8, 11))],
            "profession": profession,
            "specialism": specialism or None,
            "number_granted_on": self._near(*self._edges) if random.random() < 0.25 else None,
            "training": profession in ("physician", "dentist") and random.random() < 0.2,
            "medical_house_weekly_hours": random.choice(self._hours) if random.random() < 0.2 else None,
            "conventions": conventions,
            "activity-s1": self._activity((profession, specialism)),
            "activity-year": self._activity((profession, specialism)),
            "held": "identity-conflict" if random.random() < 0.05 else None,
            "year_amount_choice": random.choice(("year-as-delivered", "first-semester-counts"))
            if random.random() < 0.15
            else None,
            "paid_to_another": "945.95" if random.random() < 0.05 else None,
        }
        if profession == "pharmacist" or random.random() < 0.05:
            practice.update(profession="pharmacist", specialism=None, training=False)
            practice["pharmacy"] = {
                "pharmacy_id": make.pharmacy(),
                "tariff_office": "office-1",
                "account": random.random() < 0.8,
            }
            practice["pharmacy"]["chosen"] = random.choice((None, True, False))
            if random.random() < 0.3:
                payee = make.number("pharmacist") if random.random() < 0.6 else practice["riziv_number"]
                practice["pharmacy"]["payee"] = payee[:8]
        return practice

    def _conventions(self) -> list[dict[str, Any]]:
        """Periods that do not overlap, with or without gaps; most often everything in order."""
        random = self.random
        if random.random() < 0.5:
            return [{"status": "full", "from": self._before, "until": None}]
        days = sorted({self._near(*self._edges) for _ in range(random.choice((1, 2, 3, 4)))})
        found: list[dict[str, Any]] = []
        first = self._before if random.random() < 0.7 else days.pop(0)
        for day in days:
            if day > first:
                until = _shift(day, -1 if random.random() < 0.8 else -2)
                if until >= first:
                    status = random.choice(("full", "full", "full", "partial", "none"))
                    found.append({"status": status, "from": first, "until": until})
                first = day
        found.append({"status": random.choice(("full", "full", "none")), "from": first, "until": None})
        random.shuffle(found)
        return found

    def _activity(self, row: TableRow) -> dict[str, str]:
        threshold = amount_near(*row, self.figures)
        amounts = (0, max(0, threshold - 1), threshold, threshold + 1, threshold * 2, threshold * 2)
        return {
            setting: euro(self.random.choice(amounts))
            for setting in SETTINGS
            if self.random.random() < (0.85 if setting == "ambulatory" else 0.2)
        }

    def _near(self, *days: str) -> str:
        return _shift(self.random.choice(days), self.random.choice((-1, 0, 0, 1)))


def euro(cents: int) -> str:
    """An amount of cents with two decimals."""
    return f"{cents // 100}.{cents % 100:02d}"


def _entry(number: int, kind: str, practice: dict[str, Any], amount: str) -> dict[str, Any]:
    return {
        "number": number,
        "kind": kind,
        "phase": 1,
        "riziv_number": practice["riziv_number"],
        "profession": practice["profession"],
        "amount": amount,
    }


def _shift(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()
