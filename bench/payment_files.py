"""Payment files: seconds and peak memory from a list of transfers on disk to a file for the bank.

Run with `python -m bench.payment_files [transfers …]`. Beside it, in the same run, the package
sepaxml writes the largest file of up to 100,000 transfers without its own check. Each file is
written in a process of its own. Memory must not grow with the file.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from tegemoet.banking.debtor import Debtor
from tegemoet.banking.payment_file import PaymentFile, message_id, payment_id, written
from tegemoet.banking.transfers import Transfer, line, read
from tegemoet.domain.iban import check_digits

SIZES = (10_000, 100_000)
MOST_OF_SEPAXML = 100_000
"""It keeps a file in memory and is too slow for more."""
GROWTH = 1.5
"""How much more memory the largest file may take than the smallest."""
RUN = "2023-1-0123456789"
DEBTOR = Debtor("Institution", "BE71096123456769", "GKCCBEBB")
EXECUTION = date(2023, 12, 18)


def transfer(number: int) -> Transfer:
    """A made-up transfer; one name in four has a letter that is converted."""
    account = f"{5390000000 + number}{(5390000000 + number) % 97 or 97:02d}"
    name = f"{('Zoé', 'Jan', 'Marie', 'Luc')[number % 4]} Peeters {number}"
    cents = 100_000 + number % 250_000
    iban = f"BE{check_digits('BE', account)}{account}"
    return Transfer(f"TGM-2023-{number:020x}", name, iban, cents, "Conventiepremie 2023")


def write_list(path: Path, count: int) -> None:
    with path.open("wb") as out:
        out.writelines(line(transfer(number)) for number in range(count))


def ours(count: int, transfers: Iterable[Transfer], target: Path) -> None:
    cents = sum(100_000 + number % 250_000 for number in range(count))
    names = message_id(RUN, 1), payment_id(RUN, 1)
    created = datetime(2023, 12, 14, 10, 30, tzinfo=UTC)
    file = PaymentFile("001.001.09", *names, created, EXECUTION, DEBTOR, count, cents)
    with target.open("wb") as out:
        out.writelines(written(file, transfers))


def by_sepaxml(count: int, transfers: Iterable[Transfer], target: Path) -> None:  # noqa: ARG001 - it counts by itself
    from sepaxml import SepaTransfer  # noqa: PLC0415 - its memory is not ours

    debtor = {"name": DEBTOR.name, "IBAN": DEBTOR.iban, "BIC": DEBTOR.bic, "batch": True, "currency": "EUR"}
    writer = SepaTransfer(debtor, "pain.001.001.09", clean=True)
    for each in transfers:
        payment = {"name": each.name, "IBAN": each.iban, "amount": each.cents, "execution_date": EXECUTION}
        writer.add_payment({**payment, "description": each.text, "endtoend_id": each.end_to_end_id})
    target.write_bytes(writer.export(validate=False))


WRITERS: dict[str, Callable[[int, Iterable[Transfer], Path], None]] = {"ours": ours, "sepaxml": by_sepaxml}


def measure(writer: str, count: int) -> dict[str, float]:
    """Write one file, in this process: seconds, peak memory in MB, and MB of the file."""
    import resource  # noqa: PLC0415 - not on every system

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "transfers.jsonl", Path(folder) / "file.xml"
        write_list(source, count)
        start = time.perf_counter()
        with source.open("rb") as lines:
            WRITERS[writer](count, read(lines), target)
        seconds = time.perf_counter() - start
        size = target.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {"seconds": seconds, "peak": peak, "size": size}


def row(writer: str, count: int) -> float:
    """Measure in a process of its own, print the row, and return the peak memory in MB."""
    code = f"import bench.payment_files as b, json; print(json.dumps(b.measure({writer!r}, {count})))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    print(
        f"{writer:8} {count:>10,} {found['size']:>7.1f} {found['seconds']:>8.2f} {found['peak']:>8.0f}",
        flush=True,
    )
    return float(found["peak"])


def main() -> int:
    """Print the table; fails when memory grows with the file."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(f"{'writer':8} {'transfers':>10} {'MB':>7} {'seconds':>8} {'peak MB':>8}")
    peaks = [row("ours", count) for count in sizes]
    row("sepaxml", min(max(sizes), MOST_OF_SEPAXML))
    flat = peaks[-1] <= GROWTH * peaks[0]
    print("memory is flat" if flat else "memory grows with the file")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
