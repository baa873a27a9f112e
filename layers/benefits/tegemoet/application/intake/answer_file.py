"""Reading a message of a bank: its answers on our transfers, and money that came in."""

import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from tegemoet.application.intake.keys import MAX_ROWS, FileRefusedError
from tegemoet.application.intake.kinds.answers import accepted_answer
from tegemoet.application.intake.row_file import RowFile
from tegemoet.application.intake.scratch import BUCKETS
from tegemoet.banking.answers import AnswersError, OtherMovement, read_answers


class AnswerFile(RowFile):
    """The answers of one message, in its order: their numbers stand for lines."""

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the whole message. Raises FileRefusedError.

        Other movements of the account are counted as a warning, and left alone.
        """
        outcomes = self._outcomes
        try:
            for number, told in enumerate(read_answers(io.BufferedReader(_Blocks(blocks))), 1):
                if isinstance(told, OtherMovement):
                    outcomes.warn(number, "movement-of-others")
                    continue
                outcomes.rows += 1
                if outcomes.rows > MAX_ROWS:
                    raise FileRefusedError("too-many-rows", number)
                key, shard_by, body = accepted_answer(told)
                body["partner"] = self._partner
                line = b"%d\t%b\t%b" % (number, orjson.dumps(key), orjson.dumps(body))
                self._rows.add(zlib.crc32(shard_by.encode()) % BUCKETS, line)
        except AnswersError as error:
            raise FileRefusedError(f"message-{error.code}", error.line) from None


class _Blocks(io.RawIOBase):
    """The blocks of an object as a stream."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks: Iterator[bytes] = iter(blocks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = block
        taken = min(len(view), len(self._rest))
        view[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken
