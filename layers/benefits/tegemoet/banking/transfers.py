"""What is paid by a transfer, and the list of transfers whose bytes are approved."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

PREFIX = "TGM-"
"""How each of our identifiers begins: a bank also reports transfers that are not ours."""
_FIELDS = {"cents": int, "end_to_end_id": str, "iban": str, "name": str, "text": str}


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer to one account.

    `end_to_end_id` = what the bank returns with each answer; `name` = the holder as delivered,
    composed (NFC) and not converted; `cents` of EUR; `text` = what the payee reads on the
    statement, at most 140 characters.
    """

    end_to_end_id: str
    name: str
    iban: str
    cents: int
    text: str


def end_to_end_id(entry_id: str) -> str:
    """The identifier of the transfer that pays one entry of the ledger."""
    return f"{PREFIX}{entry_id}"


def office_end_to_end_id(year: int, run_id: str, office: str) -> str:
    """The identifier of the transfer that pays all entries of a tariff office in a run."""
    return f"{PREFIX}{year}-{hashlib.sha256(f'{run_id}#{office}'.encode()).hexdigest()[:20]}"


def line(transfer: Transfer) -> bytes:
    """The line of the list: canonical JSON (RFC 8785) and a line end."""
    value = {name: getattr(transfer, name) for name in _FIELDS}
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def read(lines: Iterable[bytes]) -> Iterator[Transfer]:
    """The transfers of a list, with or without its line ends.

    Raises ValueError for any line that `line` does not write, with its place in the list.
    """
    for number, text in enumerate(lines, 1):
        transfer = _transfer(text)
        if transfer is None or line(transfer).removesuffix(b"\n") != text.removesuffix(b"\n"):
            raise ValueError(f"line {number} of the list is no transfer")
        yield transfer


def _transfer(text: bytes) -> Transfer | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict) or value.keys() != _FIELDS.keys():
        return None
    if not all(type(value[name]) is kind for name, kind in _FIELDS.items()):
        return None
    return Transfer(**value)
