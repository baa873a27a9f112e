"""Two persons who act at the same moment, each without knowing of the other.

The call of one of them may stop before it writes, and go on when the other's has long ended.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from local.simulator.histories.asking import LostError
from local.simulator.histories.deeds import At
from local.simulator.histories.ending import PHASE_1, PHASE_2, loading
from local.simulator.histories.people import OPERATORS, YEAR, Staff
from local.simulator.histories.stage import APPROVERS, BEGIN, SLOW, Stage

SHARE = 0.15
"""In how many histories there are some."""
OFTEN = 5


class Coincidences:
    """What happens at once: `plan` says when it is looked whether something can."""

    def __init__(self, stage: Stage, staff: Staff, seed: int) -> None:
        self._stage, self._staff = stage, staff
        self._random = Random(f"{seed} coincidences")

    def plan(self, at: At) -> None:
        """Say when it is looked whether something can happen at once."""
        if self._random.random() >= SHARE:
            return
        for first, days in ((BEGIN, 10), (PHASE_1, 20), (PHASE_2, 20), (PHASE_2, 250)):
            for _ in range(OFTEN):
                moment = first + timedelta(seconds=self._random.randrange(days * 86_400))
                at(moment, "two persons act at once", self._look)

    def _look(self) -> None:
        """Do together what can be done now."""
        staff, cloud = self._staff, self._stage.cloud
        year = self._stage.quietly(lambda: cloud.runs.year(YEAR))
        run = self._stage.quietly(lambda: cloud.runs.get(year.open_run)) if year and year.open_run else None
        approver, (operator, other) = self._random.choice(APPROVERS), self._random.sample(OPERATORS, 2)
        batches = loading(self._stage)
        if batches:
            batch = self._random.choice(batches)
            self._together(lambda: staff.abandon_batch(batch, operator))
        elif run is not None and run.state == "waiting":
            self._together(lambda: staff.abandon(run.id, operator), lambda: staff.answer(run, approver, approve=True))
        elif run is None and year is not None and 2 in year.released:
            closing, starting = staff.key(), staff.key()
            self._together(lambda: staff.close(operator, other, closing), lambda: staff.start(2, operator, starting))

    def _together(self, slow: Callable[[], object], *others: Callable[[], object]) -> None:
        self._stage.scheduler.spawn(SLOW, lambda: _patiently(slow))
        for act in others:
            self._stage.scheduler.spawn("at once", lambda act=act: _patiently(act))  # type: ignore[misc]


def _patiently(act: Callable[[], object]) -> None:
    try:
        act()
    except LostError:
        return
