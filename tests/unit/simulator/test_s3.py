"""The simulated S3 where moto does otherwise, as AWS documents it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.simulator.s3.uploads import SMALLEST
from local.simulator.world import World

WORK, EXCHANGE = "WorkBucket", "FlowBucket"
PLACE = {"Bucket": WORK, "Key": "a"}


@pytest.fixture
def client() -> Any:
    return World(keys=2).client("s3")


def code_of(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def test_the_etag_under_a_key_says_nothing_of_the_bytes(client: Any) -> None:
    first, second = (client.put_object(**PLACE, Body=b"same")["ETag"] for _ in range(2))
    assert first != second
    assert "51037a4a37730f52c8732586d3aaa316" not in first + second
    client.put_object(**PLACE, Body=b"new", IfMatch=second)
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client.put_object(**PLACE, Body=b"new", IfMatch=first)


def test_an_object_says_under_which_key_it_is(client: Any) -> None:
    client.put_object(**PLACE, Body=b"")
    assert client.head_object(**PLACE)["SSEKMSKeyId"].endswith(":key/IdentityKey")
    client.put_object(**PLACE, Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId="other")
    assert client.head_object(**PLACE)["SSEKMSKeyId"] == "other"


def test_deleting_what_is_not_there_adds_a_deletion_where_there_are_versions(client: Any) -> None:
    assert client.delete_object(**PLACE)["DeleteMarker"] is True
    [deletion] = client.list_object_versions(Bucket=WORK)["DeleteMarkers"]
    with pytest.raises(ClientError) as refused:
        client.get_object(**PLACE, VersionId=deletion["VersionId"])
    assert code_of(refused.value) == "MethodNotAllowed"
    assert client.delete_object(Bucket=EXCHANGE, Key="a") == {}
    assert "DeleteMarkers" not in client.list_object_versions(Bucket=EXCHANGE)


def test_a_deletion_is_undone_by_deleting_it(client: Any) -> None:
    client.put_object(**PLACE, Body=b"kept")
    deletion = client.delete_object(**PLACE)["VersionId"]
    with pytest.raises(client.exceptions.NoSuchKey):
        client.get_object(**PLACE)
    client.delete_object(**PLACE, VersionId=deletion)
    assert client.get_object(**PLACE)["Body"].read() == b"kept"


def test_every_page_of_a_list_is_reached(client: Any) -> None:
    for key in ("b", "a", "a/1", "c", "é"):
        for body in (b"1", b"2"):
            client.put_object(Bucket=WORK, Key=key, Body=body)
    client.delete_object(Bucket=WORK, Key="c")
    keys = [
        each["Key"]
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=WORK)
        for each in page["Contents"]
    ]
    assert keys == ["a", "a/1", "b", "é"]
    pages = list(client.get_paginator("list_object_versions").paginate(Bucket=WORK))
    sizes = [len(page.get("Versions", [])) + len(page.get("DeleteMarkers", [])) for page in pages]
    assert sizes == [2, 2, 2, 2, 2, 1]
    newest = [each["Key"] for page in pages for each in page.get("Versions", []) if each["IsLatest"]]
    assert newest == keys


def test_a_body_that_is_read_late_is_that_of_its_version(client: Any) -> None:
    client.put_object(**PLACE, Body=b"old")
    body = client.get_object(**PLACE)["Body"]
    client.put_object(**PLACE, Body=b"new")
    assert b"".join(body.iter_chunks(2)) == b"old"


def begun(client: Any, *bodies: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    where = {**PLACE, "UploadId": client.create_multipart_upload(**PLACE)["UploadId"]}
    parts = [
        {"PartNumber": number, "ETag": client.upload_part(**where, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate(bodies, start=1)
    ]
    return where, parts


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda parts: parts[::-1], "InvalidPartOrder"),
        (lambda _: [], "MalformedXML"),
        (lambda parts: [{**parts[0], "PartNumber": 9}], "InvalidPart"),
        (lambda parts: [{**parts[0], "ETag": parts[1]["ETag"]}], "InvalidPart"),
    ],
)
def test_the_parts_of_an_upload_are_checked(client: Any, spoil: Any, code: str) -> None:
    where, parts = begun(client, b"x" * SMALLEST, b"end")
    with pytest.raises(ClientError) as refused:
        client.complete_multipart_upload(**where, MultipartUpload={"Parts": spoil(parts)})
    assert code_of(refused.value) == code
    client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    assert client.head_object(**PLACE)["ContentLength"] == SMALLEST + 3


def test_a_part_that_is_not_the_last_has_five_mebibytes(client: Any) -> None:
    where, parts = begun(client, b"x" * (SMALLEST - 1), b"end")
    with pytest.raises(ClientError, match="EntityTooSmall"):
        client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})


def test_an_upload_that_has_ended_is_no_more(client: Any) -> None:
    where, parts = begun(client, b"whole")
    client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    late: dict[str, dict[str, Any]] = {
        "complete_multipart_upload": {"MultipartUpload": {"Parts": parts}},
        "abort_multipart_upload": {},
        "upload_part": {"PartNumber": 2, "Body": b"late"},
    }
    for operation, parameters in late.items():
        with pytest.raises(client.exceptions.NoSuchUpload):
            getattr(client, operation)(**where, **parameters)


def test_a_thousand_keys_are_deleted_at_once_and_not_one_more(client: Any) -> None:
    keys = [{"Key": str(number)} for number in range(1001)]
    with pytest.raises(ClientError, match="MalformedXML"):
        client.delete_objects(Bucket=WORK, Delete={"Objects": keys})
    assert client.delete_objects(Bucket=WORK, Delete={"Objects": keys[1:], "Quiet": True}) == {}


def test_presigned_rights_are_the_same_in_every_replay() -> None:
    def made() -> tuple[Any, str]:
        client = World().client("s3")
        form = client.generate_presigned_post(WORK, "in/a", {"x-amz-meta-batch": "b"}, [["eq", "a"]], 900)
        return form, client.generate_presigned_url("get_object", {"Bucket": WORK, "Key": "a b"}, 900)

    assert made() == made()
    assert made()[0]["fields"]["x-amz-meta-batch"] == "b"
    assert made()[1].startswith("https://WorkBucket.s3.amazonaws.com/a%20b?X-Amz-Expires=900&")
