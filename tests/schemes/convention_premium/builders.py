"""Cases of the convention premium for the tests, as JSON would write them.

Every case is conventioned, active and has an account unless it says otherwise.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.convention_premium.case import PersonYear
from tegemoet.schemes.convention_premium.practices import PracticeAssessment
from tegemoet.schemes.convention_premium.rules import PersonDecision, decide_person

DECEMBER, JUNE = date(2023, 12, 5), date(2024, 6, 15)
"""The days on which the phases are evaluated here."""
YEAR_2023 = SCHEME.parameter_sets["2023"]
FULL = ({"status": "full", "from": "2022-01-01"},)
ABOVE_ALL = "500000.00"
"""EUR above every threshold."""


def riziv(serial: int, code: str = "001") -> str:
    """A valid number of eleven digits; a lower serial (six digits) is a lower number."""
    return f"{serial:06d}{97 - serial % 97:02d}{code}"


def practice(
    profession: str = "nurse",
    specialism: str | None = None,
    *,
    serial: int = 410000,
    s1: str | None = ABOVE_ALL,
    year: str | None = ABOVE_ALL,
    conventions: Any = FULL,
    **fields: Any,
) -> dict[str, Any]:
    """A practice with ambulatory amounts of the first semester and of the whole year, or None."""
    found: dict[str, Any] = {"riziv_number": riziv(serial), "profession": profession, "conventions": list(conventions)}
    if specialism:
        found["specialism"] = specialism
    if s1 is not None:
        found["activity-s1"] = {"ambulatory": s1}
    if year is not None:
        found["activity-year"] = {"ambulatory": year}
    return found | fields


def titular(
    pharmacy_id: str = "ph-1", *, serial: int = 210000, account: bool = True, **pharmacy: Any
) -> dict[str, Any]:
    """A pharmacist who is the titular of a pharmacy, whose tariff office has an account or not."""
    at = {"pharmacy_id": pharmacy_id, "tariff_office": "office-1", "account": account, **pharmacy}
    return practice("pharmacist", serial=serial, s1=None, year=None, pharmacy=at)


def payment(of: dict[str, Any], amount: str, phase: int = 1, kind: str = "payment", number: int = 1) -> dict[str, Any]:
    """An entry of the ledger booked under the practice `of`."""
    return {
        "number": number,
        "kind": kind,
        "phase": phase,
        "riziv_number": of["riziv_number"],
        "profession": of["profession"],
        "amount": amount,
    }


def person(
    *practices: dict[str, Any],
    phase: int = 2,
    accounts: tuple[str, ...] = ("2023-03-01",),
    paid: Any = (),
    **fields: Any,
) -> dict[str, Any]:
    """A person with accounts registered on these days."""
    return {
        "year": 2023,
        "phase": phase,
        "practices": list(practices),
        "accounts": [{"registered_on": day, "iban": "BE68539007547034"} for day in accounts],
        "paid": list(paid),
        **fields,
    }


def read(case: dict[str, Any]) -> PersonYear:
    """The case as the border reads it."""
    found: PersonYear = SCHEME.case.validate_json(orjson.dumps(case))
    return found


def decided(case: dict[str, Any], on: date | str | None = None) -> PersonDecision:
    """What the case's phase does, on its usual day unless said otherwise."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    return decide_person(read(case), day or (DECEMBER if case["phase"] == 1 else JUNE), YEAR_2023)


def judged(one: dict[str, Any], phase: int = 2, on: date | str | None = None) -> PracticeAssessment:
    """What the rules find of this practice of a person who has no other."""
    return decided(person(one, phase=phase), on).assessments[0]


def found(done: PersonDecision | PracticeAssessment) -> dict[str, str]:
    """Rule → outcome of what was found (of the last practice, where several were looked at)."""
    findings = done.ruling.findings if isinstance(done, PersonDecision) else done.findings
    return {f.rule: f.outcome for f in findings}


def amounts(done: PersonDecision) -> dict[str, Decimal]:
    """Kind → EUR of a ruling."""
    return {a.kind: a.amount for a in done.ruling.amounts}


def eur(text: str) -> Decimal:
    return Decimal(text)
