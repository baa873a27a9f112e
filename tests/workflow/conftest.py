"""The cloud in which state machines call the real functions."""

from collections.abc import Iterator

import pytest

from tests.support import machines
from tests.support.machines import Handler


@pytest.fixture
def handlers() -> Iterator[dict[str, Handler]]:
    """Functions by name, for a world to fill and a test to replace; moto runs for as long."""
    functions: dict[str, Handler] = {}
    with machines.cloud(functions):
        yield functions
