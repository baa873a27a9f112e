"""Starts, shows and stops the local cloud, and prints tokens for its API.

It is what template.yaml describes, without AWS and without Docker.

    python -m local.cloud.control up [--port 4566] [--param Name=Value …]
    python -m local.cloud.control status
    python -m local.cloud.control token (--role ROLE | --partner NAME)
    python -m local.cloud.control down

`up` updates a local cloud that runs; `down` deletes its data.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass

from local.cloud.debtor_account import set_example
from local.cloud.deployment import DeploymentError, deploy
from local.cloud.local_cloud import HOME, STACK, STOP_SECONDS, LocalCloud, LocalCloudError
from local.cloud.session import ACCESS_KEY, REGION, SECRET_KEY, LocalSession
from local.cloud.stack import PEOPLE, Stack
from local.opinions.year.play import api_of
from local.tools import bootstrap
from tegemoet.application.records import PersonRole

ON_AWS = {"ApiUrl", "TokenUrl"}
"""Outputs that are addresses on AWS, and lead nowhere on this machine."""
NOT_RUNNING = "The local cloud does not run; `make up` starts it."


@dataclass(frozen=True)
class Running:
    """The local cloud that `up` left running, as `status` and `down` find it."""

    pid: int
    port: int
    log: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _running() -> Running | None:
    try:
        running = Running(**json.loads((HOME / "running.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return running if _is_emulator(running.pid) else None


def _is_emulator(pid: int) -> bool:
    """Whether that process is an emulator: the numbers of ended processes are used again."""
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return "local.cloud.emulator" in shown.stdout


def up(port: int | None, wait_scale: float, parameters: dict[str, str]) -> int:
    """Deploy template.yaml on the local cloud that runs, or on a new one; the exit status."""
    running, started = _running(), None
    if running and port not in (None, running.port):
        raise LocalCloudError(f"it runs on port {running.port} already; `make down` stops it")
    if running is None:
        started = LocalCloud(port=port, wait_scale=wait_scale, name="up", detached=True).start()
        running = Running(started.pid, started.port, str(started.log.relative_to(bootstrap.ROOT)))
    session = LocalSession(running.url, ACCESS_KEY)
    try:
        stack = deploy(session, running.url, bootstrap.ROOT / "template.yaml", STACK, parameters)
        stack.create_people()
        set_example(api_of(stack, "local-operator", "operator"), api_of(stack, "local-approver", "approver"))
    except BaseException:
        if started:
            started.stop()
        raise
    (HOME / "running.json").write_text(json.dumps(asdict(running)))
    _show(running, stack)
    return 0


def status() -> int:
    """Show what runs; 1 where nothing does."""
    running = _running()
    if running is None:
        print(NOT_RUNNING)
        return 1
    _show(running, _stack(running))
    return 0


def token(role: PersonRole | None, partner: str | None) -> int:
    """Print a token for the API, valid for an hour: of a person with a role, or of a partner.

    Says on the standard error where the partner is new: its name may be misspelt. A partner that
    nobody registered is registered for every kind of file.
    """
    stack = running_stack()
    if partner:
        stack.admit(partner)
        client, made = stack.ensure_partner(partner)
        if made:
            print(f"There was no partner {partner}; it is made.", file=sys.stderr)
        print(stack.client_token(client))
    if role:
        name = f"local-{role}"
        password = stack.ensure_user(name, role)
        print(stack.user_tokens(name, password, stack.outputs["PersonClientId"])["IdToken"])
    return 0


def running_stack() -> Stack:
    """The stack that `make up` left running; LocalCloudError where none does."""
    running = _running()
    if running is None:
        raise LocalCloudError(NOT_RUNNING)
    return _stack(running)


def _stack(running: Running) -> Stack:
    return Stack(STACK, running.url, LocalSession(running.url, ACCESS_KEY))


def down() -> int:
    """Stop what `up` started, and delete its data."""
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
    print("The local cloud is stopped." if running else "The local cloud was not running.")
    return 0


def _for_aws(running: Running) -> dict[str, str]:
    """The variables with which the AWS CLI and the tools of `local/tools` call this cloud."""
    return {
        "AWS_ENDPOINT_URL": running.url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    }


def _show(running: Running, stack: Stack) -> None:
    print(f"endpoint  {running.url}")
    print(f"for aws   {' '.join(f'{name}={value}' for name, value in _for_aws(running).items())}")
    with suppress(LookupError):
        print(f"api       {stack.api_url}")
    print(f"tokens    {running.url}/oauth2/token")
    print(f"log       {running.log}")
    for key, value in sorted(stack.outputs.items()):
        if key not in ON_AWS:
            print(f"{key} = {value}")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m local.cloud.control", description=(__doc__ or "").partition("\n")[0]
    )
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("up", help="start the local cloud, or update the one that runs")
    starting.add_argument("--port", type=int, help="port of 127.0.0.1 (default: a free one)")
    starting.add_argument("--wait-scale", type=float, default=1.0, help="pace of Wait states; 0 skips them (default 1)")
    starting.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the template"
    )
    commands.add_parser("status", help="show what runs and where")
    bearer = commands.add_parser("token", help="print a token for the API").add_mutually_exclusive_group(required=True)
    bearer.add_argument("--role", choices=tuple(PEOPLE), help="of a person with this role")
    bearer.add_argument("--partner", metavar="NAME", help="of a partner, such as mutuality")
    commands.add_parser("down", help="stop it and delete its data")
    chosen = parser.parse_args()
    try:
        if chosen.command == "up":
            return up(chosen.port, chosen.wait_scale, dict(pair.split("=", 1) for pair in chosen.param))
        if chosen.command == "token":
            return token(chosen.role, chosen.partner)
        return status() if chosen.command == "status" else down()
    except (LocalCloudError, DeploymentError) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
