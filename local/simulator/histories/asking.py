"""Persons who ask again until there is an answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tegemoet.domain.problems import ProblemError

if TYPE_CHECKING:
    from local.simulator.histories.scheduler import Scheduler


class LostError(Exception):
    """A person gave up: the answer did not come."""


def until_answered(ask: Callable[[], object], told: list[str], scheduler: "Scheduler") -> Any:
    """Ask until there is an answer and return it; a problem is an answer, without a result.

    `told` gets the code of each problem. Raises LostError.
    """
    for _ in range(6):
        try:
            return ask()
        except ProblemError as problem:
            told.append(problem.code)
            return None
        except Exception as error:  # noqa: BLE001 - the API answers 500 to whatever it is
            told.append(type(error).__name__)
        scheduler.sleep(timedelta(seconds=30))
    raise LostError
