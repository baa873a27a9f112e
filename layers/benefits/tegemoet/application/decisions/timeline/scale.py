"""Days as places on the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tegemoet.domain.calendar import ONE_DAY, read_day

WIDTH, LEFT, RIGHT = 7200, 60, 7140
"""Of the page, in tenths of a pixel: its width, and the edges of what is drawn to scale."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`first` begins at the left edge, `last` ends at the right edge."""

    first: date
    last: date

    def start(self, day: str) -> int:
        """Where a day (YYYY-MM-DD) begins."""
        return self._place(read_day(day))

    def end(self, day: str) -> int:
        """Where a day ends: where the next one begins."""
        return self._place(read_day(day) + ONE_DAY)

    def months(self) -> Iterator[tuple[str, int, int]]:
        """Every calendar month (YYYY-MM), where it begins and where it ends."""
        day = self.first
        while day <= self.last:
            following = (day.replace(day=1) + 31 * ONE_DAY).replace(day=1)
            yield f"{day:%Y-%m}", self._place(day), self._place(min(following, self.last + ONE_DAY))
            day = following

    def _place(self, day: date) -> int:
        return LEFT + (day - self.first).days * (RIGHT - LEFT) // ((self.last - self.first).days + 1)
