"""Objects, facts and batches on S3 and DynamoDB, as far as moto is like them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import boto3
import orjson
import pytest
from moto import mock_aws

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.facts import DynamoFacts, item_of
from tegemoet.adapters.objects import PART, S3Objects
from tegemoet.adapters.table import BATCH_WRITE_LIMIT, NotWrittenError
from tegemoet.application.records import Batch, BatchDetail, Fact, RowCounts

REGION: Final = "eu-west-1"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


def table(name: str, **index: Any) -> Any:
    client = boto3.client("dynamodb")
    names = ["pk", "sk", *(["owner", "owner_sk"] if index else [])]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        **index,
    )
    return client


# --- objects --------------------------------------------------------------------------------------


@pytest.fixture
def objects() -> S3Objects:
    client = boto3.client("s3")
    client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    return S3Objects(client, "bucket")


def test_an_object_comes_back_whole_in_blocks_and_in_ranges(objects: S3Objects) -> None:
    body = bytes(range(256)) * 10_000
    objects.put("a/1", body)
    assert objects.get("a/1") == body
    blocks = list(objects.stream("a/1"))
    assert b"".join(blocks) == body
    assert max(map(len, blocks)) <= 1 << 20
    assert objects.get_range("a/1", 3, 9) == body[3:9]
    assert objects.get_range("a/1", 3, 3) == b""
    assert objects.exists("a/1")
    assert not objects.exists("a/2")


@pytest.mark.parametrize("read", ["get", "stream", "head"])
def test_an_object_that_is_not_there_is_a_key_error(objects: S3Objects, read: str) -> None:
    with pytest.raises(KeyError):
        getattr(objects, read)("nothing")


def test_keys_come_in_order_and_below_their_prefix(objects: S3Objects) -> None:
    for key in ("a/2", "b/1", "a/1"):
        objects.put(key, b"")
    assert list(objects.keys("a/")) == ["a/1", "a/2"]


def test_an_object_put_once_is_never_replaced(objects: S3Objects) -> None:
    assert objects.put_once("a", b"1")
    assert not objects.put_once("a", b"2")
    assert objects.get("a") == b"1"


@pytest.mark.parametrize("size", [0, 10, PART - 1, PART, PART + 1, 2 * PART + 5])
def test_what_is_written_piece_by_piece_appears_whole(objects: S3Objects, size: int) -> None:
    body = (b"0123456789" * (size // 10 + 1))[:size]
    with objects.writer("big") as sink:
        for at in range(0, size, 3_000_000):
            sink.write(body[at : at + 3_000_000])
        assert not objects.exists("big")
    assert objects.get("big") == body


@pytest.mark.parametrize("size", [10, PART + 1])
def test_what_is_broken_off_does_not_appear_and_leaves_no_parts(objects: S3Objects, size: int) -> None:
    def write_half() -> None:
        with objects.writer("big") as sink:
            sink.write(b"x" * size)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert not objects.exists("big")
    assert "Uploads" not in boto3.client("s3").list_multipart_uploads(Bucket="bucket")


def test_a_head_tells_version_size_time_and_metadata(objects: S3Objects) -> None:
    boto3.client("s3").put_object(Bucket="bucket", Key="a", Body=b"12", Metadata={"batch": "b"})
    head = objects.head("a")
    assert (head.size, head.metadata, len(head.written_at), head.written_at[-1]) == (2, {"batch": "b"}, 20, "Z")
    assert objects.head("a", head.version, head.etag) == head


def test_a_version_is_found_by_its_etag_after_it_was_overwritten(objects: S3Objects) -> None:
    objects.put("a", b"1")
    first = objects.head("a")
    objects.put("a", b"2")
    objects.put("ab", b"1")
    found = objects.head("a", None, first.etag)
    assert found == first
    assert b"".join(objects.stream("a", found.version)) == b"1"
    boto3.client("s3").delete_object(Bucket="bucket", Key="a")
    assert objects.head("a", None, first.etag) == first
    with pytest.raises(KeyError):
        objects.head("a", None, "0" * 32)
    with pytest.raises(KeyError):
        objects.head("a", first.version, "0" * 32)


# --- facts ----------------------------------------------------------------------------------------


@pytest.fixture
def facts() -> DynamoFacts:
    return DynamoFacts(table("facts"), "facts", threads=1)


def numbered(n: int) -> Fact:
    return Fact("practice", 1, (f"{n:011}",), "b", f'{{"n":{n}}}')


def test_facts_are_read_by_shard_and_kind_in_order(facts: DynamoFacts) -> None:
    stored = [numbered(n) for n in range(60)]
    convention = Fact("convention", 1, ("1", "2023-01-01"), "b", "{}")
    facts.put(2023, [*reversed(stored), convention, numbered(0)._replace(shard=2)])
    assert list(facts.of_kind(2023, "practice", 1)) == stored
    assert list(facts.of_numbers(2023, 1)) == [convention, *stored]
    assert list(facts.of_numbers(2024, 1)) == []


def test_facts_of_one_number_and_of_one_person_are_read_alone(facts: DynamoFacts) -> None:
    numbers = [numbered(n) for n in (20000110001, 20000110002, 20000207001)]
    accounts = [Fact("account", 1, (person, "2023-01-01"), "b", "{}") for person in ("v1-a", "v1-ab")]
    facts.put(2023, [*numbers, *accounts])
    assert list(facts.practices_of(2023, 1, "20000110")) == numbers[:2]
    assert list(facts.practices_of(2023, 1, "20000110002")) == numbers[1:2]
    assert list(facts.accounts_of(2023, 1, "v1-a")) == accounts[:1]


def test_identities_and_offices_are_read_whatever_their_shard(facts: DynamoFacts) -> None:
    facts.put(2023, [Fact("identity", 7, ("v1-a",), "b", "{}"), Fact("office", 8, ("T1",), "b", "{}")])
    assert list(facts.of_kind(2023, "identity")) == [Fact("identity", 0, ("v1-a",), "b", "{}")]
    assert list(facts.of_kind(2023, "office")) == [Fact("office", 0, ("T1",), "b", "{}")]


def test_a_practice_of_earlier_names_is_read_under_those_of_its_columns(facts: DynamoFacts) -> None:
    stored = {
        "riziv_number": "10012378004",
        "granted": "2023-02-01",
        "hours": '7.60 "granted":',
        "pharmacy": None,
        "office": None,
        "partner": "riziv",
    }
    facts.put(2023, [Fact("practice", 0, ("10012378004",), "b-1", orjson.dumps(stored).decode())])
    [read] = facts.of_numbers(2023, 0)
    assert orjson.loads(read.body) == {
        "riziv_number": "10012378004",
        "number_granted_on": "2023-02-01",
        "medical_house_weekly_hours": '7.60 "granted":',
        "pharmacy_id": None,
        "tariff_office": None,
        "partner": "riziv",
    }


def test_the_place_of_a_fact_in_the_table_stays() -> None:
    """Facts of earlier years are read by these keys."""
    places = [
        (Fact("practice", 3, ("20000110001",), "b", "{}"), "2023#n3", "practice|20000110001|b"),
        (
            Fact("convention", 3, ("20000110001", "2023-01-01"), "b", "{}"),
            "2023#n3",
            "convention|20000110001|2023-01-01|b",
        ),
        (
            Fact("activity-s1", 3, ("20000110001", "inpatient"), "b", "{}"),
            "2023#n3",
            "activity-s1|20000110001|inpatient|b",
        ),
        (Fact("account", 4, ("v1-a", "2023-06-01"), "b", "{}"), "2023#p4", "account|v1-a|2023-06-01|b"),
        (Fact("identity", 5, ("v1-a",), "b", "{}"), "2023#identities", "identity|v1-a|b"),
        (Fact("office", 6, ("T1",), "b", "{}"), "2023#tariff-offices", "office|T1|b"),
    ]
    for fact, pk, sk in places:
        assert item_of(2023, fact) == {"pk": {"S": pk}, "sk": {"S": sk}, "body": {"S": "{}"}}


def test_writing_a_fact_twice_changes_nothing_even_in_one_request(facts: DynamoFacts) -> None:
    fact = numbered(1)
    facts.put(2023, [fact, fact])
    facts.put(2023, [fact])
    assert list(facts.of_numbers(2023, 1)) == [fact]


class KeepsBack:
    """A client that takes one item of each request
    and gives the rest back, or takes none at all.
    """

    def __init__(self, takes: int) -> None:
        self.takes, self.taken, self.requests = takes, [], []  # type: ignore[var-annotated]

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> Any:  # noqa: N803 - boto3's name
        [(name, items)] = RequestItems.items()
        self.requests.append(len(items))
        self.taken += items[: self.takes]
        return {"UnprocessedItems": {name: items[self.takes :]} if items[self.takes :] else {}}


def test_items_that_come_back_are_sent_again_after_a_pause() -> None:
    client, pauses = KeepsBack(takes=10), list[float]()
    DynamoFacts(client, "facts", 1, pauses.append).put(2023, map(numbered, range(30)))  # type: ignore[arg-type]
    assert client.requests == [BATCH_WRITE_LIMIT, 15, 5, 5]
    assert len(client.taken) == 30
    assert len(pauses) == 2


def test_items_that_never_go_through_are_an_error() -> None:
    with pytest.raises(NotWrittenError):
        DynamoFacts(KeepsBack(takes=0), "facts", 1, lambda _: None).put(2023, [numbered(1)])  # type: ignore[arg-type]


def test_several_writers_write_everything_once() -> None:
    client = KeepsBack(takes=BATCH_WRITE_LIMIT)
    DynamoFacts(client, "facts", 4).put(2023, map(numbered, range(2_010)))  # type: ignore[arg-type]
    assert len({item["PutRequest"]["Item"]["sk"]["S"] for item in client.taken}) == len(client.taken) == 2_010


# --- batches --------------------------------------------------------------------------------------


@pytest.fixture
def batches() -> DynamoBatches:
    index = {
        "IndexName": "by_owner",
        "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "owner_sk", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    return DynamoBatches(table("control", GlobalSecondaryIndexes=[index]), "control")


DONE = BatchDetail(RowCounts(4, 3, 1, 0), outputs={"summary.json": "out/riziv/summary.json"})


def batch(n: int = 1, **changes: Any) -> Batch:
    known = Batch(
        id=f"20231102T0800{n:02}Z-000000000000",
        partner="riziv",
        scheme="convention-premium",
        kind="accounts",
        year=2023,
        key="in/riziv/convention-premium/2023/accounts/a.csv",
        version="v1",
        written_at=f"2023-11-02T08:00:{n:02}Z",
        sequencer="0A",
        size=12,
        state="loading",
        detail=BatchDetail(RowCounts(3, 1, 1, 1), 1),
    )
    return replace(known, **changes)


@pytest.mark.parametrize("year", [2023, None])
def test_a_batch_is_created_once_and_comes_back_as_it_was(batches: DynamoBatches, year: int | None) -> None:
    created = batch(year=year)
    assert batches.create(created)
    assert not batches.create(replace(created, size=99))
    assert batches.get(created.id) == created
    assert batches.get("20231102T080000Z-ffffffffffff") is None


@pytest.mark.parametrize("year", [2023, None])
def test_a_state_changes_only_from_an_expected_one(batches: DynamoBatches, year: int | None) -> None:
    known = batch(year=year)
    batches.create(known)
    assert batches.update(known.id, state="done", detail=DONE, expected=("awaiting-upload", "loading"))
    assert not batches.update(known.id, state="failed", detail=BatchDetail(), expected=("loading",))
    assert batches.get(known.id) == replace(known, state="done", detail=DONE)
    assert not batches.update("nothing", state="done", detail=BatchDetail(), expected=("loading",))


def test_an_announced_upload_gets_its_object_once(batches: DynamoBatches) -> None:
    announced = batch(state="awaiting-upload", version=None, sequencer="", detail=BatchDetail())
    batches.create(announced)
    arrived = replace(announced, state="loading", version="v7", sequencer="0B", size=99)
    assert batches.replace_upload(arrived)
    assert not batches.replace_upload(replace(arrived, sequencer="0C"))
    assert batches.get(announced.id) == arrived


@pytest.mark.parametrize("year", [2023, None])
def test_a_deleted_batch_leaves_nothing_and_no_other_goes_with_it(batches: DynamoBatches, year: int | None) -> None:
    known, other = batch(1, year=year), batch(2, year=year)
    batches.create(known)
    batches.create(other)
    batches.delete(known)
    batches.delete(known)
    assert batches.get(known.id) is None
    assert batches.get(other.id) == other
    assert batches.of_partner("riziv", 10, None)[0] == [other]
    assert known.id not in str(boto3.client("dynamodb").scan(TableName="control")["Items"])


def test_the_batches_of_a_partner_come_in_pages_newest_first(batches: DynamoBatches) -> None:
    for n in range(5):
        batches.create(batch(n, year=2023 if n % 2 else None))
    batches.create(batch(9, partner="other"))
    first, cursor = batches.of_partner("riziv", 3, None)
    rest, end = batches.of_partner("riziv", 3, cursor)
    assert [b.written_at[-3:-1] for b in first + rest] == ["04", "03", "02", "01", "00"]
    assert end is None


def test_the_batches_of_a_year_are_all_there(batches: DynamoBatches) -> None:
    for n, year in enumerate((2023, 2023, 2024, None)):
        batches.create(batch(n, year=year))
    assert sorted(b.id for b in batches.of_year(2023)) == [batch(0).id, batch(1).id]


def test_an_object_under_an_unknown_key_can_be_recorded(batches: DynamoBatches) -> None:
    unknown = batch(year=None, partner="", scheme="", kind="", version=None, key="in/x")
    batches.create(unknown)
    assert batches.get(unknown.id) == unknown
