"""Packs what a template deploys, as `sam build` does but
in a second: the same archive for the same content.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from local.tools import bootstrap, locales

BUILD = bootstrap.ROOT / ".local" / "build"
LEFT_OUT = {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
# Zip knows no time zone and no time before this; the same one everywhere keeps equal content equal.
BEGINNING = (1980, 1, 1, 0, 0, 0)


def _files(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not LEFT_OUT & set(path.relative_to(folder).parts) and path.suffix != ".pyc":
            yield path


def _archive(content: Iterable[tuple[Path, str]]) -> bytes:
    buffer = io.BytesIO()
    # Stored: packed and unpacked on the same machine, so compressing would only cost time.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, name in content:
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.external_attr = (0o755 if os.access(path, os.X_OK) else 0o644) << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def pack_function(folder: Path) -> bytes:
    return _archive((path, str(path.relative_to(folder))) for path in _files(folder))


def pack_layer(folder: Path) -> bytes:
    """What `BuildMethod: python3.x` makes of a folder: its
    requirements installed and its files, below python/.
    """
    requirements = folder / "requirements.txt"
    installed: list[tuple[Path, str]] = []
    if requirements.exists() and any(
        line.strip() and not line.startswith("#") for line in requirements.read_text().splitlines()
    ):
        home = installed_requirements(requirements)
        installed = [(path, f"python/{path.relative_to(home)}") for path in _files(home)]
    own = [(path, f"python/{path.relative_to(folder)}") for path in _files(folder) if path != requirements]
    return _archive(sorted(installed + own, key=lambda entry: entry[1]))


def installed_requirements(requirements: Path) -> Path:
    """Requirements installed for the interpreter that
    runs here, once for each content of the list.
    """
    made_for = (
        f"{sys.version} {platform.platform()} {platform.machine()} {sorted(locales.used())}\n{requirements.read_text()}"
    )
    home = BUILD / hashlib.sha256(made_for.encode()).hexdigest()[:16]
    if not home.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=BUILD))
        env = bootstrap.uv_environment(bootstrap.pip_settings(), os.environ)
        bootstrap.run(
            bootstrap.UV,
            *("pip", "install", "-q", "--require-hashes", "--no-deps"),
            *("--python", sys.executable, "--target", scratch / "python", "-r", requirements),
            env=env,
        )
        shutil.rmtree(scratch / "python" / "bin", ignore_errors=True)  # scripts hold this machine's paths
        locales.prune(scratch / "python")
        try:
            (scratch / "python").rename(home)
        except OSError:  # another process was first
            pass
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return home
