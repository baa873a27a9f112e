"""Attempts of a step: each writes under its own name, and one conditional write commits it.

A step may be called again while an earlier call still runs. The first attempt that commits is the
one that later steps read; what any other writes lies beside it and is never read. A call that goes
on late therefore changes nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from tegemoet.application.files import json_lines, raw_lines
from tegemoet.application.ports import Objects, Sink


class FileChangedError(Exception):
    """A file is not the one that its attempt committed. Never retried."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The attempt that was committed, and the SHA-256 of each file that it wrote, by name."""

    attempt: str
    files: Mapping[str, str]


class Step:
    """One step at `place`: `<place>.json` is the commit, `<place>/<attempt>/` has the files.

    Reading raises KeyError before the commit, and FileChangedError for a file that has changed.
    """

    def __init__(self, work: Objects, place: str) -> None:
        self._work, self._place = work, place
        self._commit: Commit | None = None

    @property
    def commit_key(self) -> str:
        return self._place + ".json"

    def is_committed(self) -> bool:
        return self._work.exists(self.commit_key)

    def attempt(self, name: str) -> "Attempt":
        """An attempt of that name; names of attempts differ from call to call."""
        return Attempt(self._work, self._place, name)

    def commit(self) -> Commit:
        if self._commit is None:
            self._commit = Commit(**orjson.loads(self._work.get(self.commit_key)))
        return self._commit

    def has(self, name: str) -> bool:
        """Whether an attempt is committed that wrote a file of that name."""
        return (self._commit is not None or self.is_committed()) and name in self.commit().files

    def key(self, name: str) -> str:
        """The key of a committed file."""
        return f"{self._place}/{self.commit().attempt}/{name}"

    def sha256(self, name: str) -> str:
        return self.commit().files[name]

    def stream(self, name: str) -> Iterator[bytes]:
        """The file in blocks. It is compared once the last block is read."""
        digest, expected = hashlib.sha256(), self.sha256(name)
        for block in self._work.stream(self.key(name)):
            digest.update(block)
            yield block
        if digest.hexdigest() != expected:
            raise FileChangedError(name)

    def get(self, name: str) -> bytes:
        return b"".join(self.stream(name))

    def json(self, name: str) -> Any:
        return orjson.loads(self.get(name))

    def lines(self, name: str) -> Iterator[Any]:
        """The JSON values of the file, one per line."""
        return map(orjson.loads, raw_lines(self.stream(name)))


class Attempt:
    """Writes the files of one attempt, then commits them."""

    def __init__(self, work: Objects, place: str, name: str) -> None:
        self._work, self._place, self.name = work, place, name
        self._files: dict[str, str] = {}

    @contextmanager
    def writer(self, name: str) -> Iterator[Sink]:
        """Writes a file, which appears whole or not at all."""
        with self._work.writer(self._key(name)) as out:
            hashing = HashingSink(out)
            yield hashing
        self._files[name] = hashing.sha256

    def write_lines(self, name: str, values: Iterable[Any]) -> None:
        """Write one JSON value per line, as a stream."""
        with self.writer(name) as out:
            for line in json_lines(values):
                out.write(line)

    def write(self, name: str, body: bytes) -> str:
        """Write a small file. Returns its SHA-256."""
        self._work.put(self._key(name), body)
        self._files[name] = hashlib.sha256(body).hexdigest()
        return self._files[name]

    def write_json(self, name: str, value: Any) -> str:
        """Write a small value as JSON. Returns the SHA-256 of its bytes."""
        return self.write(name, orjson.dumps(value, option=orjson.OPT_SORT_KEYS))

    def sha256(self, name: str) -> str:
        return self._files[name]

    def commit(self) -> bool:
        """Make this attempt the step's, unless another one is. Returns whether it was."""
        body = orjson.dumps(Commit(self.name, self._files), option=orjson.OPT_SORT_KEYS)
        return self._work.put_once(self._place + ".json", body)

    def _key(self, name: str) -> str:
        return f"{self._place}/{self.name}/{name}"


class HashingSink:
    """Passes bytes on and hashes them."""

    def __init__(self, out: Sink) -> None:
        self._out, self._digest = out, hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        self._out.write(data)
        self._digest.update(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
