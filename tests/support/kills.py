"""Kills processes of functions of a local cloud at random moments, and a season that goes on."""

import os
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock
from urllib.error import URLError

from local.cloud.local_cloud import LocalCloud
from local.opinions.year import play

PROC = Path("/proc")
OFTEN = (0.1, 0.8)
"""Seconds between two kills."""
PATIENCE = 5.0
"""Seconds for which a function of the next ones is awaited; then others are drawn."""
LOOK = 0.02
"""Seconds in which a process that is at work uses the processor."""
FUNCTIONS = (
    *("intake", "store", "conclude", "freeze", "evaluate", "report", "settle"),
    *("approve", "operations"),
)
"""The functions whose processes are killed."""
Json = dict[str, Any]


class Killer:
    """Kills a function's process that is at work, `kills` times. `killed` = by function."""

    def __init__(self, cloud: LocalCloud, seed: int, kills: int) -> None:
        self._cloud, self._random, self._left = cloud, Random(seed), kills
        self.killed: Counter[str] = Counter()
        self._stopped, self._spared = threading.Event(), 0

    @contextmanager
    def at_work(self, most: int) -> Iterator[None]:
        """Kill for as long as this lasts, at most so many times."""
        self._stopped.clear()
        self._spared = max(0, self.left - most)
        thread = threading.Thread(target=self._kill, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            thread.join()

    @property
    def left(self) -> int:
        return self._left

    def _kill(self) -> None:
        while self._left > self._spared and not self._stopped.wait(self._random.uniform(*OFTEN)):
            wanted = self._random.sample(FUNCTIONS, 3)
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until and not self._stopped.is_set():
                busy = {pid: name for pid, name in self._busy().items() if name.rpartition("-")[2] in wanted}
                if busy:
                    self._end(*self._random.choice(sorted(busy.items())))
                    break

    def _end(self, pid: int, function: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed[function] += 1
            self._left -= 1

    def _busy(self) -> dict[int, str]:
        """The processes of functions that do something, with the names of the functions."""
        before = self._ticks()
        time.sleep(LOOK)
        after = self._ticks()
        found = {}
        for pid, ticks in after.items():
            if before.get(pid, ticks) < ticks and (function := _function(pid)):
                found[pid] = function
        return found

    def _ticks(self) -> dict[int, int]:
        """The time of the processor that each child of the cloud has used."""
        found = {}
        for place in PROC.glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = place.read_text("utf-8").rpartition(") ")[2].split()
                if int(fields[1]) == self._cloud.pid:
                    found[int(place.parent.name)] = int(fields[11]) + int(fields[12])
        return found


def _function(pid: int) -> str | None:
    """The function that a process runs; None where it runs none, or has ended."""
    with suppress(OSError):
        for variable in (PROC / str(pid) / "environ").read_bytes().split(b"\0"):
            name, _, value = variable.decode(errors="replace").partition("=")
            if name == "AWS_LAMBDA_FUNCTION_NAME":
                return value
    return None


class PatientApi(play.Api):
    """A caller who sends a request again, with the same key, until it is answered."""

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, Json]:
        key = key or str(uuid.uuid4())
        until, answer = time.monotonic() + 300, Json()
        while True:
            with suppress(URLError, ConnectionError):
                status, answer = super().call(method, path, body, key)
                if status < 500 and answer.get("code") != "in-progress" and status != 401:
                    return status, answer
            if time.monotonic() > until:
                raise play.UnexpectedAnswerError(f"{path} is not answered: {answer}")
            time.sleep(0.2)


class PatientSeason(play.Season):
    """A season whose operator resumes what failed. `resumed` = how often."""

    resumed = 0

    def _wait(self, phase: int, state: str, steps: tuple[str, ...], told: play.Told) -> Json:
        while True:
            now = self.operator.get(self.path(phase))
            if now["state"] == "failed":
                self.operator.post(f"{self.path(phase)}/continuation", {"run": now["run"]})
                self.resumed += 1
            elif now["state"] == state:
                return super()._wait(phase, state, steps, told)
            time.sleep(0.2)


@contextmanager
def patient_season(cloud: LocalCloud, year: int, seconds: int) -> Iterator[PatientSeason]:
    """A season on the deployed template, where a message is delivered again after that time."""
    stack = cloud.deploy()
    queues = stack.session.client("sqs")
    for url in queues.list_queues().get("QueueUrls", []):
        queues.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
    with mock.patch.object(play, "Api", PatientApi):
        yield PatientSeason(stack, year)
