"""Exchanges, data keys and deletions on DynamoDB, KMS and S3, as far as moto is like them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tegemoet.adapters.data_keys import StoredDataKeys
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.objects import NotDeletedError, S3Objects
from tegemoet.adapters.seals import AesSeal, KmsSeals
from tegemoet.application.records import (
    AnswerNote,
    EvaluationNote,
    Exchange,
    Person,
    ReportNote,
    SelectNote,
    StartNote,
    Step,
    StepNote,
    WaitNote,
)

REGION: Final = "eu-west-1"
YEAR: Final = 2020


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


# --- exchanges ------------------------------------------------------------------------------------

EXCHANGE: Final = Exchange(
    year=YEAR,
    run="increased-reimbursement-2020-0123456789",
    insurers={"mutuality-a": "101", "mutuality-b": "202"},
    tax_office="tax-office",
    automatic=True,
    step="households",
    notes={"start": StartNote(date(2020, 3, 1))},
    late={},
)
WAITED: Final = WaitNote(date(2020, 4, 15), in_time=True, batches=())
SELECTED: Final = SelectNote(
    date(2020, 4, 15),
    in_time=False,
    asked=12,
    insurers={"mutuality-a": {"requests": 4, "members": 12, "excluded": 1, "reasons": {"all-entitled": 1}}},
)


@pytest.fixture
def exchanges() -> DynamoExchanges:
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="control",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    found = DynamoExchanges(client, "control")
    assert found.create(EXCHANGE)
    return found


def test_an_exchange_comes_back_as_it_was_made(exchanges: DynamoExchanges) -> None:
    assert exchanges.get(YEAR) == EXCHANGE
    assert exchanges.get(YEAR + 1) is None


def test_a_year_has_one_exchange(exchanges: DynamoExchanges) -> None:
    assert not exchanges.create(replace(EXCHANGE, run="another", step="results"))
    assert exchanges.get(YEAR) == EXCHANGE
    assert exchanges.create(replace(EXCHANGE, year=YEAR + 1))


def test_who_started_an_exchange_and_ended_a_wait_comes_back(exchanges: DynamoExchanges) -> None:
    person = Person("ann-1", "Ann")
    assert exchanges.create(replace(EXCHANGE, year=YEAR + 1, notes={"start": StartNote(date(2021, 3, 1), person)}))
    waited = replace(WAITED, by=person)
    assert exchanges.advance(YEAR + 1, "households", "select", waited)
    found = exchanges.get(YEAR + 1)
    assert found is not None
    assert dict(found.notes) == {"start": StartNote(date(2021, 3, 1), person), "households": waited}


def test_an_exchange_goes_on_from_the_step_that_it_is_at_and_notes_what_was_done(exchanges: DynamoExchanges) -> None:
    note = WaitNote(date(2020, 4, 15), in_time=True, batches=("20200410T080000Z-0123456789ab",))
    assert exchanges.advance(YEAR, "households", "select", note)
    assert exchanges.get(YEAR) == replace(EXCHANGE, step="select", notes={**EXCHANGE.notes, "households": note})


def test_the_note_of_every_step_comes_back_as_it_was_made(exchanges: DynamoExchanges) -> None:
    codes = {"mutuality-a": {"OK": 2, "NOK": 1}, "mutuality-b": {}}
    steps: list[tuple[Step, Step, StepNote]] = [
        ("households", "select", WAITED),
        ("select", "incomes-1", SELECTED),
        ("incomes-1", "answer-1", replace(WAITED, batches=("batch-1", "batch-2"))),
        ("answer-1", "incomes-2", AnswerNote(date(2020, 8, 10), True, codes, ignored=3, asked_again=5)),
        ("incomes-2", "answer-2", WAITED),
        ("answer-2", "results", AnswerNote(date(2020, 9, 30), True, codes, ignored=0)),
        ("results", "report", WAITED),
        ("report", "done", ReportNote(date(2021, 11, 5), False, {"mutuality-a": {"households/1": 1}})),
    ]
    for expected, step, note in steps:
        assert exchanges.advance(YEAR, expected, step, note)
    found = exchanges.get(YEAR)
    assert found is not None
    assert found.step == "done"
    assert dict(found.notes) == {"start": EXCHANGE.notes["start"]} | {expected: note for expected, _, note in steps}


def test_an_exchange_that_is_elsewhere_does_not_move(exchanges: DynamoExchanges) -> None:
    assert exchanges.advance(YEAR, "households", "select", WAITED)
    before = exchanges.get(YEAR)
    assert not exchanges.advance(YEAR, "households", "select", replace(WAITED, on=date(2020, 4, 30)))
    assert not exchanges.wait(YEAR, "households", "token")
    assert exchanges.get(YEAR) == before


def test_there_is_nothing_to_move_where_there_is_no_exchange(exchanges: DynamoExchanges) -> None:
    assert not exchanges.advance(YEAR + 1, "households", "select", WAITED)
    assert not exchanges.wait(YEAR + 1, "households", "token")
    assert exchanges.get(YEAR + 1) is None


def test_what_is_no_step_is_noted_wherever_the_exchange_is_and_the_last_time_counts(exchanges: DynamoExchanges) -> None:
    last = EvaluationNote(date(2022, 1, 1), {"OK": {"households": 3}})
    assert exchanges.note_evaluation(YEAR, EvaluationNote(date(2021, 12, 1), {"OK": {"households": 2}}))
    assert exchanges.note_evaluation(YEAR, last)
    assert exchanges.get(YEAR) == replace(EXCHANGE, notes={**EXCHANGE.notes, "evaluation": last})
    assert not exchanges.note_evaluation(YEAR + 1, last)
    assert exchanges.get(YEAR + 1) is None


def test_an_evaluation_replaces_one_that_was_started_before_it_and_no_later_one(exchanges: DynamoExchanges) -> None:
    on, counts = date(2022, 1, 1), {"OK": {"households": 3}}
    of_an_earlier_version = EvaluationNote(on, counts)
    first = EvaluationNote(on, counts, "b", "2022-01-01T09:00:00.001+00:00")
    later = EvaluationNote(on, counts, "a", "2022-01-01T09:00:00.002+00:00")
    at_the_same_moment = replace(later, name="b")
    for note in (of_an_earlier_version, first, first, later, at_the_same_moment):
        assert exchanges.note_evaluation(YEAR, note)
    before = exchanges.get(YEAR)
    for note in (later, first, of_an_earlier_version):
        assert not exchanges.note_evaluation(YEAR, note)
    assert exchanges.get(YEAR) == before


def tokens_of(exchanges: DynamoExchanges) -> Mapping[str, str | None]:
    found = exchanges.get(YEAR)
    assert found is not None
    return found.tokens


def test_a_write_that_fails_is_no_condition_that_did_not_hold() -> None:
    gone = DynamoExchanges(boto3.client("dynamodb"), "no-table")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        gone.create(EXCHANGE)


def test_a_task_whose_call_comes_late_replaces_no_other(exchanges: DynamoExchanges) -> None:
    assert tokens_of(exchanges) == {}
    for token in ("second", "first", "second"):
        assert exchanges.wait(YEAR, "households", token)
    assert tokens_of(exchanges) == {"first": "households", "second": "households"}


def test_going_on_keeps_the_tokens(exchanges: DynamoExchanges) -> None:
    exchanges.wait(YEAR, "households", "first")
    assert exchanges.advance(YEAR, "households", "select", WAITED)
    assert exchanges.advance(YEAR, "select", "incomes-1", SELECTED)
    exchanges.wait(YEAR, "incomes-1", "second")
    assert tokens_of(exchanges) == {"first": "households", "second": "incomes-1"}


def test_the_token_that_an_earlier_version_stored_is_read(exchanges: DynamoExchanges) -> None:
    boto3.client("dynamodb").update_item(
        TableName="control",
        Key={"pk": {"S": f"flow#{YEAR}"}, "sk": {"S": "state"}},
        UpdateExpression="SET #token = :token",
        ExpressionAttributeNames={"#token": "token"},
        ExpressionAttributeValues={":token": {"S": "former"}},
    )
    exchanges.wait(YEAR, "households", "first")
    assert tokens_of(exchanges) == {"former": None, "first": "households"}


def test_a_batch_that_came_late_is_counted_once(exchanges: DynamoExchanges) -> None:
    for batch in ("batch-1", "batch-2", "batch-1"):
        exchanges.count_late(YEAR, "households/mutuality-a", batch)
    exchanges.count_late(YEAR, "results/mutuality-b", "batch-3")
    found = exchanges.get(YEAR)
    assert found is not None
    assert found.late == {"households/mutuality-a": 2, "results/mutuality-b": 1}


def test_a_forgotten_exchange_leaves_no_item(exchanges: DynamoExchanges) -> None:
    other = replace(EXCHANGE, year=YEAR + 1)
    exchanges.create(other)
    exchanges.count_late(YEAR, "households/mutuality-a", "batch-1")
    exchanges.delete(YEAR)
    exchanges.delete(YEAR)
    assert exchanges.get(YEAR) is None
    assert exchanges.get(YEAR + 1) == other
    [left] = boto3.client("dynamodb").scan(TableName="control")["Items"]
    assert left["pk"]["S"] == "flow#2021"


# --- objects --------------------------------------------------------------------------------------


@pytest.fixture
def objects() -> S3Objects:
    client = boto3.client("s3")
    client.create_bucket(Bucket="exchange", CreateBucketConfiguration={"LocationConstraint": REGION})
    return S3Objects(client, "exchange")


def test_what_is_named_is_deleted_and_nothing_else(objects: S3Objects) -> None:
    for key in ("flows/2020/a", "flows/2020/b", "flows/2021/a"):
        objects.put(key, b"")
    objects.delete(objects.keys("flows/2020/"))
    assert list(objects.keys("")) == ["flows/2021/a"]


def test_as_many_objects_are_deleted_at_once_as_s3_takes() -> None:
    asked: list[list[str]] = []

    class Recording:
        def delete_objects(self, **request: Any) -> dict[str, Any]:
            asked.append([found["Key"] for found in request["Delete"]["Objects"]])
            return {}

    recording: Any = Recording()
    keys = [f"flows/2020/{n}" for n in range(2_001)]
    S3Objects(recording, "exchange").delete(keys)
    assert [len(each) for each in asked] == [1_000, 1_000, 1]
    assert [key for each in asked for key in each] == keys


def test_deleting_what_is_gone_or_nothing_at_all_is_no_error(objects: S3Objects) -> None:
    objects.put("a", b"")
    objects.delete(["a", "a", "b"])
    objects.delete([])
    assert list(objects.keys("")) == []


def test_an_object_that_s3_did_not_delete_is_an_error_that_names_no_key() -> None:
    class Refusing:
        def delete_objects(self, **_: Any) -> dict[str, Any]:
            return {"Errors": [{"Key": "in/tax-office/a.csv", "Code": "AccessDenied", "Message": "no"}]}

    refusing: Any = Refusing()
    with pytest.raises(NotDeletedError, match=r"^AccessDenied$"):
        S3Objects(refusing, "exchange").delete(["in/tax-office/a.csv"])


def test_without_versions_a_replaced_object_cannot_be_found_by_its_etag(objects: S3Objects) -> None:
    objects.put("in/a.csv", b"first")
    first = objects.head("in/a.csv")
    assert first.version is None
    assert objects.head("in/a.csv", etag=first.etag) == first
    objects.put("in/a.csv", b"second")
    with pytest.raises(KeyError):
        objects.head("in/a.csv", etag=first.etag)


# --- data keys ------------------------------------------------------------------------------------


class Counted:
    """A client of KMS that counts what it was asked for."""

    def __init__(self) -> None:
        self._client: Any = boto3.client("kms")
        self.calls: list[str] = []

    def generate_data_key(self, **request: Any) -> Any:
        self.calls.append("generate")
        return self._client.generate_data_key(**request)

    def decrypt(self, **request: Any) -> Any:
        self.calls.append("decrypt")
        return self._client.decrypt(**request)


@pytest.fixture
def kms() -> Counted:
    return Counted()


@pytest.fixture
def key() -> str:
    return str(boto3.client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def seals(kms: Counted, objects: S3Objects, key: str) -> KmsSeals:
    return KmsSeals(kms, objects, key)


BODY: Final = b"70010100181;18855.63\n" * 100


def test_what_was_sealed_is_read_again_with_the_key_that_was_kept(seals: KmsSeals, kms: Counted) -> None:
    sealed = seals.open(YEAR, "incomes-1", create=True).seal(BODY)
    assert b"70010100181" not in sealed
    assert seals.open(YEAR, "incomes-1").unseal(sealed) == BODY
    assert kms.calls == ["generate", "decrypt"]


def test_only_the_encrypted_key_is_kept(seals: KmsSeals, objects: S3Objects) -> None:
    sealed = seals.open(YEAR, "incomes-1", create=True).seal(BODY)
    assert list(objects.keys("")) == ["flows/2020/keys/incomes-1"]
    kept = objects.get("flows/2020/keys/incomes-1")
    for at in range(len(kept) - 31):
        with pytest.raises(ValueError, match="not sealed"):
            AesSeal(kept[at : at + 32], "incomes-1").unseal(sealed)


def test_a_delivery_has_one_key_whoever_asks_first(seals: KmsSeals) -> None:
    sealed = seals.open(YEAR, "incomes-1", create=True).seal(BODY)
    assert seals.open(YEAR, "incomes-1", create=True).unseal(sealed) == BODY


def test_two_that_make_the_key_at_once_get_the_same(seals: KmsSeals, objects: S3Objects) -> None:
    put_once, sealed = objects.put_once, []

    def slower(key: str, body: bytes) -> bool:
        objects.put_once = put_once  # type: ignore[method-assign]
        sealed.append(seals.open(YEAR, "incomes-1", create=True).seal(BODY))
        return put_once(key, body)

    objects.put_once = slower  # type: ignore[method-assign]
    assert seals.open(YEAR, "incomes-1", create=True).unseal(sealed[0]) == BODY


def test_every_delivery_and_every_year_has_a_key_of_its_own(seals: KmsSeals) -> None:
    sealed = seals.open(YEAR, "incomes-1", create=True).seal(BODY)
    for year, name in ((YEAR, "incomes-2"), (YEAR + 1, "incomes-1")):
        with pytest.raises(ValueError, match="not sealed"):
            seals.open(year, name, create=True).unseal(sealed)


def test_the_same_is_sealed_differently_each_time(seals: KmsSeals) -> None:
    seal = seals.open(YEAR, "incomes-1", create=True)
    assert seal.seal(BODY) != seal.seal(BODY)


@pytest.mark.parametrize("at", [0, 11, 12, 100, -1])
def test_what_was_changed_is_not_read(seals: KmsSeals, at: int) -> None:
    seal = seals.open(YEAR, "incomes-1", create=True)
    sealed = bytearray(seal.seal(BODY))
    sealed[at] ^= 1
    with pytest.raises(ValueError, match="not sealed"):
        seal.unseal(bytes(sealed))


@pytest.mark.parametrize("size", [0, 5, 12, 20])
def test_what_is_cut_short_is_not_read(seals: KmsSeals, size: int) -> None:
    seal = seals.open(YEAR, "incomes-1", create=True)
    with pytest.raises(ValueError, match="not sealed"):
        seal.unseal(seal.seal(BODY)[:size])


def test_nothing_is_read_once_the_key_is_destroyed(seals: KmsSeals, objects: S3Objects, kms: Counted) -> None:
    sealed = seals.open(YEAR, "incomes-1", create=True).seal(BODY)
    seals.destroy(YEAR, "incomes-1")
    seals.destroy(YEAR, "incomes-1")
    assert [objects.get(key) for key in objects.keys("")] == [b""]
    for create in (False, True):
        with pytest.raises(KeyError):
            seals.open(YEAR, "incomes-1", create=create).unseal(sealed)
    assert kms.calls == ["generate"]


def test_a_call_that_goes_on_late_makes_no_destroyed_key_anew(seals: KmsSeals, objects: S3Objects) -> None:
    put_once = objects.put_once

    def late(key: str, body: bytes) -> bool:
        seals.destroy(YEAR, "incomes-1")  # after the key was looked for, and before it is put
        return put_once(key, body)

    objects.put_once = late  # type: ignore[method-assign]
    with pytest.raises(KeyError):
        seals.open(YEAR, "incomes-1", create=True)


def test_the_mark_of_a_destroyed_key_stays_whoever_destroys_it_again(seals: KmsSeals, objects: S3Objects) -> None:
    seals.open(YEAR, "incomes-1", create=True)
    seals.open(YEAR, "incomes-10", create=True)
    seals.destroy(YEAR, "incomes-1")
    StoredDataKeys(objects).destroy(YEAR, "incomes-1")
    assert list(objects.keys("")) == ["flows/2020/keys/incomes-1", "flows/2020/keys/incomes-10"]
    with pytest.raises(KeyError):
        seals.open(YEAR, "incomes-1", create=True)


def test_destroying_asks_nothing_of_kms(seals: KmsSeals, objects: S3Objects, kms: Counted) -> None:
    seals.open(YEAR, "incomes-1", create=True)
    StoredDataKeys(objects).destroy(YEAR, "incomes-1")
    assert kms.calls == ["generate"]
    assert list(objects.keys("")) == []


def test_a_kept_key_is_bound_to_its_year_and_delivery(seals: KmsSeals, objects: S3Objects) -> None:
    seals.open(YEAR, "incomes-1", create=True)
    objects.put("flows/2020/keys/incomes-2", objects.get("flows/2020/keys/incomes-1"))
    with pytest.raises(ClientError) as refused:
        seals.open(YEAR, "incomes-2")
    assert refused.value.response["Error"]["Code"] == "InvalidCiphertextException"
