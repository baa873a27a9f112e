"""Events on which a right rests: a birth, an admission, a journey, a hire.

One that lies after the day of the decision has not happened. A case that tells it as having
happened is rejected.
"""

from datetime import date

from tegemoet.domain.problems import Fault, InvalidError


def refuse_future(day: date | None, on: date, pointer: str) -> None:
    """Raises InvalidError `in-the-future` for the field of the case at `pointer`, such as
    /births/0/on, if the event lies after the day `on` of the decision.
    """
    if day is not None and day > on:
        raise InvalidError(
            "An event lies after the day of the decision.", faults=(Fault(f"/case{pointer}", "in-the-future"),)
        )
