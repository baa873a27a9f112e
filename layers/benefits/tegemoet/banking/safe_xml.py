"""Reading XML of strangers as a stream: with bounds, without document types, and fetching nothing.

The standard library's expat does it with handlers that refuse what nobody needs; a further package
would wrap the same parser.
"""

from collections.abc import Collection, Iterator
from typing import BinaryIO
from xml.parsers import expat

BLOCK = 1 << 16
MOST_DEEP = 30
"""Levels of elements; a message of a bank has fewer than 15."""
LONGEST = 4_000
"""Characters of a text or of an attribute."""
MOST_ELEMENTS = 20_000
"""Elements that are held at once: those of a record, and what stands beside records."""


class XmlError(Exception):
    """The XML is not read: a stable code and the line. It holds nothing of the text."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


class Element:
    """An element: its name without its namespace, its text, the elements in it, its currency."""

    __slots__ = ("children", "currency", "name", "text")

    def __init__(self, name: str, currency: str | None) -> None:
        self.name, self.currency = name, currency
        self.text = ""
        self.children: list[Element] = []

    def find(self, *path: str) -> "Element | None":
        """The first element at the end of the path."""
        found: Element | None = self
        for name in path:
            found = next((child for child in found.children if child.name == name), None) if found else None
        return found

    def all(self, name: str) -> list["Element"]:
        return [child for child in self.children if child.name == name]

    def value(self, *path: str) -> str | None:
        """The text at the end of the path, None where it is missing or blank."""
        found = self.find(*path)
        return (found.text.strip() or None) if found else None


Record = tuple[list[Element], Element]
"""The open elements around a record, the outermost first, as far as they are read; the record."""


def namespace_of(stream: BinaryIO, records: Collection[str]) -> tuple[str, Iterator[Record]]:
    """The namespace of the outermost element, and every record as it ends.

    `records` = names of elements. A record is not kept in what stands around it. Raises XmlError
    `malformed`, `dtd-forbidden`, `too-deep`, `too-large`, now or while records are read.
    """
    reading = _Reading(stream, frozenset(records))
    return reading.namespace(), reading.records()


class _Reading:
    def __init__(self, stream: BinaryIO, records: frozenset[str]) -> None:
        self._stream, self._names = stream, records
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._ready: list[Record] = []
        self._space: str | None = None
        self._held = 0
        self._ended = False
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._forbidden
        parser.EntityDeclHandler = self._forbidden
        parser.ExternalEntityRefHandler = self._forbidden

    def namespace(self) -> str:
        while self._space is None and not self._ended:
            self._feed()
        return self._space or ""

    def records(self) -> Iterator[Record]:
        while True:
            yield from self._ready
            self._ready = []
            if self._ended:
                return
            self._feed()

    def _feed(self) -> None:
        block = self._stream.read(BLOCK)
        try:
            self._parser.Parse(block, not block)
        except expat.ExpatError as error:
            raise XmlError("malformed", error.lineno) from None
        except (LookupError, ValueError):  # of an encoding that nobody knows
            raise XmlError("malformed", self._parser.CurrentLineNumber) from None
        self._ended = not block

    def _start(self, full: str, attributes: dict[str, str]) -> None:
        space, _, name = full.rpartition(" ")
        if self._space is None:
            self._space = space
        self._held += 1
        if len(self._open) == MOST_DEEP:
            raise XmlError("too-deep", self._parser.CurrentLineNumber)
        if self._held > MOST_ELEMENTS or any(len(value) > LONGEST for value in attributes.values()):
            raise XmlError("too-large", self._parser.CurrentLineNumber)
        # what is of another namespace keeps its whole name, under which nobody looks for it
        self._open.append(Element(name if space == self._space else full, attributes.get("Ccy")))
        self._texts.append([])

    def _text(self, text: str) -> None:
        parts = self._texts[-1]
        parts.append(text)
        if len(parts) * BLOCK > LONGEST and sum(map(len, parts)) > LONGEST:
            raise XmlError("too-large", self._parser.CurrentLineNumber)

    def _end(self, _name: str) -> None:
        ended = self._open.pop()
        ended.text = "".join(self._texts.pop())
        if ended.name in self._names:
            self._ready.append(([*self._open], ended))
            self._held -= _count(ended)
        elif self._open:
            self._open[-1].children.append(ended)

    def _forbidden(self, *_: object) -> int:
        raise XmlError("dtd-forbidden", self._parser.CurrentLineNumber)


def _count(element: Element) -> int:
    return 1 + sum(map(_count, element.children))
