"""Somebody who got hold of the rights of a function: to write runs, or the files of a run.

An approval without its seal, and other payments than those that were approved, release nothing.
What was broken so, an engineer repairs.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from local.simulator.histories.deeds import At
from local.simulator.histories.ending import PHASE_1, PHASE_2
from local.simulator.histories.people import YEAR
from local.simulator.histories.population import FALSE_ACCOUNT
from local.simulator.histories.stage import APPROVERS, Stage
from tegemoet.application.records import Run, RunDetail

SHARE = 0.15
"""In how many histories there is one."""
LOOKS = 6
MUCH = 99_999_999
"""Cents, more than any premium."""


class Intruder:
    """Does one thing in a history, if anything. `leave` repairs what was done."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage = stage
        self._random = Random(f"{seed} intruder")
        self._does: Callable[[Run], None] | None = None
        if self._random.random() < SHARE:
            self._does = self._random.choice((self._approve, self._pay_more, self._pay_to_another))
        self._repairs: list[Callable[[], object]] = []

    def plan(self, at: At) -> None:
        """Say when the intruder looks whether there is something to do."""
        for phase in (PHASE_1, PHASE_2) if self._does is not None else ():
            for _ in range(LOOKS):
                moment = phase + timedelta(hours=self._random.randrange(1, 20 * 24))
                at(moment, "an intruder looks for a run that waits", self._look)

    def leave(self) -> None:
        """The intruder is found, and everything is as it was."""
        for repair in self._repairs:
            self._stage.quietly(repair)
        self._does = None

    def _look(self) -> None:
        cloud = self._stage.cloud
        year = self._stage.quietly(lambda: cloud.runs.year(YEAR))
        run = self._stage.quietly(lambda: cloud.runs.get(year.open_run)) if year and year.open_run else None
        if run is None or run.state != "waiting" or self._does is None or self._repairs:
            return
        does = self._does
        self._stage.quietly(lambda: does(run))

    # --- what is done

    def _approve(self, run: Run) -> None:
        """Write an approval, and tell the workflow that it was given."""
        cloud, approver = self._stage.cloud, self._random.choice(APPROVERS)
        given = RunDetail(
            approved_by=approver, approved_by_name=f"Name of {approver}", approved_at="2023-12-01T10:00:00Z"
        )
        if cloud.runs.update(run.id, state="approved", detail=given, expected=("waiting",)):
            self._repairs.append(lambda: self._take_back(run.id))
            cloud.workflows.answer(run.detail.token, {"approved": True})

    def _take_back(self, run: str) -> None:
        """Remove the approval, unless somebody else's followed."""
        client, table = self._stage.direct("dynamodb"), self._stage.cloud.variable("YEARS_TABLE")
        item: Any = client.get_item(TableName=table, Key={"pk": {"S": f"year#{YEAR}"}, "sk": {"S": f"run#{run}"}})[
            "Item"
        ]
        if item["state"]["S"] in ("approved", "failed") and "approval_mac" not in item["detail"]["M"]:
            for name in ("approved_by", "approved_by_name", "approved_at"):
                del item["detail"]["M"][name]
            client.put_item(TableName=table, Item={**item, "state": {"S": "failed"}})

    def _pay_more(self, run: Run) -> None:
        self._swap(run, "payments.jsonl", lambda line: {**line, "cents": MUCH})

    def _pay_to_another(self, run: Run) -> None:
        self._swap(run, "payees.jsonl", lambda line: {**line, "iban": FALSE_ACCOUNT})

    def _swap(self, run: Run, name: str, change: Callable[[Any], Any]) -> None:
        """Write another file in the place of one of the files that are to be approved."""
        objects = self._stage.cloud.work
        for key in [key for key in objects.keys(f"runs/{run.id}/evaluated/") if key.endswith(f"/{name}")]:
            body = objects.get(key)
            lines = [json.dumps(change(json.loads(line))) for line in body.splitlines()]
            self._repairs.append(lambda key=key, body=body: objects.put(key, body))  # type: ignore[misc]
            objects.put(key, "".join(f"{line}\n" for line in lines).encode())
