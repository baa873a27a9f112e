"""An exchange on a virtual calendar, on which every lifecycle rule deletes.

Households come in spring, results in November of the next year, lists to evaluate years later, and
nothing is left after the last day of the sixth year.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tegemoet.adapters.objects import S3Objects
from tegemoet.application.exchange.purge import purge
from tests.support import machines
from tests.support.calendar import Calendar, calendar_from
from tests.support.exchange_world import (
    DAYS,
    TAX_OFFICE,
    YEAR,
    ExchangeWorld,
    Person,
    few_shards,
    household,
    income,
    request,
    result,
    unknown,
)

NAMES = {"FlowBucket": "exchange", "WorkBucket": "work", "OutputBucket": "output", "HealthBucket": "health"}
ANNA, BEA = Person(date(1970, 1, 1), 1), Person(date(1971, 1, 1), 2)


class Bucket(S3Objects):
    """A bucket of moto that takes what a test puts, under the key that the bucket is told."""

    encryption = ""

    def put(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> None:
        encryption: dict[str, Any] = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.encryption}
        self._client.put_object(
            Bucket=self._bucket, Key=key, Body=body, Metadata=metadata or {}, **encryption if self.encryption else {}
        )


@pytest.fixture
def calendar() -> Iterator[Calendar]:
    with mock_aws(), pytest.MonkeyPatch.context() as environment, few_shards():
        for name, value in machines.ENVIRONMENT.items():
            environment.setenv(name, value)
        machines.create_buckets(NAMES.values())
        with calendar_from(date(YEAR, 3, 1), NAMES) as made:
            yield made


@pytest.fixture
def world(calendar: Calendar) -> ExchangeWorld:
    buckets = {name: Bucket(boto3.client("s3"), name) for name in NAMES.values()}
    return ExchangeWorld(**buckets)  # type: ignore[arg-type]


def purged(world: ExchangeWorld, calendar: Calendar) -> list[int]:
    ports = {"batches": world.batches, "exchanges": world.exchanges}
    return purge(calendar.now.date(), objects=world.exchange, **ports)["years"]  # type: ignore[arg-type]


def versions(bucket: str) -> int:
    found = boto3.client("s3").list_object_versions(Bucket=bucket)
    return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))


def test_an_exchange_to_the_results_of_the_next_year_and_its_last_evaluation(
    world: ExchangeWorld, calendar: Calendar
) -> None:
    world.start()
    calendar.to(date(2020, 4, 10))
    world.deliver("mutuality-a", "households", household(ANNA))
    world.deliver("mutuality-b", "households", household(BEA, insurer="202"))
    calendar.to(DAYS["households"])
    world.resume("households")
    calendar.to(DAYS["incomes-1"])
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "100.00"), unknown(BEA)])
    world.resume("incomes-1")
    calendar.to(DAYS["incomes-2"])
    world.deliver(TAX_OFFICE, "incomes-2", [income(BEA, "100.00")])
    world.resume("incomes-2")
    assert (world.codes(1), world.codes(2)) == ({request(ANNA): "OK"}, {request(BEA, "202"): "OK"})
    # one insurer reports early, the other on the last days
    calendar.to(date(2021, 2, 1))
    world.deliver("mutuality-a", "results", [result(request(ANNA), ANNA, 5)])
    calendar.to(DAYS["results"])
    world.deliver("mutuality-b", "results", [result(request(BEA, "202"), BEA, 3)])
    world.resume("results")
    assert world.state()["state"] == "done"
    assert world.out("operator", "table-1.csv")

    world.deliver("operator", "entitled", [{"insz": ANNA.insz}])
    calendar.to(date(2026, 12, 31))
    assert purged(world, calendar) == []
    world.evaluate(on=date(2026, 12, 31))
    assert world.evaluated()[0] == "OK;2;1;2;1"

    calendar.to(date(2027, 1, 1))
    assert purged(world, calendar) == [YEAR]
    assert {name: versions(name) for name in NAMES.values()} == dict.fromkeys(NAMES.values(), 0)


def test_without_the_purge_the_rule_deletes_what_it_missed(world: ExchangeWorld, calendar: Calendar) -> None:
    world.start()
    calendar.to(date(2020, 4, 10))
    world.deliver("mutuality-a", "households", household(ANNA))
    world.resume("households")
    # a file expires at the time of the day at which it was written, and writing takes its time:
    # a day on either side is certain
    calendar.to(date(2027, 4, 10))
    assert versions("exchange") > 0
    calendar.to(date(2027, 4, 12))
    assert versions("exchange") == 0
