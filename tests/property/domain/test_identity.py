"""Identity numbers against other implementations, for any number and any text."""

import re

import stdnum.iban
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.be import bis, nn

from tegemoet.domain.calendar import read_day
from tegemoet.domain.identity import SEPA_LENGTHS, is_iban, is_insz, is_riziv_number, person_key, shard_of
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
        assert is_insz(number) == (nn.is_valid(number) or bis.is_valid(number))


@QUICK
@given(NEARLY)
def test_only_eleven_ascii_digits_can_be_an_insz(text: str) -> None:
    if is_insz(text):
        assert re.fullmatch(r"[0-9]{11}", text, re.ASCII)


def iban(country: str, account: str) -> str:
    """An IBAN with right check digits."""
    number = "".join(str(int(c, 36)) for c in account + country) + "00"
    return f"{country}{98 - int(number) % 97:02d}{account}"


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country = draw(st.sampled_from(sorted(SEPA_LENGTHS)))
    length = SEPA_LENGTHS[country] - 4
    return iban(
        country,
        draw(st.text("0123456789ABCXYZ" if draw(st.booleans()) else "0123456789", min_size=length, max_size=length)),
    )


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
def test_whatever_iban_the_library_takes_is_valid_here(good: str) -> None:
    if stdnum.iban.is_valid(good, check_country=False):
        assert is_iban(good)


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
