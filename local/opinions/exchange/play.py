"""Plays the made-up exchange on a deployed stack, from outside: what
insurers, the tax office and an operator would do.

    python -m local.opinions.exchange.play --persons 50000

plays it on a local cloud of its own, compares every output with
the second opinion, and tells where the time went.
"""

import argparse
import csv
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.cloud.local_cloud import LocalCloud
from local.cloud.stack import Stack
from local.opinions.exchange.generate import generate, write_results
from local.opinions.exchange.oracle import INSURERS, TAX_OFFICE, YEAR, Exchange
from local.opinions.year.play import STUCK_AFTER, Json, Season, UnexpectedAnswerError

DAYS = {"households": "2020-04-15", "incomes-1": "2020-08-10", "incomes-2": "2020-09-30", "results": "2021-11-05"}
"""The waits, in order, and the day on which the operator ends each."""
THEN: dict[str, Callable[[Exchange], None]] = {
    "households": Exchange.select,
    "incomes-1": lambda wanted: wanted.answer(1),
    "incomes-2": lambda wanted: wanted.answer(2),
    "results": Exchange.report,
}
"""What the second opinion makes of the files of a wait."""
STATE_AFTER = {"households": "incomes-1", "incomes-1": "incomes-2", "incomes-2": "results", "results": "done"}
PATH = f"/v1/increased-reimbursement/{YEAR}"
TABLES = ("table-1.csv", "table-2.csv", "table-3.csv")
LISTS = ("pro_04-1.csv", "pro_04-2.csv", "excluded.csv")


class Play:
    """The exchange on a stack. Makes an operator and each partner on first use."""

    def __init__(self, stack: Stack) -> None:
        insurers = {name: {"profile": "insurers", "keys": [number]} for name, number in INSURERS.items()}
        self.season = Season(stack, YEAR, {**insurers, TAX_OFFICE: {"profile": "tax-office"}})
        self.stack, self.operator = stack, self.season.operator

    def start(self, *, automatic: bool = False) -> Json:
        for party in (*INSURERS, TAX_OFFICE):
            self.season.partner(party)
        parties = {"insurers": INSURERS, "tax_office": TAX_OFFICE, "automatic": automatic}
        return self.operator.post(PATH, {"on": "2020-03-01", **parties})

    def drop(self, folder: Path) -> dict[str, Json]:
        """Upload every file of a wait, one after another, then wait until
        each is taken in or refused; the batches by key.
        """
        ids: dict[str, str] = {}
        for path in sorted(folder.rglob("*.csv"), key=lambda path: path.relative_to(folder).as_posix()):
            key = path.relative_to(folder).as_posix()
            ids[key] = self.upload(key, path.read_bytes())
        return {key: self.taken_in(key, batch) for key, batch in ids.items()}

    def upload(self, key: str, content: bytes) -> str:
        """Upload a file by a form of the API; the batch id."""
        _, partner, scheme, year, kind, name = key.split("/")
        asked = {"scheme": scheme, "year": int(year), "kind": kind, "name": name.removesuffix(".csv")}
        return self.season.upload(partner, asked, content)

    def taken_in(self, key: str, batch: str) -> Json:
        """What became of a file, once it is done or refused."""
        until = time.monotonic() + STUCK_AFTER
        while time.monotonic() < until:
            found = self.season.partner(key.split("/")[1]).get(f"/v1/batches/{batch}")
            if found["state"] in ("done", "refused"):
                return found
            if found["state"] == "failed":
                raise UnexpectedAnswerError(f"{key} failed: {found}")
            time.sleep(0.2)
        raise UnexpectedAnswerError(f"{key} is not taken in")

    def state(self, partner: str | None = None) -> Json:
        return (self.season.partner(partner) if partner else self.operator).get(PATH)

    def resume(self, wait: str) -> Json:
        """End the wait as operator; the state once the work that follows is done."""
        self.operator.post(f"{PATH}/steps/{wait}", {"on": DAYS[wait]})
        return self.reach(STATE_AFTER[wait])

    def reach(self, step: str) -> Json:
        """Wait until the exchange is at that step, or beyond; its state."""
        steps = ["households", *STATE_AFTER.values()]
        until = time.monotonic() + STUCK_AFTER
        while time.monotonic() < until:
            found = self.state()
            if found["state"] in steps[steps.index(step) :]:
                return found
            time.sleep(0.2)
        raise UnexpectedAnswerError(f"the exchange is not at {step} but: {self.state()['state']}; {self._ended()}")

    def evaluate(self, on: str) -> Json:
        """Compare with the lists of the next year that came in; the state once it is done."""
        self.operator.post(f"{PATH}/evaluation", {"on": on})
        until = time.monotonic() + STUCK_AFTER
        while time.monotonic() < until:
            found = self.state()
            if found.get("evaluation", {}).get("on") == on:
                return found
            time.sleep(0.2)
        raise UnexpectedAnswerError(f"the exchange is not evaluated: {self._ended()}")

    def _ended(self) -> list[Any]:
        """How executions ended that ended badly."""
        client = self.stack.session.client("stepfunctions")
        machine = self.stack.outputs["FlowWorkflow"]
        failed = client.list_executions(stateMachineArn=machine, statusFilter="FAILED")["executions"]
        return [client.describe_execution(executionArn=e["executionArn"]).get("cause") for e in failed]

    def outputs(self, partner: str | None = None) -> dict[str, bytes]:
        """What was handed to the partner, or for operators
        to anybody, by its links: `<partner>/<name>`.
        """
        found = {}
        for link in self.state(partner)["links"]:
            owner, _, rest = link["name"].partition("/")
            with urllib.request.urlopen(link["url"], timeout=60) as answer:  # noqa: S310 - 127.0.0.1
                found[f"{owner}/{rest.rpartition('/')[2]}"] = answer.read()
        return found

    def evaluation_file(self) -> bytes:
        """The file of the evaluation that is shown to operators."""
        [found] = [body for name, body in self.outputs().items() if name.startswith("operator/evaluation-")]
        return found


