"""The command of an upgrade: partners that delivered before are registered from their batches."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from local.tools import register_known
from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.facts import DynamoFacts
from tegemoet.adapters.partners import DynamoRegistrations
from tegemoet.application.records import Batch, Exchange, Fact, Person
from tests.support import machines
from tests.support.fakes.partners import anything_of

PREMIUM, EXCHANGE = "convention-premium", "increased-reimbursement"


class Session:
    """A session on moto, whose stack has the tables as outputs."""

    def client(self, name: str, **options: Any) -> Any:
        return self if name == "cloudformation" else boto3.client(name, **options)  # type: ignore[call-overload]

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        outputs = {"ControlTable": "control", "FactsTable": "facts", "PartnersTable": "partners"}
        return {"Stacks": [{"Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()]}]}


@pytest.fixture
def registrations() -> Iterator[DynamoRegistrations]:
    with machines.cloud({}):
        machines.create_tables(["control", "facts"])
        machines.admit("known")
        dynamodb = boto3.client("dynamodb")
        batches = DynamoBatches(dynamodb, "control")
        for number, (partner, scheme, kind, year) in enumerate(
            [
                ("desk", PREMIUM, "accounts", 2023),
                ("known", PREMIUM, "practices", 2023),
                ("offices", PREMIUM, "tariff-offices", 2023),
                ("insurer", EXCHANGE, "households", 2020),
                ("hospital", "maternity-rest", "cases", None),
            ]
        ):
            name = f"2023110{number}T080000Z-00000000000{number}"
            batches.create(
                Batch(name, partner, scheme, kind, year, name, None, "2023-11-01T08:00:00Z", "01", 1, "done")
            )
        given_up = "20231109T080000Z-000000000009"
        batches.create(
            Batch(
                given_up,
                "offices",
                PREMIUM,
                "tariff-offices",
                2023,
                given_up,
                None,
                "2023-11-09T08:00:00Z",
                "01",
                1,
                "abandoned",
            )
        )
        body = '{"partner": "offices", "tariff_office": "o-1", "holder": "O", "iban": "BE1"}'
        facts = [
            Fact("office", 0, ("o-1",), "20231102T080000Z-000000000002", body),
            Fact("office", 0, ("o-2",), given_up, body.replace("o-1", "o-2")),
        ]
        DynamoFacts(dynamodb, "facts", threads=1).put(2023, facts)
        exchange = Exchange(
            2020, "run", {"insurer": "100"}, "tax", automatic=False, step="households", notes={}, late={}
        )
        DynamoExchanges(dynamodb, "control").create(exchange)
        yield DynamoRegistrations(dynamodb, "partners")


def test_it_shows_first_and_registers_when_it_is_asked_to(
    registrations: DynamoRegistrations, capsys: pytest.CaptureFixture[str]
) -> None:
    assert register_known.main([], Session()) == 0
    assert registrations.all() == [anything_of("known")]
    shown = capsys.readouterr().out
    assert "desk: accounts, its kinds from 2023, authority on accounts\n" in shown
    assert "offices: tariff-services, its kinds from 2023, authority on nothing, keys o-1\n" in shown
    apply = ["--answerable", "a-1", "--name", "Ann", "--apply"]
    assert register_known.main(apply, Session()) == 0
    made = {each.partner: each for each in registrations.all()}
    assert {name: (each.profile, each.keys) for name, each in made.items() if name != "known"} == {
        "desk": ("accounts", ()),
        "hospital": ("case-senders", ()),
        "insurer": ("insurers", ("100",)),
        "offices": ("tariff-services", ("o-1",)),
    }
    assert {each.by for name, each in made.items() if name != "known"} == {Person("a-1", "Ann")}
    capsys.readouterr()
    assert register_known.main(apply, Session()) == 0
    assert "No partner to register" in capsys.readouterr().out
    assert len(registrations.all()) == 5


def test_it_registers_nobody_without_a_person_who_answers(registrations: DynamoRegistrations) -> None:
    with pytest.raises(SystemExit):
        register_known.main(["--apply"], Session())
    assert len(registrations.all()) == 1
