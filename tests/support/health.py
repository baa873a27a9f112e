"""A scheme of health data for tests: the convention premium under
another name, its cases declared to be health data.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast
from unittest import mock

import orjson

from tegemoet.schemes.registry import SCHEMES, scheme_named
from tegemoet.schemes.scheme import Scheme

SLUG = "made-up-health-scheme"
KEY = f"in/mutuality/{SLUG}/cases/a.jsonl"


@contextmanager
def health_scheme() -> Iterator[Scheme]:
    """The scheme, registered for as long as it takes."""
    scheme = replace(scheme_named("convention-premium"), slug=SLUG, data="health")
    with mock.patch.dict(cast("dict[str, Scheme]", SCHEMES), {SLUG: scheme}):
        yield scheme


def case(case_id: str, **changes: Any) -> bytes:
    """The example of the scheme as a line of a file, under another id."""
    return orjson.dumps({**scheme_named("convention-premium").example, "case_id": case_id, **changes})
