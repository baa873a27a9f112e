"""Compiles every list of pinned dependencies, or checks that each is up to date.

python -m local.tools.pins              after a change in pyproject.toml or requirements/*.in
python -m local.tools.pins --upgrade    to the newest versions that the lists allow
python -m local.tools.pins --check      names the lists that are out of date; needs no network
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from local.tools import bootstrap

LAYER = bootstrap.ROOT / "layers" / "dependencies" / "requirements.txt"
# The oldest version that may install them; lists hold for every later one as well.
OLDEST = bootstrap.VERSIONS[-1]


def environment() -> dict[str, str]:
    """For uv, without what only this machine knows: a lock must not name its mirror."""
    env = {
        key: value
        for key, value in bootstrap.uv_environment(bootstrap.pip_settings(), os.environ).items()
        if key not in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
    }
    # Or uv insists on the version in .python-version, which this machine need not have.
    return env | {"UV_PYTHON": str(bootstrap.python_of("project"))}


def layer_list(env: dict[str, str]) -> str:
    """What the dependency layer holds: boto3 too,
    although Lambda has one, so that what was tested runs.
    """
    return bootstrap.run(
        *(bootstrap.UV, "export", "-q", "--frozen", "--no-dev", "--no-header", "--no-annotate"), env=env
    )


def origin(source: Path) -> str:
    return (
        f"# compiled from {source.name} {hashlib.sha256(source.read_bytes()).hexdigest()[:16]} by `make requirements`\n"
    )


def compiled(source: Path, env: dict[str, str], *, upgrade: bool) -> str:
    target = source.with_suffix(".txt")
    bootstrap.run(
        *(bootstrap.UV, "pip", "compile", "-q", "--universal", "--python-version", OLDEST, "--generate-hashes"),
        *("--no-header", "--no-annotate", "--no-emit-index-url", "--output-file", target, source),
        *(["--upgrade"] if upgrade else []),
        env=env,
    )
    text = target.read_text()
    return origin(source) + text.removeprefix(text.partition("\n")[0] + "\n" if text.startswith("#") else "")


def write(*, upgrade: bool) -> None:
    env = environment()
    bootstrap.run(bootstrap.UV, "lock", *(["--upgrade"] if upgrade else []), env=env)
    LAYER.parent.mkdir(parents=True, exist_ok=True)
    LAYER.write_text(layer_list(env))
    for source in sorted(bootstrap.REQUIREMENTS.glob("*.in")):
        source.with_suffix(".txt").write_text(compiled(source, env, upgrade=upgrade))


def stale() -> list[str]:
    env = environment()
    found = []
    try:
        bootstrap.run(bootstrap.UV, "lock", "--check", "--offline", env=env)
    except bootstrap.BootstrapError:
        found.append("uv.lock")
    if not LAYER.exists() or LAYER.read_text() != layer_list(env):
        found.append(str(LAYER.relative_to(bootstrap.ROOT)))
    for source in sorted(bootstrap.REQUIREMENTS.glob("*.in")):
        target = source.with_suffix(".txt")
        if not target.exists() or not target.read_text().startswith(origin(source)):
            found.append(str(target.relative_to(bootstrap.ROOT)))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.tools.pins", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say what is out of step")
    parser.add_argument("--upgrade", action="store_true", help="take newer versions")
    chosen = parser.parse_args()
    if not chosen.check:
        write(upgrade=chosen.upgrade)
        return 0
    found = stale()
    if found:
        print(f"out of step with what it is made from: {', '.join(found)}; run `make requirements`", file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
