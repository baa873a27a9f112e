"""Answers of a bank: seconds and peak memory to read a message from disk.

Run with `python -m bench.bank_answers [answers …]`. Beside it, in the same run, `iterparse` of the
standard library finds the identifier and status or amount of each in the largest file, without
bounds or checks. Each file is read in a process of its own. Memory must not grow with the file.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from local.bank.messages import Movement, notification, report
from local.bank.orders import Order, Orders
from tegemoet.banking.answers import Answer, read_answers

SIZES = (10_000, 100_000)
GROWTH = 1.5
"""How much more memory the largest file may take than the smallest."""
DAY = date(2023, 12, 18)
KINDS = ("pain.002", "camt.054")
IBAN = "BE71096123456769"


def end_to_end_id(number: int) -> str:
    return f"TGM-2023-{number:020x}"


def write(kind: str, count: int, path: str) -> None:
    """Write a message with that many answers: a rejection in fifty, or returns, five an entry."""
    if kind == "pain.002":
        orders = Orders("m", "p", IBAN, DAY, tuple(Order(end_to_end_id(n), 100_000 + n) for n in range(count)))
        reasons = {end_to_end_id(n): "AC04" for n in range(0, count, 50)}
        statuses = {each.end_to_end_id: "RJCT" if each.end_to_end_id in reasons else "ACSC" for each in orders.orders}
        body = report("002.001.10", "b", orders, statuses, reasons)
    else:
        name = end_to_end_id
        movements = [Movement(100_000 + n, f"r{n}", end_to_end_id=name(n), reason="AC04") for n in range(count)]
        entries = [movements[start : start + 5] for start in range(0, count, 5)]
        body = notification("054.001.08", "b", IBAN, DAY, entries)
    Path(path).write_bytes(body)


def ours(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(isinstance(each, Answer) and each.level == "transaction" for each in read_answers(stream))


def by_iterparse(path: Path) -> int:
    return sum(1 for _ in _found(path))


def _found(path: Path) -> Iterator[tuple[str | None, str | None]]:
    from xml.etree.ElementTree import iterparse  # noqa: PLC0415 - its memory is not ours

    for _, element in iterparse(path):  # noqa: S314 - our own file
        space, _, name = element.tag.rpartition("}")
        if name == "TxInfAndSts":
            yield element.findtext(f"{space}}}OrgnlEndToEndId"), element.findtext(f"{space}}}TxSts")
            element.clear()
        elif name == "TxDtls":
            yield element.findtext(f"{space}}}Refs/{space}}}EndToEndId"), element.findtext(f"{space}}}Amt")
            element.clear()


READERS: dict[str, Callable[[Path], int]] = {"ours": ours, "iterparse": by_iterparse}


def measure(reader: str, path: str) -> dict[str, float]:
    """Read one file, in this process: answers, seconds, and peak memory in MB."""
    import resource  # noqa: PLC0415 - not on every system

    start = time.perf_counter()
    count = READERS[reader](Path(path))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {"count": count, "seconds": seconds, "peak": peak}


def row(reader: str, kind: str, count: int) -> float:
    """Measure in a process of its own, print the row, and return the peak memory in MB.

    Raises ValueError if not every answer was read.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.xml"
        # to write takes memory, which a process would hand down to the one that it starts
        _by_itself(f"b.write({kind!r}, {count}, {str(path)!r})")
        done = _by_itself(f"print(json.dumps(b.measure({reader!r}, {str(path)!r})))")
        size = path.stat().st_size / 1e6
    found = json.loads(done)
    if found["count"] != count:
        raise ValueError(f"{reader} read {found['count']} of {count} answers")
    print(f"{reader:10} {kind:9} {count:>10,} {size:>7.1f} {found['seconds']:>8.2f} {found['peak']:>8.0f}", flush=True)
    return float(found["peak"])


def _by_itself(code: str) -> str:
    command = [sys.executable, "-c", f"import bench.bank_answers as b, json; {code}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Print the table; fails when memory grows with the file."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(f"{'reader':10} {'message':9} {'answers':>10} {'MB':>7} {'seconds':>8} {'peak MB':>8}")
    flat = True
    for kind in KINDS:
        peaks = [row("ours", kind, count) for count in sizes]
        row("iterparse", kind, max(sizes))
        flat &= peaks[-1] <= GROWTH * peaks[0]
    print("memory is flat" if flat else "memory grows with the file")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
