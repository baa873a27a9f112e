"""The structured communication of a Belgian transfer (OGM-VCS), by which money that comes in is
found.

Source: Febelfin, banking standards: ten digits and two check digits, the remainder of the ten
modulo 97, or 97 for none.
"""

from stdnum.be import ogm_vcs

_LARGEST = 9_999_999_999


def structured_digits(number: int) -> str:
    """The twelve digits of the communication of `number`, as a bank reports them.

    Raises ValueError unless `number` is 1 to 9,999,999,999.
    """
    if not 1 <= number <= _LARGEST:
        raise ValueError("a structured communication has a number of 1 to 9,999,999,999")
    ten = f"{number:010d}"
    return f"{ten}{ogm_vcs.calc_check_digits(ten)}"


def read_structured(text: str) -> str | None:
    """The twelve digits of a communication in any of its spellings; None if it is none."""
    return ogm_vcs.compact(text) if ogm_vcs.is_valid(text) else None


def structured(number: int) -> str:
    """The communication of `number` as it is printed for a payer: `+++123/4567/89012+++`.

    Raises ValueError as `structured_digits` does.
    """
    return printed(structured_digits(number))


def printed(digits: str) -> str:
    """The twelve digits of a communication as they are printed for a payer."""
    return f"+++{ogm_vcs.format(digits)}+++"
