"""How long the 60 % of an unemployed claimant equals her unemployment benefit.

Source: royal decree of 3 July 1996, article 217.
"""

from collections.abc import Iterable
from datetime import date

from tegemoet.domain.calendar import end_of_months
from tegemoet.schemes.maternity_rest.case import Incapacity, Past
from tegemoet.schemes.maternity_rest.figures import Figures


def days_immediately_before(
    first: date, history: Iterable[Past], incapacity: Incapacity | None, figures: Figures
) -> int:
    """Calendar days of work removal and incapacity that lead up to `first` without a gap.

    Two spells of incapacity with fewer than fourteen days between them are one spell; the days
    between them are not counted. If there is a gap of even one day before `first`, the result is 0,
    because the earlier days were not immediately before.
    """
    start, counted, in_incapacity = first.toordinal(), 0, False
    if incapacity and incapacity.since < first:
        counted = start - incapacity.since.toordinal()
        start, in_incapacity = start - counted, True
    spells = [p for p in history if p.kind in ("incapacity", "full-work-removal")]
    for spell in sorted(spells, key=lambda p: p.first, reverse=True):
        if spell.first.toordinal() >= start:
            continue
        gap = start - spell.last.toordinal() - 1
        relapse = in_incapacity and spell.kind == "incapacity" and gap < figures.spells_apart
        if gap > 0 and not relapse:
            break
        last = min(spell.last.toordinal(), start - 1)
        start = spell.first.toordinal()
        counted += last - start + 1
        in_incapacity = spell.kind == "incapacity"
    return counted


def aligned_until(first: date, before: int, figures: Figures) -> date:
    """The last day of alignment: six months from `first`, less the days counted before it."""
    return end_of_months(date.fromordinal(first.toordinal() - before), figures.alignment_months)
