"""Tests of one group run on one worker: `make test` relies on it to deploy each stack once."""

import subprocess
import sys
from pathlib import Path

GROUP = """
import os
import pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_where(number, pytestconfig):
    (pytestconfig.rootpath / os.environ["PYTEST_XDIST_WORKER"]).touch()
"""


def test_a_group_is_not_spread_over_workers(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").touch()
    (tmp_path / "test_group.py").write_text(GROUP)
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q", "-p", "no:cacheprovider"]
    subprocess.run([*command, str(tmp_path)], cwd=tmp_path, check=True, capture_output=True)  # noqa: S603 - our own interpreter
    assert len(list(tmp_path.glob("gw*"))) == 1
