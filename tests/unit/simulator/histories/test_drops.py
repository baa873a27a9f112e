"""What becomes of files in a history is known beforehand, and a product that errs is noticed."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from unittest import mock

import pytest

from local.simulator.histories.csv_files import refused, spelled
from local.simulator.histories.history import History
from local.simulator.histories.playing import stage
from local.simulator.histories.population import File, account, iban, insz
from local.simulator.histories.stage import Stage
from tegemoet.application.intake.chunks import ChunkLine, ChunkWriter
from tegemoet.application.intake.finish import _Finishing
from tegemoet.application.intake.lines import CsvHeader

ACCOUNTS = File("accounts", "accounts", tuple(account(insz(n), iban(961_234_560)) for n in range(1, 9, 2)))


@pytest.fixture(scope="module")
def played() -> Iterator[Stage]:
    with stage() as made:
        yield made


def test_a_file_is_spelled_in_many_ways() -> None:
    written = [spelled(ACCOUNTS, Random(seed), spoil=True) for seed in range(300)]
    codes = Counter(code for each in written for code in each.expected.rejected.values())
    assert {"line-break-in-field", "row-too-long", "field-count", "quote-misplaced", "contradicted"} < set(codes)
    assert len({each.body.partition(b"\n")[0] for each in written}) > 100
    assert any(each.expected.duplicates for each in written)
    assert all(each.expected.accepted == len(ACCOUNTS.rows) for each in written)


def test_a_file_is_refused_for_many_reasons() -> None:
    assert len({refused(ACCOUNTS, Random(seed)).expected.refusal for seed in range(200)}) == 9


def _without_the_last(writer: ChunkWriter, lines: Iterator[ChunkLine], most: int) -> Any:
    return WRITE(writer, iter(list(lines)[:-1]), most)


def _with_another_number(finishing: _Finishing) -> Any:
    counts, outputs = FINISH(finishing)
    finishing.output.put(outputs["summary.json"], b"{}")
    return counts, outputs


def _every_row_is_right(header: CsvHeader, line: str | None) -> Any:
    return FIELDS(header, (line or "").replace('"', ""))


WRITE, FINISH, FIELDS = ChunkWriter.write_numbered, _Finishing.write, CsvHeader.fields


@pytest.mark.parametrize(
    ("target", "name", "instead", "promise"),
    [
        (ChunkWriter, "write_numbered", _without_the_last, "every-row-ends-once"),
        (_Finishing, "write", _with_another_number, "what-is-written-once-stays"),
        (CsvHeader, "fields", _every_row_is_right, "a-rejected-row-is-named"),
    ],
)
def test_an_intake_that_errs_breaks_a_promise(
    played: Stage, target: object, name: str, instead: Callable[..., object], promise: str
) -> None:
    with mock.patch.object(target, name, instead):
        assert promise in {
            violation.promise for seed in range(3) for violation in History(played, seed).play().violations
        }
