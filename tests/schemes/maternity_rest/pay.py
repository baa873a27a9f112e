"""What a maternity rest of given days pays, for the
tests of money: the calendar is told, not worked out.
"""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.schemes.maternity_rest.pay import PaidRest, pay_rest
from tegemoet.schemes.maternity_rest.rest import Removal, Rest, Segment
from tests.schemes.maternity_rest.builders import read


@cache
def parameters() -> ParameterSet:
    """The figures that ship with the scheme."""
    file = resources.files("tegemoet.schemes.maternity_rest") / "parameters" / "parameters.toml"
    return read_parameters("parameters", file.read_text("utf-8"))


def rest_of(*segments: Segment, removal: tuple[Removal, ...] = ()) -> Rest:
    """A rest of these days."""
    days = sum(s.days for s in segments)
    first = segments[0].first
    return Rest(first, first, segments[-1].last, list(segments), days, (), None, list(removal), 0, [], [])


def rest(first: str, last: str | None = None, *, days: int = 102, removal: tuple[Removal, ...] = ()) -> Rest:
    """A rest of one kind of days, from `first` to `last` or for so many days."""
    start = date.fromisoformat(first)
    end = date.fromisoformat(last) if last else start + timedelta(days - 1)
    return rest_of(Segment("postnatal-compulsory", start, end), removal=removal)


def paid(of: Rest, **case: Any) -> PaidRest:
    """What that rest pays in that case. There is no history before it unless `case` says so."""
    return pay_rest(read(**{"history": [], **case}), of, parameters())


def by_day(result: PaidRest, kind: str = "benefit") -> dict[str, str]:
    """The amount of every single day of that kind, Sundays left out."""
    found: dict[str, str] = {}
    for amount in result.amounts:
        if amount.kind == kind:
            assert amount.unit == "day"
            assert amount.first
            assert amount.last
            day = amount.first
            while day <= amount.last:
                if day.isoweekday() < 7:
                    found[day.isoformat()] = str(amount.amount)
                day += timedelta(1)
    return found


def of_months(result: PaidRest, kind: str = "payment") -> dict[str, Decimal]:
    """The amount of every month of that kind, by its first day of rest."""
    return {
        a.first.isoformat(): a.amount
        for a in result.amounts
        if a.kind == kind and a.unit == "month" and a.first is not None
    }


def facts(result: PaidRest, rule: str) -> dict[str, Any]:
    """The facts of the only finding of that rule."""
    (found,) = [f for f in result.findings if f.rule == rule]
    return found.facts


def outcome(result: PaidRest, rule: str) -> str | None:
    """What that rule found; None = it was not looked at."""
    found = [f.outcome for f in result.findings if f.rule == rule]
    return found[0] if found else None
