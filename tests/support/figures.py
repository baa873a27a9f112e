"""Figures of the page on reliability, which tests measure and check."""

import json
import os

from local.tools.reliability import FIGURES


def check(place: str, **measured: int) -> None:
    """Whether the figures of that place are still what was measured.

    With RECORD_FIGURES=1 in the environment, writes them instead.
    """
    figures = json.loads(FIGURES.read_text("utf-8"))
    if os.environ.get("RECORD_FIGURES") == "1":
        figures.setdefault(place, {}).update(measured)
        FIGURES.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", "utf-8")
        return
    known = {name: figures[place].get(name) for name in measured}
    how = "run these tests with RECORD_FIGURES=1, then python -m local.tools.reliability"
    assert known == measured, f"the figures of {place} have changed: {how}"
