"""Answer files of transfers as a bank: `python -m local.bank FILE… --seed N --out DIR`."""

import argparse
import sys
from pathlib import Path

from local.bank.answering import NORMAL, Habits, answered
from local.bank.messages import amount


def main(arguments: list[str] | None = None) -> int:
    """Write the messages of the bank beside each other, and print what it did."""
    parser = argparse.ArgumentParser(prog="python -m local.bank", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file of transfers (pain.001)")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--rejects", type=float, default=NORMAL.rejects, help="the chance of a transfer")
    parser.add_argument("--returns", type=float, default=NORMAL.returns, help="the chance of a transfer")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    for file in given.files:
        try:
            did = answered(
                file.read_bytes(), seed=given.seed, habits=Habits(rejects=given.rejects, returns=given.returns)
            )
        except (OSError, ValueError, SyntaxError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            return 1
        for kind, body in zip(("report", "notification"), did.files, strict=False):
            (given.out / f"{file.stem}-{kind}.xml").write_bytes(body)
        print(
            f"{file.name}: {did.accepted} accepted ({amount(did.accepted_cents)} EUR), "
            f"{len(did.rejected)} rejected ({amount(did.rejected_cents)} EUR), "
            f"{len(did.returned)} returned ({amount(did.returned_cents)} EUR)"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
