"""Identity numbers: vectors from public sources, both
sides of each check, and the pseudonym of a person.
"""

from collections.abc import Iterator

import pytest
import time_machine
from stdnum.be import nn

from tegemoet.domain.identity import holds_insz, is_insz, is_riziv_number, person_key, shard_of


@pytest.fixture(autouse=True)
def on_a_day() -> Iterator[None]:
    """The century of a birth date is guessed by looking at today's year."""
    with time_machine.travel("2024-06-15"):
        yield


# --- care providers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("12345625000", True),  # modulo 97
        ("12345676000", True),  # modulo 89
        ("14897616004", True),
        ("14897616", True),
        ("12345625", True),
        ("12345676", True),
        ("11234567891", False),
        ("12345624000", False),
        ("12345626000", False),
        ("12345675000", False),
        ("12345677000", False),
        ("1234562500", False),
        ("123456250000", False),
        ("1234562", False),
        ("", False),
        ("1-23456-25-000", False),
        ("１２３４５６２５", False),
        ("12345625\n", False),
    ],
)
def test_a_riziv_number_has_8_or_11_digits_and_checks_modulo_97_or_89(number: str, valid: bool) -> None:
    assert is_riziv_number(number) is valid


def test_the_check_of_a_multiple_of_the_modulus_is_the_modulus_itself() -> None:
    assert is_riziv_number("10000797")  # 100,007 = 97 · 1,031
    assert not is_riziv_number("10000700")


def test_other_moduli_are_behind_a_parameter() -> None:
    check = 83 - 123456 % 83
    number = f"123456{check:02d}"
    assert not is_riziv_number(number)
    assert is_riziv_number(number, (97, 89, 83, 79))


# --- persons --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("85073003328", True),  # born 1985
        ("17073003384", True),  # born 2017
        ("98472899765", True),  # a BIS number
        ("01490700185", True),
        ("12345678901", False),
        ("85073003327", False),
        ("85073003329", False),
        ("8507300332", False),
        ("850730033280", False),
        ("85.07.30-033.28", False),
        ("８５073003328", False),
        ("85133003328", False),
        ("", False),
    ],
)
def test_an_insz_is_a_national_register_or_bis_number(number: str, valid: bool) -> None:
    assert is_insz(number) is valid


def test_every_wrong_digit_of_an_insz_is_noticed() -> None:
    good = "85073003328"
    assert nn.is_valid(good)
    for place in range(11):
        for digit in "0123456789":
            if digit != good[place]:
                assert not is_insz(good[:place] + digit + good[place + 1 :])


@pytest.mark.parametrize(
    ("order", "issued"), [(0, False), (1, True), (2, True), (997, True), (998, True), (999, False)]
)
@pytest.mark.parametrize(("month", "century"), [(7, ""), (47, ""), (7, "2")])
def test_an_order_number_is_from_001_to_998(order: int, issued: bool, month: int, century: str) -> None:
    body = f"{'17' if century else '85'}{month:02}30{order:03}"
    number = f"{body}{97 - int(century + body) % 97:02}"
    assert nn._checksum(number)
    assert is_insz(number) is issued


@pytest.mark.parametrize(
    "text",
    [
        "85073003328",
        "17073003384",
        "98472899765",
        "85.07.30-033.28",
        "85.07.30-033-28",
        "85 07 30 033 28",
        "85/07/30/033/28",
        "850730-03328",
        "850730 033.28",
        "85.07.30 - 033.28",
        "85\u202f07\u202f30\u2011033\u202f28",
        "８５．０７．３０－０３３．２８",
        "٨٥٠٧٣٠٠٣٣٢٨",
        "nurse-85073003328-x",
        "x85073003328y",
        "1985.07.30-033.28",
        "85073003328000",
        "00085073003328",
        "report_85.07.30-033.28.final",
        "first 12345678901, then 85.07.30-033.28",
    ],
)
def test_an_identity_number_is_found_bare_printed_and_within_other_characters(text: str) -> None:
    assert holds_insz(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "85.07.30-033.27",
        "8507300332",
        "85a07b30c033d28",
        "85.07.30----033.28",
        "85.07.30.0.33.28",
        "november-2023-1",
        "²³¹",
        "P-8507300-3328",
        "f" * 64,
    ],
)
def test_other_texts_hold_no_identity_number(text: str) -> None:
    assert holds_insz(text) is False


def test_a_pseudonym_is_the_same_for_the_same_person_and_version_only() -> None:
    secrets = {"v1": "one", "v2": "two"}
    key = person_key("85073003328", "v1", secrets)
    assert key == person_key("85073003328", "v1", secrets)
    assert len({key, person_key("85073003328", "v2", secrets), person_key("17073003384", "v1", secrets)}) == 3
    version, _, rest = key.partition("-")
    assert version == "v1"
    assert len(rest) == 26
    assert set(rest) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert "85073003328" not in key
    with pytest.raises(KeyError):
        person_key("85073003328", "v3", secrets)


def test_a_pseudonym_never_changes_between_releases() -> None:
    assert person_key("85073003328", "v1", {"v1": "one"}) == "v1-3453av7idusid7bkz3o72aqglu"


def test_shards_are_stable_and_all_in_use() -> None:
    assert (shard_of("12345625", 32), shard_of("v1-abc", 32)) == (23, 26)
    shards = [shard_of(f"{n:08d}", 32) for n in range(3200)]
    assert set(shards) == set(range(32))
    assert max(shards.count(s) for s in range(32)) < 200
