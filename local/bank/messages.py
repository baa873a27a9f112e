"""The messages of a bank: payment status report (pain.002) and account notification (camt.054)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from xml.sax.saxutils import escape

from local.bank.orders import Order, Orders

ReportVersion = Literal["002.001.03", "002.001.10"]
NotificationVersion = Literal["054.001.02", "054.001.08"]
NAME = "Local bank"


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of an account, in cents of EUR.

    `end_to_end_id` and `reason` = of the transfer that came back; `remittance` = XML of what the
    payer told; `pending` = announced and not yet booked.
    """

    cents: int
    reference: str
    direction: Literal["CRDT", "DBIT"] = "CRDT"
    end_to_end_id: str = "NOTPROVIDED"
    reason: str | None = None
    remittance: str = ""
    pending: bool = False


def report(
    version: ReportVersion, message_id: str, orders: Orders, statuses: Mapping[str, str], reasons: Mapping[str, str]
) -> bytes:
    """The status of every transfer of a file, and by it that of the file and its payment.

    `statuses` = end-to-end identifier → ISO status; `reasons` = of those that are rejected. A file
    whose transfers have one status, and none of them a reason, is answered as a whole.
    """
    count = Counter(statuses.values())
    whole = next(iter(count)) if len(count) == 1 else "PART"
    by_transaction = whole in ("PART", "RJCT")
    block = "".join(_transaction(each, statuses, reasons) for each in orders.orders) if by_transaction else ""
    totals = f"<OrgnlNbOfTxs>{len(orders.orders)}</OrgnlNbOfTxs><OrgnlCtrlSum>{amount(orders.cents)}</OrgnlCtrlSum>"
    initiation = f"pain.001.001.{'09' if version == '002.001.10' else '03'}"
    return _document(
        f"pain.{version}",
        "<CstmrPmtStsRpt>\n"
        f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{orders.execution}T06:00:00</CreDtTm></GrpHdr>\n"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(orders.message_id)}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{initiation}</OrgnlMsgNmId>{totals}<GrpSts>{whole}</GrpSts></OrgnlGrpInfAndSts>\n"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(orders.payment_id)}</OrgnlPmtInfId>{totals}"
        f"<PmtInfSts>{whole}</PmtInfSts>\n{block}</OrgnlPmtInfAndSts>\n</CstmrPmtStsRpt>",
    )


def _transaction(order: Order, statuses: Mapping[str, str], reasons: Mapping[str, str]) -> str:
    reason = reasons.get(order.end_to_end_id)
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{escape(order.end_to_end_id)}</OrgnlEndToEndId>"
        f"<TxSts>{statuses[order.end_to_end_id]}</TxSts>"
        f"{f'<StsRsnInf>{_reason(reason)}</StsRsnInf>' if reason else ''}"
        f'<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">{amount(order.cents)}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>\n'
    )


def notification(
    version: NotificationVersion, message_id: str, iban: str, on: date, entries: Sequence[Sequence[Movement]]
) -> bytes:
    """Movements of an account on one day; an entry of several has their sum.

    All movements of an entry have the same direction.
    """
    created = f"<CreDtTm>{on}T18:00:00</CreDtTm>"
    return _document(
        f"camt.{version}",
        "<BkToCstmrDbtCdtNtfctn>\n"
        f"<GrpHdr><MsgId>{message_id}</MsgId>{created}</GrpHdr>\n"
        f"<Ntfctn><Id>{message_id}</Id>{created}<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>\n"
        f"{''.join(_entry(version, on, each) for each in entries)}</Ntfctn>\n</BkToCstmrDbtCdtNtfctn>",
    )


def _entry(version: NotificationVersion, on: date, movements: Sequence[Movement]) -> str:
    first = movements[0]
    status = "PDNG" if first.pending else "BOOK"
    status = f"<Cd>{status}</Cd>" if version == "054.001.08" else status
    booked = "" if first.pending else f"<BookgDt><Dt>{on}</Dt></BookgDt>"
    total = amount(sum(each.cents for each in movements))
    batch = f"<Btch><NbOfTxs>{len(movements)}</NbOfTxs></Btch>" if len(movements) > 1 else ""
    details = "".join(_details(version, each) for each in movements)
    return (
        f'<Ntry><Amt Ccy="EUR">{total}</Amt><CdtDbtInd>{first.direction}</CdtDbtInd><Sts>{status}</Sts>{booked}'
        f"<AcctSvcrRef>{first.reference}</AcctSvcrRef>{_family(first)}"
        f"<NtryDtls>{batch}{details}</NtryDtls></Ntry>\n"
    )


def _family(movement: Movement) -> str:
    family = "RCDT" if movement.direction == "CRDT" else "ICDT"
    kind = "RRTN" if movement.reason else "ESCT"
    return f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{kind}</SubFmlyCd></Fmly></Domn></BkTxCd>"


def _details(version: NotificationVersion, movement: Movement) -> str:
    told = f'<Amt Ccy="EUR">{amount(movement.cents)}</Amt>'
    if version == "054.001.08":
        told += f"<CdtDbtInd>{movement.direction}</CdtDbtInd>"
    else:
        told = f"<AmtDtls><TxAmt>{told}</TxAmt></AmtDtls>"
    remittance = f"<RmtInf>{movement.remittance}</RmtInf>" if movement.remittance else ""
    returned = f"<RtrInf>{_reason(movement.reason)}</RtrInf>" if movement.reason else ""
    return (
        f"<TxDtls><Refs><AcctSvcrRef>{movement.reference}</AcctSvcrRef>"
        f"<EndToEndId>{escape(movement.end_to_end_id)}</EndToEndId></Refs>{told}{remittance}{returned}</TxDtls>"
    )


def amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _reason(reason: str) -> str:
    """An external code has four characters; anything else is the bank's own."""
    is_code = len(reason) == 4 and reason.isascii() and reason.isalnum() and reason.isupper()
    kind = "Cd" if is_code else "Prtry"
    return f"<Rsn><{kind}>{escape(reason)}</{kind}></Rsn>"


def _document(message: str, body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}">\n{body}\n</Document>\n'
    ).encode()
