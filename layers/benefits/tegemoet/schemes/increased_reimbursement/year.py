"""The parameters of one year's exchange, looked up once and kept as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from tegemoet.domain.money import cents
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import ParameterUnknownError

Level = Literal["households", "persons"]
"""What the statistics count."""
LEVELS: tuple[Level, ...] = ("households", "persons")


@dataclass(frozen=True, slots=True)
class ExchangeYear:
    """The figures of the exchange of one year. Amounts in cents, ages in years, sizes in persons.

    `late_from` = per step, the first day on which it is late. `tables` = the number of the table
    per level of the statistics. `shards` = into how many shards its persons and requests are
    divided.
    """

    year: int
    tax_year: int
    adult_age: int
    child_age: int
    """A person below this age who joins or leaves the household is a child (2.3)."""
    first_member_cents: int
    further_member_cents: int
    fictitious_size: int
    earlier_years: range
    mutation_day: date
    late_from: Mapping[str, date]
    kept_until: date
    """Last day on which anything of the year is kept."""
    tables: Mapping[Level, int]
    shards: int

    def in_time(self, step: str, on: date) -> bool:
        """Whether a step done on the day `on` is in time.

        Raises ParameterUnknownError for a step without a deadline.
        """
        try:
            return on < self.late_from[step]
        except KeyError:
            raise ParameterUnknownError(f"late-from (step {step})", f"{self.year}-12-31") from None

    def is_adult(self, birth_date: date) -> bool:
        """Whether a person is an adult on 1 January of the tax year (2.2, footnote 7)."""
        years = self.tax_year - birth_date.year
        return years > self.adult_age or (years == self.adult_age and (birth_date.month, birth_date.day) == (1, 1))


@lru_cache(maxsize=16)
def exchange_year(parameters: ParameterSet) -> ExchangeYear:
    """The figures of a parameter set.

    Raises ParameterUnknownError, naming the missing parameter.
    """
    year = int(parameters.name)
    on = date(year, 12, 31)
    days = {dict(p.key)["step"]: p.value for p in parameters.rows("late-from", on)}
    return ExchangeYear(
        year,
        parameters.integer("tax-year", on),
        parameters.integer("adult-age", on),
        parameters.integer("child-age", on),
        cents(parameters.decimal("ceiling", on, member="first")),
        cents(parameters.decimal("ceiling", on, member="further")),
        parameters.integer("fictitious-size", on),
        range(year - parameters.integer("earlier-years", on), year),
        parameters.day("mutation-day", on),
        {step: day for step, day in days.items() if isinstance(day, date)},
        date(year + parameters.integer("kept-years", on), 12, 31),
        {level: parameters.integer("statistics-table", on, level=level) for level in LEVELS},
        parameters.integer("shards", on),
    )
