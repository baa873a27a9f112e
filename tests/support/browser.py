"""A browser that shows pages at a width, where there is one (`apt-get install chromium`)."""

import html
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_SHOWN = """<!doctype html><meta charset="utf-8"><body>{frames}<script>
addEventListener("load", () => {{
  document.body.innerHTML = [...document.querySelectorAll("iframe")].map(frame => {{
    const shown = frame.contentDocument.documentElement;
    return `[${{frame.name}}=${{shown.scrollWidth}}]`;
  }}).join("");
}});
</script></body>"""


def run(*arguments: str) -> str:
    """What the browser prints. Nothing it shows reaches a network."""
    assert CHROMIUM is not None
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND")
    done = subprocess.run([CHROMIUM, *options, *arguments], capture_output=True, text=True, timeout=120, check=True)  # noqa: S603 - a fixed command
    return done.stdout


def widths(pages: Mapping[str, str], width: int, folder: Path) -> dict[str, int]:
    """How wide each page is in pixels on a screen of `width` pixels: more means that it scrolls."""
    frames = "".join(
        f'<iframe name="{name}" style="width:{width}px;height:700px;border:0" srcdoc="{html.escape(page)}"></iframe>'
        for name, page in pages.items()
    )
    file = folder / f"shown-{width}.html"
    file.write_text(_SHOWN.format(frames=frames), "utf-8")
    found = run("--dump-dom", "--virtual-time-budget=5000", file.as_uri())
    return {name: int(shown) for name, shown in re.findall(r"\[([\w-]+)=(\d+)\]", found)}
