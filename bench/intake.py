"""Intake: rows a second and peak memory for files of 10,000, 100,000 and 1,000,000 rows.

Memory must not grow with the file.

Run with `python -m bench.intake [rows …]`. Each size runs in a process of its own,
from a file on disk to chunks on disk, with one row in fifty malformed, one in a
hundred a duplicate and one in two hundred contradicted.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tegemoet.application.intake.channels import Inbox, ObjectCreated
from tegemoet.application.intake.ingest import IngestPorts, ingest
from tegemoet.application.ports import Sink
from tegemoet.application.records import ObjectVersion
from tests.support.dropping import insz, riziv
from tests.support.fakes import FakeBatches, FakeRegistrations, FakeRuns, FakeSeals, FakeSecrets, FakeWorkflows

SIZES = (10_000, 100_000, 1_000_000)
KINDS: dict[str, tuple[str, Callable[[int], str]]] = {
    "practices": (
        "insz;riziv_number;profession;specialism;number_granted_on;training;medical_house_weekly_hours;pharmacy_id;tariff_office",
        lambda n: f"{insz(n)};{riziv(n % 899_000, f'{n // 899_000:03}')};physician;cardiology;2019-03-01;no;;;",
    ),
    "activity-s1": (
        "riziv_number;setting;amount",
        lambda n: f"{riziv(n % 899_000, f'{n // 899_000:03}')};ambulatory;{n % 90_000},{n % 100:02}",
    ),
}
GROWTH = 1.5
"""How much more memory the largest file may take than the smallest:
interpreter, blocks and buckets are the same for both.
"""


@dataclass(frozen=True)
class Folder:
    """A bucket on disk, so that what is stored takes no memory here."""

    root: Path

    def head(self, key: str, version: str | None = None, etag: str | None = None) -> ObjectVersion:
        size = (self.root / key).stat().st_size
        return ObjectVersion(key, version, etag or "", size, "2023-11-02T08:00:00Z", {}, "key:identity")

    def stream(self, key: str, version: str | None = None) -> Iterator[bytes]:  # noqa: ARG002 - the port has it
        with (self.root / key).open("rb") as file:
            while block := file.read(1 << 20):
                yield block

    def put(self, key: str, body: bytes) -> None:
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def put_once(self, key: str, body: bytes) -> bool:
        self.put(key, body)
        return True

    @contextmanager
    def writer(self, key: str, once: bool = False) -> Iterator[Sink]:  # noqa: ARG002 - the port has it
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            yield file


def write_file(path: Path, kind: str, rows: int) -> None:
    """A file of `rows` rows."""
    header, row = KINDS[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        for n in range(rows):
            text = row(n - 1 if n % 100 == 60 else n)
            if n % 50 == 49:
                text = text.replace("1", "x", 1)
            elif n % 200 == 150:
                text = row(n - 1)[:-1] + ("7" if kind == "activity-s1" else ";x")
            file.write(text + "\n")


def measure(kind: str, rows: int) -> dict[str, float]:
    """Ingest one file, in this process: seconds, peak memory in
    MB before and after, and what became of the rows.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        key = f"in/riziv/convention-premium/2023/{kind}/a.csv"
        write_file(root / key, kind, rows)
        scratch = root / "scratch"
        scratch.mkdir()
        bucket = Folder(root)
        registrations = FakeRegistrations()
        registrations.admit("riziv")
        ports = IngestPorts(
            inboxes={"ordinary": Inbox(bucket, "key:identity", "key:health")},  # type: ignore[arg-type]  # has what the intake uses of the port
            work={"ordinary": bucket},  # type: ignore[dict-item]
            batches=FakeBatches(),
            registrations=registrations,
            runs=FakeRuns(),
            secrets=FakeSecrets(),
            seals=FakeSeals(),
            workflows=FakeWorkflows(),
        )
        start = time.perf_counter()
        batch = ingest(ObjectCreated(key, "etag", "0A"), ports, scratch)
        seconds = time.perf_counter() - start
        assert batch is not None
        assert batch.state == "loading", batch.detail
        size = (root / key).stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    counts = batch.detail.counts
    assert counts is not None
    return {"seconds": seconds, "peak": peak, "size": size, **asdict(counts)}


def main() -> int:
    """Print the table; fails when memory grows with the file."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(
        f"{'kind':12} {'rows':>10} {'MB':>7} {'rows/s':>9} {'peak MB':>8}"
        f" {'accepted':>9} {'rejected':>9} {'duplicates':>11}"
    )
    flat = True
    for kind in KINDS:
        peaks = []
        for rows in sizes:
            command = [
                sys.executable,
                "-c",
                f"import bench.intake, json; print(json.dumps(bench.intake.measure({kind!r}, {rows})))",
            ]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            peaks.append(found["peak"])
            print(
                f"{kind:12} {rows:>10,} {found['size']:>7.1f} {rows / found['seconds']:>9,.0f} {found['peak']:>8.0f}"
                f" {found['accepted']:>9,} {found['rejected']:>9,} {found['duplicates']:>11,}",
                flush=True,
            )
        flat &= peaks[-1] <= GROWTH * peaks[0]
    print("memory is flat" if flat else "memory grows with the file")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
