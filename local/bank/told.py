"""The messages of a bank: pain.002 (.03, .10) and camt.054 (.02, .08)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from local.bank.sent import Sent

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass(frozen=True)
class Movement:
    """A movement of the account, in cents.

    `end_to_end_id` and `reason` = of a transfer that comes back; `communication` = the twelve
    digits of what somebody pays; neither = a movement of others.
    """

    cents: int
    reference: str
    end_to_end_id: str = ""
    reason: str = ""
    communication: str = ""
    direction: str = "CRDT"


def euro(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def status_report(sent: Sent, rejected: Mapping[str, str], *, version: str = "001.10", whole: bool = False) -> bytes:
    """The report on a file: `rejected` = reason by EndToEndId, or of the `whole` file."""
    group = "RJCT" if whole else "PART" if rejected else "ACCP"
    why = _why(next(iter(rejected.values()), "")) if whole else ""
    single = "" if whole else "".join(_status(name, rejected.get(name)) for name in sent.cents)
    return (
        f'{_HEAD}<Document xmlns="{_SPACE}pain.002.{version}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>BANK-{escape(sent.message_id)[:29]}</MsgId><CreDtTm>{sent.execution}T06:00:00Z</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(sent.message_id)}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001</OrgnlMsgNmId><GrpSts>{group}</GrpSts>{why}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(sent.payment_id)}</OrgnlPmtInfId>{single}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def _status(name: str, reason: str | None) -> str:
    state = "RJCT" if reason else "ACCP"
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{escape(name)}</OrgnlEndToEndId><TxSts>{state}</TxSts>"
        f"{_why(reason or '')}</TxInfAndSts>"
    )


def _why(reason: str) -> str:
    return f"<StsRsnInf><Rsn><Cd>{escape(reason)}</Cd></Rsn></StsRsnInf>" if reason else ""


def notification(iban: str, on: str, movements: Iterable[Movement], *, version: str = "001.08") -> bytes:
    """The movements of an account that were booked on a day (ISO)."""
    state = "<Sts><Cd>BOOK</Cd></Sts>" if version >= "001.08" else "<Sts>BOOK</Sts>"
    entries = "".join(_entry(movement, on, state) for movement in movements)
    return (
        f'{_HEAD}<Document xmlns="{_SPACE}camt.054.{version}"><BkToCstmrDbtCdtNtfctn>'
        f"<GrpHdr><MsgId>BANK-{on}</MsgId><CreDtTm>{on}T20:00:00Z</CreDtTm></GrpHdr>"
        f"<Ntfctn><Id>N-{on}</Id><CreDtTm>{on}T20:00:00Z</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{entries}</Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def _entry(movement: Movement, on: str, state: str) -> str:
    amount = f'<Amt Ccy="EUR">{euro(movement.cents)}</Amt>'
    name = escape(movement.end_to_end_id or "NOTPROVIDED")
    text = ""
    if movement.communication:
        text = (
            "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>"
            f"<Ref>{movement.communication}</Ref></CdtrRefInf></Strd></RmtInf>"
        )
    back = f"<RtrInf><Rsn><Cd>{escape(movement.reason)}</Cd></Rsn></RtrInf>" if movement.reason else ""
    family = "RRTN" if movement.reason else "ESCT"
    return (
        f"<Ntry>{amount}<CdtDbtInd>{movement.direction}</CdtDbtInd>{state}<BookgDt><Dt>{on}</Dt></BookgDt>"
        f"<AcctSvcrRef>{escape(movement.reference)}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>{family}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs>"
        f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>{text}{back}</TxDtls></NtryDtls></Ntry>"
    )
