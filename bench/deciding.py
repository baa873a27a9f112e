"""Deciding in bulk against bare pydantic, on one core and in one run:
JSON line in, decision with explanation facts out.

Run with `python -m bench.deciding`. Deciding is compared with parsing the same line and dumping it
again, no rule at all: with the scheme's own case types (its checks of numbers and accounts
included), and with plain pydantic models of the same fields (decimals, days, closed choices,
patterns). A ratio of 0.4 says that deciding has 0.4 times that speed. Rounds alternate, so a
machine that slows down slows all.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.convention_premium.case import Hold, YearAmountChoice
from tegemoet.schemes.professions import Profession

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
    paid_as_another: Amount | None = None
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


def compare(line: bytes, rounds: int = 9, times: int = 4_000) -> tuple[list[float], list[float]]:
    """Median microseconds per line (decide, own types, plain models),
    and how fast deciding is beside the latter two.
    """

    def decide() -> object:
        return decide_line(line, SCHEME, "partner", b"secret")

    def own_types() -> object:
        return SCHEME.line.dump_json(SCHEME.line.validate_json(line), by_alias=True, warnings="none")

    def plain_models() -> object:
        return Line.model_validate_json(line).model_dump_json(by_alias=True)

    measured = [[seconds(run, times) for run in (decide, own_types, plain_models)] for _ in range(rounds)]
    micros = [statistics.median(m[i] for m in measured) * 1e6 for i in range(3)]
    return micros, [statistics.median(m[i] / m[0] for m in measured) for i in (1, 2)]


def main() -> None:
    print(f"{'':<26}{'decide':>10}{'pydantic, own types':>22}{'pydantic, plain models':>25}{'decisions/s':>14}")
    for name, line in (("one practice", one_practice()), ("two practices, one paid", orjson.dumps(SCHEME.example))):
        (ours, own, plain), (to_own, to_plain) = compare(line)
        print(
            f"{name:<26}{ours:>7.1f} µs{own:>10.1f} µs = {to_own:>4.2f} x"
            f"{plain:>13.1f} µs = {to_plain:>4.2f} x{1e6 / ours:>14,.0f}"
        )


if __name__ == "__main__":
    main()
