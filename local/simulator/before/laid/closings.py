"""How a year was closed in the earlier version: by one person, at once.

It stands in the place of `histories/closings.py` of the present version.
"""

from random import Random

from local.simulator.histories.asking import LostError
from local.simulator.histories.people import OPERATORS, Staff
from local.simulator.histories.stage import Stage


class Closings:
    def __init__(self, stage: Stage, staff: Staff, random: Random) -> None:
        self._stage, self._staff, self._random = stage, staff, random

    def propose(self) -> None:
        operator = self._random.choice(OPERATORS)
        self._stage.scheduler.spawn(f"{operator.subject} closes the year", lambda: self._close(operator))

    def _close(self, operator: tuple[str]) -> None:
        try:
            self._staff.close(operator, operator, "")
        except LostError:
            return

    def check(self) -> None:
        """Nothing said who closed a year."""
