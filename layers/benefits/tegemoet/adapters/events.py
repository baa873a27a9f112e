"""Events on the application's EventBridge bus."""

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_events import EventBridgeClient

SOURCE = "tegemoet"


class NotPublishedError(Exception):
    """EventBridge rejected an event. Carries the error code."""


class BusEvents:
    """Events on `bus`."""

    def __init__(self, client: "EventBridgeClient", bus: str) -> None:
        self._client, self._bus = client, bus

    def publish(self, kind: str, detail: "Mapping[str, object]") -> None:
        text = orjson.dumps(dict(detail)).decode()
        answer = self._client.put_events(
            Entries=[{"EventBusName": self._bus, "Source": SOURCE, "DetailType": kind, "Detail": text}]
        )
        if answer["FailedEntryCount"]:
            raise NotPublishedError(answer["Entries"][0].get("ErrorCode", "unknown"))
