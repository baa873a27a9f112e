"""A virtual calendar on moto: on every day that is reached, what had to expire has expired."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import boto3
import time_machine

from local.simulator.reaper import Reaper


class Calendar:
    """The day on which everything is: this process, moto, and what expires by itself."""

    def __init__(self, traveller: time_machine.Traveller, reaper: Reaper) -> None:
        self._traveller, self._reaper = traveller, reaper

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def to(self, day: date, hour: int = 9) -> datetime:
        """Go to the day, and delete what has expired until then. Returns the moment."""
        moment = datetime.combine(day, time(hour), UTC)
        assert moment >= self.now, "the calendar goes forward only"
        self._traveller.move_to(moment, tick=True)
        self._reaper.reap(moment)
        return moment


@contextmanager
def calendar_from(day: date, names: Mapping[str, str]) -> Iterator[Calendar]:
    """A calendar that begins on the day, over buckets and tables of moto.

    `names` = their names on moto by those of the template.
    """
    with time_machine.travel(datetime.combine(day, time(8), UTC), tick=True) as traveller:
        reaper = Reaper(boto3.client("s3"), boto3.client("dynamodb"), names)
        reaper.version_buckets()
        yield Calendar(traveller, reaper)
