"""Files for the bank: valid, read back by other code, and refused where they are not announced."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sepaxml import SepaTransfer

from tegemoet.banking.characters import converted, is_identifier
from tegemoet.banking.debtor import Debtor
from tegemoet.banking.payment_file import PaymentFile, PaymentFileError, Version, message_id, payment_id, written
from tegemoet.banking.transfers import Transfer
from tegemoet.domain.iban import check_digits
from tests.support.payment_files import Read, faults, read_back

RUN = "2023-1-0123456789"
VERSIONS: tuple[Version, ...] = get_args(Version)
DEBTOR = Debtor("Rijksinstituut & Co – Uitbetalingen", "BE71096123456769", "GKCCBEBB")
CREATED = datetime(2023, 12, 14, 10, 30, 15, 999, UTC)
EXECUTION = date(2023, 12, 18)


def belgian(number: int) -> str:
    """A Belgian account with right check digits."""
    account = f"{number:010d}{number % 97 or 97:02d}"
    return f"BE{check_digits('BE', account)}{account}"


def transfer(number: int, name: str = "Zoé Peeters", cents: int = 104532, text: str = "Premie 2023") -> Transfer:
    return Transfer(f"TGM-2023-{number:020x}", name, belgian(5390075470 + number), cents, text)


TRANSFERS = [
    transfer(1, 'Zoé d\'Hœne <&> "Müßig"', 1),
    transfer(2, "A" * 150, 100),
    transfer(3, "Ψ" * 75, 99_999_999_999),
    transfer(4, "  王 Li ", 104532, "  conventiepremie 2023, n° 1 & 2 "),
    transfer(5, text=""),
]


def file_of(transfers: Sequence[Transfer], version: Version = "001.001.09", number: int = 1) -> PaymentFile:
    count, cents = len(transfers), sum(each.cents for each in transfers)
    names = message_id(RUN, number), payment_id(RUN, number)
    return PaymentFile(version, *names, CREATED, EXECUTION, DEBTOR, count, cents)


def body_of(file: PaymentFile, transfers: Sequence[Transfer]) -> bytes:
    return b"".join(written(file, iter(transfers)))


def code_of(file: PaymentFile, transfers: Sequence[Transfer]) -> tuple[str, int | None]:
    with pytest.raises(PaymentFileError) as rejected:
        body_of(file, transfers)
    code, place = rejected.value.code, rejected.value.transfer
    assert str(rejected.value) == (code if place is None else f"transfer {place}: {code}")
    return code, place


@pytest.mark.parametrize("purpose", [None, "SSBE"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_is_valid_by_the_schema_of_its_version(version: Version, purpose: str | None) -> None:
    file = replace(file_of(TRANSFERS, version), purpose=purpose)
    assert faults(version, body_of(file, TRANSFERS)) == []


def test_the_schema_rejects_a_file_of_the_other_version() -> None:
    body = body_of(file_of(TRANSFERS), TRANSFERS)
    other = body.replace(b"pain.001.001.09", b"pain.001.001.03")
    assert faults("001.001.03", other)


@pytest.mark.parametrize(("version", "day", "bank"), [("001.001.09", "/Dt", "BICFI"), ("001.001.03", "", "BIC")])
def test_the_header_says_who_pays_what_and_when(version: Version, day: str, bank: str) -> None:
    name = "Rijksinstituut + Co . Uitbetalingen"
    assert read_back(body_of(file_of(TRANSFERS, version), TRANSFERS)).header == {
        "GrpHdr/MsgId": "TGM-2023-1-0123456789-1",
        "GrpHdr/CreDtTm": "2023-12-14T10:30:15Z",
        "GrpHdr/NbOfTxs": "5",
        "GrpHdr/CtrlSum": "1000002091.64",
        "GrpHdr/InitgPty/Nm": name,
        "PmtInf/PmtInfId": "TGM-2023-1-0123456789-1-P",
        "PmtInf/PmtMtd": "TRF",
        "PmtInf/BtchBookg": "true",
        "PmtInf/NbOfTxs": "5",
        "PmtInf/CtrlSum": "1000002091.64",
        "PmtInf/PmtTpInf/SvcLvl/Cd": "SEPA",
        f"PmtInf/ReqdExctnDt{day}": "2023-12-18",
        "PmtInf/Dbtr/Nm": name,
        "PmtInf/DbtrAcct/Id/IBAN": "BE71096123456769",
        f"PmtInf/DbtrAgt/FinInstnId/{bank}": "GKCCBEBB",
        "PmtInf/ChrgBr": "SLEV",
    }


@pytest.mark.parametrize(("version", "length"), [("001.001.09", 140), ("001.001.03", 70)])
def test_a_transfer_is_written_with_its_name_converted_and_cut(version: Version, length: int) -> None:
    read = read_back(body_of(file_of(TRANSFERS, version), TRANSFERS))
    assert [each["Cdtr/Nm"] for each in read.transfers] == [
        "Zoe d'Hone .+. .Musig.",
        "A" * length,
        ("PS" * 75)[:length],
        ". Li",
        "Zoe Peeters",
    ]
    assert [each["Amt/InstdAmt"] for each in read.transfers] == [
        *("0.01", "1.00", "999999999.99", "1045.32", "1045.32"),
    ]
    assert [each["PmtId/EndToEndId"] for each in read.transfers] == [each.end_to_end_id for each in TRANSFERS]
    assert [each["CdtrAcct/Id/IBAN"] for each in read.transfers] == [each.iban for each in TRANSFERS]
    assert [each.get("RmtInf/Ustrd") for each in read.transfers] == [
        *("Premie 2023", "Premie 2023", "Premie 2023", "conventiepremie 2023, n. 1 + 2", None),
    ]
    longest = [transfer(1, text="x" * 140)]
    assert read_back(body_of(file_of(longest, version), longest)).transfers[0]["RmtInf/Ustrd"] == "x" * 140
    paths = {"PmtId/EndToEndId", "Amt/InstdAmt", "Cdtr/Nm", "CdtrAcct/Id/IBAN", "RmtInf/Ustrd"}
    assert {path for each in read.transfers for path in each} == paths


def test_every_amount_is_in_euro() -> None:
    body = body_of(file_of(TRANSFERS), TRANSFERS)
    assert body.count(b'<InstdAmt Ccy="EUR">') == body.count(b"<InstdAmt") == len(TRANSFERS)


def test_a_purpose_is_that_of_every_transfer() -> None:
    read = read_back(body_of(replace(file_of(TRANSFERS), purpose="SSBE"), TRANSFERS))
    assert [each["Purp/Cd"] for each in read.transfers] == ["SSBE"] * len(TRANSFERS)


def test_the_moment_is_told_in_utc() -> None:
    brussels = timezone(timedelta(hours=2))
    file = replace(file_of(TRANSFERS), created=datetime(2023, 7, 1, 1, 0, tzinfo=brussels))
    assert read_back(body_of(file, TRANSFERS)).header["GrpHdr/CreDtTm"] == "2023-06-30T23:00:00Z"


# --- what is not announced, and what no bank takes ------------------------------------------------


@pytest.mark.parametrize(
    ("count", "cents", "code"),
    [(-1, 0, "count-differs"), (1, 0, "count-differs"), (0, 1, "sum-differs"), (0, -1, "sum-differs")],
)
def test_a_file_holds_what_its_header_announces(count: int, cents: int, code: str) -> None:
    file = file_of(TRANSFERS)
    file = replace(file, count=file.count + count, cents=file.cents + cents)
    assert code_of(file, TRANSFERS) == (code, None)


def test_a_file_that_is_refused_never_ends() -> None:
    """Whoever stores the parts as they come holds no file that a bank can read."""
    file, parts = replace(file_of(TRANSFERS), cents=1), list[bytes]()
    with pytest.raises(PaymentFileError):
        parts.extend(written(file, TRANSFERS))
    assert b"</Document>" not in b"".join(parts)


def test_no_more_is_read_than_one_transfer_too_many() -> None:
    more = iter([transfer(1)] * 10)
    with pytest.raises(PaymentFileError, match=r"^count-differs$"):
        list(written(file_of([transfer(1)] * 3), more))
    assert len(list(more)) == 6


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"end_to_end_id": "2023-1f2e"}, "id-invalid"),
        ({"end_to_end_id": "TGM-2023_1"}, "id-invalid"),
        ({"end_to_end_id": "TGM-" + "1" * 32}, "id-invalid"),
        ({"end_to_end_id": "TGM-a</EndToEndId>"}, "id-invalid"),
        ({"iban": "BE68539007547035"}, "iban-invalid"),
        ({"iban": ""}, "iban-invalid"),
        ({"cents": 0}, "amount-invalid"),
        ({"cents": -1}, "amount-invalid"),
        ({"cents": 100_000_000_000}, "amount-invalid"),
        ({"name": "王"}, "name-says-nothing"),
        ({"name": "." * 140 + "a"}, "name-says-nothing"),
        ({"text": "x" * 141}, "text-too-long"),
        ({"text": "Ψ" * 71}, "text-too-long"),
    ],
)
def test_a_transfer_that_no_bank_takes_is_refused(change: dict[str, Any], code: str) -> None:
    transfers = [*TRANSFERS, replace(transfer(9), **change)]
    assert code_of(file_of(transfers), transfers) == (code, 6)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "001.001.10"}, "version-unknown"),
        ({"message_id": "a_b"}, "id-invalid"),
        ({"payment_id": "x" * 36}, "id-invalid"),
        ({"created": datetime(2023, 12, 14)}, "moment-without-zone"),  # noqa: DTZ001 - what is refused
        ({"count": 0}, "no-transfers"),
        ({"purpose": ""}, "purpose-invalid"),
        ({"purpose": "SSB"}, "purpose-invalid"),
        ({"purpose": "ssbe"}, "purpose-invalid"),
        ({"purpose": "ÉÉÉÉ"}, "purpose-invalid"),
        ({"purpose": "SS<E"}, "purpose-invalid"),
    ],
)
def test_a_file_that_no_bank_takes_is_not_begun(change: dict[str, Any], code: str) -> None:
    with pytest.raises(PaymentFileError) as rejected:
        replace(file_of(TRANSFERS), **change)
    assert rejected.value.code == code


@pytest.mark.parametrize("number", [1, 10_000_000])
def test_identifiers_follow_from_run_and_number(number: int) -> None:
    names = message_id(RUN, number), payment_id(RUN, number)
    assert names == (f"TGM-{RUN}-{number}", f"TGM-{RUN}-{number}-P")
    assert all(map(is_identifier, names))


def test_a_run_whose_identifier_no_bank_takes_is_refused() -> None:
    for name in (message_id, payment_id):
        with pytest.raises(PaymentFileError, match=r"^id-invalid$"):
            name("2023-1-" + "0" * 30, 1)


# --- properties -----------------------------------------------------------------------------------

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(lambda text: f"N{text}")
LISTS = st.lists(
    st.builds(
        transfer,
        st.integers(1, 10**9),
        NAMES,
        st.integers(1, 99_999_999_999),
    ),
    min_size=1,
    max_size=20,
)
patient = settings(deadline=None, max_examples=100)


def as_read(transfers: Sequence[Transfer], read: Read) -> None:
    """The transfers that a bank reads are these, in this order, to the cent."""
    assert [each["PmtId/EndToEndId"] for each in read.transfers] == [each.end_to_end_id for each in transfers]
    assert [int(each["Amt/InstdAmt"].replace(".", "")) for each in read.transfers] == [each.cents for each in transfers]
    assert [each["CdtrAcct/Id/IBAN"] for each in read.transfers] == [each.iban for each in transfers]
    for each, told in zip(transfers, read.transfers, strict=True):
        assert converted(each.name).strip().startswith(told["Cdtr/Nm"])
    for group in ("GrpHdr", "PmtInf"):
        assert int(read.header[f"{group}/CtrlSum"].replace(".", "")) == sum(each.cents for each in transfers)
        assert int(read.header[f"{group}/NbOfTxs"]) == len(transfers)


@patient
@given(LISTS, st.sampled_from(VERSIONS))
def test_any_list_is_read_back_in_order_to_the_cent(transfers: list[Transfer], version: Version) -> None:
    body = body_of(file_of(transfers, version), transfers)
    assert faults(version, body) == []
    as_read(transfers, read_back(body))


@patient
@given(LISTS, st.sampled_from(VERSIONS))
def test_a_file_made_again_has_the_same_bytes(transfers: list[Transfer], version: Version) -> None:
    again = [replace(each) for each in transfers]
    assert body_of(file_of(transfers, version), transfers) == body_of(file_of(again, version), again)


@patient
@given(LISTS, st.lists(st.integers(0, 20)))
def test_however_a_list_is_cut_its_files_pay_it_once(transfers: list[Transfer], cuts: list[int]) -> None:
    ends = sorted({0, len(transfers), *(cut for cut in cuts if cut < len(transfers))})
    parts = [transfers[start:end] for start, end in pairwise(ends)]
    read = [read_back(body_of(file_of(part, number=number), part)) for number, part in enumerate(parts, 1)]
    as_read(transfers, Read(_sums(read), [each for one in read for each in one.transfers]))
    assert len({one.header["GrpHdr/MsgId"] for one in read}) == len(parts)


def _sums(read: Sequence[Read]) -> dict[str, str]:
    """The totals of the headers together, which a single file would have."""
    names = [f"{group}/{total}" for group in ("GrpHdr", "PmtInf") for total in ("CtrlSum", "NbOfTxs")]
    return {name: str(sum(int(one.header[name].replace(".", "")) for one in read)) for name in names}


@pytest.mark.parametrize("count", [1, 499, 500, 501, 1000, 1001])
def test_parts_join_to_one_file(count: int) -> None:
    transfers = [transfer(number, cents=number) for number in range(1, count + 1)]
    parts = list(written(file_of(transfers), transfers))
    as_read(transfers, read_back(b"".join(parts)))
    assert faults("001.001.09", b"".join(parts)) == []
    assert max(part.count(b"<CdtTrfTxInf>") for part in parts) == min(count, 500)


# --- the second opinion ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_batch_is_written_by_another_library(version: Version) -> None:
    """All fields are those of sepaxml, but the names of the message and the moment of writing."""
    transfers = [transfer(number, f"Zoé Peeters {number}", number * 7919) for number in range(1, 30)]
    ours = read_back(body_of(file_of(transfers, version), transfers))
    theirs = read_back(by_sepaxml(transfers, version))
    own = {"GrpHdr/MsgId", "GrpHdr/CreDtTm", "PmtInf/PmtInfId"}
    assert ours.header.keys() == theirs.header.keys()
    assert {name: text for name, text in ours.header.items() if name not in own} == {
        name: text for name, text in theirs.header.items() if name not in own
    }
    assert ours.transfers == theirs.transfers


def by_sepaxml(transfers: Sequence[Transfer], version: Version) -> bytes:
    debtor = {"name": converted(DEBTOR.name), "IBAN": DEBTOR.iban, "BIC": DEBTOR.bic}
    writer = SepaTransfer({**debtor, "batch": True, "currency": "EUR"}, f"pain.{version}", clean=True)
    for each in transfers:
        writer.add_payment(
            {
                "name": each.name,
                "IBAN": each.iban,
                "amount": each.cents,
                "execution_date": EXECUTION,
                "description": each.text,
                "endtoend_id": each.end_to_end_id,
            }
        )
    body: bytes = writer.export(validate=False)
    assert re.search(rb"pain\.%b" % version.encode(), body)
    return body
