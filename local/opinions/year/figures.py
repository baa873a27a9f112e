"""The figures of a premium year, as the second opinion knows them.

Each year is one file of `data/`, typed from the text that publishes it and never from the
product's parameters. Money is in cents, a day is its ordinal number, hours are hundredths of an
hour a week.
"""

import datetime
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("data")
TableRow = tuple[str, str]
"""Profession and specialism; an empty text where there is none."""


@dataclass(frozen=True)
class YearFigures:
    """The figures of a premium year; `medical_house_hours` is None where hours do not count."""

    year: int
    first_day: int
    last_day: int
    notification: dict[str, int]
    account_deadline: dict[int, int]
    trainees_exempt: bool
    medical_house_hours: int | None
    medical_house_excluded: frozenset[str]
    evaluated: dict[int, str]
    premium: dict[TableRow, int] = field(repr=False)
    threshold: dict[TableRow, int] = field(repr=False)

    @property
    def new_year(self) -> int:
        """1 January of the year."""
        return datetime.date(self.year, 1, 1).toordinal()

    def start(self, profession: str) -> int:
        """The first day on which the profession must be fully conventioned."""
        return max(self.first_day, self.notification.get(profession, 0))


@cache
def figures_of(year: int) -> YearFigures:
    """The figures of a year. Raises FileNotFoundError where nobody has typed them."""
    written = tomllib.loads((FOLDER / f"{year}.toml").read_text("utf-8"))
    premium, threshold = {}, {}
    for line in written["table"].split("\n"):
        if line:
            profession, specialism, amount, least = line.split()
            row = profession, specialism.strip("-") and specialism
            premium[row], threshold[row] = printed(amount), printed(least)
    hours = written.get("medical_house_hours")
    return YearFigures(
        year,
        written["conventioned"]["from"].toordinal(),
        written["conventioned"]["until"].toordinal(),
        {profession: end.toordinal() for profession, end in written.get("notification", {}).items()},
        {phase: last.toordinal() for phase, last in enumerate(written["account"], 1)},
        written["trainees_exempt"],
        hours and printed(hours),
        frozenset(written.get("medical_house_excluded", ())),
        {phase: on.isoformat() for phase, on in enumerate(written["evaluated"], 1)},
        premium,
        threshold,
    )


def years() -> list[int]:
    """The years of which figures are known."""
    return sorted(int(path.stem) for path in FOLDER.glob("*.toml"))


def printed(text: str) -> int:
    """Hundredths of a figure as a text prints it: `1.045,32`, `64.490,0`."""
    whole, decimals = text.replace(".", "").split(",")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def day(text: str) -> int:
    """The ordinal number of a day written YYYY-MM-DD. Raises ValueError for anything else."""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("no day")
    return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:])).toordinal()


def written_day(ordinal: int) -> str:
    """The day of an ordinal number, as YYYY-MM-DD."""
    return datetime.date.fromordinal(ordinal).isoformat()


KNOWN_ROWS = tuple(figures_of(2023).premium)
"""The professions and specialisms that files may name in any year: those of the first table."""
