"""The cloud on this machine: what `template.yaml` describes, running on 127.0.0.1, without AWS and without Docker.

    python -m local.cloud.control up [--port 4566] [--param Name=Value …]    starts it, or updates what runs
    python -m local.cloud.control status
    python -m local.cloud.control down                                       stops it and forgets its data

In tests and programs:

    with LocalCloud() as cloud:
        stack = cloud.deploy()
        requests to stack.api_url, cloud.session().client("s3"), …
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import boto3
from botocore.config import Config

from local.cloud.deployment import DeploymentError, Stack, deploy
from local.tools import bootstrap

HOME = bootstrap.ROOT / ".local"
REGION = "eu-west-1"
# Root of the emulator's default account; any other key id has to exist there, or be a 12-digit account number.
ACCESS_KEY = "test"
STACK = "tegemoet"
START_SECONDS = 30
STOP_SECONDS = 10


class LocalCloudError(Exception):
    """It did not start, or is not there; the message says what to look at."""


class LocalSession(boto3.Session):
    """A session whose every client talks to the local cloud, whatever the environment says about endpoints."""

    def __init__(self, url: str, account: str) -> None:
        super().__init__(aws_access_key_id=account, aws_secret_access_key="test", region_name=REGION)  # noqa: S106
        self._url = url

    def client(self, *args: Any, **kwargs: Any) -> Any:
        return super().client(*args, **self._local(kwargs))

    def resource(self, *args: Any, **kwargs: Any) -> Any:
        return super().resource(*args, **self._local(kwargs))

    def _local(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        # A proxy of this machine is not asked for 127.0.0.1; the emulator has no virtual hosts for buckets and hosts.
        local = Config(proxies={}, s3={"addressing_style": "path"}, inject_host_prefix=False)
        config = kwargs.pop("config", None)
        return {"endpoint_url": self._url, "config": local.merge(config) if config else local, **kwargs}


@dataclass(frozen=True)
class Running:
    """A local cloud that `up` left running, as written down for `status` and `down`."""

    pid: int
    port: int
    log: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class LocalCloud:
    """A local cloud of one's own: an emulator process on a free port, gone with all its data at the end.

    `wait_scale` multiplies the Wait states and retry pauses of state machines: 0 skips them, 1 is real time.
    """

    def __init__(
        self, *, port: int | None = None, wait_scale: float = 0.0, name: str | None = None, detached: bool = False
    ) -> None:
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.home = HOME / (name or f"port-{self.port}")
        self._wait_scale = wait_scale
        self._detached = detached
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """The emulator's own log; a function's is read with Stack.logs."""
        return self.home / "emulator.log"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise LocalCloudError("not started")
        return self._process.pid

    def start(self) -> Self:
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "tmp").mkdir(parents=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [bootstrap.python_of("emulator"), "-m", "local.cloud.emulator"],
                cwd=bootstrap.ROOT,
                env=self._environment(),
                # Closes when this process ends, however it ends: the emulator then stops by itself.
                stdin=subprocess.DEVNULL if self._detached else subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for us: the emulator has to live until the last test has cleaned up.
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
        return kept | {
            "GATEWAY_PORT": str(self.port),
            # Stock listens on every address of the machine, and for IoT on one more port.
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            # Policies of function roles are enforced: a missing permission fails here and not on AWS.
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
        """Clients of the local cloud; another 12-digit `account` shares nothing with the first but bucket names."""
        return LocalSession(self.url, account)

    def deploy(
        self,
        template: Path = bootstrap.ROOT / "template.yaml",
        name: str = STACK,
        *,
        account: str = ACCESS_KEY,
        **parameters: str,
    ) -> Stack:
        """Deploys or updates a template, with `Arch` and `Cloud` filled in where it has them."""
        return deploy(self.session(account), self.url, template, name, parameters)

    def set_wait_scale(self, scale: float) -> None:
        """Changes the pace of Wait states and retries from now on."""
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _running() -> Running | None:
    try:
        running = Running(**json.loads((HOME / "running.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return running if _is_emulator(running.pid) else None


def _is_emulator(pid: int) -> bool:
    """Whether that process still is the one started: numbers of ended processes are given out again."""
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return "local.cloud.emulator" in shown.stdout


def up(port: int | None, wait_scale: float, parameters: dict[str, str]) -> int:
    running, started = _running(), None
    if running is None:
        started = LocalCloud(port=port, wait_scale=wait_scale, name="up", detached=True).start()
        running = Running(started.pid, started.port, str(started.log.relative_to(bootstrap.ROOT)))
    session = LocalSession(running.url, ACCESS_KEY)
    try:
        stack = deploy(session, running.url, bootstrap.ROOT / "template.yaml", STACK, parameters)
    except BaseException:
        if started:
            started.stop()
        raise
    (HOME / "running.json").write_text(json.dumps(asdict(running)))
    _show(running, stack)
    return 0


def status() -> int:
    running = _running()
    if running is None:
        print("not running; `make up` starts it")
        return 1
    _show(running, Stack(STACK, running.url, LocalSession(running.url, ACCESS_KEY)))
    return 0


def down() -> int:
    running = _running()
    if running is not None:
        with suppress(ProcessLookupError):
            os.kill(running.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_emulator(running.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)
    (HOME / "running.json").unlink(missing_ok=True)
    shutil.rmtree(HOME / "up", ignore_errors=True)
    print("stopped" if running else "was not running")
    return 0


def _show(running: Running, stack: Stack) -> None:
    print(f"endpoint  {running.url}  (AWS_ENDPOINT_URL, with AWS_ACCESS_KEY_ID=test and AWS_SECRET_ACCESS_KEY=test)")
    with suppress(LookupError):
        print(f"api       {stack.api_url}")
    print(f"log       {running.log}")
    for key, value in sorted(stack.outputs.items()):
        print(f"{key} = {value}")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m local.cloud.control", description=(__doc__ or "").partition("\n")[0]
    )
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("up", help="start it, or update what runs")
    starting.add_argument("--port", type=int, help="a free one when not given")
    starting.add_argument("--wait-scale", type=float, default=1.0, help="pace of Wait states; 0 skips them (default 1)")
    starting.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a template parameter")
    commands.add_parser("status", help="what runs and where")
    commands.add_parser("down", help="stop it and forget its data")
    chosen = parser.parse_args()
    try:
        if chosen.command == "up":
            return up(chosen.port, chosen.wait_scale, dict(pair.split("=", 1) for pair in chosen.param))
        return status() if chosen.command == "status" else down()
    except (LocalCloudError, DeploymentError) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
