"""An earlier version had faults that are known: the histories find them."""

import pytest

from local.simulator.before.__main__ import FIRST, LAST, PAGE, check, found, known, table
from local.simulator.before.tree import is_known


def test_the_page_shows_what_was_found() -> None:
    shown = PAGE.read_text("utf-8").partition(FIRST)[2].partition(LAST)[0]
    assert shown.splitlines() == list(table())
    assert [fault["name"] for fault in known()] == list(found())


@pytest.mark.slow
@pytest.mark.skipif(not is_known(), reason="the history of this clone does not have that version")
def test_every_fault_is_found_again() -> None:
    assert [name for name, _, _, is_same in check() if not is_same] == []
