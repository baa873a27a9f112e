"""A file of maternity cases through the deployed template on the local
cloud: how long it takes, and where the time goes.

    make bench-bulk                         100,000 cases
    python -m bench.bulk 5000 [--seed 1]

The cases are those on which the second opinion is compared (`local/opinions/maternity`): random,
most of them near a limit of the rules, a few of them invalid. The file is uploaded and its outcome
fetched through the API, as a partner would. What each function took and its largest memory are read
from its log and from its processes. A sample is decided one by one through the API: the same bytes
have to come out. The same chunk is then worked off in this process, where every part of it can be
timed, against DynamoDB at the end of botocore's wire. Ends with 1 where bytes differ or a function
outgrows its memory.
"""

import argparse
import os
import re
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import orjson

from bench._wire import Wire, size_of
from local.cloud.local_cloud import LocalCloud
from local.cloud.stack import Stack
from local.cloud.templates import read_template
from local.opinions.maternity.cases import Maker
from local.opinions.year.play import Season
from tegemoet.adapters import decisions
from tegemoet.adapters.decisions import HealthDecisions
from tegemoet.application.decisions import bulk as deciding
from tegemoet.application.intake.ingest import CASE_CHUNK_ROWS
from tegemoet.domain.decision import canonical
from tests.support.dropping import Cloud

SCHEME = "maternity-rest"
PARTNER = "mutuality"
FUNCTIONS = ("intake", "decide", "conclude")
SAMPLE = 200
_REPORT = re.compile(r"REPORT .*?Duration: ([0-9.]+) ms")


def lines_of(count: int, seed: int) -> Iterator[bytes]:
    """Lines of a file of random cases."""
    maker = Maker(Random(seed))
    for number in range(count):
        case, on = maker.line()
        yield orjson.dumps({"case_id": f"case-{number}", "on": on, "case": case}) + b"\n"


# --- through the local cloud ----------------------------------------------------------------------


def bulk(file: Path, lines: list[bytes]) -> list[str]:
    """Send the file through a local cloud of its own and tell how it went; what was wrong."""
    with LocalCloud() as cloud:
        # as many chunks at once as the emulator works on: a chunk that
        # waits for its turn would count as one that works
        season = Season(cloud.deploy(Concurrency=str(os.cpu_count() or 1)), 2023)
        partner = season.partner(PARTNER)
        with peaks_of(cloud.pid) as peaks:
            began = time.monotonic()
            batch = season.upload(PARTNER, {"scheme": SCHEME, "kind": "cases", "name": "bulk"}, file.read_bytes())
            uploaded = time.monotonic()
            while (found := partner.get(f"/v1/batches/{batch}"))["state"] in ("awaiting-upload", "loading"):
                time.sleep(0.5)
            ended = time.monotonic()
        if found["state"] != "done":
            return [f"the batch is {found['state']}"]
        print(f"uploaded in {uploaded - began:.1f} s, worked off in {ended - uploaded:.1f} s: {found['rows']}")
        faults = [*show_functions(season.stack, peaks)]
        sample = {body["case_id"]: body for body in map(orjson.loads, Random(1).sample(lines, min(SAMPLE, len(lines))))}
        link = next(link["url"] for link in found["links"] if link["name"] == "decisions.jsonl")
        written, size, decided = 0, 0, {}
        with urllib.request.urlopen(link) as answer:  # noqa: S310 - 127.0.0.1
            for line in answer:
                written, size = written + 1, size + len(line)
                if (case_id := orjson.loads(line)["case_id"]) in sample:
                    decided[case_id] = line.rstrip(b"\n")
        print(f"decisions.jsonl: {written:,} lines, {size / 1e6:.1f} MB")
        if written != found["rows"]["accepted"]:
            faults.append("the file of decisions is not complete")
        differing = 0
        for case_id, body in sample.items():
            status, single = partner.call("POST", f"/v1/schemes/{SCHEME}/decisions", {**body, "dry_run": True})
            expected = decided.get(case_id)
            differing += bytes_of(single) != expected if status == 200 else expected is not None
        print(f"one by one through the API: {len(sample)} cases, of which {len(decided)} decided; {differing} differ")
        return [*faults, *(["bulk and single differ"] if differing else [])]


def bytes_of(answer: dict[str, Any]) -> bytes:
    """The bytes of a decision that the API rendered."""
    return canonical(
        {
            **answer,
            "explanation": [{k: v for k, v in step.items() if k != "text"} for step in answer["explanation"]],
        }
    )


