"""Cases of health data, and the decisions on them, are kept apart
from everything else, and no longer than they may be.
"""

import hashlib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import boto3
import orjson
import pytest
from moto import mock_aws

from tegemoet.adapters.decisions import HealthDecisions, pack
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.application.records import Batch, BatchDetail, BatchState, KeptDecision, NewDecision, RowCounts
from tegemoet.schemes.registry import SCHEMES, data_of, scheme_named
from tegemoet.schemes.scheme import Scheme
from tests.support.api_world import OPERATOR, OTHER_PARTNER, World
from tests.support.dropping import Cloud, counts_of
from tests.support.health import KEY, SLUG, case, health_scheme

DECIDE = f"/v1/schemes/{SLUG}/decisions"
DAY = 86_400


@pytest.fixture
def scheme() -> Iterator[Scheme]:
    with health_scheme() as made:
        yield made


# --- files ----------------------------------------------------------------------------------------


def test_a_file_of_health_cases_gives_the_decisions_of_the_api_byte_for_byte(scheme: Scheme) -> None:
    cloud, lines = Cloud(), [case(f"private-{n}") for n in range(5)]
    batch = cloud.drop(KEY, b"\n".join(lines))
    single = [decide_line(line, scheme, "mutuality", cloud.secrets.digest_secret()) for line in lines]
    assert counts_of(batch).accepted == 5
    assert cloud.health.get(batch.detail.outputs["decisions.jsonl"]) == b"".join(d.decision + b"\n" for d in single)
    assert cloud.health_decisions.single == {d.id: KeptDecision("mutuality", d.case, d.decision) for d in single}


