"""Identity numbers against other implementations, for any number and any text."""

import re

import stdnum.iban
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.be import bis, nn

from tegemoet.domain.calendar import read_day
from tegemoet.domain.iban import SEPA, check_digits, is_iban
from tegemoet.domain.identity import holds_insz, is_insz, is_riziv_number, person_key, shard_of
from tegemoet.domain.money import euro, read_amount

DIGITS = st.text("0123456789", min_size=11, max_size=11)
NEARLY = st.text("0123456789- ABCx١２\n", max_size=12) | DIGITS
QUICK = settings(deadline=None)


@QUICK
@given(st.integers(0, 999_999), st.sampled_from([97, 89]), st.text("0123456789", min_size=3, max_size=3))
def test_a_riziv_number_made_by_the_rule_is_valid_and_with_another_check_it_is_not(
    body: int, modulus: int, code: str
) -> None:
    checks = {97 - body % 97, 89 - body % 89}
    assert is_riziv_number(f"{body:06d}{modulus - body % modulus:02d}{code}")
    for check in range(100):
        assert is_riziv_number(f"{body:06d}{check:02d}") == (check in checks)


@QUICK
@given(NEARLY)
def test_only_8_or_11_ascii_digits_can_be_a_riziv_number(text: str) -> None:
    if is_riziv_number(text):
        assert re.fullmatch(r"[0-9]{8}([0-9]{3})?", text, re.ASCII)


@QUICK
@given(st.integers(0, 991231999), st.booleans())
def test_an_insz_is_what_the_library_takes_for_a_national_register_or_bis_number(body: int, this_century: bool) -> None:
    check = 97 - (body + 2_000_000_000 * this_century) % 97
    number = f"{body:09d}{check:02d}"
    with time_machine.travel("2024-06-15"):
        issued = number[6:9] not in ("000", "999")
        assert is_insz(number) == (issued and (nn.is_valid(number) or bis.is_valid(number)))


@st.composite
def persons(draw: st.DrawFn) -> str:
    """A valid identity number, of either century, from the national register or BIS."""
    year = draw(st.integers(1925, 2024))
    month = draw(st.integers(1, 12)) + draw(st.sampled_from([0, 20, 40]))
    body = f"{year % 100:02}{month:02}{draw(st.integers(1, 28)):02}{draw(st.integers(1, 998)):03}"
    return f"{body}{97 - int(('2' if year >= 2000 else '') + body) % 97:02}"


BETWEEN = st.text(" ./-_,:–\u00a0\u2011", max_size=3)
AROUND = st.text("abcXYZ ./_-é", max_size=8)


@QUICK
@given(persons(), st.tuples(BETWEEN, BETWEEN, BETWEEN, BETWEEN), AROUND, AROUND)
def test_a_planted_identity_number_is_found_in_every_printed_form(
    number: str, between: tuple[str, str, str, str], before: str, after: str
) -> None:
    groups = (number[:2], number[2:4], number[4:6], number[6:9], number[9:])
    printed = "".join(group + mark for group, mark in zip(groups, (*between, ""), strict=True))
    with time_machine.travel("2024-06-15"):
        assert holds_insz(before + printed + after)


@QUICK
@given(persons(), st.text("0123456789", max_size=5), st.text("0123456789", max_size=5))
def test_a_planted_identity_number_is_found_within_a_longer_number(number: str, before: str, after: str) -> None:
    with time_machine.travel("2024-06-15"):
        assert holds_insz(before + number + after)


@QUICK
@given(st.text("0123456789abcdef-._ ", max_size=64))
def test_what_holds_an_identity_number_has_eleven_digits_of_one(text: str) -> None:
    digits = re.sub("[^0-9]", "", text)
    if holds_insz(text):
        assert any(is_insz(digits[place : place + 11]) for place in range(len(digits)))


@QUICK
@given(NEARLY)
def test_only_eleven_ascii_digits_can_be_an_insz(text: str) -> None:
    if is_insz(text):
        assert re.fullmatch(r"[0-9]{11}", text, re.ASCII)


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country = draw(st.sampled_from(sorted(SEPA)))
    if country == "BE":
        body = draw(st.text("0123456789", min_size=10, max_size=10))
        account = f"{body}{int(body) % 97 or 97:02}"
    else:
        ((_, facts),) = stdnum.iban._ibandb.info(country)
        alphabets = {"n": "0123456789", "a": "ABCXYZ", "c": "0123456789ABCXYZ"}
        account = "".join(
            draw(st.text(alphabets[kind], min_size=int(count), max_size=int(count)))
            for count, kind in stdnum.iban._struct_re.findall(facts["bban"])
        )
    return f"{country}{check_digits(country, account)}{account}"


@QUICK
@given(ibans(), st.data())
def test_an_iban_with_right_check_digits_is_valid_and_with_one_change_it_is_not(good: str, data: st.DataObject) -> None:
    assert is_iban(good)
    place = data.draw(st.integers(2, len(good) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != good[place]]))
    changed = good[:place] + other + good[place + 1 :]
    if good[place].isdigit():
        assert not is_iban(changed)
    assert not is_iban(good[:-1])
    assert not is_iban(good + "0")


@QUICK
@given(ibans())
def test_an_iban_is_one_for_the_library_with_calculated_check_digits(good: str) -> None:
    assert stdnum.iban.is_valid(good, check_country=False)
    assert stdnum.iban.calc_check_digits(good) == good[2:4]


@QUICK
@given(st.text(max_size=35))
def test_any_text_is_an_iban_or_not_and_never_an_error(text: str) -> None:
    if is_iban(text):
        assert stdnum.iban.calc_check_digits(text) == text[2:4]


@QUICK
@given(st.text(), st.integers(1, 64))
def test_a_shard_is_one_of_the_shards(text: str, shards: int) -> None:
    assert 0 <= shard_of(text, shards) < shards


@QUICK
@given(DIGITS, DIGITS)
def test_two_persons_have_two_pseudonyms(one: str, other: str) -> None:
    secrets = {"v1": "secret"}
    assert (person_key(one, "v1", secrets) == person_key(other, "v1", secrets)) == (one == other)


@QUICK
@given(st.dates())
def test_a_day_reads_back(day: object) -> None:
    assert read_day(str(day)) == day


@QUICK
@given(st.integers(0, 10**14 - 1))
def test_an_amount_reads_back(cents: int) -> None:
    text = f"{cents // 100}.{cents % 100:02d}"
    assert euro(read_amount(text)) == text


@QUICK
@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = read_amount(text)
    except ValueError:
        return
    assert re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", text, re.ASCII)
    assert amount >= 0
