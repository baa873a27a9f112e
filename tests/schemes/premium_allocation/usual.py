"""The usual allocation: the figures of the premium year of that day from its providers."""

from datetime import date

from tegemoet.application.premium_year.allocation import allocate
from tests.schemes.premium_allocation.builders import ALONE, BATCH
from tests.schemes.premium_allocation.test_year_file import of_every_sector

FROM, UNTIL = date(2023, 1, 1), date(2023, 12, 31)
"""The one year that has a budget."""


def decide(on: date) -> object:
    return allocate(on.year, of_every_sector(on.year), BATCH, years=ALONE)
