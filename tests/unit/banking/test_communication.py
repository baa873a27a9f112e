"""Structured communications, beside the arithmetic of a person."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.be import ogm_vcs

from tegemoet.banking.communication import structured, structured_digits


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (108068171, "+++010/8068/17183+++"),
        (1, "+++000/0000/00101+++"),
        (97, "+++000/0000/09797+++"),
        (194, "+++000/0000/19497+++"),
        (1234567890, "+++123/4567/89002+++"),
        (9_999_999_999, "+++999/9999/99948+++"),
    ],
)
def test_a_number_is_printed_with_its_check_digits(number: int, printed: str) -> None:
    assert structured(number) == printed


@settings(deadline=None)
@given(st.integers(1, 9_999_999_999))
def test_a_communication_is_valid_and_has_its_number(number: int) -> None:
    digits = structured_digits(number)
    assert ogm_vcs.is_valid(structured(number))
    assert digits == re.sub(r"\D", "", structured(number))
    assert int(digits[:10]) == number
    assert int(digits[10:]) == (number % 97 or 97)


@pytest.mark.parametrize("number", [0, -1, 10_000_000_000])
def test_a_number_outside_ten_digits_is_rejected(number: int) -> None:
    with pytest.raises(ValueError, match="structured communication"):
        structured(number)
