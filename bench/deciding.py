"""Deciding in bulk against bare pydantic, on one core and in one run: JSON line in, decision with explanation facts out.

Run with `python -m bench.deciding`. The figure is speed relative to parsing the same line into pydantic models of the
same fields (decimals, days, closed choices, patterns, no rule at all) and dumping it again. Rounds alternate, so a machine
that slows down slows both.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from tegemoet.application.deciding import decide_line
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.convention_premium.case import Hold, Profession, YearAmountChoice

Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
Number = Annotated[str, Field(pattern=r"^[0-9]{8}([0-9]{3})?$")]
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Iban = Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Convention(Closed):
    status: Literal["full", "partial", "none"]
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date | None, Field(alias="until")] = None


class Activity(Closed):
    ambulatory: Amount | None = None
    day_hospital: Annotated[Amount | None, Field(alias="day-hospital")] = None
    inpatient: Amount | None = None


class Pharmacy(Closed):
    pharmacy_id: Label
    tariff_office: Label
    account: bool
    payee: Number | None = None
    chosen: bool | None = None


class Practice(Closed):
    riziv_number: Number
    profession: Profession
    specialism: str | None = None
    number_granted_on: date | None = None
    training: bool = False
    medical_house_weekly_hours: Amount | None = None
    conventions: list[Convention] = []
    activity_s1: Annotated[Activity, Field(alias="activity-s1")] = Activity()
    activity_year: Annotated[Activity, Field(alias="activity-year")] = Activity()
    pharmacy: Pharmacy | None = None
    held: Hold | None = None
    year_amount_choice: YearAmountChoice | None = None
    paid_to_another: Amount | None = None


class Account(Closed):
    registered_on: date
    iban: Iban


class Paid(Closed):
    number: int
    kind: Literal["payment", "return"]
    phase: int
    riziv_number: Number
    profession: Profession
    amount: Amount
    pharmacy_id: Label | None = None


class PersonYear(Closed):
    year: int
    phase: int
    practices: list[Practice]
    accounts: list[Account] = []
    paid: list[Paid] = []
    recovery_settled: bool = False


class Line(Closed):
    case_id: Label
    on: date
    case: PersonYear
    supersedes: str | None = None


def one_practice() -> bytes:
    """A line as most are: one nurse with one practice."""
    body = orjson.loads(orjson.dumps(SCHEME.example))
    body["case"]["practices"] = body["case"]["practices"][:1]
    body["case"]["paid"] = []
    return orjson.dumps(body)


def seconds(run: Callable[[], object], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - started) / times


def compare(line: bytes, rounds: int = 9, times: int = 4_000) -> tuple[float, float, float]:
    """Microseconds per line for deciding and for bare pydantic, and the median of the ratios of their speeds."""

    def decide() -> object:
        return decide_line(line, SCHEME, "partner", b"secret")

    def bare() -> object:
        return Line.model_validate_json(line).model_dump_json(by_alias=True)

    pairs: Sequence[tuple[float, float]] = [(seconds(decide, times), seconds(bare, times)) for _ in range(rounds)]
    ours, theirs = (statistics.median(p[i] for p in pairs) * 1e6 for i in (0, 1))
    return ours, theirs, statistics.median(b / a for a, b in pairs)


def main() -> None:
    print(f"{'line':<28}{'decide µs':>12}{'pydantic µs':>14}{'speed ratio':>14}{'decisions/s':>14}")
    for name, line in (("one practice", one_practice()), ("two practices, one paid", orjson.dumps(SCHEME.example))):
        ours, theirs, ratio = compare(line)
        print(f"{name:<28}{ours:>12.1f}{theirs:>14.1f}{ratio:>14.2f}{1e6 / ours:>14,.0f}")


if __name__ == "__main__":
    main()
