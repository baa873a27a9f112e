"""A premium year on the deployed template, on a calendar that really goes on: libfaketime.

The whole local cloud, with its functions, sees the day. It carries out no lifecycle rule, so the
reaper of the simulator does, through the API; times to live it does by itself.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.cloud.local_cloud import LocalCloud
from local.cloud.virtual_clock import NoVirtualClockError, VirtualClock
from local.opinions.year.figures import figures_of
from local.opinions.year.generate import generate
from local.opinions.year.play import Season
from local.simulator.reaper import Reaper
from local.simulator.stack import stack as stack_of_template
from tegemoet.schemes.convention_premium import SCHEME

pytestmark = pytest.mark.slow

FIGURES = figures_of(2023)
YEAR = f"/v1/premium-years/{FIGURES.year}"
PERSONS = 60
PHASE_1, PHASE_2 = date(2023, 12, 1), date(2024, 6, 1)
CLOSED, FACTS_UNTIL, RECORDS_UNTIL = date(2024, 9, 30), date(2027, 9, 30), date(2034, 9, 30)
ONE_DAY = timedelta(days=1)
Json = dict[str, Any]


@dataclass
class Calendar:
    """The deployed stack on its day."""

    season: Season
    clock: VirtualClock
    reaper: Reaper
    purged: dict[str, int] = field(default_factory=dict)

    def to(self, day: date) -> dict[str, int]:
        """Go to the day, reap and purge. Returns what the purge deleted of the year."""
        self.clock.to(day)
        for api in (self.season.operator, self.season.approver, *self.season._partners.values()):
            api._until = 0.0  # a token of an earlier day has expired
        self.reaper.reap(datetime.combine(day, time(9), UTC))
        answer = self.season.stack.session.client("lambda").invoke(
            FunctionName="tegemoet-purge", Payload=json.dumps({"time": f"{day}T03:00:00Z"})
        )
        result = json.load(answer["Payload"])
        assert answer.get("FunctionError") is None, result
        assert result["complete"]
        return {name.partition("/")[2]: n for name, n in result["deleted"].items()}

    def items(self, table: str) -> int:
        return int(self.season.stack.session.client("dynamodb").scan(TableName=table, Select="COUNT")["Count"])


@pytest.fixture
def calendar(tmp_path: Path) -> Iterator[Calendar]:
    try:
        clock = VirtualClock(tmp_path)
    except NoVirtualClockError as missing:
        pytest.skip(str(missing))
    clock.to(date(2023, 11, 2))
    with LocalCloud(clock=clock) as cloud:
        stack = cloud.deploy()
        s3, dynamodb = stack.session.client("s3"), stack.session.client("dynamodb")
        names = {name: physical for name, (_, physical) in stack.resources.items()}
        for name, properties in stack_of_template().resources("AWS::DynamoDB::Table"):
            live = properties.get("TimeToLiveSpecification")
            if live:  # CloudFormation of the local cloud leaves it out
                dynamodb.update_time_to_live(TableName=names[name], TimeToLiveSpecification=live)
        buckets = {name: physical for name, physical in names.items() if name.endswith("Bucket")}
        yield Calendar(Season(stack, FIGURES.year), clock, Reaper(s3, dynamodb, buckets))


def is_whole(season: Season, cast: dict[str, list[str]]) -> None:
    """Dossier, decisions, replay and totals of both phases."""
    dossier = season.dossier(cast["scenario-4"][0])
    assert {phase["phase"] for phase in dossier["phases"]} == {1, 2}
    for phase in dossier["phases"]:
        found = season.operator.get(f"{YEAR}/decisions/{phase['decision']}", lang="en", replay="true")
        assert found["replay"]["same"] is True
    for phase in (1, 2):
        assert season.operator.get(season.path(phase))["totals"] is not None


def close(season: Season) -> None:
    """One person proposes to close the year as it is, the other one confirms."""
    body = {"open_exceptions": season.operator.get(YEAR)["open_exceptions"], "reason": "the year is over"}
    proposal = season.operator.post(f"{YEAR}/close", body)["proposal"]
    closed = season.approver.post(f"{YEAR}/close/{proposal}/confirmation")
    assert closed["closed_on"] == CLOSED.isoformat()


def test_a_year_from_november_to_ten_years_after_its_closing(
    calendar: Calendar, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    season = calendar.season
    cast = generate(tmp_path / "files", FIGURES, PERSONS)
    season.drop(tmp_path / "files" / "1")
    single = season.partner("mutuality").post("/v1/schemes/convention-premium/decisions", SCHEME.example)

    assert calendar.to(PHASE_1) == {}
    season.start(1, PHASE_1.isoformat())
    assert calendar.to(PHASE_1 + timedelta(days=29)) == {}
    first = season.approve(1)
    season.drop(tmp_path / "files" / "2")
    assert calendar.to(PHASE_2) == {}  # a hundred and eighty-three days after phase 1
    season.start(2, FIGURES.evaluated[2])
    assert calendar.to(PHASE_2 + timedelta(days=29)) == {}
    second = season.approve(2)
    paid = [season.payments(run["run"]) for run in (first, second)]
    assert all(paid)

    assert calendar.to(CLOSED) == {}
    close(season)
    assert calendar.to(CLOSED + ONE_DAY).keys() == {"run"}
    assert calendar.to(FACTS_UNTIL) == {}
    is_whole(season, cast)
    assert "Both phases" in season.output(second["run"], "report.html").decode()
    decision = season.dossier(cast["scenario-4"][0])["phases"][-1]["decision"]

    assert calendar.to(FACTS_UNTIL + ONE_DAY).keys() == {"facts"}
    status, refused = season.operator.call("GET", f"{YEAR}/practices/{cast['scenario-4'][0]}")
    assert (status, refused["code"]) == (404, "facts-expired")
    status, refused = season.operator.call("POST", season.path(2), {"on": FIGURES.evaluated[2]})
    assert (status, refused["code"]) == (409, "facts-expire-soon")
    assert season.operator.get(f"{YEAR}/decisions/{decision}", replay="true")["replay"]["same"] is False

    # a single decision of November 2023 goes ten years later, by its own time to live
    assert season.partner("mutuality").get(f"/v1/decisions/{single['id']}")["outcome"]
    assert calendar.to(RECORDS_UNTIL) == {}
    assert season.partner("mutuality").call("GET", f"/v1/decisions/{single['id']}")[0] == 404
    decisions = season.stack.outputs["DecisionsTable"]
    of_runs = calendar.items(decisions)
    assert [season.payments(run["run"]) for run in (first, second)] == paid

    assert calendar.to(RECORDS_UNTIL + ONE_DAY).keys() == {"records"}
    eventually(lambda: calendar.items(decisions) == 0, seconds=150)
    assert of_runs > 0
    assert calendar.items(season.stack.outputs["FactsTable"]) == 0
    assert calendar.items(season.stack.outputs["LedgerTable"]) >= sum(map(len, paid))
