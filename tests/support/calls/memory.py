"""What a simulated AWS holds: copied, put back, and compared."""

import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import count
from typing import Any

from local.simulator.histories.watch import Watch
from local.simulator.s3.buckets import Bucket, Version
from local.simulator.workflows import Execution
from tests.support.attempts import committed, unnamed
from tests.support.calls.watched import Watched

TOKEN = re.compile(r"token-[0-9]+(?:-[0-9]+)?")
"""The token of a task that waits. Another attempt of the task has another token."""
NOTED = re.compile(r"'(?:passed_on': \('S', 'true'\)|failure': \('S', '\"TaskGone\"'\)),? ?")
"""That the task of a run received its answer, or was gone when the answer was sent. The first note
may be lost, and the second is made where the answer is delivered twice. Neither says anything of a
run that has ended."""
Items = Mapping[str, Mapping[str, Any]]
Objects = Mapping[str, Mapping[str, list[Version]]]
Bodies = Mapping[str, Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the world holds at one moment. Items and versions are never changed."""

    now: datetime
    items: Mapping[str, Items]
    orders: Mapping[str, Mapping[str, list[str]]]
    indexes: Mapping[str, Mapping[str, Mapping[str, list[Any]]]]
    objects: Objects
    numbers: Mapping[str, int]
    uploads: Mapping[str, Any]
    data_keys: Mapping[bytes, Any]
    transactions: Mapping[str, Any]
    events: list[Any]
    executions: Mapping[str, Execution]
    tasks: Mapping[str, bool]
    watch: Mapping[str, Any]
    """What the watch remembers."""


def take(world: Watched) -> Snapshot:
    """A copy of what the world holds."""
    tables = world.dynamodb.tables
    return Snapshot(
        world.clock.now(),
        {name: {pk: dict(of_pk) for pk, of_pk in table.items.items()} for name, table in tables.items()},
        {name: {pk: list(keys) for pk, keys in table.order.items()} for name, table in tables.items()},
        {
            name: {at: {pk: list(e) for pk, e in index.partitions.items()} for at, index in table.indexes.items()}
            for name, table in tables.items()
        },
        {name: {key: list(v) for key, v in bucket.objects.items()} for name, bucket in world.s3.buckets.items()},
        {name: _next_number(bucket) for name, bucket in world.s3.buckets.items()},
        _uploads(world.s3.uploads.open),
        dict(world.kms.data_keys),
        dict(world.dynamodb.done),
        list(world.events.taken),
        {arn: replace(execution) for arn, execution in world.workflows.executions.items()},
        dict(world.workflows.tasks),
        _remembered(world.watch),
    )


def put_back(world: Watched, kept: Snapshot) -> None:
    """Let the world hold what it held then."""
    world.clock.restart(kept.now)
    for name, table in world.dynamodb.tables.items():
        table.items = {pk: dict(of_pk) for pk, of_pk in kept.items[name].items()}
        table.order = {pk: list(keys) for pk, keys in kept.orders[name].items()}
        table.history.clear()
        for at, index in table.indexes.items():
            index.partitions = {pk: list(entries) for pk, entries in kept.indexes[name][at].items()}
    for name, bucket in world.s3.buckets.items():
        bucket.objects = {key: list(versions) for key, versions in kept.objects[name].items()}
        bucket.order = sorted(bucket.objects)
        bucket._numbers = count(kept.numbers[name])
    world.s3.uploads.open = _uploads(kept.uploads)
    world.kms.data_keys = dict(kept.data_keys)
    world.dynamodb.done = dict(kept.transactions)
    world.events.taken = list(kept.events)
    world.workflows.executions = {arn: replace(execution) for arn, execution in kept.executions.items()}
    world.workflows.tasks = dict(kept.tasks)
    for name, value in kept.watch.items():
        setattr(world.watch, name, copy(value))


def _next_number(bucket: Bucket) -> int:
    """The number of the version that is written next."""
    number = next(bucket._numbers)
    bucket._numbers = count(number)
    return number


def _remembered(watch: Watch) -> dict[str, Any]:
    """Copies of what the watch collects. What it collects in is never changed."""
    return {
        each.name: copy(value)
        for each in fields(watch)
        if isinstance(value := getattr(watch, each.name), dict | list | set)
    }


def _uploads(open_ones: Mapping[str, Any]) -> dict[str, Any]:
    return {number: replace(upload, parts=dict(upload.parts)) for number, upload in open_ones.items()}


def bring_along(world: Watched, before: Snapshot, now: Snapshot) -> None:
    """Add to the world the objects and uploads that `now` has and `before` has not.

    They are what a call has written that is not over yet.
    """
    for name, bucket in world.s3.buckets.items():
        for key, versions in now.objects[name].items():
            if key not in before.objects[name] and key not in bucket.objects:
                bucket.objects[key] = list(versions)
        bucket.order = sorted(bucket.objects)
    more = {number: upload for number, upload in now.uploads.items() if number not in before.uploads}
    world.s3.uploads.open.update(_uploads(more))


def bodies(objects: Objects) -> dict[str, dict[str, bytes]]:
    """The bytes of every object that is there, by bucket and key."""
    return {
        name: {key: versions[-1].body for key, versions in of_bucket.items() if not versions[-1].is_deletion}
        for name, of_bucket in objects.items()
    }


def differences(expected: Snapshot, plain: Bodies, found: Snapshot, found_plain: Bodies) -> Iterator[str]:
    """Where the two differ in what counts: items, objects, and which events were sent.

    Files of attempts that nobody committed do not count, nor do names of attempts and of waiting
    tasks, nor how often an event was sent. Records of requests do not count either: what they say
    is seen when the request is sent again. `plain` = the objects of each, what is sealed opened.
    """
    for name, of_table in expected.items.items():
        if name == "IdempotencyTable":
            continue
        if of_table != found.items[name] and (told := _items(of_table, found.items[name])):
            yield f"{name}: {told}"
    for name, of_bucket in plain.items():
        if of_bucket == found_plain[name]:
            continue
        left, right = committed(of_bucket), committed(found_plain[name])
        if left != right:
            keys = sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))
            yield f"{name}: {', '.join(keys)}"
    sent, wanted = _events(found.events), _events(expected.events)
    if sent != wanted:
        yield f"events: {sorted(sent ^ wanted)}"


def _items(expected: Items, found: Items) -> str:
    differing: list[str] = []
    for pk in expected.keys() | found.keys():
        of_pk, other = expected.get(pk, {}), found.get(pk, {})
        if of_pk == other:
            continue
        differing += [
            f"{pk}/{sk}"
            for sk in of_pk.keys() | other.keys()
            if of_pk.get(sk) != other.get(sk) and _text(of_pk.get(sk)) != _text(other.get(sk))
        ]
    return ", ".join(sorted(differing))


def _text(item: Any) -> str:
    """An item without the names of attempts and of waiting tasks."""
    if item is None:
        return ""
    # a field of every attempt of a task that waited: one of them for each wait
    values = {TOKEN.sub(str(value), name): value for name, value in item.values.items()}
    text = unnamed(str(dict(sorted(values.items()))).encode()).decode()
    return NOTED.sub("", TOKEN.sub("token", text))


def _events(taken: list[Any]) -> set[str]:
    return {unnamed(str(sorted(event.items())).encode()).decode() for event in taken}
