"""Money is read strictly, rounded half-up, and written one way."""

from decimal import Decimal

import pytest

from tegemoet.domain.money import ZERO, cents, euro, from_cents, read_amount, round_half_up


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0", "0"), ("1045.32", "1045.32"), ("7.5", "7.5"), ("007", "7"), ("999999999999.99", "999999999999.99")],
)
def test_an_amount_is_read_exactly(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 045.32",
        "1.045,32",
        "1,5",
        "1.",
        ".5",
        "1.234",
        "-1",
        "+1",
        "1e5",
        "1E2",
        "1_000",
        "NaN",
        "Infinity",
        "0x10",
        "１２",
        "١٢",
        "1.00\n",
        "1000000000000",
    ],
)
def test_anything_but_a_plain_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not an amount$"):
        read_amount(text)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.0049999", "0.00"),
        ("2.675", "2.68"),
        ("116.665", "116.67"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
    ],
)
def test_halves_go_up(value: str, rounded: str) -> None:
    assert round_half_up(Decimal(value)) == Decimal(rounded)


def test_components_are_rounded_to_four_decimals() -> None:
    components = [
        round_half_up(Decimal("73.7231") * share, Decimal("0.0001")) for share in (Decimal("0.6"), Decimal("0.15"))
    ]
    assert components == [Decimal("44.2339"), Decimal("11.0585")]
    assert round_half_up(sum(components, ZERO)) == Decimal("55.29")


def test_amounts_are_written_with_two_decimals() -> None:
    assert [euro(Decimal(a)) for a in ("0", "30505.0", "1045.32", "999999999999.99")] == [
        "0.00",
        "30505.00",
        "1045.32",
        "999999999999.99",
    ]


def test_more_decimals_are_written_half_up_too() -> None:
    assert [euro(Decimal(a)) for a in ("0.125", "0.135", "55.2924", "55.2950")] == ["0.13", "0.14", "55.29", "55.30"]


def test_cents_and_euro_are_the_same_money() -> None:
    for amount in ("0.00", "0.01", "1045.32", "100000000.00"):
        assert euro(from_cents(cents(Decimal(amount)))) == amount
    assert cents(Decimal("0.1")) == 10
    assert from_cents(-29) == Decimal("-0.29")


def test_a_fraction_of_a_cent_is_no_number_of_cents() -> None:
    for amount in ("0.001", "10.005"):
        with pytest.raises(ValueError, match="cents"):
            cents(Decimal(amount))
