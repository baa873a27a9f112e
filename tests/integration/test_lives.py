"""Everything that code writes has one row in the table of lives, and every row is of something.

The worlds of the other tests are played, and every key that they leave behind is looked up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import boto3
import orjson
import pytest
from moto import mock_aws

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.decisions import DynamoDecisions, HealthDecisions
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.application import records
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.application.lives import ENDS, KEPT, rows_for
from tegemoet.application.premium_year.exceptions import choices_for
from tegemoet.schemes.registry import scheme_named
from tests.support import machines
from tests.support.dropping import Cloud
from tests.support.exchange_world import (
    TAX_OFFICE,
    ExchangeWorld,
    Person,
    few_shards,
    household,
    income,
    request,
    result,
    unknown,
)
from tests.support.health import KEY, case, health_scheme
from tests.support.moto_cloud import cloud
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    World,
    account,
    identity,
    office,
    provider,
    riziv,
    two_shards,
)

Written = set[tuple[str, str]]
"""Place and key of everything that was written; of an item `pk / sk`."""
ELSEWHERE = {"AccessLogBucket", "IdempotencyTable"}
"""What S3 and Powertools write: everything there has one life."""
ANNA, BEA = Person(date(1970, 1, 1), 1), Person(date(1971, 1, 1), 2)


def two_phases(world: World) -> None:
    """Both phases of a year with payments, exceptions and choices."""
    titular = provider("v1-t", riziv(200_001), "pharmacist", pharmacy_id="P1", tariff_office="O1")
    world.drop([*provider("v1-a", riziv(400_001), s1=20_000), *provider("v1-b", riziv(400_001)), account("v1-a")])
    world.drop([*provider("v1-c", riziv(400_003), s1=20_000), account("v1-c"), identity("v1-c", "v1-d")])
    world.drop([*titular, office("O1")])
    world.pay_from()
    world.run(1, DECEMBER)
    world.run(2, JUNE)
    [file] = world.bank_files()
    world.withdraw(file.message_id)
    person = records.Person("operator", "An Operator")
    said = records.Confirmation("1", "a letter says so", person, "2023-12-01T00:00:00+00:00")
    world.runs.confirm(world.year, "a-value", 1, said)
    for exception in world.reviewed():
        world.choose(exception.id, choices_for(exception)[0])
    world.close()


def exchange(world: ExchangeWorld) -> None:
    """An exchange to its evaluation, with a file that came too late."""
    world.start()
    world.deliver("mutuality-a", "households", household(ANNA))
    world.deliver("mutuality-b", "households", household(BEA, insurer="202"))
    world.resume("households")
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "1"), unknown(BEA)])
    held = set(world.exchange.versions)
    world.resume("incomes-1")
    world.deliver(TAX_OFFICE, "incomes-2", [income(BEA, "1")])
    held |= set(world.exchange.versions)
    world.resume("incomes-2")
    world.deliver("mutuality-a", "results", [result(request(ANNA), ANNA, 5)])
    world.resume("results")
    world.deliver("mutuality-c", "households", household(Person(date(1980, 1, 1), 3), insurer="303"))
    world.deliver("operator", "entitled", [{"insz": ANNA.insz}])
    world.evaluate()
    # what was shredded since was written too
    for key in held - set(world.exchange.versions):
        world.exchange.put(key, b"")


def files(world: Cloud) -> None:
    """Files of every kind of data, with rejected rows."""
    world.drop("in/fund/convention-premium/2023/identities/a.csv", "old_insz;new_insz\nx;y\n")
    conventions = f"riziv_number;status;from;until\n{riziv(400_001)};full;2023-01-01;\n"
    world.drop("in/fund/convention-premium/2023/conventions/a.csv", conventions)
    rows = [f"nurse;;{2022 - age};full;{20_000 + age}.00" for age in range(40, 60)]
    population = "\n".join(["profession;specialism;birth_year;convention;amount", *rows])
    world.drop("in/study/premium-allocation/2023/population/all.csv", population)
    example = orjson.dumps(scheme_named("convention-premium").example)
    world.drop("in/mutuality/convention-premium/cases/a.jsonl", example + b"\n{}\n")
    ordinary, secret = scheme_named("convention-premium"), world.secrets.digest_secret()
    former = decide_line(example, ordinary, "mutuality", secret).id
    later = orjson.dumps({**ordinary.example, "case_id": "later", "supersedes": former})
    world.drop("in/mutuality/convention-premium/cases/b.jsonl", later)
    world.drop("in/mutuality/nothing/2023/known/a.csv", "x\n")
    with health_scheme() as health:
        world.drop(KEY, case("private-1"))
        private = decide_line(case("private-1"), health, "mutuality", secret).id
        world.drop(KEY.replace("a.jsonl", "b.jsonl"), case("private-2", supersedes=private))


def objects_of(world: Cloud) -> Iterator[tuple[str, str]]:
    places = {
        "InboxBucket": world.inbox,
        "WorkBucket": world.work,
        "OutputBucket": world.output,
        "HealthBucket": world.health,
        "FlowBucket": world.exchange,
    }
    return ((place, key) for place, bucket in places.items() for key in bucket.versions)


@pytest.fixture(scope="module")
def objects() -> Written:
    premium, parties, partners = World(), ExchangeWorld(), Cloud()
    with two_shards():
        two_phases(premium)
    with few_shards():
        exchange(parties)
    files(partners)
    return {
        *(("WorkBucket", key) for key in premium.work.versions),
        *(("OutputBucket", key) for key in premium.output.versions),
        *(("BankBucket", key) for key in premium.bank.versions),
        *objects_of(parties),
        *objects_of(partners),
    }


@pytest.fixture(scope="module")
def items() -> list[tuple[str, dict[str, Any]]]:
    """Table and item of everything that the adapters write, as it is stored."""
    tables = {"FactsTable": "facts", "DecisionsTable": "decisions", "LedgerTable": "ledger"}
    tables |= {"ControlTable": "control", "YearsTable": "years", "HealthTable": "health", "PartnersTable": "partners"}
    with cloud() as made:
        machines.create_tables(["health"])
        client = boto3.client("dynamodb")
        two_phases(made.world)
        with few_shards():
            exchange(ExchangeWorld(exchanges=DynamoExchanges(client, "control")))  # type: ignore[arg-type]
        partners: dict[str, Any] = {
            "batches": DynamoBatches(client, "control"),
            "decisions": DynamoDecisions(client, "decisions", threads=1, days=10),
            "health_decisions": HealthDecisions(client, "health", days=10, threads=1),
        }
        files(Cloud(**partners))
        clients = {"pk": {"S": "client#7f1a"}, "sk": {"S": "partner"}, "partner": {"S": "mutuality"}}
        client.put_item(TableName="control", Item=clients)  # as deploy.md says
        return [(place, item) for place, table in tables.items() for item in client.scan(TableName=table)["Items"]]


def key_of(item: dict[str, Any]) -> str:
    return f"{item['pk']['S']} / {item['sk']['S']}"


def assert_one_row_each(written: Iterable[tuple[str, str]]) -> Counter[str]:
    """How often each row was used."""
    used: Counter[str] = Counter()
    for place, key in sorted(written):
        rows = rows_for(place, key)
        assert len(rows) == 1, f"{place}: {key}"
        used[f"{place} {rows[0].what}"] += 1
    return used


def test_every_object_and_every_item_has_one_life_and_every_row_is_used(
    objects: Written, items: list[tuple[str, dict[str, Any]]]
) -> None:
    used = assert_one_row_each({*objects, *((place, key_of(item)) for place, item in items)})
    rows = {f"{kept.place} {kept.what}" for kept in KEPT if kept.place not in ELSEWHERE}
    assert rows == set(used)


def test_an_item_says_when_it_expires_where_its_life_says_so_and_nowhere_else(
    items: list[tuple[str, dict[str, Any]]],
) -> None:
    for place, item in items:
        [kept] = rows_for(place, key_of(item))
        wanted = ENDS[kept.life].attribute
        assert [name for name in ("expires", "expiration") if name in item] == ([wanted] if wanted else []), kept


def test_a_single_decision_says_when_it_goes_and_is_not_read_afterwards() -> None:
    now = [1_000_000.0]
    with mock_aws():
        client = boto3.client("dynamodb", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_table(
            TableName="decisions",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        table = DynamoDecisions(client, "decisions", threads=1, days=10, now=lambda: now[0])
        table.put(records.NewDecision("d1", "fund", b"case", b"decision"))
        table.put_many([records.NewDecision("d2", "fund", b"case", b"decision")])
        table.put_run(2023, 0, [("v1-a", "2023-1-x", b'{"on":"2023-12-01"}')])
        now[0] += 10 * 86_400 - 1
        assert table.get("d1") == table.get("d2") == records.KeptDecision("fund", b"case", b"decision")
        now[0] += 1
        assert (table.get("d1"), table.get("d2")) == (None, None)
        assert table.of_person(2023, 0, "v1-a")
