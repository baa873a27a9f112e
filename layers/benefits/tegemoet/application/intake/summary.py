"""The summary of a finished batch."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import orjson

from tegemoet.application.intake.kinds.reasons import reason_of
from tegemoet.application.intake.manifest import RowWarning
from tegemoet.application.records import Batch, RowCounts


class ReasonCount(TypedDict):
    code: str
    text: str
    count: int


class WarningCount(TypedDict):
    """`lines` = the line numbers of the first rows."""

    code: str
    count: int
    lines: list[int]
    text: str


class BatchSummary(TypedDict):
    """`summary.json`: the batch, its counts, and why rows were rejected.

    `amount` in EUR, for files of amounts.
    """

    batch: str
    partner: str
    scheme: str
    kind: str
    year: int | None
    key: str
    written_at: str
    rows: int
    accepted: int
    rejected: int
    duplicates: int
    reasons: list[ReasonCount]
    warnings: list[WarningCount]
    outcomes: dict[str, int]
    amount: NotRequired[str]
    allocation: NotRequired[Mapping[str, object]]


def summarize(
    batch: Batch,
    counts: RowCounts,
    reasons: Mapping[str, int],
    outcomes: Mapping[str, int],
    warnings: Sequence[RowWarning],
) -> BatchSummary:
    return {
        "batch": batch.id,
        "partner": batch.partner,
        "scheme": batch.scheme,
        "kind": batch.kind,
        "year": batch.year,
        "key": batch.key,
        "written_at": batch.written_at,
        "rows": counts.rows,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "duplicates": counts.duplicates,
        "reasons": [{"code": code, "text": reason_of(code), "count": n} for code, n in sorted(reasons.items())],
        "warnings": [
            {"code": each.code, "count": each.count, "lines": each.lines, "text": reason_of(each.code)}
            for each in warnings
        ],
        "outcomes": dict(sorted(outcomes.items())),
    }


def render_json(summary: BatchSummary) -> bytes:
    return orjson.dumps(summary, option=orjson.OPT_INDENT_2)
