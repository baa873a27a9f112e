"""Reading XML of strangers as a stream: with bounds, without document types, and fetching nothing.

The standard library's expat does it with handlers that refuse what nobody needs; a further package
would wrap the same parser, and bound no sizes. The caller bounds the bytes of the whole.
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
MOST_NAMES = 1_000
"""Different names, which the parser keeps; a message of a bank has some 400."""
LONGEST_PIECE = 1 << 18
"""Bytes of a tag or a comment, which the parser keeps until it ends."""


class XmlError(Exception):
    """The XML is not read: a stable code and the line. It holds nothing of the text."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


class Element:
    """An element: its name without its namespace, its text, the elements in it, its currency.

    The text of an element with elements is not kept. `place` = how many elements were held when it
    began.
    """

    __slots__ = ("children", "currency", "name", "place", "text")

    place: int

    def __init__(self, name: str, currency: str | None = None) -> None:
        self.name, self.currency = name, currency
        self.text = ""
        self.children: list[Element] = []

    def find(self, *path: str) -> "Element | None":
        """The first element at the end of the path."""
        found = self
        for name in path:
            for child in found.children:
                if child.name == name:
                    found = child
                    break
            else:
                return None
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

    That element is named `Document`; of another one, its whole name is returned.

    `records` = names of elements. A record is not kept in what stands around it. Raises XmlError
    `malformed`, `dtd-forbidden`, `too-deep`, `too-large`, now or while records are read.
    """
    reading = _Reading(stream, frozenset(records))
    return reading.namespace(), reading.records()


class _Reading:
    def __init__(self, stream: BinaryIO, records: frozenset[str]) -> None:
        self._stream, self._names = stream, records
        self._open: list[Element] = []
        self._text_parts: list[str] = []
        self._short: dict[str, str] = {}
        self._ready: list[Record] = []
        self._space: str | None = None
        self._held = self._length = self._bytes = 0
        self._ended = False
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        if hasattr(parser, "SetReparseDeferralEnabled"):
            # newer ones leave an incomplete tag alone for some blocks, without its place
            parser.SetReparseDeferralEnabled(False)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._forbidden
        parser.EntityDeclHandler = self._forbidden
        parser.ExternalEntityRefHandler = self._forbidden

    def namespace(self) -> str:
        while self._space is None:  # a document without an element is malformed at its end
            self._feed()
        return self._space

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
            raise self._error("malformed") from None
        self._ended = not block
        self._bytes += len(block)
        if self._bytes - self._parser.CurrentByteIndex > LONGEST_PIECE or len(self._parser.intern) > MOST_NAMES:
            raise self._error("too-large")

    def _start(self, full: str, attributes: dict[str, str]) -> None:
        if len(self._open) == MOST_DEEP:
            raise self._error("too-deep")
        if self._held == MOST_ELEMENTS or (attributes and max(map(len, attributes.values())) > LONGEST):
            raise self._error("too-large")
        name = self._short.get(full) or self._shortened(full)
        element = Element(name, attributes.get("Ccy"))
        element.place = self._held
        self._held += 1
        self._open.append(element)
        self._text_parts.clear()
        self._length = 0

    def _shortened(self, full: str) -> str:
        """The name in the namespace of the message.

        What is of another one keeps its whole name, under which nobody looks for it.
        """
        space, _, name = full.rpartition(" ")
        if self._space is None:
            self._space = space if name == "Document" else full
        self._short[full] = name if space == self._space else full
        return self._short[full]

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST:
            raise self._error("too-large")
        self._text_parts.append(text)

    def _end(self, _name: str) -> None:
        ended = self._open.pop()
        if not ended.children:
            ended.text = "".join(self._text_parts)
        self._length = 0
        if ended.name in self._names:
            self._ready.append(([*self._open], ended))
            self._held = ended.place
        elif self._open:
            self._open[-1].children.append(ended)

    def _forbidden(self, *_: object) -> int:
        raise self._error("dtd-forbidden")

    def _error(self, code: str) -> XmlError:
        return XmlError(code, self._parser.CurrentLineNumber)
