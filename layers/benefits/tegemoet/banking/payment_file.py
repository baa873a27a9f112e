"""The file that tells a bank to pay: ISO 20022, customer credit transfer initiation (pain.001).

Sources: ISO 20022, message definition reports of pain.001.001.03 and pain.001.001.09; European
Payments Council, EPC132-08, implementation guidelines of the SEPA credit transfer from customer to
bank. A file debits one account on one day, in one block of payment information. It has no address:
within the European Economic Area none is required.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from tegemoet.banking.characters import converted, is_identifier, says_nothing
from tegemoet.banking.debtor import Debtor
from tegemoet.banking.transfers import PREFIX, Transfer
from tegemoet.domain.iban import is_iban

Version = Literal["001.001.09", "001.001.03"]
"""Of the message pain.001."""
LARGEST_CENTS = 99_999_999_999
"""The largest amount of a SEPA credit transfer, in cents: 999,999,999.99 EUR."""
TEXT_LENGTH = 140
"""The maximum number of characters that a payee reads on the statement."""
_TRANSFERS_AT_ONCE = 500


class PaymentFileError(Exception):
    """A file that must not go to a bank.

    `code` = why; `transfer` = the place of the transfer at fault, from 1, or None for the whole
    file. It contains no name, account or amount.
    """

    def __init__(self, code: str, transfer: int | None = None) -> None:
        super().__init__(code if transfer is None else f"transfer {transfer}: {code}")
        self.code = code
        self.transfer = transfer


@dataclass(frozen=True, slots=True)
class _Form:
    """How a version of the message differs from others."""

    name_length: int
    day: str
    bic: str


_FORMS: dict[Version, _Form] = {
    "001.001.09": _Form(140, "<Dt>{}</Dt>", "BICFI"),
    "001.001.03": _Form(70, "{}", "BIC"),
}


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """What a file says of its transfers together.

    `created` = the moment of the approval, with its zone; `execution` = the day on which the bank
    debits the account; `count` = number of transfers; `cents` = their sum; `purpose` = an ISO
    external purpose code, for every transfer. Raises PaymentFileError with the code
    `version-unknown`, `id-invalid`, `moment-without-zone`, `no-transfers` or `purpose-invalid`.
    """

    version: Version
    message_id: str
    payment_id: str
    created: datetime
    execution: date
    debtor: Debtor
    count: int
    cents: int
    purpose: str | None = None

    def __post_init__(self) -> None:
        if self.version not in _FORMS:
            raise PaymentFileError("version-unknown")
        if not (is_identifier(self.message_id) and is_identifier(self.payment_id)):
            raise PaymentFileError("id-invalid")
        if self.created.tzinfo is None:
            raise PaymentFileError("moment-without-zone")
        if self.count < 1:
            raise PaymentFileError("no-transfers")
        if self.purpose is not None and not _is_purpose(self.purpose):
            raise PaymentFileError("purpose-invalid")


def message_id(run_id: str, number: int) -> str:
    """The identifier of the message that is file `number` of a run.

    Raises PaymentFileError with the code `id-invalid` if no bank takes it.
    """
    return _identifier(f"{PREFIX}{run_id}-{number}")


def payment_id(run_id: str, number: int) -> str:
    """The identifier of the payment information in file `number` of a run.

    Raises PaymentFileError as `message_id` does.
    """
    return _identifier(f"{message_id(run_id, number)}-P")


def written(file: PaymentFile, transfers: Iterable[Transfer]) -> Iterator[bytes]:
    """The bytes of the file, in parts. The same file and transfers give the same bytes.

    Whoever reads the parts keeps the file only if the last one came. Raises PaymentFileError with
    the code `count-differs` or `sum-differs` if the transfers are not those that the file
    announces, and with `id-invalid`, `iban-invalid`, `amount-invalid`, `name-says-nothing` or
    `text-too-long` for a transfer that a bank would reject.
    """
    yield _head(file).encode("ascii")
    count = cents = 0
    part: list[str] = []
    length, purpose = _FORMS[file.version].name_length, _purpose(file)
    for count, transfer in enumerate(transfers, 1):
        if count > file.count:
            break
        cents += transfer.cents
        part.append(_transaction(transfer, count, length, purpose))
        if len(part) == _TRANSFERS_AT_ONCE:
            yield "".join(part).encode("ascii")
            part.clear()
    if count != file.count:
        raise PaymentFileError("count-differs")
    if cents != file.cents:
        raise PaymentFileError("sum-differs")
    yield f"{''.join(part)}</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n".encode("ascii")


def _head(file: PaymentFile) -> str:
    """Everything before the first transfer."""
    form, debtor = _FORMS[file.version], file.debtor
    totals = f"<NbOfTxs>{file.count}</NbOfTxs><CtrlSum>{_amount(file.cents)}</CtrlSum>"
    name = _name(debtor.name, form.name_length)
    created = file.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.{file.version}">\n<CstmrCdtTrfInitn>\n'
        f"<GrpHdr><MsgId>{file.message_id}</MsgId><CreDtTm>{created}</CreDtTm>{totals}"
        f"<InitgPty><Nm>{name}</Nm></InitgPty></GrpHdr>\n"
        f"<PmtInf><PmtInfId>{file.payment_id}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>{totals}"
        "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>"
        f"<ReqdExctnDt>{form.day.format(file.execution.isoformat())}</ReqdExctnDt><Dbtr><Nm>{name}</Nm></Dbtr>"
        f"<DbtrAcct><Id><IBAN>{debtor.iban}</IBAN></Id></DbtrAcct>"
        f"<DbtrAgt><FinInstnId><{form.bic}>{debtor.bic}</{form.bic}></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>\n"
    )


def _transaction(transfer: Transfer, place: int, name_length: int, purpose: str) -> str:
    if not (transfer.end_to_end_id.startswith(PREFIX) and is_identifier(transfer.end_to_end_id)):
        raise PaymentFileError("id-invalid", place)
    if not is_iban(transfer.iban):
        raise PaymentFileError("iban-invalid", place)
    if not 1 <= transfer.cents <= LARGEST_CENTS:
        raise PaymentFileError("amount-invalid", place)
    name = _name(transfer.name, name_length)
    if says_nothing(name):
        raise PaymentFileError("name-says-nothing", place)
    text = converted(transfer.text).strip()
    if len(text) > TEXT_LENGTH:
        raise PaymentFileError("text-too-long", place)
    remittance = f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>" if text else ""
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{transfer.end_to_end_id}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{_amount(transfer.cents)}</InstdAmt></Amt>'
        f"<Cdtr><Nm>{name}</Nm></Cdtr>"
        f"<CdtrAcct><Id><IBAN>{transfer.iban}</IBAN></Id></CdtrAcct>{purpose}{remittance}</CdtTrfTxInf>\n"
    )


def _purpose(file: PaymentFile) -> str:
    return "" if file.purpose is None else f"<Purp><Cd>{file.purpose}</Cd></Purp>"


def _is_purpose(code: str) -> bool:
    return len(code) == 4 and code.isascii() and code.isalpha() and code.isupper()


def _identifier(text: str) -> str:
    if not is_identifier(text):
        raise PaymentFileError("id-invalid")
    return text


def names_nobody(name: str) -> bool:
    """Whether a version of the message has no letter and no digit of a payee's name."""
    return any(says_nothing(_name(name, form.name_length)) for form in _FORMS.values())


def _name(name: str, length: int) -> str:
    """A name as the message has it: converted, then cut to its length."""
    return converted(name).strip()[:length].rstrip()


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