def rows_of(name: str, content: bytes) -> list[Any]:
    """An output in the form of the second opinion: without its header, and a list sorted."""
    lines = content.decode().splitlines()[1:]
    if name.startswith("table"):
        return [(code, *numbers) for code, _words, *numbers in csv.reader(lines, delimiter=";")]
    return sorted(lines)


def differences(outputs: dict[str, bytes], wanted: Exchange) -> list[str]:
    """The names of outputs that are missing or not those of the second opinion."""
    expected = {f"{TAX_OFFICE}/pro_02-{n}.csv" for n in (1, 2)}
    expected |= {f"{insurer}/{name}" for insurer in INSURERS for name in (*LISTS, *TABLES)}
    expected |= {f"operator/{name}" for name in TABLES}
    workbooks = {f"{name}/statistics.xlsx" for name in (*INSURERS, "operator")}
    found = sorted(outputs.keys() ^ (expected | workbooks))
    for place in sorted(expected & outputs.keys()):
        partner, name = place.split("/")
        if rows_of(name, outputs[place]) != wanted.handed_over(partner, name):
            found.append(place)
    return found


@contextmanager
def timed(what: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    sys.stdout.write(f"{what:32}{time.monotonic() - begun:8.1f} s\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description="Play a made-up exchange on a local cloud.")
    parser.add_argument("--persons", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=2020)
    arguments = parser.parse_args()
    wanted = Exchange(INSURERS, TAX_OFFICE, registered=True)
    with tempfile.TemporaryDirectory() as folder, LocalCloud() as cloud:
        root = Path(folder)
        with timed("writing the files"):
            generate(root, arguments.persons, arguments.seed)
        with timed("deploying"):
            play = Play(cloud.deploy())
        with timed("the exchange"):
            play.start()
            for wait in DAYS:
                if wait == "results":
                    write_results(root, wanted, arguments.seed)
                with timed(f"  files of {wait}"):
                    play.drop(root / wait)
                wanted.drop_folder(root / wait)
                THEN[wait](wanted)
                with timed(f"  after {wait}"):
                    play.resume(wait)
        differing = differences(play.outputs(), wanted)
    told = f"differs: {', '.join(differing)}" if differing else "every output is that of the second opinion"
    sys.stdout.write(f"{arguments.persons} persons, {len(wanted.selected)} requests: {told}\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
