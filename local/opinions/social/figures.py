"""The figures of a year: those that were printed, and those that were supplied with a case."""

from typing import Any

from local.opinions.social.tables import (
    AMOUNTS,
    ANNEX,
    LEAST_LOWERING,
    LOWERED_2020,
    NEW_IN_2022,
    PENSIONS,
    RANGE,
    hundredths,
)

Case = dict[str, Any]
NOTHING_LEFT = 100
"""The greatest lowering, in percent: nothing is asked any more."""


class NotPrintedError(Exception):
    """A figure that decides was never printed. `names` are the kinds of figures that lack."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.names = set(names)


def printed(group: str, year: int) -> tuple[int | None, int | None]:
    if group in NEW_IN_2022:
        return (RANGE[0] if year >= 2022 else None), None
    full, reduced, _ = ANNEX.get(group, (None, None, 0))
    return full, reduced


class Figures:
    """The printed figures of a year, and those that were supplied."""

    def __init__(self, year: int, supplied: list[Case]) -> None:
        self.year = year
        self.supplied = {
            (figure["parameter"], *sorted(figure["key"].values())): hundredths(figure["value"]) for figure in supplied
        }

    def amount(self, profession: str, level: str) -> int:
        known = AMOUNTS.get((profession, level), {}).get(self.year)
        found = known or self.supplied.get(("amount", *sorted((profession, level))))
        if found is None:
            raise NotPrintedError("amount")
        return found

    def pension(self, benefit: str, level: str) -> int:
        found = PENSIONS[benefit,].get(self.year) if level == "full" else None
        if found is None:
            raise NotPrintedError("reserved-pension")
        return found

    def thresholds(self, group: str, given: Case | None) -> tuple[int, int | None]:
        """The full and the reduced threshold of a row of the annex."""
        full, reduced = printed(group, self.year)
        if given and full is None:
            whole = hundredths(given["full"])
            half = whole // 2 if whole % 2 == 0 else None
            full, reduced = whole, hundredths(given["reduced"]) if given.get("reduced") else half
        elif given and reduced is None and given.get("reduced"):
            reduced = hundredths(given["reduced"])
        if full is None:
            raise NotPrintedError("activity-minimum")
        return full, reduced

    def lowerings(self, *who: str) -> tuple[int, ...]:
        """By how many percent the minimums of the year may be lowered: one that is known, or the
        least and the greatest that it may be.
        """
        if self.year != 2020:
            return (0,)
        if (supplied := self.supplied.get(("threshold-lowering", *sorted(who)))) is not None:
            return (supplied // 100,)
        profession = who[0]
        if profession == "physician":
            group, level = who[1:]
            known = ANNEX[group][2] if group in ANNEX and level == "full" else None
        else:
            known = LOWERED_2020.get(profession)
        return (LEAST_LOWERING, NOTHING_LEFT) if known is None else (known,)
