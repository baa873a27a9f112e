"""Writes the measured figures into the page on reliability: `python -m local.tools.reliability`.

The tests measure them and keep them in local/simulator/figures.json.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from local.tools.bootstrap import ROOT

PAGE = ROOT / "docs" / "explanation" / "reliability.md"
FIGURES = ROOT / "local" / "simulator" / "figures.json"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
WORKFLOWS: Mapping[str, str] = {
    "batch": "four batches: facts, cases, cases of health data, and a file that is refused",
    "premium year": "both phases of a premium year, from start to release",
    "money out and back": "the release of files for the bank, its answers, a withdrawal, a recovery",
    "exchange": "an exchange whose waits an operator ends, with its evaluation",
    "automatic exchange": "the same, of which the waits end by themselves",
}
"""What is played, by its place in the figures."""
Figures = Mapping[str, Mapping[str, int]]


def table(figures: Figures) -> str:
    """The figures in Markdown. Raises KeyError for one that nobody has measured."""
    rows = [
        "| runs of | steps | AWS calls | with one fault | with two | late by some steps | differences |",
        "|---|---|---|---|---|---|---|",
    ]
    for place, words in WORKFLOWS.items():
        of = figures[place]
        cells = [of[name] for name in ("steps", "calls", "runs", "pairs", "resumed", "differences")]
        rows.append(f"| {words} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    kills = figures["kills"]
    made = f"{kills['kills']} in a premium year of {kills['persons']:,} persons"
    rows += ["", f"Killed processes: {made}, and {kills['differences']} differences from the second opinion."]
    return "\n".join([*rows, ""])


def page(text: str, figures: Figures) -> str:
    """The page with these figures. Raises ValueError when it has no place for them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the page has no place for figures")
    return f"{before}{BEGIN}\n{table(figures)}\n{END}{after}"


def main(path: Path = PAGE) -> int:
    figures = json.loads(FIGURES.read_text("utf-8"))
    path.write_text(page(path.read_text("utf-8"), figures), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
