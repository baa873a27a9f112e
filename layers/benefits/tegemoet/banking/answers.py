"""What a bank answers on transfers, and money that comes in: pain.002 and camt.054, as a stream.

Source: ISO 20022, pain.002.001.03 and .10 (status of a payment), camt.054.001.02 and .08 (movements
of an account); the external code sets of ISO 20022 for reasons. A message is recognised by its
namespace. What is not known to be accepted counts as pending, never as accepted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Literal, TypeVar

from tegemoet.banking.communication import read_structured
from tegemoet.banking.safe_xml import Element, Record, XmlError, namespace_of
from tegemoet.banking.transfers import PREFIX
from tegemoet.domain.money import cents, read_amount

Level = Literal["file", "payment", "transaction"]
State = Literal["accepted", "pending", "rejected", "returned"]
Value = TypeVar("Value")
LONGEST = 35
"""Characters of an identifier or a reason."""
STATES: Mapping[str, State] = {
    **dict.fromkeys(("ACCC", "ACCP", "ACSC", "ACSP", "ACTC", "ACWC"), "accepted"),
    **dict.fromkeys(("PDNG", "RCVD", "PART"), "pending"),  # PART: those below it say which
    "RJCT": "rejected",
}
"""Status codes; of any other one the state is `pending`, and the code is the reason."""
ISSUER = "BBA"
"""Who issues structured communications: the association of Belgian banks."""
RETURN = "RRTN"
"""The sub-family of a movement that is a return."""
NOT_A_RETURN = "NOT-A-RETURN"
"""The reason of a credit under our identifier that the bank does not call a return."""
_RECORDS = ("OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts", "Ntry", "TxDtls")


class AnswersError(Exception):
    """A message is not read: a stable code, and the line where the XML is at fault.

    It holds nothing of the message.
    """

    def __init__(self, code: str, line: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the bank on a file, on its payment information, or on a transaction.

    `message_id`, `payment_id` and `end_to_end_id` = the identifiers that we gave; `reason` = the
    bank's code; `cents` = what it names, None if it names nothing; `on` = the booking day;
    `reference` = the bank's own of the movement.
    """

    level: Level
    message_id: str | None
    payment_id: str | None
    end_to_end_id: str | None
    state: State
    reason: str | None
    cents: int | None
    on: date | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that came in and is no return of a transfer of ours, in cents.

    `structured` = the twelve digits of its structured communication, if it has one.
    """

    cents: int
    on: date
    structured: str | None
    reference: str


@dataclass(frozen=True, slots=True)
class OtherMovement:
    """A movement of the account that concerns none of ours, or is not booked."""


Told = Answer | Credit | OtherMovement


def read_answers(stream: BinaryIO) -> Iterator[Told]:
    """What the message says, in its order.

    Raises AnswersError `malformed`, `dtd-forbidden`, `too-deep`, `too-large`, `unknown`,
    `field-missing`, `field-invalid`, now or while the answers are read.
    """
    try:
        space, records = namespace_of(stream, _RECORDS)
        reader = _READERS.get(space)
        if reader is None:
            raise AnswersError("unknown")
        yield from reader(records)
    except XmlError as error:
        raise AnswersError(error.code, error.line) from None


# --- pain.002 -------------------------------------------------------------------------------------


def _status_report(records: Iterator[Record]) -> Iterator[Told]:
    message_id: str | None = None
    for around, record in records:
        match record.name:
            case "OrgnlGrpInfAndSts":
                message_id = _identifier(record, "OrgnlMsgId")
                if found := _state(record, "GrpSts"):
                    yield Answer("file", _needed(message_id), None, None, *found, None, None, None)
            case "OrgnlPmtInfAndSts":
                payment_id = _identifier(record, "OrgnlPmtInfId")
                if found := _state(record, "PmtInfSts"):
                    yield Answer("payment", message_id, _needed(payment_id), None, *found, None, None, None)
            case "TxInfAndSts":
                if found := _state(record, "TxSts"):
                    name = _needed(_identifier(record, "OrgnlEndToEndId"))
                    payment_id = _identifier(around[-1], "OrgnlPmtInfId")
                    told = _cents(record.find("OrgnlTxRef", "Amt", "InstdAmt"))
                    yield Answer("transaction", message_id, payment_id, name, *found, told, None, None)
            case _:
                raise AnswersError("field-invalid")


def _state(record: Element, name: str) -> tuple[State, str | None] | None:
    """State and reason; None where the bank says nothing on that level."""
    code = _only(record, name)
    if code is None:
        return None
    if code in STATES:
        return STATES[code], _reason(record.find("StsRsnInf"))
    return "pending", code[:LONGEST]


def _reason(information: Element | None) -> str | None:
    if information is None:
        return None
    told = information.value("Rsn", "Cd") or information.value("Rsn", "Prtry")
    return told[:LONGEST] if told else None


# --- camt.054 -------------------------------------------------------------------------------------


def _notification(records: Iterator[Record]) -> Iterator[Told]:
    count = 0  # of the details of the entry that is open, which come before it
    unpriced: Element | None = None
    for around, record in records:
        if record.name == "TxDtls":
            count += 1
            entry = _needed(next((each for each in around if each.name == "Ntry"), None))
            if not _is_credit(entry, record) or _own_amount(record) is not None:
                yield _movement(entry, record, count)
            else:
                unpriced = record
        elif record.name == "Ntry":
            if unpriced is not None:
                # only an entry of one movement has its amount: of several it has the sum
                yield _movement(record, unpriced, count, record if count == 1 else unpriced)
            elif not count:
                yield _movement(record, record, 1)
            count, unpriced = 0, None
        else:
            raise AnswersError("field-invalid")


def _movement(entry: Element, details: Element, place: int, priced: Element | None = None) -> Told:
    """A movement, by its place in the entry; `details` = the entry itself where it has none.

    `priced` = where its amount stands.
    """
    if not _is_credit(entry, details):
        return OtherMovement()
    told = _needed(_own_amount(priced or details))
    name = _only(_part(details, "Refs"), "EndToEndId")
    booked, reference = _needed(_booked(entry)), _reference(entry, details, place)
    if name is None or not name.startswith(PREFIX):
        return Credit(told, booked, _structured(details), reference)
    is_return = details.find("RtrInf") is not None or RETURN in (_family(details), _family(entry))
    state: State = "returned" if is_return else "pending"
    why = _reason(details.find("RtrInf")) if is_return else NOT_A_RETURN
    return Answer("transaction", None, None, _fitting(name), state, why, told, booked, reference)


def _is_credit(entry: Element, details: Element) -> bool:
    """Whether money came in, and is booked."""
    status = _needed(entry.value("Sts", "Cd") or entry.value("Sts"))
    direction = _needed(details.value("CdtDbtInd") or entry.value("CdtDbtInd"))
    return direction == "CRDT" and status == "BOOK"


def _family(element: Element) -> str | None:
    return element.value("BkTxCd", "Domn", "Fmly", "SubFmlyCd")


def _reference(entry: Element, details: Element, place: int) -> str:
    """The bank's reference of the movement, by which it is one movement in every message.

    A movement without one has that of its entry, and after the first its place in it: or two
    equal ones would be the same.
    """
    refs = _part(details, "Refs")
    if own := _only(refs, "AcctSvcrRef") or _only(refs, "TxId"):
        return _fitting(own)
    of_entry = _fitting(_needed(_only(entry, "AcctSvcrRef") or _only(entry, "NtryRef")))
    return of_entry if place == 1 else f"{of_entry}-{place}"


def _own_amount(element: Element) -> int | None:
    return _cents(element.find("Amt") or element.find("AmtDtls", "TxAmt", "Amt"))


def _booked(entry: Element) -> date | None:
    text = entry.value("BookgDt", "Dt") or entry.value("BookgDt", "DtTm")
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise AnswersError("field-invalid") from None


def _structured(details: Element) -> str | None:
    """The structured communication, of which a payer may also write the whole as free text.

    None for several that differ: which part of the money is for which is not told.
    """
    information = _part(details, "RmtInf")
    told = [
        each.value("CdtrRefInf", "Ref")
        for each in information.all("Strd")
        if each.value("CdtrRefInf", "Tp", "Issr") in (ISSUER, None)
    ]
    told += [each.text for each in information.all("Ustrd")]
    found = {digits for text in told if text and (digits := read_structured(text))}
    return found.pop() if len(found) == 1 else None


# --- fields ---------------------------------------------------------------------------------------


def _part(element: Element, name: str) -> Element:
    """The part of that name, empty where it is missing."""
    return element.find(name) or Element(name)


def _only(record: Element, name: str) -> str | None:
    """The text of the one element of that name. Raises AnswersError for several."""
    if len(record.all(name)) > 1:
        raise AnswersError("field-invalid")
    return record.value(name)


def _identifier(record: Element, name: str) -> str | None:
    text = _only(record, name)
    return _fitting(text) if text else None


def _fitting(text: str) -> str:
    """An identifier that is not cut: what is left of it might be another one."""
    if len(text) > LONGEST:
        raise AnswersError("field-invalid")
    return text


def _needed(value: Value | None) -> Value:
    if value is None:
        raise AnswersError("field-missing")
    return value


def _cents(amount: Element | None) -> int | None:
    """Raises AnswersError for anything but euros with two decimals at most."""
    if amount is None:
        return None
    if amount.currency != "EUR":
        raise AnswersError("field-invalid")
    try:
        return cents(read_amount(amount.text.strip()))
    except ValueError:
        raise AnswersError("field-invalid") from None


_ISO = "urn:iso:std:iso:20022:tech:xsd:"
_READERS: Mapping[str, Callable[[Iterator[Record]], Iterator[Told]]] = {
    **dict.fromkeys((f"{_ISO}pain.002.001.03", f"{_ISO}pain.002.001.10"), _status_report),
    **dict.fromkeys((f"{_ISO}camt.054.001.02", f"{_ISO}camt.054.001.08"), _notification),
}
