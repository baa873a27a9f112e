"""Reading a CSV file, row by row."""

import zlib
from collections.abc import Iterable

import orjson

from tegemoet.application.intake.keys import MAX_ROWS, FileRefusedError
from tegemoet.application.intake.kinds.reasons import RowRejectedError
from tegemoet.application.intake.lines import SEPARATOR_LINES, CsvHeader, UnclosedQuoteError, numbered_lines
from tegemoet.application.intake.row_file import RowFile
from tegemoet.application.intake.scratch import BUCKETS, LINES_PER_PART


class CsvFile(RowFile):
    """The rows of one CSV file."""

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the whole file. Raises FileRefusedError."""
        kind, reading, outcomes, partitions = self._kind, self._reading, self._outcomes, self._rows
        assert kind.read is not None  # noqa: S101 - a kind without a reader of rows is no CSV file
        lines = numbered_lines(blocks)
        first, header = next(lines, (0, ""))
        if header in SEPARATOR_LINES:
            first, header = next(lines, (0, ""))
        if header == "":
            raise FileRefusedError("empty-file")
        csv_header = CsvHeader(header, kind.columns, first)
        reading.decimal_comma = csv_header.delimiter == ";"
        fields, is_blank, read, dumps, crc32 = (
            csv_header.fields,
            csv_header.is_blank,
            kind.read,
            orjson.dumps,
            zlib.crc32,
        )
        # a multiple of the shards, so that every part lies within one shard
        buckets = self._shards * -(-BUCKETS // self._shards)
        for number, line in lines:
            if is_blank(line):
                outcomes.warn(number, "row-blank")
                continue
            outcomes.rows += 1
            if outcomes.rows > MAX_ROWS:
                raise FileRefusedError("too-many-rows", number)
            try:
                key, shard_by, body = read(fields(line), reading)
                if reading.keys is not None:
                    kind.check_owner(body, reading.keys)
            except UnclosedQuoteError:
                csv_header.skip_row(line or "", number, lines)
                outcomes.reject(number, "", "line-break-in-field")
                continue
            except RowRejectedError as bad:
                outcomes.reject(number, bad.column, bad.code)
                reading.warnings.clear()
                continue
            for code in reading.warnings:
                outcomes.warn(number, code)
            reading.warnings.clear()
            if kind.conflict is None:
                bucket = number // LINES_PER_PART
            else:
                body["partner"] = self._partner
                bucket = crc32(shard_by.encode()) % buckets
            partitions.add(bucket, b"%d\t%b\t%b" % (number, dumps(key), dumps(body)))
