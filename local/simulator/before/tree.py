"""The tree of the earlier version, with the present simulator and its adaptation laid over it."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
COMMIT = "9248f71485827fe658bf6dc598b8e154c7f91361"
"""The last commit before runs, files and persons got what the promises need."""


def is_known() -> bool:
    """Whether the history of this tree has the commit: that of a shallow clone may not."""
    asked = ["git", "cat-file", "-e", f"{COMMIT}^{{commit}}"]
    return subprocess.run(asked, cwd=ROOT, check=False, capture_output=True).returncode == 0


@contextmanager
def laid() -> Iterator[Path]:
    """A folder with the earlier version and the simulator, while this holds."""
    archived = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, check=True, capture_output=True).stdout
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(fileobj=io.BytesIO(archived)) as archive:
            archive.extractall(folder, filter="data")
        simulator = folder / "local" / "simulator"
        shutil.copytree(ROOT / "local" / "simulator", simulator, ignore=shutil.ignore_patterns("__pycache__", "before"))
        for file in (HERE / "laid").glob("*.py"):
            shutil.copy(file, simulator / "histories" / file.name)
        yield folder


def play(folder: Path, asked: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What the histories of `laid/play.py` find, one by one."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder / "layers" / "benefits"), str(folder)))}
    command = [sys.executable, "-m", "local.simulator.histories.play"]
    with subprocess.Popen(command, cwd=folder, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked).encode())
        process.stdin.close()
        for line in process.stdout:
            yield json.loads(line)
