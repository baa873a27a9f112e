"""Exchanges in the control table of DynamoDB, all under `flow#<year>`.

`state` = the exchange, `late#<batch>` = a batch that came too late. What was noted of a step is an attribute of one map, set on its own.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from tegemoet.adapters.table import condition_held, query
from tegemoet.application.ports import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]


class DynamoExchanges:
    """The exchanges in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def create(self, exchange: Exchange) -> bool:
        item: Item = {
            **_place(exchange.year),
            "run": {"S": exchange.run},
            "insurers": {"S": _json(exchange.insurers)},
            "tax_office": {"S": exchange.tax_office},
            "automatic": {"BOOL": exchange.automatic},
            "step": {"S": exchange.step},
            "steps": {"M": {name: {"S": _json(noted)} for name, noted in exchange.steps.items()}},
        }
        return condition_held(
            self._client.put_item, TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)"
        )

    def get(self, year: int) -> Exchange | None:
        state, late = None, Counter[str]()
        for item in query(self._client, self._table, f"flow#{year}"):
            if item["sk"]["S"] == "state":
                state = item
            else:
                late[item["kind"]["S"]] += 1
        if state is None:
            return None
        return Exchange(
            year,
            state["run"]["S"],
            orjson.loads(state["insurers"]["S"]),
            state["tax_office"]["S"],
            state["automatic"]["BOOL"],
            state["step"]["S"],
            {name: orjson.loads(noted["S"]) for name, noted in state["steps"]["M"].items()},
            late,
            state["token"]["S"] if "token" in state else None,
        )

    def advance(
        self, year: int, expected: str, step: str, noted: "Mapping[str, Any]", token: str | None = None
    ) -> bool:
        change, values = "SET #step = :step, steps.#was = :noted", {":step": step, ":noted": _json(noted)}
        if token is not None:
            change, values = f"{change}, #token = :token", {**values, ":token": token}
        return self._change(year, expected, change, values, {"#was": expected})

    def wait(self, year: int, step: str, token: str) -> bool:
        return self._change(year, step, "SET #token = :token", {":token": token})

    def note(self, year: int, name: str, noted: "Mapping[str, Any]") -> bool:
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=_place(year),
            UpdateExpression="SET steps.#name = :noted",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":noted": {"S": _json(noted)}},
        )

    def _change(
        self, year: int, expected: str, change: str, values: dict[str, str], names: dict[str, str] | None = None
    ) -> bool:
        """Whether the exchange was at that step."""
        if ":token" in values:  # a reserved word
            names = {**(names or {}), "#token": "token"}
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=_place(year),
            UpdateExpression=change,
            ConditionExpression="#step = :expected",
            ExpressionAttributeNames={"#step": "step", **(names or {})},
            ExpressionAttributeValues={
                ":expected": {"S": expected},
                **{name: {"S": value} for name, value in values.items()},
            },
        )

    def count_late(self, year: int, kind: str, batch_id: str) -> None:
        # an item a batch: the same one again replaces itself
        self._client.put_item(TableName=self._table, Item={**_place(year, f"late#{batch_id}"), "kind": {"S": kind}})

    def delete(self, year: int) -> None:
        # the exchange itself comes last in order of `sk`: what is interrupted is found again
        for item in list(query(self._client, self._table, f"flow#{year}")):
            self._client.delete_item(TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]})


def _place(year: int, sk: str = "state") -> Item:
    return {"pk": {"S": f"flow#{year}"}, "sk": {"S": sk}}


def _json(value: "Mapping[str, Any]") -> str:
    return orjson.dumps(dict(value)).decode()
