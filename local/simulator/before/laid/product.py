"""The earlier version below the histories: its tables, its pauses, and how it wrote a choice."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import orjson

from local.simulator import determinism
from local.simulator.histories import functions, sight, stage
from local.simulator.histories.scheduler import Pool
from local.simulator.histories.watch import Watch
from local.simulator.stack import Stack
from local.simulator.world import World
from tegemoet.adapters.cloud import Cloud
from tegemoet.adapters.table import BulkWriter
from tegemoet.application.premium_year import plan
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.convention_premium.year import premium_year

FOLDERS = ("intake", "store", "conclude", "freeze", "evaluate", "report", "settle", "purge", "exchange", "answer")
POOLS = ("tegemoet.adapters.table", "tegemoet.adapters.decisions", "tegemoet.application.premium_year.settlement")
PAUSE = timedelta(milliseconds=100)


def highest_premiums(parameters: ParameterSet) -> dict[str, Decimal]:
    """The highest premium of each profession, which the present version has beside its plan."""
    highest: dict[str, Decimal] = {}
    for (profession, _), row in premium_year(parameters).rows.items():
        highest[profession] = max(row.premium, highest.get(profession, row.premium))
    return highest


plan.highest_premiums = highest_premiums  # type: ignore[attr-defined]


class WatchBefore(Watch):
    """One table held what is kept in two now. It watches data keys of exchanges too."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.destroyed: set[str] = set()

    def item_put(self, table: str, item: Mapping[str, Any]) -> None:
        super().item_put("YearsTable" if table == "ControlTable" else table, item)

    def object_put(self, bucket: str, key: str, body: bytes) -> None:
        super().object_put(bucket, key, body)
        if key in self.destroyed:
            self.found("a-destroyed-key-is-not-made-again", key)

    def object_deleted(self, bucket: str, key: str) -> None:
        super().object_deleted(bucket, key)
        if "/keys/" in key:
            self.destroyed.add(key)

    def choice_made(self, parameters: Mapping[str, Any]) -> None:
        """A choice was set on its exception."""
        exception, values = (
            parameters["Key"]["sk"]["S"].removeprefix("exception#"),
            parameters["ExpressionAttributeValues"],
        )
        made = (self.step, values[":by"]["S"], values[":choice"]["S"])
        self.chosen.setdefault(f"choice#{exception}", []).append(made)
        self.chosen_now(exception, made[2])


class StageBefore(stage.Stage):
    """A stage of the earlier version. `parameters` = of its template."""

    def __init__(self, premium: Mapping[str, int], parameters: Mapping[str, str]) -> None:
        super().__init__(premium)
        self._reaper.made = Stack(self.stack.template, parameters)

    def _wake_one(self, often: float) -> None:
        """What hangs comes back when a later step begins, and not between two calls of one."""
        if often > 0.1:
            super()._wake_one(often)

    def _run_item(self, run: str) -> Mapping[str, Any] | None:
        """A run as the present version would have stored it: its start is its cut-off."""
        item = super()._run_item(run)
        if item is None:
            return None
        started = {"S": orjson.dumps(item["started_at"]["S"][:19] + "Z").decode()}
        return {**item, "detail": {"M": {"cut_off": started, **item["detail"]["M"]}}}


def _environ(made: Any) -> Any:
    """The variables that the present histories read beside those of the earlier version."""

    def environ(self: Stack) -> dict[str, str]:
        found: dict[str, str] = made(self)
        return {"USER_POOL_ID": "pool", "YEARS_TABLE": found["CONTROL_TABLE"], **found}

    return environ


def _cloud(world: World) -> Any:
    cloud = Cloud(world.environ, client=world.client)
    cloud.clock = world.clock  # type: ignore[assignment]
    cloud.retention = None
    return cloud


def _show(watch: WatchBefore, service: str, operation: str, parameters: Mapping[str, Any], *rest: Any) -> None:
    if operation == "update_item" and ":choice" in parameters["ExpressionAttributeValues"]:
        watch.choice_made(parameters)
    sight.show(watch, service, operation, parameters, *rest)


def _writer(made: Any) -> Any:
    def init(self: BulkWriter, client: Any, table: str, threads: int = 4, _sleep: object = None) -> None:
        made(self, client, table, threads, lambda _seconds: Pool.scheduler.sleep(PAUSE))

    return init


@contextmanager
def earlier_version() -> Iterator[None]:
    """While it holds, the histories know the earlier version."""
    changes = (
        (determinism, "PAUSES", ()),
        (determinism, "POOLS", POOLS),
        (stage, "FOLDERS", FOLDERS),
        (stage, "Watch", WatchBefore),
        (stage, "show", _show),
        (stage, "simulated_cloud", _cloud),
        (functions, "simulated_cloud", _cloud),
        (Stack, "environ", _environ(Stack.environ)),
        (BulkWriter, "__init__", _writer(BulkWriter.__init__)),
    )
    patches = [mock.patch.object(*change) for change in changes]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()
