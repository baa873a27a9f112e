"""The account that pays."""

import re
from dataclasses import dataclass

from tegemoet.banking.characters import says_nothing
from tegemoet.domain.iban import is_iban

_BIC = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?", re.ASCII)


def is_bic(text: str) -> bool:
    """Whether `text` has the form of a bank's code: 8 or 11 characters (ISO 9362).

    Four letters are the bank, two the country, two characters the place, three a branch. Neither
    bank nor country is looked up.
    """
    return _BIC.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Debtor:
    """The account that pays: its holder, number and bank.

    Raises ValueError if the name has no letter or digit that a bank takes, if the number is no IBAN
    of a SEPA country, or if the bank's code is no BIC.
    """

    name: str
    iban: str
    bic: str

    def __post_init__(self) -> None:
        if says_nothing(self.name):
            raise ValueError("the name of the account that pays says nothing")
        if not is_iban(self.iban):
            raise ValueError("the account that pays is no IBAN")
        if not is_bic(self.bic):
            raise ValueError("the bank that pays has no BIC")
