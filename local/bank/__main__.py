"""The command line of the bank."""

import argparse
from pathlib import Path

from local import bank
from local.bank.bank import Bank


def main(arguments: list[str] | None = None) -> None:
    """Answer files, as `<name>-report.xml` and `<name>-movements.xml` in a folder."""
    parser = argparse.ArgumentParser(
        prog="python -m local.bank", description=bank.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="+", type=Path, help="a file of payments: pain.001")
    parser.add_argument("--seed", type=int, default=0, help="what decides which transfers fail (default 0)")
    parser.add_argument("--rejects", type=float, default=0.01, help="probability of a rejection (default 0.01)")
    parser.add_argument("--returns", type=float, default=0.01, help="probability of a return (default 0.01)")
    parser.add_argument("--out", type=Path, default=Path(), help="the folder of the answers (default: this one)")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    for path in given.file:
        answered = Bank(given.seed, given.rejects, given.returns).answer(path.read_bytes())
        (given.out / f"{path.stem}-report.xml").write_bytes(answered.report)
        (given.out / f"{path.stem}-movements.xml").write_bytes(answered.movements)
        print(f"{path.name}: {len(answered.rejected)} rejected, {len(answered.returned)} returned")


if __name__ == "__main__":
    main()
