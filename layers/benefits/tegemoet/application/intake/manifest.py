"""The manifest of a batch: what the intake recorded about its file, for the steps that follow.

Written and read here alone. It lies with the chunks of its batch, except that of a file of health
data: it holds ids and counts alone, and lies with those of ordinary batches.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import orjson

from tegemoet.application.files import read_json
from tegemoet.application.ports import Objects
from tegemoet.application.records import RowCounts
from tegemoet.schemes.scheme import Data


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of accepted lines: its name, how many lines it has, and the SHA-256 of its bytes.

    `cents` = the sum of its amounts, where they are counted. `shard` = the shard of its rows, where
    a chunk is a shard. A sealed chunk has no SHA-256, because the rows of a small one could be
    guessed from it.
    """

    name: str
    rows: int
    sha256: str | None = None
    cents: int | None = None
    shard: int | None = None


@dataclass(frozen=True, slots=True)
class RowWarning:
    """A code that accepted rows were marked with, how many, and the line numbers of the first."""

    code: str
    count: int
    lines: list[int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the intake found in a file.

    `reasons` = code → rejected rows.
    """

    partner: str
    scheme: str
    kind: str
    year: int | None
    counts: RowCounts
    reasons: Mapping[str, int]
    warnings: list[RowWarning]
    chunks: list[Chunk]


_PLACES: Mapping[Data, Data] = {"ordinary": "ordinary", "health": "ordinary", "exchange": "exchange"}


def manifests(work: Mapping[Data, Objects], data: Data) -> Objects:
    """The bucket of the manifests of batches of that kind of data.

    An exchange reads a manifest until its last evaluation, years after the batch is done, so it is
    kept as long as everything else of the exchange.
    """
    return work[_PLACES[data]]


def manifest_key(batch_id: str) -> str:
    return f"batches/{batch_id}/manifest.json"


def write_manifest(batch_id: str, manifest: Manifest, work: Objects) -> None:
    """Write the manifest unless the batch has one: the first stays, also where rivals differ."""
    chunks = [{name: value for name, value in asdict(chunk).items() if value is not None} for chunk in manifest.chunks]
    work.put_once(manifest_key(batch_id), orjson.dumps(asdict(manifest) | {"chunks": chunks}))


def read_manifest(batch_id: str, work: Objects) -> Manifest:
    """The manifest of a batch from the bucket that `manifests` names.

    Raises KeyError where there is none.
    """
    read = read_json(work, manifest_key(batch_id))
    read.pop("rivals", None)  # of a batch that an earlier version took in
    records = {
        "counts": RowCounts(**read["counts"]),
        "warnings": [RowWarning(**warning) for warning in read["warnings"]],
        "chunks": [Chunk(**chunk) for chunk in read["chunks"]],
    }
    return Manifest(**{**read, **records})
