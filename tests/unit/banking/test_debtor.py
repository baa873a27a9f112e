"""The account that pays."""

import pytest

from tegemoet.banking.debtor import Debtor, is_bic


@pytest.mark.parametrize(
    ("bic", "valid"),
    [
        ("GEBABEBB", True),
        ("GKCCBEBB", True),
        ("PCHQBEBBXXX", True),
        ("PCHQBEBB36A", True),
        ("GEBABEB", False),
        ("GEBABEBB36", False),
        ("GEBABEBBXXXX", False),
        ("gebabebb", False),
        ("GEB1BEBB", False),
        ("GEBABE1B", False),
        ("GEBABEBO", False),
        ("GEBABEBB ", False),
        ("GEBABEBB\n", False),
        ("ＧEBABEBB", False),
        ("", False),
    ],
)
def test_a_bic_has_eight_or_eleven_characters(bic: str, valid: bool) -> None:
    assert is_bic(bic) is valid


def test_a_debtor_has_a_name_an_account_and_a_bank() -> None:
    debtor = Debtor("Rijksinstituut", "BE71096123456769", "GKCCBEBB")
    assert (debtor.name, debtor.iban, debtor.bic) == ("Rijksinstituut", "BE71096123456769", "GKCCBEBB")


@pytest.mark.parametrize(
    ("name", "iban", "bic", "said"),
    [
        ("", "BE71096123456769", "GKCCBEBB", "name"),
        ("...", "BE71096123456769", "GKCCBEBB", "name"),
        ("Body", "BE72096123456769", "GKCCBEBB", "IBAN"),
        ("Body", "BE71 0961 2345 6769", "GKCCBEBB", "IBAN"),
        ("Body", "BE71096123456769", "GKCC", "BIC"),
    ],
)
def test_what_no_bank_knows_is_rejected(name: str, iban: str, bic: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as rejected:
        Debtor(name, iban, bic)
    assert iban not in str(rejected.value)
