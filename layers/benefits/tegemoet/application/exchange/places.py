"""Forms of the objects of an exchange: how each is read and written. Their keys are in `folder`.

Each is written once: what a call writes that goes on late changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson

from tegemoet.application.attempts import Step
from tegemoet.application.files import json_lines, lines_of, read_lines, write_json_once
from tegemoet.application.ports import Objects, Seal

T = TypeVar("T")


@dataclass(slots=True)
class Lines(Generic[T]):
    """An object of JSON lines. An object without lines is not written."""

    objects: Objects
    key: str

    def read(self) -> Iterator[T]:
        """Every line; none when there is no object."""
        with suppress(KeyError):
            yield from read_lines(self.objects, self.key)

    def write(self, values: Iterable[T]) -> None:
        if body := b"".join(json_lines(values)):
            self.objects.put_once(self.key, body)


@dataclass(frozen=True, slots=True)
class CommittedLines(Generic[T]):
    """JSON lines that an attempt of `step` committed under `name`."""

    step: Step
    name: str

    def read(self) -> Iterator[T]:
        """Every line; none when no attempt is committed or it has no such file."""
        if self.step.has(self.name):
            yield from self.step.lines(self.name)


@dataclass(slots=True)
class SealedLines(Generic[T]):
    """An object of JSON lines, encrypted as a whole. An object without lines is not written."""

    objects: Objects
    key: str

    def exists(self) -> bool:
        return self.objects.exists(self.key)

    def read(self, seal: Seal) -> Iterator[T]:
        """Every line. Raises KeyError when there is no object."""
        return lines_of(seal.unseal(self.objects.get(self.key)))

    def write(self, values: Iterable[T], seal: Seal) -> None:
        if body := b"".join(json_lines(values)):
            self.objects.put_once(self.key, seal.seal(body))


@dataclass(frozen=True, slots=True)
class Document(Generic[T]):
    """An object of one JSON value."""

    objects: Objects
    key: str
    parse: Callable[[bytes], T] = orjson.loads

    def exists(self) -> bool:
        return self.objects.exists(self.key)

    def read(self) -> T:
        """The value. Raises KeyError when there is no object."""
        return self.parse(self.objects.get(self.key))

    def write(self, value: T) -> None:
        write_json_once(self.objects, self.key, value)


@dataclass(frozen=True, slots=True)
class PersonList:
    """An object of identity numbers, one a line, each once and in order; it may have no lines."""

    objects: Objects
    key: str

    def raw(self) -> bytes:
        """The lines as bytes. Raises KeyError when there is no object."""
        return self.objects.get(self.key)

    def read(self) -> frozenset[str]:
        """The numbers. Raises KeyError when there is no object."""
        return frozenset(self.raw().decode().split())

    def write(self, persons: AbstractSet[str]) -> None:
        self.objects.put_once(self.key, "".join(f"{insz}\n" for insz in sorted(persons)).encode())


@dataclass(frozen=True, slots=True)
class DeliveredRows(Generic[T]):
    """The rows of one shard in the batches that a work uses, the earliest batch first.

    The intake writes them as lines of line number, shard, key and row.
    """

    objects: Objects
    keys: Sequence[str]

    def read(self) -> Iterator[T]:
        for key in self.keys:
            chunk: Lines[tuple[int, int, list[str], T]] = Lines(self.objects, key)
            yield from (row for _line, _shard, _key, row in chunk.read())

    def unseal(self, seal: Seal) -> Iterator[T]:
        """As `read`, of rows that the intake sealed. Raises KeyError when an object is missing."""
        for key in self.keys:
            chunk: SealedLines[tuple[int, int, list[str], T]] = SealedLines(self.objects, key)
            yield from (row for _line, _shard, _key, row in chunk.read(seal))
