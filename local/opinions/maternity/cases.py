"""Random cases of maternity rest, as JSON would write them, most of them near
the limits of the rules and most of them granted.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from local.opinions.maternity.insured import GROUNDS_OF_EXEMPTION, OTHER_ARTICLES, birthday, months_on
from local.opinions.maternity.money import COHORTS, INDEX_KNOWN, INDEX_STEPS, is_holiday
from local.opinions.maternity.rest import ALWAYS, DAY, SINCE_MARCH_2020, Case, UnlawfulCaseError, day, lay_out

KINDS = [
    *sorted(ALWAYS),
    *sorted(SINCE_MARCH_2020),
    "career-break",
    "termination-indemnity",
    "educational-leave",
    "other",
]
INDEMNITIES = [
    *("irregular-termination", "staff-representative-termination", "union-delegate-termination"),
    *("termination-by-agreement", "commercial-agent-eviction", "non-solicitation-agreement"),
]
WAGES = ["84.1400", "100.0000", "120.0000", "152.9000"]


class Maker:
    """Makes cases out of one source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, *lengths: int) -> timedelta:
        """One of these numbers of days, or a day more or less."""
        return timedelta(self.random.choice(lengths) + self.random.choice((0, 0, 0, -1, 1)))

    def line(self) -> tuple[Case, str]:
        """A case and the day to decide it on."""
        random = self.random
        case = self._birth()
        try:
            start = lay_out(case).start
        except UnlawfulCaseError:
            start = day(case["expected"]["on"]) - 7 * DAY
        self._pay(case, start)
        self._before(case, start)
        case["insurability"] = self._insurability(start)
        try:
            last = lay_out(case).last
        except UnlawfulCaseError:
            last = start + timedelta(120)
        self._during(case, start, last)
        case["requested_on"] = str(
            start + timedelta(random.choice((-30, -7, 0, 1, 5, 20, 40, 75, 90)) + random.randint(-3, 3))
        )
        if self.chance(0.03):
            case["mother_died_on"] = str(
                random.choice((start, last, last - DAY, last + DAY)) if self.chance(0.4) else self._within(start, last)
            )
        if self.chance(0.005):
            case["stays_abroad"] = True
        if self.chance(0.1):
            case["resumption_declared"] = True
        told = [case["requested_on"], case.get("mother_died_on", ""), *(child["on"] for child in case["births"])]
        if self.chance(0.97):
            told += [child.get("died_on", "") for child in case["births"]]
            told += [stay["until"] for child in case["births"] for stay in child.get("stays", [])]
        on = day(max(told)) + timedelta(random.choice((0, 0, 1, 30, 200)))
        return case, str(on - DAY if self.chance(0.01) else on)

    def leave(self) -> tuple[Case, str]:
        """A case of converted maternity leave and the day to decide it on;
        most often everything but the money is in order.
        """
        random = self.random
        born = max(self._expected(), date(2018, 1, 1))
        births = [born, *([born + self.some(0, 2, 5)] if self.chance(0.15) else [])]
        hospital = self.chance(0.5)
        event = born + timedelta(random.choice((0, 1, 2, 5, 8, 20, 45)))
        home = max(born, event + timedelta(random.choice((-6, 0, 1, 4, 9)))) if self.chance(0.98) else None
        case: Case = {
            "births": [str(b) for b in sorted(births)],
            "mother": self._mother(hospital, event),
            "hospital_statement": self.chance(0.99),
        }
        case["relation"] = self._relation(births[0])
        if self.chance(0.3):
            case["birth_leave_taken"] = random.choice((0, 3, 9, 10, 10, 10 if self.chance(0.8) else 11, 15, 16, 20))
        if self.chance(0.01):
            case["stays_abroad"] = True
        if home:
            case["child_home_on"] = str(home)
        first = max(births[-1] + timedelta(7), event, home or event) if hospital else max(event + DAY, home or event)
        if self.chance(0.3):
            case["first_day"] = str(first + timedelta(random.choice((-1, 0, 0, 1, 3))))
            first = max(first, day(case["first_day"]))
        if self.chance(0.2):
            case["days"] = random.choice((1, 6, 30, 200))
        self._pay(case, first)
        while case["quality"]["kind"] == "resting-since-fifth-month":
            self._pay(case, first)
        before: Case = {"births": [], "pay": case["pay"]}
        self._before(before, first)
        case["history"] = [
            {name: value for name, value in one.items() if name in ("kind", "from", "until", "employer_pays")}
            for one in before.get("history", [])
            if one["kind"] == "incapacity" and day(one["until"]) < first
        ]
        case["insurability"] = self._insurability(first)
        if self.chance(0.25):
            case["covered"] = self._apart(first, ("wage", "holiday-pay", "termination-indemnity"))
        if self.chance(0.4 if first > date(2026, 9, 20) else 0.005):
            case["wage_ceilings"] = self._ceilings(first, first + timedelta(100))
        case["requested_on"] = str(first + timedelta(random.choice((-5, 0, 1, 20, 60))))
        told = [case["requested_on"], *case["births"], str(event), str(home or event), case["mother"].get("until", "")]
        on = max(day(text) for text in told if text) + timedelta(random.choice((0, 0, 3, 7, 200, 200)))
        return case, str(on - DAY if self.chance(0.01) else on)

    def _mother(self, hospital: bool, event: date) -> Case:
        """What happened to the mother, and the days that she had and has left."""
        random = self.random
        mother: Case = {
            "event": "hospital" if hospital else "death",
            "on": str(event),
            "days_used": random.choice((0, 5, 14, 28, 29, 30, 31, 60)),
            "days_left": random.choice((1, 7, 30, 61, 63, 98, random.randint(1, 200))),
        }
        if self.chance(0.98):
            mother["insured"] = (
                "beneficiary" if self.chance(0.9) else random.choice(("statutory-civil-servant", "neither"))
            )
        if mother.get("insured") == "statutory-civil-servant" and self.chance(0.95):
            mother["statute_grants"] = self.chance(0.9)
        if hospital and self.chance(0.9):
            mother["until"] = str(
                event + timedelta(random.choice((7, 7, 8, 14, 30, 90)) - (1 if self.chance(0.03) else 0))
            )
            mother["end_certified"] = True
        return mother

    def _relation(self, birth: date) -> Case:
        """Who claims, and what he can show; most often all that is asked."""
        random = self.random
        rank = random.choice(("parent", "parent", "parent", "spouse", "legal-cohabitant", "cohabitant", "cohabitant"))
        shown: Case = {
            "proven": not self.chance(0.02),
            "declared": not self.chance(0.03),
            "child_lives_there": not self.chance(0.02),
            "related": self.chance(0.02),
            "higher_rank": self.chance(0.02),
        }
        since = birth.replace(day=min(birth.day, 28), year=birth.year - random.choice((3, 3, 4, 9)))
        shown["together_since"] = str(since + timedelta(random.choice((-1, 0, 0, 1, birth.day - min(birth.day, 28)))))
        if self.chance(0.05):
            del shown[random.choice(list(shown))]
        return {"rank": rank, **shown}

    def _within(self, first: date, last: date) -> date:
        return first + timedelta(self.random.randint(0, max(0, (last - first).days)))

    # --- birth ------------------------------------------------------------------------------------

    def _expected(self) -> date:
        random = self.random
        draw = random.random()
        if draw < 0.15:
            return date(2020, 3, 1) + timedelta(random.randint(-20, 70))
        if draw < 0.3:  # around an index step, a new cohort, the ends of what is known
            return random.choice([*INDEX_STEPS, *(c[0] for c in COHORTS[1:]), INDEX_KNOWN[1]]) + timedelta(
                random.randint(-120, 60)
            )
        if draw < 0.33:
            return date(2017, 6, 1) + timedelta(random.randint(-20, 200))
        if draw < 0.34:
            return date(2026, 10, 1) + timedelta(random.randint(0, 150))
        return date(2018, 1, 8) + timedelta(random.randint(0, 3120))

    def _birth(self) -> Case:
        random = self.random
        expected = self._expected()
        case: Case = {"expected": {"on": str(expected)}, "births": []}
        if self.chance(0.12):
            case["expected"]["multiple"] = True
        if self.chance(0.005):
            case["expected"]["certified"] = False
        weeks = 8 if case["expected"].get("multiple") else 6
        number = random.choices((0, 1, 2, 3), (1.5, 81, 15.5, 2))[0]
        born = expected + random.choice(
            (
                timedelta(0),
                timedelta(random.randint(-7, -1)),
                timedelta(random.randint(-14, -7)),
                timedelta(random.randint(-90, -8)),
                timedelta(random.randint(1, 14)),
            )
        )
        for _ in range(number):
            child = {"on": str(born)}
            case["births"].append(child)
            if self.chance(0.55):
                born += timedelta(random.choice((1, 1, 2, 5, 7, 8, 14, random.randint(1, 40))))
        random.shuffle(case["births"])
        if self.chance(0.75):
            latest = expected - 7 * DAY
            if number:
                latest = min(latest, *(day(child["on"]) for child in case["births"]))
            earliest = expected - 7 * weeks * DAY
            choices = [latest, latest, earliest, earliest + DAY, earliest - DAY, latest - DAY]
            asked = min(latest, random.choice([*choices, self._within(earliest, latest)]))
            case["first_day"] = str(asked if self.chance(0.985) else latest + random.choice((DAY, 2 * DAY)))
        self._children(case)
        return case

    def _children(self, case: Case) -> None:
        random = self.random
        try:
            start = lay_out(case).start
        except UnlawfulCaseError:
            return
        for child in case["births"]:
            born = day(child["on"])
            if self.chance(0.5 if start >= born else 0.006):
                child["work_started"] = True
            if self.chance(0.06):
                child["living"] = False
                if self.chance(0.95):
                    child["pregnancy_days"] = random.choice((180, 181, 230, 260, 180, 200, 240, 179))
            if self.chance(0.005):
                child["proven"] = False
            if self.chance(0.06):
                child["died_on"] = str(born + timedelta(random.randint(0, 40)))
            if self.chance(0.25):
                child["stays"] = self._stays(born)

    def _stays(self, born: date) -> list[dict[str, Any]]:
        random = self.random
        stays: list[dict[str, Any]] = []
        first = born + timedelta(random.choice((0, 0, 0, 0, 1, 3, 5, 6, 7, 8)))
        for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
            length = (
                self.some(1, 5, 7, 8, 13, 14, 21, 21, 30, 60, 175) if self.chance(0.97) else self.some(174, 176, 180)
            )
            last = first + max(length - DAY, timedelta(0))
            stay: dict[str, Any] = {"from": str(first), "until": str(last)}
            if stays and self.chance(0.35):
                stay["place"] = "rehabilitation"
            if self.chance(0.03):
                stay["place"] = "rehabilitation"
            if self.chance(0.08):
                stay["certified"] = False
            if stays and self.chance(0.25):
                stay["force_majeure"] = True
            stays.append(stay)
            first = last + timedelta(random.choice((1, 1, 1, 2, 3, 10)))
        random.shuffle(stays)
        return stays

    # --- before the rest --------------------------------------------------------------------------

    def _before(self, case: Case, start: date) -> None:
        """What was done before: often one thing, often
        pieces of all kinds that straddle the limits.
        """
        random = self.random
        births = [day(child["on"]) for child in case["births"]]
        pay = case["pay"]
        if pay.get("unemployment") and self.chance(0.4):
            self._chain(case, start)
            return
        since = day(pay["incapacity"]["since"]) if pay.get("incapacity") else None
        history: list[dict[str, Any]] = []
        usual = random.choice(["work", "work", "controlled-unemployment", "incapacity", "full-work-removal", *KINDS])
        if since:
            usual = "incapacity"
        until = start - DAY if self.chance(0.85) else start - timedelta(random.choice((2, 3, 8, 14, 15, 31, 32)))
        if usual in ("incapacity", "full-work-removal") and self.chance(0.2):
            until = start + timedelta(random.randint(0, 20))
        elif self.chance(0.008):
            until = start + timedelta(random.randint(0, 3))
        edges = [date(2020, 2, 29), *(b - timedelta(n) for b in births for n in (57, 56, 43, 42, 9, 8, 7))]
        for _ in range(random.choice((0, 1, 1, 2, 3, 4, 5, 6))):
            first = until - timedelta(random.choice((0, 0, 1, 2, 6, 7, 13, 14, 27, 34, 60, 120, 185)))
            below = [e + DAY for e in edges if first < e < until]
            if below and self.chance(0.6):
                first = random.choice(below)
            kind = usual if self.chance(0.6) else random.choice(KINDS)
            if self.chance(0.12):
                kind = random.choice(("activity-in-partial-removal", "authorised-activity"))
            if until >= start and kind not in ("incapacity", "full-work-removal"):
                until = start - DAY if self.chance(0.97) else until
                first = min(first, until)
            history.append(self._past(case, kind, first, until))
            if self.chance(0.15):
                usual = random.choice(("incapacity", "full-work-removal", "work"))
            until = first - (DAY if self.chance(0.7) else timedelta(random.choice((2, 3, 13, 14, 15, 16))))
        random.shuffle(history)
        if history:
            case["history"] = history
        if births and self.chance(0.06):
            case["convert_incapacity"] = self.chance(0.2)

    def _chain(self, case: Case, start: date) -> None:
        """Incapacity and removal that nearly fill the six months of the alignment
        before the rest ends, with gaps between them.
        """
        random = self.random
        left = random.choice((183, 184, 181, 182, random.randint(60, 200))) - random.choice((0, 1, 7, 31, 60))
        until = start - DAY if self.chance(0.85) else start - timedelta(random.choice((2, 13, 14, 15)))
        history: list[dict[str, Any]] = []
        kind = random.choice(("incapacity", "incapacity", "full-work-removal"))
        while left > 0 and len(history) < 6:
            length = left if self.chance(0.4) else random.randint(1, left)
            first = until - timedelta(length - 1)
            history.append(self._past(case, kind, first, until))
            left -= length
            kind = random.choice(("incapacity", "incapacity", kind, "full-work-removal"))
            until = first - DAY - timedelta(random.choice((0, 0, 1, 12, 13, 13, 14, 14, 15)))
        random.shuffle(history)
        case["history"] = history

    def _past(self, case: Case, kind: str, first: date, until: date) -> dict[str, Any]:
        past: dict[str, Any] = {"kind": kind, "from": str(first), "until": str(until)}
        if kind == "incapacity" and self.chance(0.25):
            past["employer_pays"] = True
        if kind == "full-work-removal" and self.chance(0.7):
            past["wage"] = self.wage_text() if self.chance(0.5) else "130.0000"
        if kind in ("activity-in-partial-removal", "authorised-activity"):
            names = [a["name"] for a in case["pay"].get("activities", [])]
            if not names or self.chance(0.01):
                names = ["elsewhere"]
            past["activities"] = self.random.sample(names, self.random.randint(1, len(names)))
        return past

    # --- during the rest --------------------------------------------------------------------------

    def _during(self, case: Case, start: date, last: date) -> None:
        random = self.random
        asked: dict[str, Any] = {}
        if self.chance(0.15):
            asked["transfer_days"] = random.choice((0, 1, 13, 14, 34, 35, 36, 48, 49, random.randint(0, 49)))
        if self.chance(0.1):
            asked["multiple_days"] = random.choice((0, 1, 7, 13, 14))
        if self.chance(0.05):
            asked["hospital"] = False
        if self.chance(0.15):
            asked["separate"] = self._separate(last)
        if asked:
            case["extension"] = asked
        if self.chance(0.25):
            case["covered"] = self._apart(
                start, ("wage", "holiday-pay", "termination-indemnity", "career-break-benefit")
            )
        if case["quality"].get("basis") in INDEMNITIES and self.chance(0.8):
            until = start + timedelta(random.choice((0, 5, 28, 29, 30, 31, 45)))
            case["covered"] = [{"by": "termination-indemnity", "from": str(start - timedelta(10)), "until": str(until)}]
        if self.chance(0.1):
            case["activity_in_rest"] = self._worked(start, last)
        holidays = [start + timedelta(n) for n in range(-3, 36) if is_holiday(start + timedelta(n))]
        if holidays and self.chance(0.3):
            moved = [
                {"holiday": str(h), "replaced_by": str(h + timedelta(random.choice((1, 2, -1, 7, 20, 29))))}
                for h in holidays
            ]
            case["holiday_replacements"] = moved[: random.choice((1, 2, 3))]
            if self.chance(0.02):
                case["holiday_replacements"][0]["holiday"] = str(start + timedelta(random.randint(0, 30)))
        if self.chance(0.4 if last > INDEX_KNOWN[1] else 0.005):
            case["wage_ceilings"] = self._ceilings(start, last)

    def _worked(self, start: date, last: date) -> list[dict[str, str]]:
        """Some days of the rest, or all but a day or two."""
        if self.chance(0.15):
            until = last - self.some(0, 0, 1)
            return [{"from": str(start - timedelta(7)), "until": str(max(start, until))}]
        return [{"from": one["from"], "until": one["until"]} for one in self._apart(start, ("x",))]

    def _separate(self, last: date) -> dict[str, Any]:
        random = self.random
        schedule = [sorted(random.sample(range(1, 8), random.choice((5, 5, 4, 6, 2, 0)))) for _ in range(2)]
        opens = last - timedelta(13)
        days = {
            opens + timedelta(random.choice((0, 1, 2, 10, 30, 54, 55))) for _ in range(random.choice((0, 0, 1, 3, 5)))
        }
        if self.chance(0.05):
            days.add(random.choice((opens - DAY, opens + timedelta(56))))
        if self.chance(0.04):
            days |= {opens + timedelta(n) for n in range(random.choice((4, 8, 11)))}
        return {"schedule": schedule, "planned": [str(d) for d in sorted(days)][:14]}

    def _apart(self, start: date, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
        """Periods that do not overlap."""
        random = self.random
        found = []
        first = start + timedelta(random.choice((-5, 0, 1, 20, 28, 29, 30, 31, random.randint(0, 120))))
        for _ in range(random.choice((1, 1, 2, 3))):
            until = first + timedelta(random.choice((0, 0, 1, 4, 6, 13, 30)))
            found.append({"by": random.choice(kinds), "from": str(first), "until": str(until)})
            first = until + timedelta(random.choice((1, 2, 7, 20)))
        return found

    def _ceilings(self, start: date, last: date) -> list[dict[str, Any]]:
        """Ceilings of days that have none, most of them in 2027."""
        random = self.random
        amounts = [random.choice(("186.7915", "186.7916", "186.7917", "190.5349", "190.5349")) for _ in range(2)]
        opens = INDEX_KNOWN[1] + random.choice((DAY, DAY, DAY, timedelta(0), timedelta(2)))
        middle = max(opens + DAY, self._within(start, last))
        if self.chance(0.5):
            return [{"from": str(opens), "until": str(max(opens, last) + timedelta(20)), "amount": amounts[0]}]
        rows = [
            {"from": str(opens), "until": str(middle - DAY), "amount": amounts[0]},
            {"from": str(middle), "until": str(max(middle, last) + DAY), "amount": amounts[1]},
        ]
        return rows if self.chance(0.8) else rows[1:]

    # --- pay --------------------------------------------------------------------------------------

    def wage_text(self) -> str:
        random = self.random
        draw = random.random()
        if draw < 0.15:
            return random.choice(WAGES)
        if draw < 0.35:  # at a ceiling, or next to it
            _, ceiling = random.choice(random.choice(COHORTS)[2])
            return f"{(ceiling + random.choice((0, 0, 1, -1))) / 10_000:.4f}"
        if draw < 0.5:
            return f"{random.randint(1_380_000, 1_900_000) / 10_000:.4f}"
        return f"{random.randint(300_000, 2_500_000) / 10_000:.{random.choice((1, 2, 4))}f}"

    def _wage(self) -> dict[str, Any]:
        if self.chance(0.2):
            return {"amount": f"{self.random.randint(100_000, 600_000) / 100:.2f}", "per": "month"}
        wage: dict[str, Any] = {"amount": self.wage_text()}
        if self.chance(0.3):
            wage["per"] = "day"
        return wage

    def _dated(self, start: date, low: int, high: int, name: str) -> list[dict[str, Any]]:
        """Amounts from days before, on and after the first of the rest."""
        random = self.random
        firsts = {start - timedelta(random.choice((0, 1, 30, 400))) if self.chance(0.993) else start + DAY}
        for _ in range(random.choice((0, 0, 1, 2))):
            firsts.add(start + timedelta(random.randint(-20, 120)))
        rows = [{"from": str(f), name: f"{random.randint(low, high) / 100:.2f}"} for f in sorted(firsts)]
        random.shuffle(rows)
        return rows

    def _pay(self, case: Case, start: date) -> None:
        """The quality, and what its benefit is computed on."""
        random = self.random
        kind = random.choices(
            (
                *("employee", "resting-since-fifth-month", "controlled-unemployed"),
                *("quality-lost-in-incapacity-or-rest", "after-continued-insurance", "after-transition-benefit"),
            ),
            (50, 6, 24, 10, 5, 5),
        )[0]
        quality: dict[str, Any] = {"kind": kind}
        case["quality"] = quality
        pay: dict[str, Any] = {}
        case["pay"] = pay
        pay["activities"] = [
            self._activity(name) for name in random.choice((["office"], ["office"], ["b", "a"], ["a", "b", "c"]))
        ]
        if kind == "employee":
            self._employee(quality, pay, start)
        elif kind == "resting-since-fifth-month":
            quality["rest_from"] = (
                str(start - timedelta(random.choice((0, 1, 30, 80)))) if self.chance(0.98) else str(start + DAY)
            )
            quality["since_fifth_month"] = self.chance(0.97)
            pay["interruption_wage"] = self._wage()
            quality["until"] = str(start - timedelta(random.choice((1, 5, 30, 31))))
        elif kind == "controlled-unemployed":
            if self.chance(0.985):
                pay["unemployment"] = self._unemployment(start)
        elif kind in ("after-continued-insurance", "after-transition-benefit"):
            quality["ended_on"] = str(start - timedelta(random.choice((1, 1, 1, 1, 1, 1, 2, 3, 4, 0, -1))))
            quality["earlier_quality"] = self.chance(0.98)
        share = {"quality-lost-in-incapacity-or-rest": 0.85, "employee": 0.15, "controlled-unemployed": 0.25}.get(
            kind, 0.1
        )
        if self.chance(share):
            pay["incapacity"] = self._incapacity(start)
        if kind == "quality-lost-in-incapacity-or-rest" or self.chance(0.1):
            quality["until"] = str(start - timedelta(random.choice((1, 2, 30, 30, 31, 31, 31, 31, 32, 100))))
        self._forgotten(case)

    def _employee(self, quality: dict[str, Any], pay: dict[str, Any], start: date) -> None:
        random = self.random
        quality["basis"] = random.choice(
            ("contract", "contract", "contract", "similar-conditions", "apprentice", *INDEMNITIES[:2])
        )
        if quality["basis"] in INDEMNITIES:
            quality["basis"] = random.choice(INDEMNITIES)
        if quality["basis"] == "apprentice":
            quality["birth_year"] = start.year - random.choice((16, 17, 17, 18, 18, 19))
        if self.chance(0.18):
            pay["unemployment"] = self._unemployment(start)
            below = random.randint(50_000, 150_000)
            above = random.choice((below, random.randint(1_000, below)))
            pay["income_guarantee"] = {"guarantee": f"{above / 100:.2f}", "reference": f"{below / 100:.2f}"}
        elif self.chance(0.12):
            most = random.choice((4, 4, 5, 8))
            pay["childminder"] = {
                "community": random.choice(("flemish", "flemish", "french", "german-speaking")),
                "places": random.randint(1, most),
                "maximum_places": most,
                "guaranteed_income": f"{random.randint(150_000, 190_000) / 100:.2f}",
            }
            if pay["childminder"]["community"] == "flemish":
                pay["childminder"].update(places=random.randint(1, 8), maximum_places=random.choice((3, 4, 8)))

    def _activity(self, name: str) -> dict[str, Any]:
        activity: dict[str, Any] = {"name": name, "stable": self.chance(0.7)}
        if activity["stable"] or self.chance(0.3):
            activity["reference_wage"] = self._wage()
        if not activity["stable"] or self.chance(0.3):
            activity["start_wage"] = self._wage()
        return activity

    def _unemployment(self, start: date) -> dict[str, Any]:
        return {"wage": self._wage(), "benefits": self._dated(start, 3_000, 9_500, "amount")}

    def _incapacity(self, start: date) -> dict[str, Any]:
        random = self.random
        long = random.choice((1, 5, 14, 30, 60, 120, 150, 180, 183, 184, 185, 200, 400, 500))
        found: dict[str, Any] = {
            "since": str(start - timedelta(long)) if self.chance(0.99) else str(start + DAY),
            "wage": self._wage(),
            "benefits": self._dated(start, 4_000, 11_500, "gross"),
        }
        if self.chance(0.4):
            found["invalid"] = True
            for row in found["benefits"]:
                if self.chance(0.6):
                    row["net"] = f"{float(row['gross']) * 0.965:.2f}"
                else:
                    row["gross"] = random.choice(("63.08", "63.09", "63.10", row["gross"], row["gross"]))
        if self.chance(0.2):
            found["invalid_from"] = str(start + timedelta(random.choice((1, 1, 30, 100, 200))))
            if self.chance(0.05):
                found["invalid_from"] = str(start)
        if self.chance(0.1):
            found["help_of_others"] = True
        return found

    def _forgotten(self, case: Case) -> None:
        """Now and then something is still to be handed in."""
        pay, quality = case["pay"], case["quality"]
        if not self.chance(0.02):
            return
        choices = [(pay, "activities"), (pay, "interruption_wage"), (pay["activities"][0], "reference_wage")]
        choices += [(quality, name) for name in ("rest_from", "since_fifth_month", "ended_on", "earlier_quality")]
        if pay.get("incapacity"):
            choices += [(pay["incapacity"], "wage"), (pay["incapacity"], "benefits")] * 3
        held, name = self.random.choice([(h, n) for h, n in choices if n in h])
        del held[name]

    # --- insurance --------------------------------------------------------------------------------

    def _insurability(self, start: date) -> dict[str, Any]:
        """A right that is opened in one of the five ways, and retained;
        now and then a part of it fails or is not known.
        """
        if self.chance(0.45):  # nothing to say about her insurance: the calendar and the money are looked at
            opening: dict[str, Any] = {
                "way": "exempt",
                "became_on": str(start),
                "article": "205, § 1, 1°",
                "proven": True,
            }
            return {"opening": opening}
        way = self.random.choices(
            ("full", "exempt", "child-raising", "voluntary-insurance", "after-self-employed"), (50, 20, 10, 10, 10)
        )[0]
        opening = self._exempt(start) if way == "exempt" else self._waited(way, start)
        found: dict[str, Any] = {"opening": opening}
        if self.chance(0.97):
            found["retention"] = self._retention()
        if self.chance(0.015) and way != "exempt":
            for name in self.random.sample(sorted(set(opening) - {"way", "became_on"}), 1):
                del opening[name]
        if self.chance(0.01):
            opening["contributions_paid"] = False
        return found

    def _became(self, start: date) -> date:
        """A day in one of the quarters before: the rights are fresh or have to be retained."""
        return start - timedelta(
            self.random.choice((20, 80, 180, 270, 300, 330, 360, 400, 1000)) + self.random.randint(0, 20)
        )

    def _exempt(self, start: date) -> dict[str, Any]:
        article = self.random.choice(OTHER_ARTICLES if self.chance(0.02) else GROUNDS_OF_EXEMPTION)
        opening: dict[str, Any] = {"way": "exempt", "became_on": str(self._became(start)), "article": article}
        if self.chance(0.995):
            opening["proven"] = self.chance(0.99)
        return opening

    def _waited(self, way: str, start: date) -> dict[str, Any]:
        random = self.random
        months, longest, enough_days, enough_hours = {
            "full": (6, 18, 120, 400),
            "child-raising": (1, 3, 20, 70),
        }.get(way, (3, 9, 60, 200))
        opening: dict[str, Any] = {"way": way}
        limit = enough_days
        if self.chance(0.35):
            opening["counted_in"] = "hours"
            limit = enough_hours
            if self.chance(0.5):
                opening["schedule_prevents"] = True
                months = longest if self.chance(0.9) else months
                if way == "full" and self.chance(0.9):
                    opening["hours_in_six_months"] = random.choice(("132.99", "133.00", "200.00", "399.99", "400.00"))
        first = self._became(start) - timedelta(30 * months)
        last = months_on(first, months) - timedelta(random.choice((1, 1, 1, 2, 20)))
        if self.chance(0.012):
            last += timedelta(random.choice((1, 2, 30)))
        opening |= {"from": str(first), "until": str(max(first, last)), "became_on": str(first)}
        opening["volume"] = (
            f"{limit + random.choice((0, 0, 0.5, 20)):.2f}" if self.chance(0.99) else f"{limit - 0.01:.2f}"
        )
        opening["wage"] = self._wage_amount()
        if way != "full":
            opening["became_on"] = str(first if self.chance(0.5) else last)
            opening["earlier_fulfilled"] = self.chance(0.99)
        if way == "child-raising":
            opening["child"] = self._child(first)
        if way == "voluntary-insurance":
            opening["voluntarily_insured"] = self.chance(0.99)
        if way == "after-self-employed":
            far = random.choice((0, 1, 29, 30, 30)) if self.chance(0.97) else 31
            opening["lost_on"] = str(day(opening["became_on"]) - timedelta(far))
        return opening

    def _child(self, first: date) -> dict[str, Any]:
        random = self.random
        until = first - DAY
        years = 6 if self.chance(0.3) else 3
        on_the_limit = date(until.year - years, until.month, min(28, until.day))
        born = on_the_limit + timedelta(random.choice((0, 0, 1, 30, 300, 365 * years - 40)))
        if self.chance(0.06):
            born = on_the_limit - timedelta(random.choice((1, 2, 100)))
        if self.chance(0.03):
            born = date(until.year - until.year % 4 - 4, 2, 29)
        child: dict[str, Any] = {
            "born_on": str(born),
            "interrupted_from": str(max(born, min(until, born + timedelta(random.choice((0, 0, 30, 90)))))),
            "interrupted_until": str(until if self.chance(0.9) else birthday(born, years)),
            "declared": self.chance(0.995),
            "at_home": self.chance(0.995),
        }
        if years == 6 or self.chance(0.1):
            child["disability_allowance"] = years == 6
        if self.chance(0.01):
            child["undivided"] = False
        if self.chance(0.3):
            child["next_born_on"] = str(born + timedelta(random.choice((350, 600, 1000))))
            child["next_disability_allowance"] = self.chance(0.2)
        return child

    def _wage_amount(self) -> dict[str, Any]:
        random = self.random
        needed = random.randint(100_000, 700_000)
        seen = needed + random.choice((0, 0, 1, 50_000))
        amount: dict[str, Any] = {"needed": f"{needed / 100:.2f}", "seen": f"{seen / 100:.2f}"}
        if self.chance(0.03):
            amount |= {"seen": f"{(needed - 1) / 100:.2f}", "regularised": self.chance(0.85)}
        return amount

    def _retention(self) -> dict[str, Any]:
        random = self.random
        found: dict[str, Any] = {"counted_in": "days", "wage": self._wage_amount()}
        limit = 120
        if self.chance(0.35):
            found["counted_in"] = "hours"
            limit = 400
        second = random.choice((0, 40, limit / 2, limit))
        third = max(0, limit - second)
        if self.chance(0.04):
            third = max(0, third - random.choice((0.01, 1, 40)))
        found |= {"second_quarter": f"{second:.2f}", "third_quarter": f"{third:.2f}"}
        if found["counted_in"] == "hours":
            if self.chance(0.7):
                found["first_quarter"] = f"{max(0, limit - second - third) + random.choice((0, 0, 30)):.2f}"
            if self.chance(0.7):
                found["longest_gap"] = random.choice((0, 10, 30, 30, 31))
            if self.chance(0.7):
                found["wage_three_quarters"] = self._wage_amount()
        if self.chance(0.02):
            del found[random.choice([n for n in sorted(found) if n != "counted_in"])]
        return found
