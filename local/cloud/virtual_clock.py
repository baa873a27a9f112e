"""A clock for the local cloud that can be set to any day: libfaketime, where it is installed.

    clock = VirtualClock(folder)
    with LocalCloud(clock=clock) as cloud:
        clock.to(date(2024, 6, 1))

The emulator and its functions see the day; the process that sets it does not. Linux only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

LIBRARY = "faketime/libfaketimeMT.so.1"
FOLDERS = ("/usr/lib", "/usr/local/lib")
MISSING = "There is no libfaketime here: apt-get install faketime (Linux)"


class NoVirtualClockError(Exception):
    """libfaketime is not installed; the message says what to do."""


def library() -> Path:
    """The library that shows another time to a process. Raises NoVirtualClockError."""
    for folder in FOLDERS:
        for found in (*Path(folder).glob(LIBRARY), *Path(folder).glob(f"*/{LIBRARY}")):
            return found
    raise NoVirtualClockError(MISSING)


class VirtualClock:
    """A clock that shows the real time of day, on the day that it was set to; at first today.

    `folder` must outlive the local cloud. Raises NoVirtualClockError.
    """

    def __init__(self, folder: Path) -> None:
        self._library, self._file = library(), folder / "clock"
        self._file.write_text("+0d\n", "utf-8")

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to see this clock; it reads the day anew each time."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
        }

    def to(self, day: date) -> None:
        """Set the day."""
        days = (day - datetime.now(UTC).date()).days
        self._file.write_text(f"{days:+}d\n", "utf-8")
