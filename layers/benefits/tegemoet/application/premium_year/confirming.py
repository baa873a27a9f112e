"""Confirming a value of a premium year that is not official: an operator, for the body."""

from dataclasses import dataclass
from datetime import date

from tegemoet.application.ports import Clock, Runs
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.values import YearValue, year_values
from tegemoet.application.records import Confirmation, Person
from tegemoet.domain.calendar import read_day
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError
from tegemoet.schemes.convention_premium.year import PHASES, PremiumYear, premium_year


@dataclass(frozen=True, slots=True)
class ConfirmationPorts:
    """What confirming a value needs."""

    runs: Runs
    clock: Clock


def confirm_value(year: int, value_id: str, value: str, reason: str, *, by: Person, ports: ConfirmationPorts) -> int:
    """Record that the body uses this value. Returns the number of the confirmation (from 1).

    Confirming again what counts already adds nothing.

    Raises NoPremiumForYearError; NotFoundError `value-unknown`; ConflictError `value-differs` for
    another value than the published one, `year-closed`, and `confirmed-meanwhile` where somebody
    else confirmed another value at the same moment; InvalidError `not-a-day` and `day-impossible`
    for a supplied value.
    """
    wanted = require_value(year, value_id, ports.runs)
    if wanted.value not in (None, value):
        raise ConflictError("The year has another value: read the list of its values again.", "value-differs")
    if wanted.value is None:
        _check_day(value, premium_year(parameters_of(year)))
    state = ports.runs.year(year)
    if state is not None and state.closed:
        raise ConflictError("The premium year is closed.", "year-closed")
    number, clock = len(wanted.confirmations), ports.clock
    if _is_confirmed(wanted, value):
        return number
    made = Confirmation(value, reason, by, clock.now().isoformat(timespec="seconds"))
    if ports.runs.confirm(year, value_id, number + 1, made):
        return number + 1
    wanted = require_value(year, value_id, ports.runs)
    if not _is_confirmed(wanted, value):
        raise ConflictError("Somebody else confirmed another value at the same moment.", "confirmed-meanwhile")
    return len(wanted.confirmations)


def require_value(year: int, value_id: str, runs: Runs) -> YearValue:
    """The value with its confirmations. Raises NoPremiumForYearError, NotFoundError."""
    found = next((value for value in year_values(parameters_of(year), runs) if value.id == value_id), None)
    if found is None:
        raise NotFoundError("The year has no such value to confirm.", "value-unknown")
    return found


def _is_confirmed(wanted: YearValue, value: str) -> bool:
    return wanted.confirmed is not None and wanted.confirmed.value == value


def _check_day(value: str, year: PremiumYear) -> None:
    """Raises InvalidError unless the value is a day on which an account of the year may be due.

    That is one from the first day of the premium year to the deadline of its last phase, where that
    is known.
    """
    try:
        day = read_day(value)
    except ValueError:
        raise InvalidError("The value is not a day.", faults=(Fault("/value", "not-a-day"),)) from None
    if not date(year.year, 1, 1) <= day <= year.account_deadline.get(PHASES[-1], date.max):
        raise InvalidError("The year cannot have this day.", faults=(Fault("/value", "day-impossible"),))
