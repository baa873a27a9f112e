"""Account numbers: structures and check digits, both sides of each."""

import pytest
import stdnum.iban

from tegemoet.domain.iban import SEPA, check_digits, has_known_bank, is_iban


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
        ("NL91ABN00417164300", False),
        ("NL91123A0417164300", False),
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
def test_an_iban_is_of_a_sepa_country_with_its_structure_and_check_digits(iban: str, valid: bool) -> None:
    assert is_iban(iban) is valid


def belgian(bank: int, account: int = 1) -> str:
    """A Belgian IBAN with right check digits, of a bank with that code."""
    body = f"{bank:03d}{account:07d}"
    bban = f"{body}{int(body) % 97 or 97:02d}"
    return f"BE{98 - int(bban + '111400') % 97:02d}{bban}"


@pytest.mark.parametrize(
    ("country", "account"),
    [
        ("NL", "12340417164300"),  # four letters are the bank
        ("NL", "ABN10417164300"),
        ("BE", "5390075470AB"),
        ("BE", "A39007547034"),
        ("DE", "37040044053201300X"),
        ("FR", "X0041010050500013M02606"),
        ("GB", "1234601613319268"),
    ],
)
def test_letters_and_digits_stand_where_the_country_has_them(country: str, account: str) -> None:
    assert not is_iban(f"{country}{check_digits(country, account)}{account}")


def test_check_digits_are_from_02_to_98() -> None:
    found = set()
    for number in range(2000):
        body = f"539{number:07}"
        account = f"{body}{int(body) % 97 or 97:02}"
        check = check_digits("BE", account)
        found.add(check)
        same = {f"{int(check) + shift:02}" for shift in (-97, 97) if 0 <= int(check) + shift <= 99}
        assert is_iban(f"BE{check}{account}")
        # the other spellings have the same remainder modulo 97
        assert not any(is_iban(f"BE{other}{account}") for other in same)
    assert found == {f"{check:02}" for check in range(2, 99)}


def test_the_last_digits_of_a_belgian_account_are_its_number_modulo_97() -> None:
    good = belgian(539)
    assert is_iban(good)
    for last in range(100):
        account = f"{good[4:14]}{last:02}"
        assert is_iban(f"BE{check_digits('BE', account)}{account}") is (account == good[4:])
    multiple = "0000000097"
    assert is_iban(f"BE{check_digits('BE', multiple + '97')}{multiple}97")
    assert not is_iban(f"BE{check_digits('BE', multiple + '00')}{multiple}00")


def test_an_account_of_a_bank_that_nobody_knows_yet_is_valid_and_only_a_warning() -> None:
    unknown = next(iban for bank in range(1000) if not has_known_bank(iban := belgian(bank)))
    assert is_iban(unknown)
    assert is_iban("BE68539007547034")
    assert has_known_bank("BE68539007547034") is False
    assert has_known_bank("BE71096123456769")


@pytest.mark.parametrize("country", sorted(SEPA))
def test_every_country_has_its_structure_from_the_registry(country: str) -> None:
    ((found, facts),) = stdnum.iban._ibandb.info(country)
    assert found == country
    example = "".join(
        {"n": "1", "a": "A", "c": "Z"}[kind] * int(count)
        for count, kind in stdnum.iban._struct_re.findall(facts["bban"])
    )
    if country != "BE":
        assert is_iban(f"{country}{check_digits(country, example)}{example}")
    assert not is_iban(f"{country}{check_digits(country, example + '1')}{example}1")
    assert not is_iban(f"{country}{check_digits(country, example[:-1])}{example[:-1]}")
    assert not is_iban(f"{country.lower()}{check_digits(country, example)}{example}")


def test_the_sepa_area_has_the_countries_that_it_has() -> None:
    union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    others = "AD AL CH GB GI IS LI MC MD ME MK NO RS SM VA"
    assert " ".join(sorted(SEPA)) == " ".join(sorted(f"{union} {others}".split(" ")))
