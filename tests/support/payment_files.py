"""Payment files as a bank reads them: by the schema of ISO 20022, and by their elements.

It shares nothing with the writer. The schemas are those that the package sepaxml has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from lxml import etree


@dataclass(frozen=True)
class Read:
    """What a bank reads: the texts of the header by their paths, and one record per transfer."""

    header: dict[str, str]
    transfers: list[dict[str, str]]


@cache
def schema(version: str) -> Any:
    return etree.XMLSchema(etree.fromstring((resources.files("sepaxml") / f"schemas/pain.{version}.xsd").read_bytes()))


def faults(version: str, body: bytes) -> list[str]:
    """What the schema of that version finds wrong with a file."""
    checked = schema(version)
    checked.validate(etree.fromstring(body))
    return [f"{error.line}: {error.message}" for error in checked.error_log]


def read_back(body: bytes) -> Read:
    """The texts of a file, by their paths below the message and below each transfer."""
    message = etree.fromstring(body)[0]
    _, payment = message
    transfers = [element for element in payment if _tag(element) == "CdtTrfTxInf"]
    for transfer in transfers:
        payment.remove(transfer)
    return Read(dict(_texts(message)), [dict(_texts(transfer)) for transfer in transfers])


def _tag(element: Any) -> str:
    return str(etree.QName(element).localname)


def _texts(element: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The text of each element without elements. An element that comes twice would be lost."""
    names = [_tag(inner) for inner in element]
    assert len(set(names)) == len(names), names
    for name, inner in zip(names, element, strict=True):
        below = f"{path}/{name}".lstrip("/")
        if len(inner):
            yield from _texts(inner, below)
        else:
            yield below, inner.text or ""
