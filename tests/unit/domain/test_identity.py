"""Identity numbers: vectors from public sources, both
sides of each check, and the pseudonym of a person.
"""

from collections.abc import Iterator

import pytest
import stdnum.iban
import time_machine
from stdnum.be import nn

from tegemoet.domain.identity import (
    SEPA_LENGTHS,
    is_iban,
    is_insz,
    is_known_belgian_bank,
    is_riziv_number,
    person_key,
    shard_of,
)


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


# --- accounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("iban", "valid"),
    [
        ("BE68539007547034", True),
        ("BE71096123456769", True),
        ("NL91ABNA0417164300", True),
        ("FR1420041010050500013M02606", True),
        ("DE89370400440532013000", True),
        ("LU280019400644750000", True),
        ("GB29NWBK60161331926819", True),
        ("MT84MALT011000012345MTLCAST001S", True),
        ("MD45A1234567890123456789", True),
        ("BE68539007547035", False),
        ("BE67539007547034", False),
        ("BE6853900754703", False),
        ("BE685390075470340", False),
        ("be68539007547034", False),
        ("BE68 5390 0754 7034", False),
        ("BE６８539007547034", False),
        ("US64SVBKUS6S3300958879", False),
        ("TR330006100519786457841326", False),
        ("BE", False),
        ("", False),
    ],
)
def test_an_iban_is_of_a_sepa_country_with_its_length_and_check_digits(iban: str, valid: bool) -> None:
    assert is_iban(iban) is valid


def belgian(bank: int, account: int = 1) -> str:
    """A Belgian IBAN with right check digits, of a bank with that code."""
    body = f"{bank:03d}{account:07d}"
    bban = f"{body}{int(body) % 97 or 97:02d}"
    return f"BE{98 - int(bban + '111400') % 97:02d}{bban}"


def test_an_account_of_a_bank_that_nobody_knows_yet_is_valid_and_only_a_warning() -> None:
    unknown = next(iban for bank in range(1000) if not is_known_belgian_bank(iban := belgian(bank)))
    assert is_iban(unknown)
    assert is_iban("BE68539007547034")
    assert is_known_belgian_bank("BE68539007547034") is False
    assert is_known_belgian_bank("BE71096123456769")


def test_the_lengths_are_those_of_the_registry_that_the_library_carries() -> None:
    for country, length in SEPA_LENGTHS.items():
        ((found, facts),) = stdnum.iban._ibandb.info(country)
        assert found == country
        parts = [part.split("!")[0] for part in facts["bban"].replace("c", "n").replace("a", "n").split("n") if part]
        assert sum(map(int, parts)) + 4 == length


def test_the_sepa_area_has_the_countries_that_it_has() -> None:
    union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    others = "AD AL CH GB GI IS LI MC MD ME MK NO RS SM VA"
    assert " ".join(sorted(SEPA_LENGTHS)) == " ".join(sorted(f"{union} {others}".split(" ")))
