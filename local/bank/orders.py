"""What a bank reads in a file of transfers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET


@dataclass(frozen=True, slots=True)
class Order:
    """One transfer that the bank is told to make; `cents` of EUR."""

    end_to_end_id: str
    cents: int


@dataclass(frozen=True, slots=True)
class Orders:
    """A file: one payment information with its transfers. `iban` = the account that pays."""

    message_id: str
    payment_id: str
    iban: str
    execution: date
    orders: tuple[Order, ...]

    @property
    def cents(self) -> int:
        return sum(order.cents for order in self.orders)


def read_orders(pain001: bytes) -> Orders:
    """The orders of a file, pain.001.001.03 or .09.

    Raises ValueError if the file is no such message, or its count or sum is not that of its
    transfers.
    """
    root = ET.fromstring(pain001)  # noqa: S314 - a file that this project wrote
    space = root.tag.removesuffix("Document").strip("{}")
    if not space.endswith((":pain.001.001.03", ":pain.001.001.09")):
        raise ValueError("the file is no pain.001.001.03 and no pain.001.001.09")
    names = {"": space}

    def text(parent: ET.Element, path: str) -> str:
        found = parent.findtext(path, None, names)
        if found is None:
            raise ValueError(f"the file has no {path}")
        return found.strip()

    header = root.find("CstmrCdtTrfInitn/GrpHdr", names)
    payment = root.find("CstmrCdtTrfInitn/PmtInf", names)
    if header is None or payment is None:
        raise ValueError("the file has no payment information")
    orders = tuple(
        Order(text(each, "PmtId/EndToEndId"), int(Decimal(text(each, "Amt/InstdAmt")) * 100))
        for each in payment.iterfind("CdtTrfTxInf", names)
    )
    day = payment.findtext("ReqdExctnDt/Dt", None, names) or text(payment, "ReqdExctnDt")
    found = Orders(
        text(header, "MsgId"),
        text(payment, "PmtInfId"),
        text(payment, "DbtrAcct/Id/IBAN"),
        date.fromisoformat(day),
        orders,
    )
    told = int(text(header, "NbOfTxs")), int(Decimal(text(header, "CtrlSum")) * 100)
    if told != (len(orders), found.cents):
        raise ValueError("the count or the sum of the file is not that of its transfers")
    return found
