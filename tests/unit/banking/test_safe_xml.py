"""What is no message of a bank, or a hostile one: it is refused with its reason, within bounds."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tegemoet.banking.answers import read_answers
from tegemoet.banking.safe_xml import (
    BLOCK,
    LONGEST,
    LONGEST_PIECE,
    MOST_DEEP,
    MOST_ELEMENTS,
    MOST_NAMES,
    XmlError,
    namespace_of,
)
from tests.unit.banking.test_answers import ISO, Slow, fails, payment, read, status, transaction

ROOT = Path(__file__).parents[3]
GOOD = status(payment(transaction("TGM-a", "RJCT", "AC04")))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("not xml", "malformed"),
        (GOOD[:-20], "malformed"),
        (GOOD.encode()[:200], "malformed"),
        (GOOD.replace('encoding="UTF-8"', 'encoding="koi8-nobody"'), "malformed"),
        (GOOD.replace("TGM-a", "TGM-\xe9").encode("latin-1"), "malformed"),
        (GOOD + "<more/>", "malformed"),
        (GOOD.replace("pain.002.001.10", "pain.002.001.12"), "unknown"),
        (GOOD.replace(f' xmlns="{ISO}pain.002.001.10"', ""), "unknown"),
        ("<a/>", "unknown"),
        (f'<TxInfAndSts xmlns="{ISO}pain.002.001.10"/>', "unknown"),
        (GOOD.replace("<Document", "<!DOCTYPE Document><Document"), "dtd-forbidden"),
        (GOOD.replace("<Document", '<!DOCTYPE D SYSTEM "file:///etc/passwd"><Document'), "dtd-forbidden"),
        (GOOD.replace("<Document", '<!DOCTYPE D [<!ENTITY a "aaaa">]><Document'), "dtd-forbidden"),
        (GOOD.replace("TGM-a", "&other;"), "malformed"),
        (GOOD.replace("TGM-a", "a" * (BLOCK * 2)), "too-large"),
        (GOOD.replace("<GrpHdr>", f'<GrpHdr a="{"a" * (LONGEST + 1)}">'), "too-large"),
        (GOOD.replace("<GrpHdr>", "<GrpHdr>" + "<a>" * MOST_DEEP), "too-deep"),
        (GOOD.replace("<GrpHdr>", "<GrpHdr>" + "<a/>" * MOST_ELEMENTS), "too-large"),
        (GOOD.replace("TGM-a", "a<!-- -->" * (LONGEST + 1)), "too-large"),
        (GOOD.replace("<GrpHdr>", "<GrpHdr " + " " * 2 * LONGEST_PIECE + ">"), "too-large"),
        (GOOD.replace("<GrpHdr>", f"<!--{' ' * 2 * LONGEST_PIECE}--><GrpHdr>"), "too-large"),
        (GOOD.replace("<GrpHdr>", "".join(f"<a{n}/>" for n in range(MOST_NAMES)) + "<GrpHdr>"), "too-large"),
    ],
)
def test_a_hostile_or_broken_message_is_refused_with_its_reason(text: str | bytes, code: str) -> None:
    assert fails(text) == code


def filled(inside: str) -> str:
    return f'<Document xmlns="{ISO}pain.002.001.10">{inside}</Document>'


@pytest.mark.parametrize(
    ("inside", "more"),
    [
        ("<a/>" * (MOST_ELEMENTS - 1), "<a/>"),
        ("".join(f"<a{number}/>" for number in range(MOST_NAMES - 1)), "<b/>"),
        ("<a>" * (MOST_DEEP - 1) + "</a>" * (MOST_DEEP - 1), "<a>" * MOST_DEEP + "</a>" * MOST_DEEP),
        (f"<a>{'a' * LONGEST}</a>", f"<a>{'a' * (LONGEST + 1)}</a>"),
        (f"<a><b/>{'a' * LONGEST}</a>", f"<a><b/>{'a' * (LONGEST + 1)}</a>"),
        (f'<a b="{"b" * LONGEST}" c=""/>', f'<a c="" b="{"b" * (LONGEST + 1)}"/>'),
    ],
)
def test_a_message_may_be_as_large_as_a_limit_and_no_larger(inside: str, more: str) -> None:
    assert read(filled(inside)) == []
    assert fails(filled(inside + more)) in ("too-large", "too-deep")


def test_the_longest_piece_is_counted_from_its_beginning() -> None:
    start = filled("").partition("</")[0]
    start += f"<!--{'a' * (BLOCK - len(start) - 7)}-->"
    assert len(start) == BLOCK
    longest = f"<!--{'a' * (LONGEST_PIECE - 6)}--></Document>"
    assert read(start + longest) == []
    assert fails(start[:-4] + "-->" + longest.replace("<!--", "<!--aa", 1)) == "too-large"


def test_a_text_beside_elements_is_no_part_of_theirs() -> None:
    assert read(GOOD.replace("<TxSts>", "text<TxSts>").replace("</TxSts>", "</TxSts>text")) == read(GOOD)


def test_an_element_with_elements_has_no_text() -> None:
    assert read(GOOD.replace("RJCT", "<a/>RJCT")) == []


def test_answers_come_while_the_message_is_read() -> None:
    body = status(payment(transaction("TGM-a", "RJCT") * 5_000)).encode()
    stream = io.BytesIO(body)
    next(read_answers(stream))
    assert stream.tell() == BLOCK < len(body)


def test_an_error_says_its_code_and_line_and_nothing_of_the_message() -> None:
    with pytest.raises(XmlError) as error:
        namespace_of(io.BytesIO(b"<Document>\n\n<secret>"), ["secret"])[1].__next__()
    assert (str(error.value), error.value.code, error.value.line) == ("malformed", "malformed", 3)


def test_the_reference_names_the_limits() -> None:
    limits = " ".join((ROOT / "docs/reference/bank-answers.md").read_text("utf-8").split())
    assert f"at most {MOST_DEEP} levels, texts of at most {LONGEST:,} characters" in limits
    assert f"tags and comments of {LONGEST_PIECE >> 10} kB, {MOST_NAMES:,} different names" in limits
    assert f"{MOST_ELEMENTS:,} elements beside its records" in limits


def test_many_records_are_not_too_much() -> None:
    count = MOST_ELEMENTS // 4
    assert len(read(status(payment("".join(transaction(f"TGM-{n}", "ACSC") for n in range(count)))))) == count


def test_what_is_as_large_as_it_may_be_is_read() -> None:
    text = GOOD.replace("<GrpHdr>", f"<GrpHdr><Nm>{'a<!-- -->' * LONGEST}</Nm>{'a<b/>' * LONGEST}")
    text = text.replace("<GrpHdr>", f"<!--{' ' * (LONGEST_PIECE - BLOCK)}--><GrpHdr>")
    deepest = MOST_DEEP - 3
    assert read(text.replace("<GrpHdr>", f"<GrpHdr>{'<a>' * deepest}{'</a>' * deepest}")) == read(GOOD)


def test_what_is_of_another_namespace_is_nothing_that_is_looked_for() -> None:
    strange = '<x:TxInfAndSts xmlns:x="urn:x"><x:OrgnlEndToEndId>TGM-b</x:OrgnlEndToEndId></x:TxInfAndSts>'
    assert read(GOOD.replace("</OrgnlPmtInfAndSts>", f"{strange}</OrgnlPmtInfAndSts>")) == read(GOOD)


@given(st.permutations(range(5)), st.integers(1, 400))
def test_answers_are_the_same_in_any_order_and_read_in_any_blocks(order: list[int], size: int) -> None:
    states = ("RJCT", "ACSC", "PDNG", "ACCP", "RJCT")
    text = status(payment("".join(transaction(f"TGM-{n}", states[n]) for n in order)))
    found = list(read_answers(Slow(text.encode(), size)))
    assert sorted(found, key=repr) == sorted(
        read(status(payment("".join(transaction(f"TGM-{n}", states[n]) for n in range(5))))), key=repr
    )
