"""The price of a software licence for a locum doctor's replacement, by the table of Domus Medica.

Amounts are in EUR.
"""

from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import end_of_months
from tegemoet.domain.decision import Amount, DecidedPeriod, Finding, Missing, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.locum_licence.case import LicenceCase

TABLE = cite(
    "domus-medica-locum", "Bestaan er specifieke licenties voor het gebruik van softwarepakketten door een vervangarts?"
)
MONTHS_OF_A_YEAR = 12


def decide(case: LicenceCase, on: date, parameters: ParameterSet) -> Ruling:  # noqa: ARG001 - prices follow the days of use
    """Whether the package can be used that way, and the price of the whole period in EUR.

    Raises ParameterUnknownError if the table has no price.
    """
    facts = {"package": case.package, "use": case.use, "from": case.first.isoformat(), "until": case.last.isoformat()}
    offer = _offer(case, parameters)
    if offer == "not-offered":
        return Ruling("refused", [Finding("use", "not-met", {**facts}, TABLE)])
    ruling = Ruling("granted", [Finding("use", "met", {**facts}, TABLE)])
    ruling.periods.append(DecidedPeriod("licence", case.first, case.last, (case.last - case.first).days + 1))
    if offer == "priced":
        finding, price = _price(case, parameters)
        ruling.findings.append(finding)
        ruling.total = price
    elif offer == "free-when-told" and not case.supplier_told:
        ruling.outcome = "pending"
        ruling.findings.append(Finding("supplier-told", "unknown", {"package": case.package}, TABLE))
        ruling.missing.append(Missing("supplier-told", "supplier_told", "message with period, name and reason", "none"))
        return ruling
    else:
        ruling.findings.append(Finding("free", "met", {"package": case.package}, TABLE))
        ruling.total = ZERO
    ruling.amounts.append(Amount("licence", ruling.total, "once", case.first, case.last))
    return ruling


def _offer(case: LicenceCase, parameters: ParameterSet) -> str:
    return str(parameters.find("licence", case.first, package=case.package, use=case.use).value)


def _price(case: LicenceCase, parameters: ParameterSet) -> tuple[Finding, Decimal]:
    """The price of the whole period.

    It is per started month, from twelve months on per started year, or once.
    """
    if case.use == "temporary-access":
        raise ParameterUnknownError(f"licence-price (package {case.package}, temporary access)", case.first.isoformat())
    months = _started_months(case)
    row = _row_of(case, months, parameters)
    per = dict(row.key)["per"]
    count = {"month": months, "year": -(-months // MONTHS_OF_A_YEAR), "once": 1}[per]
    price = Decimal(str(row.value))
    facts = {
        "package": case.package,
        "price": euro(price),
        "per": per,
        "count": str(count),
        "total": euro(price * count),
        "vat": str(parameters.find("licence-vat", case.first, package=case.package).value),
    }
    return Finding("price", "met", {**facts}, TABLE), price * count


def _started_months(case: LicenceCase) -> int:
    months = 1
    while end_of_months(case.first, months) < case.last:
        months += 1
    return months


def _row_of(case: LicenceCase, months: int, parameters: ParameterSet) -> Parameter:
    """The row of the table for that many months. Raises ParameterUnknownError if there is none."""
    for row in parameters.rows("licence-price", case.first):
        key = dict(row.key)
        if key["package"] == case.package and _covers(key["months"], months):
            return row
    raise ParameterUnknownError(f"licence-price (package {case.package})", case.first.isoformat())


def _covers(written: str, months: int) -> bool:
    """Whether `any`, `12` (and more) or `6-11` covers that many months."""
    if written == "any":
        return True
    least, _, most = written.partition("-")
    return int(least) <= months and (not most or months <= int(most))
