"""Copies the premium years of an earlier stack from the control table into the table of years.

    python -m local.tools.move_years --stack tegemoet
    python -m local.tools.move_years --stack tegemoet --endpoint http://127.0.0.1:4566

Connects to AWS with the credentials of the environment, or with --endpoint to the cloud that
`make up` left running. Ends with 1, and copies nothing, while a run of a year is open: an earlier
approval has no seal, so such a run could neither be settled nor abandoned. Repeating it copies what
is missing. What it copied stays in the control table, where nothing reads it any more.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3

from local.cloud.session import ACCESS_KEY, LocalSession
from tegemoet.adapters.table import Item, condition_held

MOVED = ("state", "run#", "exception#")
"""Beginnings of the sort keys of a year that are not those of its batches."""
CHOICE = ("choice", "reason", "chosen_by")
"""What an exception had of a choice before choices became items of their own."""


class RunOpenError(Exception):
    """A run of a year is open; carries its id."""


def main(arguments: Sequence[str] | None = None, session: Any = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.tools.move_years", description=__doc__)
    parser.add_argument("--stack", default="tegemoet")
    parser.add_argument("--endpoint", help="of the cloud on this machine")
    asked = parser.parse_args(arguments)
    if session is None:
        session = LocalSession(asked.endpoint, ACCESS_KEY) if asked.endpoint else boto3.Session()
    found = session.client("cloudformation").describe_stacks(StackName=asked.stack)["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found}
    try:
        copied, present = move(session.client("dynamodb"), outputs["ControlTable"], outputs["YearsTable"])
    except RunOpenError as open_run:
        print(f"The run {open_run} is open. Finish or abandon it with the earlier version first.", file=sys.stderr)
        return 1
    print(f"{copied} items copied, {present} were there already")
    return 0


def move(dynamodb: Any, control: str, years: str) -> tuple[int, int]:
    """Copy every year; the number of items copied, and of those that were there already.

    Raises RunOpenError before anything is copied.
    """
    items = list(_items(dynamodb, control))
    for item in items:
        if "open_run" in item:
            raise RunOpenError(item["open_run"]["S"])
    copied = [
        condition_held(dynamodb.put_item, TableName=years, Item=dict(one), ConditionExpression=_absent(one))
        for item in items
        for one in divided(item)
    ]
    return sum(copied), len(copied) - sum(copied)


def _items(dynamodb: Any, table: str) -> Iterator[Item]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for page in pages:
        for item in page["Items"]:
            if item["pk"]["S"].startswith("year#") and item["sk"]["S"].startswith(MOVED):
                yield item


def _absent(item: Item) -> str:
    """The condition of a put: nothing is there, or only the beginning of a year by a file."""
    if item["sk"]["S"] != "state":
        return "attribute_not_exists(pk)"
    begun = " AND ".join(
        f"attribute_not_exists({name})" for name in ("open_run", "released", "phase_2_begun", "closed")
    )
    return f"attribute_not_exists(pk) OR ({begun})"


def divided(item: Item) -> list[Mapping[str, Any]]:
    """The item as it is stored now: the choice of an exception is an item of its own."""
    if not item["sk"]["S"].startswith("exception#") or "choice" not in item:
        return [item]
    exception = {name: value for name, value in item.items() if name not in CHOICE}
    sk = f"choice#{item['sk']['S'].removeprefix('exception#')}#000001"
    chosen = {"choice": item["choice"], "reason": item["reason"], "subject": item["chosen_by"]}
    return [exception, {"pk": item["pk"], "sk": {"S": sk}, **chosen, "name": {"S": ""}, "at": {"S": ""}}]


if __name__ == "__main__":
    sys.exit(main())
