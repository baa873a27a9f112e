"""An emulator process of one's own, with what `template.yaml` describes deployed on it.

with LocalCloud() as cloud:
    stack = cloud.deploy()
    requests to stack.api_url, cloud.session().client("s3"), …
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import boto3

from local.cloud.deployment import deploy
from local.cloud.session import ACCESS_KEY, REGION, LocalSession
from local.cloud.stack import Stack
from local.cloud.virtual_clock import VirtualClock
from local.tools import bootstrap

HOME = bootstrap.ROOT / ".local"
STACK = "tegemoet"
START_SECONDS = 30
STOP_SECONDS = 10


class LocalCloudError(Exception):
    """The local cloud did not start or does not run;
    the message says what to do or where to look.
    """


class LocalCloud:
    """An emulator process on a free port, which ends
    and loses all its data at the end of the `with`.

    `wait_scale` multiplies the Wait states and retry pauses of state machines: 0 skips them, 1 is
    real time. A `detached` process outlives this one. `clock` = the time that it and its functions
    see, where it is not that of this machine. Raises LocalCloudError where it cannot start.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        wait_scale: float = 0.0,
        name: str | None = None,
        detached: bool = False,
        clock: VirtualClock | None = None,
    ) -> None:
        self.port = _free_port(port)
        self.url = f"http://127.0.0.1:{self.port}"
        self.home = HOME / (name or f"port-{self.port}")
        self._wait_scale = wait_scale
        self._detached = detached
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """The emulator's own log; Stack.logs reads that of a function."""
        return self.home / "emulator.log"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise LocalCloudError("the local cloud is not started")
        return self._process.pid

    def start(self) -> Self:
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "tmp").mkdir(parents=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [bootstrap.python_of("emulator"), "-m", "local.cloud.emulator"],
                cwd=bootstrap.ROOT,
                env=self._environment(),
                # The pipe closes however this process ends, and the emulator then stops by itself.
                stdin=subprocess.DEVNULL if self._detached else subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C ends this process only: the emulator
                # lives until the last test has cleaned up.
                start_new_session=True,
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise
        return self

    def _environment(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        clock = self._clock.environment if self._clock else {}
        return kept | {
            **clock,
            "GATEWAY_PORT": str(self.port),
            # By default it listens on every address of the machine, and for IoT on one more port.
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            # Policies of function roles are enforced: a
            # missing permission fails here and not on AWS.
            "AUTH": "true",
            "MINISTACK_REGION": REGION,
            "SFN_WAIT_SCALE": str(self._wait_scale),
            "LOG_LEVEL": os.environ.get("LOCAL_CLOUD_LOG_LEVEL", "WARNING"),
            "LAMBDA_PYTHON": str(bootstrap.python_of("lambda")),
            "LAMBDA_CODE_DIR": str(HOME / "code"),
            "STATE_DIR": str(self.home / "state"),
            "S3_DATA_DIR": str(self.home / "s3"),
            "TMPDIR": str(self.home / "tmp"),
            "STOP_WITH_STARTER": "0" if self._detached else "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _wait_until_healthy(self) -> None:
        process = cast("subprocess.Popen[bytes]", self._process)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            if _healthy(self.url):
                return
            time.sleep(0.05)
        raise LocalCloudError(f"the emulator did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            finally:
                # Workers that outlived it share its process group.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if process.stdin:
                    process.stdin.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def session(self, account: str = ACCESS_KEY) -> boto3.Session:
        """A session for clients; another 12-digit `account` shares only the names of buckets."""
        return LocalSession(self.url, account)

    def deploy(
        self,
        template: Path = bootstrap.ROOT / "template.yaml",
        name: str = STACK,
        *,
        account: str = ACCESS_KEY,
        **parameters: str,
    ) -> Stack:
        """Deploy or update a template, with the parameters
        `Arch` and `Cloud` filled in where it has them.
        """
        return deploy(self.session(account), self.url, template, name, parameters)

    def set_wait_scale(self, scale: float) -> None:
        """Change the pace of Wait states and retries from now on."""
        request = urllib.request.Request(  # noqa: S310 -- 127.0.0.1
            f"{self.url}/_ministack/config",
            data=json.dumps({"stepfunctions._SFN_WAIT_SCALE": scale}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with _local_opener().open(request, timeout=10) as answer:
            answer.read()


def _local_opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _healthy(url: str) -> bool:
    try:
        with _local_opener().open(f"{url}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port(wanted: int | None) -> int:
    """The wanted port of 127.0.0.1, or any free one;
    LocalCloudError where another program has it.
    """
    with socket.socket() as probe:
        # As the emulator does: a port that was closed a moment ago may be opened again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError as busy:
            raise LocalCloudError(
                f"port {wanted} is used by another program; choose another --port, or none for a free one"
            ) from busy
        return int(probe.getsockname()[1])
