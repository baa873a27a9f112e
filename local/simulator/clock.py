"""The clock of a world, which moves only when it is told to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2023, 1, 2, 8, tzinfo=UTC)


class WorldClock:
    """A moment in UTC that goes forward only; it is a clock as the use cases take one.

    `moved` is told of every moment that is reached.
    """

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self.moved: Callable[[datetime], object] | None = None
        self.wait: Callable[[timedelta], object] = self.advance
        """Lets that much time pass for whoever waits."""

    def now(self) -> datetime:
        return self._now

    def time(self) -> float:
        """Seconds since 1970, as `time.time` returns them."""
        return self._now.timestamp()

    def wait_until(self, moment: datetime) -> None:
        if moment > self._now:
            self.wait(moment - self._now)

    def advance(self, by: timedelta) -> datetime:
        """Go forward. Returns the new moment; raises ValueError for a negative step."""
        return self.to(self._now + by)

    def to(self, moment: datetime) -> datetime:
        """Go to the moment. Raises ValueError when it has passed."""
        if moment < self._now:
            raise ValueError("the clock goes forward only")
        self.restart(moment)
        return moment

    def restart(self, start: datetime) -> None:
        """Begin again at `start`, for another history."""
        self._now = start
        if self.moved is not None:
            self.moved(start)
