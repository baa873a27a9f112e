"""The list of transfers: its bytes are what is approved."""

import hashlib

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tegemoet.banking.characters import is_identifier
from tegemoet.banking.transfers import PREFIX, Transfer, end_to_end_id, line, office_end_to_end_id, read
from tegemoet.domain.decision import canonical

TRANSFER = Transfer("TGM-2023-1f2e3d4c5b6a79880f1e", "Zoé Peeters", "BE68539007547034", 104532, "Premie 2023")
LINE = (
    '{"cents":104532,"end_to_end_id":"TGM-2023-1f2e3d4c5b6a79880f1e","iban":"BE68539007547034",'
    '"name":"Zoé Peeters","text":"Premie 2023"}\n'
).encode()
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TRANSFERS = st.builds(Transfer, TEXT, TEXT, TEXT, st.integers(1, 10**11), TEXT)


def test_a_transfer_is_one_canonical_line() -> None:
    assert line(TRANSFER) == LINE
    assert line(TRANSFER) == canonical(orjson.loads(LINE)) + b"\n"


@settings(deadline=None)
@given(st.lists(TRANSFERS))
def test_a_list_is_read_back_as_it_was(transfers: list[Transfer]) -> None:
    lines = [line(transfer) for transfer in transfers]
    assert list(read(lines)) == transfers
    assert list(read(text.removesuffix(b"\n") for text in lines)) == transfers
    assert all(text.count(b"\n") == 1 for text in lines)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"not JSON",
        LINE.replace(b"104532", b"104532.0"),
        LINE.replace(b"104532", b"true"),
        LINE.replace(b"104532", b'"104532"'),
        LINE.replace(b'"Premie 2023"', b"null"),
        LINE.replace(b'"text"', b'"told"'),
        LINE.replace(b"}", b',"x":1}'),
        LINE.replace(b',"text":"Premie 2023"', b""),
        LINE.replace(b'{"cents":104532', b'{"cents":1,"cents":104532'),
        LINE.replace(b":104532", b": 104532"),
        LINE.replace("é".encode(), b"\\u00e9"),
        LINE.replace("é".encode(), b"\xe9"),
        LINE.replace(b"\n", b"\n\n"),
        b'{"end_to_end_id":"a","cents":1,"iban":"b","name":"c","text":"d"}',
    ],
)
def test_a_line_that_nobody_wrote_is_rejected(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"^line 2 of the list is no transfer$"):
        list(read([LINE, text]))


def test_an_identifier_follows_from_entry_run_and_office() -> None:
    assert end_to_end_id("2023-1f2e3d4c5b6a79880f1e") == "TGM-2023-1f2e3d4c5b6a79880f1e"
    digest = hashlib.sha256(b"2023-1-0123456789#90012345").hexdigest()[:20]
    assert office_end_to_end_id(2023, "2023-1-0123456789", "90012345") == f"TGM-2023-{digest}"
    assert office_end_to_end_id(2023, "2023-1-0123456789", "90012346") != f"TGM-2023-{digest}"
    assert office_end_to_end_id(2023, "2023-2-0123456789", "90012345") != f"TGM-2023-{digest}"


@settings(deadline=None)
@given(st.integers(2000, 2999), TEXT, TEXT)
def test_the_identifier_of_an_office_is_one_that_banks_take(year: int, run: str, office: str) -> None:
    name = office_end_to_end_id(year, run, office)
    assert is_identifier(name)
    assert name.startswith(PREFIX)
