"""The years of an earlier stack come over into the table of years."""

from collections.abc import Iterator
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from local.tools import move_years
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.application.records import RunDetail
from tegemoet.domain.manual_review import Choice
from tests.support.machines import create_tables

REGION: Final = "eu-west-1"
YEAR = "year#2023"
RUN = {
    "pk": {"S": YEAR},
    "sk": {"S": "run#2023-1-a"},
    "phase": {"N": "1"},
    "on": {"S": "2023-12-01"},
    "started_by": {"S": "0d3c"},
    "started_at": {"S": "2023-12-01T09:00:00.000+00:00"},
    "state": {"S": "released"},
    "detail": {"M": {"approved_by": {"S": '"7f1a"'}}},
}
STATE = {"pk": {"S": YEAR}, "sk": {"S": "state"}, "key_version": {"S": "1"}, "released": {"NS": ["1"]}}
DECIDED = {
    "pk": {"S": YEAR},
    "sk": {"S": "exception#recovery.41234502"},
    "kind": {"S": "recovery"},
    "facts": {"S": "{}"},
    "run": {"S": "2023-1-a"},
    "choice": {"S": "settled"},
    "reason": {"S": "repaid"},
    "chosen_by": {"S": "0d3c"},
}
STAYS = [
    {"pk": {"S": YEAR}, "sk": {"S": "batch#b"}, "owner": {"S": "partner#p"}},
    {"pk": {"S": "batch#b"}, "sk": {"S": "state"}, "year": {"N": "2023"}},
    {"pk": {"S": "client#c"}, "sk": {"S": "partner"}, "partner": {"S": "p"}},
    {"pk": {"S": "flow#2020"}, "sk": {"S": "state"}},
]


class Session:
    """A session on the cloud of the test."""

    def client(self, name: str) -> Any:
        return self if name == "cloudformation" else boto3.client(name)  # type: ignore[call-overload]

    def describe_stacks(self, **_: str) -> Any:
        outputs = {"ControlTable": "control", "YearsTable": "years"}
        return {"Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]}]}


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        create_tables(["control", "years"])
        client = boto3.client("dynamodb")
        for item in [RUN, STATE, DECIDED, *STAYS]:
            put(client, item)
        yield client


def put(client: Any, item: Any, table: str = "control") -> None:
    client.put_item(TableName=table, Item=item)


def test_a_year_comes_over_with_its_runs_exceptions_and_choices(
    dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert move_years.main([], Session()) == 0
    runs = DynamoRuns(dynamodb, "years")
    year, run = runs.year(2023), runs.get("2023-1-a")
    assert year is not None
    assert run is not None
    assert (year.key_version, year.released, year.closed) == ("1", (1,), False)
    assert (run.state, run.started_by, run.detail) == ("released", "0d3c", RunDetail(approved_by="7f1a"))
    [found] = runs.exceptions(2023)
    assert (found.id, found.run) == ("recovery.41234502", "2023-1-a")
    assert found.choices_made == (Choice("settled", "repaid", "0d3c", "", ""),)
    assert dynamodb.scan(TableName="years")["Count"] == 4, "nothing else came over"
    assert "4 items copied, 0 were there" in capsys.readouterr().out


def test_copying_again_changes_nothing_that_happened_since(dynamodb: Any, capsys: pytest.CaptureFixture[str]) -> None:
    move_years.main([], Session())
    runs = DynamoRuns(dynamodb, "years")
    runs.update("2023-1-a", state="failed", detail=RunDetail(failure="x"), expected=("released",))
    before = dynamodb.scan(TableName="years")["Items"]
    capsys.readouterr()
    assert move_years.main([], Session()) == 0
    assert dynamodb.scan(TableName="years")["Items"] == before
    assert "0 items copied, 4 were there" in capsys.readouterr().out


def test_a_year_that_a_file_began_meanwhile_keeps_its_earlier_key_version(dynamodb: Any) -> None:
    DynamoRuns(dynamodb, "years").begin_year(2023, "2")
    move_years.main([], Session())
    year = DynamoRuns(dynamodb, "years").year(2023)
    assert year is not None
    assert (year.key_version, year.released) == ("1", (1,))


def test_nothing_comes_over_while_a_run_is_open(dynamodb: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """An approval of the earlier version has no seal, so its run could never be paid."""
    put(dynamodb, {**STATE, "open_run": {"S": "2023-1-b"}})
    assert move_years.main([], Session()) == 1
    assert "2023-1-b" in capsys.readouterr().err
    assert dynamodb.scan(TableName="years")["Count"] == 0
