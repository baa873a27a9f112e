"""Casting: makes one person of the made-up year at a time, at a limit of a rule."""

from typing import Any

from local.opinions.year.figures import TableRow, YearFigures, day, figures_of
from local.opinions.year.people import Maker, Person, Practice

NURSE, MIDWIFE, DENTIST, GP = (
    ("nurse", ""),
    ("midwife", ""),
    ("dentist", "general-dentistry"),
    ("physician", "general-practice"),
)
REACHED, IN_JULY, NEVER = (1, 2), (-1, 0), (-1, -1)
"""Cents above the threshold in the first semester and in the whole year."""


def amount_near(profession: str, specialism: str, figures: YearFigures) -> int:
    """Cents of the threshold of a row; where it takes no part in the year, that of 2023."""
    row = profession, specialism
    return (figures if row in figures.threshold else figures_of(2023)).threshold[row]


def premium_near(profession: str, specialism: str, figures: YearFigures) -> int:
    """Cents of the premium of a row; where it takes no part in the year, that of 2023."""
    row = profession, specialism
    return (figures if row in figures.premium else figures_of(2023)).premium[row]


class Cast:
    """Makes a person: conventioned, active and with an account unless told otherwise."""

    def __init__(self, make: Maker, figures: YearFigures) -> None:
        self.make, self.figures = make, figures
        self.before = f"{figures.year - 1}-01-01"
        self.always = [(1, "full", self.before, "")]
        self.looked_until = min(day(figures.evaluated[1]), figures.last_day)
        """The last day at which the first phase looks."""

    def on(self, month_and_day: str) -> str:
        """A day of the year."""
        return f"{self.figures.year}-{month_and_day}"

    def next(self, month_and_day: str) -> str:
        """A day of the year after."""
        return f"{self.figures.year + 1}-{month_and_day}"

    def threshold(self, row: TableRow) -> int:
        return amount_near(*row, self.figures)

    def practice(
        self, person: Person, row: TableRow, activity: tuple[int, int] | None = REACHED, **facts: Any
    ) -> Practice:
        """A practice with these cents above the threshold (first semester, whole year).

        `facts` are fields of `Practice`, and the training and hours of its first record.
        """
        practice = self.make.practice(person, *row, number=facts.pop("number", ""), stage=facts.pop("stage", 1))
        if activity and row[0] != "pharmacist":
            threshold = self.threshold(row)
            practice.s1 = [("ambulatory", threshold + activity[0])]
            practice.year = [("ambulatory", threshold + activity[1])]
        stage, insz, training, hours = practice.records[0]
        practice.records[0] = (stage, insz, facts.pop("training", training), facts.pop("hours", hours))
        practice.conventions = list(self.always)
        for name, value in facts.items():
            setattr(practice, name, value)
        return practice

    def person(
        self, *rows: tuple[TableRow, tuple[int, int] | None], accounts: tuple[str, ...] | None = None, **facts: Any
    ) -> Person:
        """A person with these practices; `facts` go to every one of them."""
        person = self.make.person()
        for row, activity in rows:
            self.practice(person, row, activity, **facts)
        days = (self.on("03-01"),) if accounts is None else accounts
        person.accounts = [self.make.account(person, registered) for registered in days]
        return person
