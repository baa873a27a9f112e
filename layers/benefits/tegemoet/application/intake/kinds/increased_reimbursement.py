"""The files of the exchange of the increased reimbursement: households, incomes, results and the
entitled."""

import re
from collections.abc import Sequence

from tegemoet.application.intake.kinds.fields import (
    is_year,
    read_cents,
    read_yes,
    require_day,
    require_insz,
    require_label,
    require_one_of,
)
from tegemoet.application.intake.kinds.reasons import RowRejectedError
from tegemoet.application.intake.kinds.records import AcceptedRow, FileKind, Reading, RowBody, columns
from tegemoet.domain.identity import is_insz
from tegemoet.domain.problems import NoExchangeForYearError
from tegemoet.schemes.increased_reimbursement import SLUG
from tegemoet.schemes.increased_reimbursement.household import EARLIER_OUTCOMES

_OUTCOMES = frozenset(EARLIER_OUTCOMES)
_CATEGORIES = frozenset("123456")
_REQUEST = re.compile(r"[0-9]{18}", re.ASCII)
_RETURN_CODE = re.compile(r"[0-9]{2}", re.ASCII)


def _request_number(text: str) -> str:
    if not _REQUEST.fullmatch(text) or not is_insz(text[7:]):
        raise RowRejectedError("request_number", "request-number-invalid")
    return text


def _member(fields: Sequence[str], reading: Reading) -> AcceptedRow:
    request, insz, birth_date, entitled, outcome, outcome_year, vouchers, fictitious, mutated_on = fields
    _request_number(request)
    require_insz(insz, "insz")
    require_one_of(outcome, _OUTCOMES, "earlier_outcome", "outcome-unknown")
    if bool(outcome_year) != (outcome != "none") or (outcome_year and not is_year(outcome_year, reading.year)):
        raise RowRejectedError("earlier_year", "earlier-year-for-outcome")
    body: RowBody = {
        "request_number": request,
        "insz": insz,
        "birth_date": require_day(birth_date, "birth_date"),
        "entitled": read_yes(entitled, "entitled_on_1_january"),
        "earlier_outcome": outcome,
        "earlier_year": int(outcome_year) if outcome_year else None,
        # who has no vouchers may leave it empty
        "voucher_cents": read_cents(vouchers, reading, "voucher_income") if vouchers else 0,
        "fictitious": read_yes(fictitious, "fictitious"),
        "mutated_on": require_day(mutated_on, "mutated_on") if mutated_on else None,
    }
    return AcceptedRow(("member", request, insz), request, body)


def _income(fields: Sequence[str], reading: Reading) -> AcceptedRow:
    insz, return_code, ipcal_code, amount = fields
    require_insz(insz, "insz")
    if not _RETURN_CODE.fullmatch(return_code):
        raise RowRejectedError("return_code", "return-code-invalid")
    available = return_code == "00"
    for column, text in (("ipcal_code", ipcal_code), ("amount", amount)):
        if bool(text) != available:
            raise RowRejectedError(column, "income-for-00")
    body: RowBody = {
        "insz": insz,
        "return_code": return_code,
        "ipcal_code": require_label(ipcal_code, "ipcal_code") if available else None,
        "cents": read_cents(amount, reading) if available else None,
    }
    return AcceptedRow(("income", insz, ipcal_code), insz, body)


def _entitled(fields: Sequence[str], reading: Reading) -> AcceptedRow:  # noqa: ARG001 - every reader has the same arguments
    (insz,) = fields
    require_insz(insz, "insz")
    return AcceptedRow(("entitled", insz), insz, {"insz": insz})


def _result(fields: Sequence[str], reading: Reading) -> AcceptedRow:  # noqa: ARG001 - every reader has the same arguments
    request, insz, contacted_on, category, entitled_from, own_right = fields
    _request_number(request)
    require_insz(insz, "insz")
    require_one_of(category, _CATEGORIES, "category", "category-unknown")
    if contacted_on:
        require_day(contacted_on, "contacted_on")
    # a right may be there before the insurer has reached
    # anybody, so categories 5 and 6 go with both
    if category in ("1", "2", "3", "4") and bool(contacted_on) != (category in ("3", "4")):
        raise RowRejectedError("contacted_on", "contact-for-category")
    if entitled_from:
        require_day(entitled_from, "entitled_from")
    own = read_yes(own_right, "own_right")
    if bool(entitled_from) != (own or category in ("5", "6")):
        raise RowRejectedError("entitled_from", "entitled-for-right")
    body: RowBody = {
        "request_number": request,
        "insz": insz,
        "contacted_on": contacted_on or None,
        "category": int(category),
        "entitled_from": entitled_from or None,
        "own_right": own,
    }
    return AcceptedRow(("result", request, insz), request, body)


_HOUSEHOLDS = columns(
    "request_number;insz;birth_date;entitled_on_1_january;earlier_outcome;earlier_year;voucher_income;fictitious;mutated_on"
)
_INCOMES = columns("insz;return_code;ipcal_code;amount")
_RESULTS = columns("request_number;insz;contacted_on;category;entitled_from;own_right")
_ENTITLED = columns("insz")

FILES = tuple(
    FileKind(
        SLUG,
        name,
        header,
        read,
        partition,
        sealed=name.startswith("incomes"),
        year_unknown=NoExchangeForYearError,
        keys="insurers" if partition == "requests" else None,
    )
    for name, header, read, partition in (
        ("households", _HOUSEHOLDS, _member, "requests"),
        ("incomes-1", _INCOMES, _income, "insz"),
        ("incomes-2", _INCOMES, _income, "insz"),
        ("results", _RESULTS, _result, "requests"),
        ("entitled", _ENTITLED, _entitled, "insz"),
    )
)
