"""What the watch sees of a call that was carried out: every item and object that it wrote."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.simulator.client import Answer
from local.simulator.dynamodb.statements import inserted
from local.simulator.faults import Delivery
from local.simulator.histories.watch import Watch

Parameters = Mapping[str, Any]
ReadObject = Callable[[str, str], bytes]
"""Reads an object by bucket and key."""


def show(
    watch: Watch,
    service: str,
    operation: str,
    parameters: Parameters,
    delivery: Delivery,
    answer: Answer,
    read: ReadObject,
) -> None:
    """Show a call to the watch."""
    if service == "dynamodb":
        _show_items(watch, operation, parameters, delivery)
        for statement in _carried_out(operation, parameters, answer):
            watch.item_put(*inserted(statement["Statement"], statement["Parameters"]))
    elif service == "s3":
        _show_objects(watch, operation, parameters, read)


def _show_items(watch: Watch, operation: str, parameters: Parameters, delivery: Delivery) -> None:
    match operation:
        case "put_item":
            watch.item_put(parameters["TableName"], parameters["Item"])
        case "update_item" | "delete_item":
            watch.item_changed(parameters["TableName"], operation)
        case "transact_write_items":
            for kind, change in (pair for action in parameters["TransactItems"] for pair in action.items()):
                if kind == "Put":
                    watch.item_put(change["TableName"], change["Item"])
                elif kind != "ConditionCheck":
                    watch.item_changed(change["TableName"], kind)
        case "batch_write_item":
            writes = [(table, write) for table, each in parameters["RequestItems"].items() for write in each]
            for table, write in (write for place, write in enumerate(writes) if place not in delivery.left_out):
                if "PutRequest" in write:
                    watch.item_put(table, write["PutRequest"]["Item"])
                else:
                    watch.item_changed(table, operation)


def _carried_out(operation: str, parameters: Parameters, answer: Answer) -> Iterator[Parameters]:
    """The statements that were carried out: each is an INSERT."""
    match operation:
        case "execute_statement":
            yield parameters
        case "execute_transaction":
            yield from parameters["TransactStatements"]
        case "batch_execute_statement":
            for one, response in zip(parameters["Statements"], answer["Responses"], strict=True):
                if "Error" not in response:
                    yield one


def _show_objects(watch: Watch, operation: str, parameters: Parameters, read: ReadObject) -> None:
    match operation:
        case "put_object":
            watch.object_put(parameters["Bucket"], parameters["Key"], bytes(parameters["Body"]))
        case "complete_multipart_upload":
            bucket, key = parameters["Bucket"], parameters["Key"]
            watch.object_put(bucket, key, read(bucket, key))
        case "delete_objects":
            for each in parameters["Delete"]["Objects"]:
                watch.object_deleted(parameters["Bucket"], each["Key"])
