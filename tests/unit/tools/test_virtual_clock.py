"""The clock of the local cloud: where its library is, and the day that it shows."""

from datetime import date
from pathlib import Path

import pytest
import time_machine

from local.cloud import virtual_clock
from local.cloud.local_cloud import LocalCloud
from local.cloud.virtual_clock import NoVirtualClockError, VirtualClock


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """libfaketime, as Debian installs it."""
    monkeypatch.setattr(virtual_clock, "FOLDERS", (str(tmp_path / "none"), str(tmp_path)))
    installed = tmp_path / "x86_64-linux-gnu" / virtual_clock.LIBRARY
    installed.parent.mkdir(parents=True)
    installed.touch()
    return installed


def test_where_the_library_is_missing_a_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_clock, "FOLDERS", (str(tmp_path),))
    with pytest.raises(NoVirtualClockError, match="apt-get install faketime"):
        VirtualClock(tmp_path)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 30), "+0d"),
        (date(2026, 12, 1), "+1d"),
        (date(2023, 11, 30), "-1096d"),
        (date(2034, 10, 1), "+2862d"),
    ],
)
def test_the_day_is_written_as_its_distance_from_today(library: Path, tmp_path: Path, day: date, written: str) -> None:
    with time_machine.travel("2026-11-30T23:30:00Z"):
        clock = VirtualClock(tmp_path)
        file = Path(clock.environment["FAKETIME_TIMESTAMP_FILE"])
        assert file.read_text("utf-8") == "+0d\n"
        clock.to(day)
    assert file.read_text("utf-8") == f"{written}\n"


def test_only_a_local_cloud_with_a_clock_sees_another_time(library: Path, tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path)
    assert LocalCloud(clock=clock)._environment().items() >= dict(clock.environment).items()
    assert clock.environment["LD_PRELOAD"] == str(library)
    assert not {"LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE"} & set(LocalCloud()._environment())
