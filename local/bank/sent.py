"""What a customer sent to the bank: a pain.001 of version .03 or .09."""

from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree as ET


@dataclass(frozen=True)
class Sent:
    """A file: its identifiers, the account that pays, and cents by EndToEndId, in order."""

    message_id: str
    payment_id: str
    debtor_iban: str
    execution: str
    cents: dict[str, int]


def read_sent(message: bytes) -> Sent:
    """The file that a customer sent.

    Raises ValueError where its totals are not those of its transfers.
    """
    root = ET.fromstring(message)  # noqa: S314 - of our own making
    space = {"p": root.tag.partition("}")[0].removeprefix("{")}

    def text(path: str, within: ET.Element = root) -> str:
        found = within.findtext(path, namespaces=space)
        if found is None:
            raise ValueError(f"the file has no {path}")
        return found

    cents: dict[str, int] = {}
    for transfer in root.iterfind(".//p:CdtTrfTxInf", space):
        cents[text("p:PmtId/p:EndToEndId", transfer)] = int(Decimal(text("p:Amt/p:InstdAmt", transfer)) * 100)
    header = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", space)
    assert header is not None
    if (int(text("p:NbOfTxs", header)), Decimal(text("p:CtrlSum", header))) != (
        len(cents),
        Decimal(sum(cents.values())) / 100,
    ):
        raise ValueError("the totals of the file are not those of its transfers")
    execution = root.findtext(".//p:ReqdExctnDt/p:Dt", namespaces=space) or text(".//p:ReqdExctnDt")
    return Sent(text("p:MsgId", header), text(".//p:PmtInfId"), text(".//p:DbtrAcct/p:Id/p:IBAN"), execution, cents)
