"""The answers of a bank, as they are stored: from its messages, and from a CSV file for those who
have no messages."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from typing import Literal, cast

import orjson

from tegemoet.application.intake.kinds.fields import read_cents, require_day, require_one_of
from tegemoet.application.intake.kinds.reasons import RowRejectedError
from tegemoet.application.intake.kinds.records import AcceptedRow, FileKind, Reading, RowBody, columns
from tegemoet.banking.answers import Answer, Credit
from tegemoet.banking.communication import read_structured
from tegemoet.domain.identity import holds_insz
from tegemoet.schemes.convention_premium import SLUG

_STATES = frozenset(("accepted", "pending", "rejected", "returned", "received"))
Told = Literal["accepted", "pending", "rejected", "returned"]
_IDENTIFIER = re.compile(r"[A-Za-z0-9/?:().,'+ -]{1,35}", re.ASCII)


def accepted_answer(told: Answer | Credit) -> AcceptedRow:
    """The row of an answer or of money that came in: the same one is the same row in every file.

    What a payer wrote is not stored, because it may name a person.
    """
    body: RowBody
    if isinstance(told, Credit):
        kind = "credit"
        body = {
            "cents": told.cents,
            "on": told.on.isoformat(),
            "structured": told.structured,
            "reference": told.reference,
        }
    else:
        kind = "answer"
        body = {
            "message_id": told.message_id,
            "payment_id": told.payment_id,
            "end_to_end_id": told.end_to_end_id,
            "state": told.state,
            "reason": told.reason,
            "cents": told.cents,
            "on": told.on.isoformat() if told.on else None,
            "reference": told.reference,
        }
    digest = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]
    return AcceptedRow((kind, digest), digest, body)


def _row(fields: Sequence[str], reading: Reading) -> AcceptedRow:
    name, state, reason, amount, booked_on, reference, communication = fields
    require_one_of(state, _STATES, "state", "state-unknown")
    for column, text in (("reason", reason), ("reference", reference)):
        if text and (not _IDENTIFIER.fullmatch(text) or holds_insz(text)):
            raise RowRejectedError(column, "identifier-invalid")
    on = date.fromisoformat(require_day(booked_on, "booked_on")) if booked_on else None
    cents = read_cents(amount, reading) if amount else None
    if state == "received":
        return accepted_answer(_credit(name, cents, on, reference, communication))
    if not _IDENTIFIER.fullmatch(name) or holds_insz(name):
        raise RowRejectedError("end_to_end_id", "identifier-invalid")
    if communication:
        raise RowRejectedError("communication", "communication-for-received")
    if state == "returned":
        _require(("amount", cents), ("booked_on", on), ("reference", reference))
    told = cast("Told", state)
    return accepted_answer(Answer("transaction", None, None, name, told, reason or None, cents, on, reference or None))


def _credit(name: str, cents: int | None, on: date | None, reference: str, communication: str) -> Credit:
    """Money that came in: what it is for is said by its structured communication alone."""
    if name:
        raise RowRejectedError("end_to_end_id", "communication-for-received")
    _require(("amount", cents), ("booked_on", on), ("reference", reference), ("communication", communication))
    digits = read_structured(communication)
    if digits is None:
        raise RowRejectedError("communication", "communication-invalid")
    assert cents is not None and on is not None  # noqa: S101, PT018 - required above
    return Credit(cents, on, digits, reference)


def _require(*needed: tuple[str, object]) -> None:
    for column, value in needed:
        if not value:
            raise RowRejectedError(column, "value-missing-for-state")


FILES = (
    FileKind(SLUG, "bank-answers", (), None, "answers"),
    FileKind(
        SLUG,
        "returns",
        columns("end_to_end_id;state;reason;amount;booked_on;reference;communication"),
        _row,
        "answers",
    ),
)
