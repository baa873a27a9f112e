"""One local cloud for each worker of the run: it
starts within a second, and every test may share it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

import pytest

from local.cloud.local_cloud import LocalCloud
from local.cloud.stack import Stack

HERE = Path(__file__).parent
Seen = TypeVar("Seen")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share a deployment on one worker;
    the two exchanges of a module may go to two.
    """
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)
            played = getattr(item, "callspec", None) and item.callspec.params.get("played")  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.xdist_group(item.path.stem if played is None else f"{item.path.stem}-{played}"))


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as running:
        yield running


@pytest.fixture(scope="session")
def contract(cloud: LocalCloud) -> Stack:
    """The small template that has one of each thing the product relies on."""
    return cloud.deploy(HERE / "contract" / "template.yaml", "contract")


@pytest.fixture(scope="session")
def eventually() -> Callable[..., object]:
    """Repeats a question until the answer is not None, False or empty; fails after `seconds`."""

    def ask(question: Callable[[], Seen], *, seconds: float = 15) -> Seen:
        deadline = monotonic() + seconds
        while not (answer := question()):
            if monotonic() > deadline:
                pytest.fail(f"still {answer!r} after {seconds} s")
            sleep(0.05)
        return answer

    return ask
