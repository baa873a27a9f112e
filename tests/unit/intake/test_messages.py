"""Messages of S3: which object they are about, and whose inbox it is in."""

import json

import pytest

from tegemoet.application.intake.channels import ObjectCreated, object_created
from tegemoet.schemes.scheme import Data

OBJECT = {"key": "in/a/b/cases/c.jsonl", "etag": "e", "sequencer": "s"}


def message(kind: str, **more: str) -> str:
    return json.dumps({"detail-type": kind, "detail": {"bucket": {"name": "flow"}, "object": OBJECT | more}})


def inbox_of(bucket: str) -> Data:
    return "exchange" if bucket == "flow" else "ordinary"


@pytest.mark.parametrize(("more", "version"), [({}, None), ({"version-id": "v"}, "v")])
def test_an_object_is_read_with_its_inbox(more: dict[str, str], version: str | None) -> None:
    expected = ObjectCreated(OBJECT["key"], "e", "s", version, "exchange")
    assert object_created(message("Object Created", **more), inbox_of) == expected


@pytest.mark.parametrize("text", [message("Object Deleted"), "{}"])
def test_a_message_about_anything_else_has_no_object(text: str) -> None:
    assert object_created(text, inbox_of) is None