def test_nothing_of_a_health_case_is_kept_where_other_data_are(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tegemoet.application.decisions.reading._kept", set())
    cloud = Cloud()
    bad = case("private-2", on="2023-02-30")
    batch = cloud.drop(KEY, b"\n".join((case("private-1"), bad, case("private-1"))))
    assert (counts_of(batch).accepted, counts_of(batch).rejected, counts_of(batch).duplicates) == (1, 1, 1)
    assert cloud.decisions.single == {}
    assert cloud.output.bodies == {}
    ordinary = set(cloud.work.bodies)
    assert ordinary == {f"batches/{batch.id}/manifest.json", *cloud.work.keys(f"parameters/{SLUG}/")}
    assert not [key for key, body in cloud.work.bodies.items() if b"private-" in body]
    # and there is something to find: the lines that went into the chunk are where they should be
    assert b"private-1" in cloud.health.get(f"batches/{batch.id}/chunks/000.jsonl")
    folder = f"out/mutuality/{SLUG}/{batch.id}"
    names = ("decisions.jsonl", "rejected.csv", "report.html", "summary.json")
    assert list(cloud.health.keys("out/")) == [f"{folder}/{name}" for name in names]


def test_ordinary_cases_stay_out_of_what_is_for_health_data(scheme: Scheme) -> None:
    cloud = Cloud()
    batch = cloud.drop("in/mutuality/convention-premium/cases/a.jsonl", case("a"))
    assert counts_of(batch).accepted == 1
    assert cloud.health.bodies == {}
    assert cloud.health_decisions.single == {}


def test_a_health_case_may_supersede_an_earlier_one_of_the_same_partner(scheme: Scheme) -> None:
    cloud = Cloud()
    cloud.drop(KEY, case("a"))
    [earlier] = cloud.health_decisions.single
    later = cloud.drop(KEY.replace("a.jsonl", "b.jsonl"), case("b", supersedes=earlier))
    assert counts_of(later).accepted == 1
    theirs = cloud.drop(f"in/rival/{SLUG}/cases/a.jsonl", case("c", supersedes=earlier))
    assert (counts_of(theirs).accepted, counts_of(theirs).rejected) == (0, 1)


def test_a_batch_without_a_known_scheme_holds_no_health_data(scheme: Scheme) -> None:
    assert (data_of(SLUG), data_of("convention-premium"), data_of("")) == ("health", "ordinary", "ordinary")


def test_what_a_pregnancy_entitles_to_is_health_data() -> None:
    assert data_of("maternity-rest") == "health"
    assert {scheme.data for slug, scheme in SCHEMES.items() if "maternity" in slug} == {"health"}


# --- API ------------------------------------------------------------------------------------------


def body(case_id: str, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(case(case_id, **changes))
    return found


def test_a_decision_on_a_health_case_is_kept_apart_and_found_by_its_id_alone(scheme: Scheme) -> None:
    world = World()
    made = world.post(DECIDE, body("private-1"))
    assert made.status == 201
    id_ = made.body["id"]
    assert list(world.health_decisions.single) == [id_]
    assert world.decisions.single == {}
    assert not [text for text in world.work.bodies.values() if b"private-1" in text]
    assert world.get(f"/v1/decisions/{id_}").body == made.body
    assert world.get(f"/v1/decisions/{id_}", OPERATOR).status == 200
    assert world.get(f"/v1/decisions/{id_}", OTHER_PARTNER).code == "decision-unknown"
    assert world.get(f"/v1/decisions/{id_}", replay="true").body["replay"] == {"same": True, "differs": {}}
    assert world.post(DECIDE, body("private-1")).body == made.body


def test_a_decision_of_either_kind_may_be_superseded(scheme: Scheme) -> None:
    world = World()
    health = world.post(DECIDE, body("a"), key="1").body["id"]
    ordinary = world.post("/v1/schemes/convention-premium/decisions", body("a"), key="2").body["id"]
    assert list(world.decisions.single) == [ordinary]
    for number, earlier in enumerate((health, ordinary)):
        assert world.post(DECIDE, body(f"b{number}", supersedes=earlier), key=f"b{number}").status == 201
    refused = world.post(DECIDE, body("c", supersedes=health), OTHER_PARTNER, key="3")
    assert (refused.status, refused.code) == (409, "superseded-unknown")


@pytest.mark.parametrize(("kind", "year", "made"), [("cases", None, (1, 0)), ("practices", 2023, (0, 1))])
def test_the_form_for_a_file_of_cases_is_one_for_the_key_of_health_data(
    kind: str, year: int | None, made: tuple[int, int]
) -> None:
    world = World()
    upload = {"scheme": "convention-premium", "kind": kind, "year": year, "name": "a", "size": 10}
    assert world.post("/v1/uploads", upload).status == 201
    assert (world.case_forms.made, world.forms.made) == made


def test_a_batch_of_health_cases_shows_progress_and_links_where_they_are_kept(scheme: Scheme) -> None:
    world = World()
    outputs = {"decisions.jsonl": f"out/mutuality/{SLUG}/b/decisions.jsonl"}
    counts = RowCounts(7, 7, 0, 0)
    states: tuple[tuple[BatchState, BatchDetail], ...] = (
        ("loading", BatchDetail(counts, 2)),
        ("done", BatchDetail(counts, 2, outputs=outputs)),
    )
    for state, detail in states:
        batch = Batch(
            f"20231101T080000Z-{state}", "mutuality", SLUG, "cases", None, KEY, None, "", "", 1, state, detail
        )
        world.batches.create(batch)
        world.health.put(f"batches/{batch.id}/results/000.json", b"{}")
        found = world.get(f"/v1/batches/{batch.id}").body
        if state == "loading":
            assert found["progress"] == {"done": 1, "total": 2}
        else:
            [link] = found["links"]
            assert link["url"] == f"https://health.example/{outputs['decisions.jsonl']}?signature"


# --- the table ------------------------------------------------------------------------------------


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(clock: Clock) -> Iterator[HealthDecisions]:
    with mock_aws():
        client = boto3.client("dynamodb", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_table(
            TableName="health",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        yield HealthDecisions(client, "health", days=10, threads=1, now=clock)


def test_a_maternity_decision_is_packed_with_a_dictionary_of_such_decisions(
    table: HealthDecisions,
) -> None:
    scheme = scheme_named("maternity-rest")
    decided = decide_line(orjson.dumps(scheme.example), scheme, "mutuality", b"a secret")
    assert table.put(decided.of("mutuality")) == "kept"
    assert table.get(decided.id) == KeptDecision("mutuality", decided.case, decided.decision)
    packed, as_before = items(table)[decided.id]["decision"]["B"], pack(decided.decision)
    assert (packed[0], as_before[0]) == (2, 1)
    assert len(packed) < len(as_before) / 2  # one or two write units instead of three


def test_no_dictionary_that_something_was_packed_with_is_ever_changed() -> None:
    folder = resources.files("tegemoet.adapters")
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name.startswith("dictionary-")
    }
    assert found == {
        "dictionary-1.txt": "927c0c9ad2c76806b4f8924c44a6f237ce4a90a7e262c5660963f5647908dfc9",
        "dictionary-2.txt": "fca1ab502dc96b1d5b66a1977ba05098163feb976f44962632596ef19a820328",
    }


def items(table: HealthDecisions) -> dict[str, Any]:
    return {item["pk"]["S"]: item for item in table._client.scan(TableName="health")["Items"]}


def test_a_decision_on_health_data_says_when_it_is_to_go(table: HealthDecisions, clock: Clock) -> None:
    table.put_many(NewDecision(f"d{n}", "fund", b"case", b"decision") for n in range(60))
    table.put(NewDecision("single", "fund", b"case", b"decision"))
    assert len(items(table)) == 61
    assert {item["expires"]["N"] for item in items(table).values()} == {str(int(clock.now) + 10 * DAY)}
    assert table.get("d59") == table.get("single") == KeptDecision("fund", b"case", b"decision")
    assert table.get("none") is None


@pytest.mark.parametrize("in_bulk", [False, True])
def test_writing_it_again_does_not_keep_it_longer(table: HealthDecisions, clock: Clock, in_bulk: bool) -> None:
    table.put(NewDecision("d", "fund", b"case", b"decision"))
    before = items(table)
    clock.now += 5 * DAY
    if in_bulk:
        table.put_many([NewDecision(each, "fund", b"case", b"decision") for each in "de"])
    else:
        table.put(NewDecision("d", "fund", b"case", b"decision"))
    table.get("d")
    assert items(table)["d"] == before["d"]


def test_it_is_gone_the_second_it_expires_even_where_it_still_lies(table: HealthDecisions, clock: Clock) -> None:
    table.put(NewDecision("d", "fund", b"case", b"decision"))
    clock.now += 10 * DAY - 1
    assert table.get("d") is not None
    clock.now += 1
    assert table.get("d") is None
    table.put(NewDecision("d", "fund", b"case", b"decision"))
    assert items(table)["d"]["expires"]["N"] == str(int(clock.now) + 10 * DAY)


def test_what_supersedes_a_decision_expires_with_the_decision_that_says_so(
    table: HealthDecisions, clock: Clock
) -> None:
    later = NewDecision("e", "fund", b"case", b"decision", "d")
    assert table.put(later) == "kept"
    clock.now += 10 * DAY - 1
    assert table.superseded_by("d") == "e"
    assert table.put(later._replace(id="f")) == "superseded-already"
    clock.now += 1
    assert table.superseded_by("d") is None
    assert table.put(later._replace(id="f")) == "kept"


def test_what_cannot_be_written_is_told(table: HealthDecisions) -> None:
    table._table = "no-such-table"
    with pytest.raises(table._client.exceptions.ResourceNotFoundException):
        table.put_many([NewDecision("d", "fund", b"case", b"decision")])
