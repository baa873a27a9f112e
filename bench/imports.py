"""How long a function takes to start: importing each
handler against a bare one, in fresh interpreters.

Run with `python -m bench.imports`. The bare handler is the least that a function of its kind has:
boto3 with a client of DynamoDB, the logger of Powertools, a pydantic model; a function behind the
API also has the REST resolver, validating. Handlers take turns, and each gets the median of its
runs, in time of the processor: what else the machine does meanwhile does not count. At most 1.3
times the bare handler is asked.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 7
LIMIT = 1.3
BEHIND_THE_API = {"api", "operations"}

BARE = """
import boto3
from aws_lambda_powertools import Logger
from pydantic import BaseModel

class Event(BaseModel):
    key: str

logger = Logger()
table = boto3.client("dynamodb")
"""
BARE_REST = (
    BARE
    + """
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

resolver = APIGatewayRestResolver(enable_validation=True)

@resolver.get("/v1/things")
def things() -> Event:
    return Event(key="")
"""
)
TIMED = "import time\nbegan = time.process_time()\n{}\nprint(time.process_time() - began)"


SETTINGS = ("CONTROL_TABLE", "TOKEN_ISSUER", "PERSON_CLIENT_ID")
"""Variables that a handler reads while it is imported; their values do not matter."""
ENVIRONMENT = {
    **os.environ,
    **dict.fromkeys(SETTINGS, "1"),
    "JWKS_URL": "https://issuer.example/jwks.json",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "PYTHONPATH": str(ROOT / "layers" / "benefits"),
}


def seconds(code: str, folder: Path = ROOT) -> float:
    """Seconds of the processor that a fresh interpreter
    takes for `code`, its own start left out.
    """
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(code)],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def measure(rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """Median seconds of each handler, and of its bare one."""
    handlers = {app.parent.name: app.parent for app in sorted((ROOT / "functions").glob("*/app.py"))}
    found: dict[str, list[float]] = {name: [] for name in (*handlers, "", "rest")}
    for round_ in range(rounds + 1):
        times = {"": seconds(BARE), "rest": seconds(BARE_REST)}
        times |= {name: seconds("import app", folder) for name, folder in handlers.items()}
        if round_:  # the first one fills the caches of the disk
            for name, time in times.items():
                found[name].append(time)
    medians = {name: statistics.median(times) for name, times in found.items()}
    return {name: (medians[name], medians["rest" if name in BEHIND_THE_API else ""]) for name in handlers}


def main() -> int:
    measured = measure()
    print(f"{'handler':<14}{'ms':>8}{'bare ms':>10}{'ratio':>8}")
    for name, (own, bare) in measured.items():
        print(f"{name:<14}{own * 1000:>8.0f}{bare * 1000:>10.0f}{own / bare:>8.2f}")
    slow = [name for name, (own, bare) in measured.items() if own > LIMIT * bare]
    if slow:
        print(f"more than {LIMIT} times the bare handler: {', '.join(slow)}")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
