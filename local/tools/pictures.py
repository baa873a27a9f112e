"""Makes the pictures of the README from what `make demo` left in `.local/demo/` (`make pictures`).

Writes into `docs/`: `report.png` = the report of the second phase as a browser shows it,
`money.svg` = where the money of the closed year is, `maternity.svg` = the maternity rest, and
`pictures.json` = the figures in them with the persons and the seed of the year. Tests compare these
figures with the second opinion on that year, and fail when a picture no longer shows what `make
demo` makes. The same year gives the same bytes.

Runs in an environment of its own, `.tools/pictures`, because nothing else needs a renderer of HTML.
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from local.tools.bootstrap import ROOT

DEMO = ROOT / ".local" / "demo"
DOCS = ROOT / "docs"
WIDTH, HEIGHT = 1100, 960
"""Pixels: the cards above the fold, down to the end of the sectors."""
FLEX = """
.grid { display: flex; flex-wrap: wrap; }
section { width: 100%; }
.seven { width: 580px; }
.five { width: 408px; }
"""
"""The renderer knows no CSS grid: the two columns at the top of the page as flexible boxes."""


def steady(page: str, run: str) -> str:
    """The page with zeros in the id of its run, which differs with the person who started it."""
    return page.replace(run, re.sub(r"[0-9a-f]+$", lambda found: "0" * len(found[0]), run))


def draw(page: str, picture: Path) -> None:
    """Write the top of the HTML `page` as a PNG of WIDTH times HEIGHT pixels."""
    import plutoprint  # noqa: PLC0415 - in .tools/pictures only

    size = plutoprint.PageSize(WIDTH * plutoprint.UNITS_PX, HEIGHT * plutoprint.UNITS_PX)
    book = plutoprint.Book(size, plutoprint.PAGE_MARGINS_NONE, plutoprint.MEDIA_TYPE_SCREEN)
    book.load_html(page, user_style=FLEX)
    with plutoprint.ImageCanvas(WIDTH, HEIGHT, plutoprint.IMAGE_FORMAT_RGB24) as canvas:
        canvas.clear_surface(1, 1, 1, 1)
        book.render_document(canvas)
        canvas.write_to_png(str(picture))


def figures(summary: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    """What the picture of the report shows, from the summaries of
    the second and the first phase; amounts in EUR.
    """
    return {
        "phase": summary["phase"],
        "on": summary["on"],
        "control_sum": summary["control_sum"],
        "payments": summary["payments"],
        "paid_before": {"count": first["payments"]["count"], "amount": first["control_sum"]},
        "persons": summary["persons"],
        "practices": summary["practices"],
        "outcomes": summary["outcomes"],
        "dossiers": summary["dossiers"],
        "sectors": {
            sector["profession"]: {"payments": sector["payments"], "amount": sector["amount"]}
            for sector in summary["sectors"]
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.tools.pictures", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--persons", type=int, required=True, help="of the demo's year")
    parser.add_argument("--seed", type=int, required=True, help="of the demo's year")
    given = parser.parse_args()
    shutil.copyfile(DEMO / "maternity-timeline.svg", DOCS / "maternity.svg")
    shutil.copyfile(DEMO / "money.svg", DOCS / "money.svg")
    first, second = (json.loads((DEMO / f"phase-{phase}-summary.json").read_text("utf-8")) for phase in (1, 2))
    draw(steady((DEMO / "phase-2-report.html").read_text("utf-8"), second["run"]), DOCS / "report.png")
    shown = {
        "made_up": {"persons": given.persons, "seed": given.seed},
        "report.png": {
            "sha256": hashlib.sha256((DOCS / "report.png").read_bytes()).hexdigest(),
            "shows": figures(second, first),
        },
    }
    (DOCS / "pictures.json").write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
