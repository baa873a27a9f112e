"""The system clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The present time in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait_until(self, moment: datetime) -> None:
        time.sleep(max(0.0, (moment - self.now()).total_seconds()))
