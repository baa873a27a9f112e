"""The usual household of an exchange: one person, and a couple with two children, in every step."""

from datetime import date

from tegemoet.schemes.increased_reimbursement import SCHEME
from tegemoet.schemes.increased_reimbursement.household import ceiling
from tegemoet.schemes.increased_reimbursement.year import exchange_year


def decide(on: date) -> object:
    year = exchange_year(SCHEME.parameter_sets[str(on.year)])
    in_time = [year.in_time(step, on) for step in ("households", "answer-1", "answer-2", "results")]
    return in_time, [ceiling(size, year) for size in (1, 4)], year.is_adult(date(2002, 1, 1))
