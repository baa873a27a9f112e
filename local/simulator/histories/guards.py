"""The guards of "paid once", each of which can be taken away.

`python -m local.simulator --without NAME` plays histories of a product that lacks one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, get_args
from unittest import mock

import orjson

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.inserts import Inserts
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.application import attempts
from tegemoet.application.partners.grants import Grants
from tegemoet.application.premium_year import approval, invariants, plan, settlement, starting
from tegemoet.application.premium_year.records import Plan
from tegemoet.application.records import BatchState, RunState

Replacement = tuple[object, str, Any]
"""An object, the name of one of its attributes, and what stands in the place of that."""


def _commit_over(attempt: attempts.Attempt) -> bool:
    body = orjson.dumps(attempts.Commit(attempt.name, attempt._files), option=orjson.OPT_SORT_KEYS)  # noqa: SLF001
    attempt._work.put(attempt._place + ".json", body)  # noqa: SLF001
    return True


def _put_over(objects: S3Objects, key: str, body: bytes) -> bool:
    objects.put(key, body)
    return True


def _each_over(inserts: Inserts, items: Sequence[Any]) -> Iterator[bool]:
    for item in items:
        inserts._client.put_item(TableName=inserts._table, Item=item)  # noqa: SLF001
        yield True


def _together_over(inserts: Inserts, *items: Any) -> frozenset[str]:
    return frozenset() if all(_each_over(inserts, items)) else frozenset({"never"})


def _in_any_state(method: Callable[..., Any], states: Sequence[str]) -> Callable[..., Any]:
    def update(*arguments: Any, **named: Any) -> Any:
        return method(*arguments, **{**named, "expected": states})

    return update


def _always(*_: object, **__: object) -> bool:
    return True


def _since_ever(*_: object, **__: object) -> str:
    return "2000-01-01T00:00:00Z"


def _nothing(*_: object, **__: object) -> None:
    """The check that is not made."""


def _nobody(*_: object, **__: object) -> dict[str, str]:
    return {}


def _fits(entries: Any, *_: object, **__: object) -> invariants.Check:
    for _entry in entries:
        pass  # the others that read along still read
    return invariants.none("within-premium", 0)


GUARDS: Mapping[str, Sequence[Replacement]] = {
    "one attempt is committed": [(attempts.Attempt, "commit", _commit_over)],
    "what is written once stays": [(S3Objects, "put_once", _put_over)],
    "an entry is put at a free number": [(Inserts, "each", _each_over), (Inserts, "together", _together_over)],
    "only an authority is believed": [(Grants, "authority_since", _since_ever)],
    "a run changes in an expected state": [
        (DynamoRuns, "update", _in_any_state(DynamoRuns.update, get_args(RunState)))
    ],
    "a run ends in an expected state": [(DynamoRuns, "finish", _in_any_state(DynamoRuns.finish, get_args(RunState)))],
    "a batch changes in an expected state": [
        (DynamoBatches, "update", _in_any_state(DynamoBatches.update, get_args(BatchState)))
    ],
    "what loads is waited for": [(plan, "require_loaded", _nothing), (starting, "require_loaded", _nothing)],
    "who had a hand in it does not approve": [(approval, "barred", _nobody), (approval, "_check", _nothing)],
    "keys that were ever one person": [(Plan, "companions", _nobody), (invariants, "within_premium", _fits)],
    "an answer has a seal": [(settlement, "has_seal", _always)],
    "a closed year starts no run": [(starting, "_check_order", _nothing)],
}
"""Name → what is replaced so that the guard is gone."""


@contextmanager
def without_guard(name: str) -> Iterator[None]:
    """The product without one of its guards, while this holds."""
    with ExitStack() as changed:
        for target, attribute, replacement in GUARDS[name]:
            changed.enter_context(mock.patch.object(target, attribute, replacement))
        yield
