"""Every benchmark after another: `make bench`.

Each prints its figures beside what they are compared with in the same run.

`bulk` and `exchange` take many minutes and are run by
themselves: `make bench-bulk`, `make bench-exchange`.
"""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    failed = 0
    for module in sorted({path.stem for path in Path(__file__).parent.glob("[a-z]*.py")} - {"bulk", "exchange"}):
        print(f"\n== {module} ==", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"bench.{module}"], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