def show_functions(stack: Stack, peaks: dict[str, int]) -> Iterator[str]:
    """Print calls, seconds and memory per function; what outgrew its limits."""
    resources = read_template(Path(__file__).parent.parent / "template.yaml")["Resources"]
    default = 1769
    print(f"{'function':<10}{'calls':>7}{'seconds':>10}{'longest':>10}{'limit':>7}{'MB':>7}{'limit':>7}")
    for name in FUNCTIONS:
        logical = f"{name.title()}Function"
        took = [float(found[1]) / 1000 for line in stack.logs(logical) if (found := _REPORT.search(line))]
        properties = resources[logical]["Properties"]
        memory, timeout = properties.get("MemorySize", default), properties["Timeout"]
        print(
            f"{name:<10}{len(took):>7}{sum(took):>10.1f}{max(took):>10.1f}{timeout:>7}{peaks[name]:>7}{memory:>7}",
            flush=True,
        )
        if peaks[name] > memory or max(took) > timeout:
            yield f"{name} outgrew its limits"


@contextmanager
def peaks_of(emulator: int) -> Iterator[dict[str, int]]:
    """Function -> largest resident MB of any of its processes,
    looked up twice a second (on Linux; elsewhere 0).
    """
    peaks: dict[str, int] = defaultdict(int)
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError, LookupError):
                    if int((process / "stat").read_text().rpartition(")")[2].split()[1]) != emulator:
                        continue
                    environment = (process / "environ").read_bytes().split(b"\0")
                    variables = dict(entry.partition(b"=")[::2] for entry in environment)
                    name = variables[b"AWS_LAMBDA_FUNCTION_NAME"].decode().rpartition("-")[2]
                    peak = int((process / "status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
                    peaks[name] = max(peaks[name], peak)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield peaks
    finally:
        ended.set()
        watch.join()


# --- one chunk in this process --------------------------------------------------------------------


def chunk(lines: list[bytes]) -> None:
    """Work off one chunk here and tell what its parts cost."""
    cloud, wire = Cloud(), Wire()
    table = HealthDecisions(wire.client, "health", days=3653, threads=1)
    cloud.health_decisions = table  # type: ignore[assignment]  # the port, on DynamoDB
    batch = cloud.ingest(cloud.put(f"in/{PARTNER}/{SCHEME}/cases/a.jsonl", b"".join(lines)))
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            began = time.process_time()
            try:
                return function(*arguments)
            finally:
                spent[name] += time.process_time() - began

        return call

    with (
        mock.patch.object(deciding, "decide_line", timed("decide", deciding.decide_line)),  # type: ignore[attr-defined]
        mock.patch.object(decisions, "pack", timed("pack", decisions.pack)),
    ):
        began = time.process_time()
        cloud.run_workflow(batch.id)
        whole = time.process_time() - began - wire.served
    results = cloud.health.get(f"batches/{batch.id}/results/000.jsonl")
    stored = list(wire.items("health"))
    accepted = len(stored)
    print(f"\none chunk of {len(lines)} cases, {accepted} decided, in this process (ms of processor time a case):")
    spent["the rest: requests to DynamoDB, results, summary"] = whole - sum(spent.values())
    for name, seconds in spent.items():
        print(f"  {name:<50}{1000 * seconds / len(lines):>8.3f}")
    sizes = sorted(map(len, results.splitlines()))
    units = wire.counts["writes/health"]
    print(f"  bytes of a line {sum(map(len, lines)) // len(lines):,}, of a decision {sum(sizes) // accepted:,}")
    print(f"  calls {wire.counts['calls/PutItem'] / accepted:.2f}, write units {units / accepted:.2f} a decision")
    packed = sorted(map(size_of, stored))
    shares = Counter(-(-size // 1024) for size in packed)
    print(
        f"  bytes of an item: middle {packed[accepted // 2]:,}, largest {packed[-1]:,}; items of one write unit"
        f" {shares[1] / accepted:.1%}, two {shares[2] / accepted:.1%},"
        f" more {1 - (shares[1] + shares[2]) / accepted:.1%}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.bulk", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cases.jsonl"
        lines = list(lines_of(asked.cases, asked.seed))
        file.write_bytes(b"".join(lines))
        print(f"{asked.cases:,} cases, {file.stat().st_size / 1e6:.1f} MB", flush=True)
        faults = bulk(file, lines)
    chunk(lines[:CASE_CHUNK_ROWS])
    print("FAILED: " + ", ".join(faults) if faults else "as asked")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
