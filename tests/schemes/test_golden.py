"""Golden cases: for every scheme a granted, a refused and a
pending case with the whole decision written down.

`tests/schemes/<slug>/golden/<name>.json` holds `body` (a line) and `decision` (without
id, parameters, engine, digest). `python -m tests.schemes.test_golden` writes the
decisions anew; read the difference before it is committed.
"""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.schemes.registry import SCHEMES, scheme_named

FOLDER = Path(__file__).parent
NAMING = ("id", "parameters", "engine", "input_sha256")
FILES = sorted(FOLDER.glob("*/golden/*.json"))


def decided(body: dict[str, Any], slug: str) -> dict[str, Any]:
    decision = orjson.loads(decide_line(orjson.dumps(body), scheme_named(slug), "partner", b"key").decision)
    return {name: value for name, value in decision.items() if name not in NAMING}


def slug_of(path: Path) -> str:
    return path.parents[1].name.replace("_", "-")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_golden_case_is_decided_as_it_was(path: Path) -> None:
    golden = orjson.loads(path.read_bytes())
    assert decided(golden["body"], slug_of(path)) == golden.get("decision")


@pytest.mark.parametrize("slug", [slug for slug, scheme in SCHEMES.items() if scheme.kind == "single-case"])
def test_every_scheme_has_a_granted_a_refused_and_a_pending_golden_case(slug: str) -> None:
    outcomes = {orjson.loads(p.read_bytes())["decision"]["outcome"] for p in FILES if slug_of(p) == slug}
    folder = f"tests/schemes/{slug.replace('-', '_')}/golden"
    assert outcomes == {"granted", "refused", "pending"}, (
        f'write {{"body": …}} to granted.json, refused.json and pending.json of {folder}; '
        "then run `python -m tests.schemes.test_golden` and read what it decided"
    )


def write() -> None:
    """Decide every golden case anew and write what comes out."""
    for path in FILES:
        body = orjson.loads(path.read_bytes())["body"]
        text = orjson.dumps({"body": body, "decision": decided(body, slug_of(path))}, option=orjson.OPT_INDENT_2)
        path.write_bytes(text + b"\n")


if __name__ == "__main__":
    write()
