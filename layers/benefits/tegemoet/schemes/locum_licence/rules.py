"""The price of a software licence for a locum doctor's replacement, by the table of Domus Medica.

Amounts are in EUR.
"""

from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import end_of_months
from tegemoet.domain.decision import Amount, DecidedPeriod, FactValue, Finding, Missing, Phrase, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.locum_licence.case import LicenceCase

TABLE = cite(
    "domus-medica-locum", "Bestaan er specifieke licenties voor het gebruik van softwarepakketten door een vervangarts?"
)
COSTS = cite("domus-medica-locum", "Wie betaalt de kosten van het medisch programma?")
MONTHS_OF_A_YEAR = 12
DAYS_OF_A_WEEK = 7
PERIODS = ("week", "month", "year", "once")
"""What a supplied price may be for."""


def decide(case: LicenceCase, on: date, parameters: ParameterSet) -> Ruling:  # noqa: ARG001 - prices follow the days of use
    """Whether the package can be used that way, who pays, and the price of the period in EUR.

    A price that the table does not print is asked of the caller, unless the locum does not pay.
    """
    facts: dict[str, FactValue] = {
        "package": case.package,
        "use": case.use,
        "from": case.first.isoformat(),
        "until": case.last.isoformat(),
    }
    offer = str(parameters.find("licence", case.first, package=case.package, use=case.use).value)
    if offer == "not-offered":
        return Ruling("refused", [Finding("use", "not-met", facts, TABLE)])
    ruling = Ruling("granted", [Finding("use", "met", facts, TABLE)])
    ruling.periods.append(DecidedPeriod("licence", case.first, case.last, (case.last - case.first).days + 1))
    if offer == "priced":
        _priced(case, parameters, ruling)
    elif offer == "free-when-told" and not case.supplier_told:
        ruling.findings.append(Finding("supplier-told", "unknown", {"package": case.package}, TABLE))
        _ask(ruling, "supplier-told", "supplier_told", "message-to-the-supplier")
    elif offer == "free" and case.replaced_trainee == "no-paying-account":
        # taking over the licence of such a trainee usually costs extra
        ruling.findings.append(Finding("trainee-surcharge", "met", {"package": case.package}, COSTS))
        _priced(case, parameters, ruling)
    else:
        ruling.findings.append(Finding("free", "met", {"package": case.package}, TABLE))
        ruling.total = ZERO
    if ruling.total is not None:
        ruling.amounts.append(Amount("licence", ruling.total, "once", case.first, case.last))
    return ruling


def _ask(ruling: Ruling, rule: str, field: str, needed: str) -> None:
    ruling.outcome = "pending"
    ruling.missing.append(Missing(rule, field, Phrase(needed), Phrase("nothing")))


def _priced(case: LicenceCase, parameters: ParameterSet, ruling: Ruling) -> None:
    """Who pays, and what: the agreement of both doctors comes before the table."""
    printed = parameters.find("licence-payer", case.first, package=case.package, use=case.use)
    payer = case.paid_by or (None if printed.value == "as-agreed" else str(printed.value))
    facts: dict[str, FactValue] = {"payer": payer} if payer else {}
    ruling.findings.append(Finding("payer", "met" if payer else "unknown", facts, printed.source))
    row = _row_of(case, parameters)
    if row is not None:
        finding, ruling.total = _price(case, row, parameters)
        ruling.findings.append(finding)
    elif payer == "replaced":
        ruling.findings.append(Finding("price", "not-needed", {"package": case.package}, TABLE))
    else:
        ruling.findings.append(Finding("price", "unknown", {"package": case.package}, TABLE))
        _ask(ruling, "price", "supplied", "price")


def _price(case: LicenceCase, row: Parameter, parameters: ParameterSet) -> tuple[Finding, Decimal]:
    """The price of the whole period.

    It is per started week or month, from twelve months on per started year, or once.
    """
    per = dict(row.key)["per"]
    months = _started_months(case)
    count = {
        "week": -(-((case.last - case.first).days + 1) // DAYS_OF_A_WEEK),
        "month": months,
        "year": -(-months // MONTHS_OF_A_YEAR),
        "once": 1,
    }[per]
    price = Decimal(str(row.value))
    facts: dict[str, FactValue] = {"package": case.package, "price": euro(price), "total": euro(price * count)}
    if per != "once":
        facts[f"{per}s"] = count
    if vat := parameters.seek("licence-vat", case.first, package=case.package):
        facts["vat"] = str(vat.value)
    return Finding("price", "met", facts, TABLE), price * count


def _started_months(case: LicenceCase) -> int:
    months = 1
    while end_of_months(case.first, months) < case.last:
        months += 1
    return months


def _row_of(case: LicenceCase, parameters: ParameterSet) -> Parameter | None:
    """The printed or supplied price for that many months, or None if there is none."""
    for row in parameters.rows("licence-price", case.first):
        key = dict(row.key)
        if (key["package"], key["use"]) == (case.package, case.use) and _covers(key["months"], _started_months(case)):
            parameters.note(row)
            return row
    key = {"package": case.package, "use": case.use, "months": "any"}
    supplied = (parameters.seek("licence-price", case.first, per=per, **key) for per in PERIODS)
    return next((row for row in supplied if row is not None), None)


def _covers(written: str, months: int) -> bool:
    """Whether `any`, `12` (and more) or `6-11` covers that many months."""
    if written == "any":
        return True
    least, _, most = written.partition("-")
    return int(least) <= months and (not most or months <= int(most))
