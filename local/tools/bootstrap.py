"""Makes the environments that the project runs in, from any Python >= 3.11 and a package index.

    python3 local/tools/bootstrap.py [emulator] [lambda] [sam] [checkov] [pictures]

`.venv` (the product, its tests and its tools) is always made; the others only when named, each in
`.tools/`, because their pins exclude one another. Every environment is installed from a list with
hashes. When nothing changed since the last time this ends in a fraction of a second, so every
`make` target starts with it.

Standard library only, and no import of the project: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
REQUIREMENTS = ROOT / "local" / "tools" / "requirements"
UV = TOOLS / "uv" / "bin" / "uv"

# The first is deployed; the code is tested on all three.
VERSIONS = ("3.13", "3.12", "3.11")
# Environments beside .venv, each from local/tools/requirements/<name>.txt.
EXTRA = ("emulator", "lambda", "sam", "checkov", "pictures")

# Settings of pip and their names for uv. uv does not read pip's configuration, which is usually the
# only one on a machine behind a mirror or a proxy with its own certificate.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
}


class BootstrapError(Exception):
    """Something that a person must correct; the message says what."""


NO_PACKAGES = (
    "The packages could not be installed. They come from the index that pip uses, PyPI unless set otherwise: "
    "`python3 -m pip config list` shows it, `python3 -m pip config set global.index-url URL` changes it, "
    "and behind a proxy HTTPS_PROXY names the proxy."
)


def python_of(name: str) -> Path:
    """The interpreter of an environment: `project` or one of EXTRA."""
    return (ROOT / ".venv" if name == "project" else TOOLS / name) / "bin" / "python"


def program_of(name: str, program: str) -> Path:
    return python_of(name).with_name(program)


def run(*command: str | Path, env: Mapping[str, str], quiet: bool = False) -> str:
    """Run a command and return its output; BootstrapError with the whole output where it fails."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False
    )
    if done.returncode and not quiet:
        raise BootstrapError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout if not done.returncode else ""


def install(*command: str | Path, env: Mapping[str, str]) -> None:
    """Run a command that installs packages; where it
    fails, the error says where packages come from.
    """
    try:
        run(*command, env=env)
    except BootstrapError as failure:
        raise BootstrapError(f"{failure}\n{NO_PACKAGES}") from failure


def uv_environment(pip_settings: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: that of this process, with
    the settings of pip that uv has no setting for.
    """
    env = {key: value for key, value in environment.items() if key not in ("VIRTUAL_ENV", "UV_PYTHON", "UV_PROJECT")}
    # This tool reports a missing interpreter; a download
    # of one can hang for long without a network.
    env["UV_PYTHON_DOWNLOADS"] = "never"
    found: dict[str, str] = {}
    # In pip an environment variable overrules the section of the command, and that the global one.
    for section in ("global.", "install.", ":env:."):
        for line in pip_settings.splitlines():
            name, separator, value = line.partition("=")
            setting = PIP_TO_UV.get(name.removeprefix(section))
            if separator and setting and name.startswith(section):
                found[setting] = value.strip().strip("'\"").replace("\\n", " ")
    if "UV_INDEX_URL" in env:
        found.pop("UV_DEFAULT_INDEX", None)
    if "UV_EXTRA_INDEX_URL" in env:
        found.pop("UV_INDEX", None)
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = ",".join(found["UV_FIND_LINKS"].split())
    for key, value in found.items():
        env.setdefault(key, value)
    # Of several indexes uv uses the first that knows a name, and pip all. Safe here: hashes decide.
    env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    env.setdefault("UV_LINK_MODE", "copy" if env.get("CI") else "hardlink")
    return env


def pip_settings() -> str:
    return run(sys.executable, "-m", "pip", "config", "list", env=os.environ, quiet=True)


def runs_as(executable: str, version: str) -> bool:
    """Whether this really is that version: pyenv and
    asdf have shims for versions that are not active.
    """
    try:
        done = subprocess.run(
            [executable, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == version


def candidates(version: str) -> Iterator[str]:
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        yield sys.executable
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    home = Path.home()
    roots = [
        Path(os.environ.get("PYENV_ROOT", home / ".pyenv")) / "versions",
        Path(os.environ.get("ASDF_DATA_DIR", home / ".asdf")) / "installs" / "python",
        Path(os.environ.get("MISE_DATA_DIR", home / ".local/share/mise")) / "installs" / "python",
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR", home / ".local/share/uv/python")),
        Path("/opt/hostedtoolcache/Python"),
        Path("/opt/homebrew/opt"),
    ]
    for root in roots:
        for pattern in (f"*{version}*/bin/python{version}", f"{version}*/*/bin/python{version}"):
            yield from sorted(map(str, root.glob(pattern)), reverse=True)


def find_interpreter() -> str:
    """The newest supported version that works here;
    `TEGEMOET_PYTHON=/path/to/python` overrules it.
    """
    if chosen := os.environ.get("TEGEMOET_PYTHON"):
        for version in VERSIONS:
            if runs_as(chosen, version):
                return chosen
        raise BootstrapError(f"TEGEMOET_PYTHON={chosen} is not a working Python {', '.join(VERSIONS)}")
    for version in VERSIONS:
        for executable in candidates(version):
            if runs_as(executable, version):
                return executable
    raise BootstrapError(
        f"no working Python {', '.join(VERSIONS)} found; install one, or set TEGEMOET_PYTHON to its path"
    )


def install_uv() -> None:
    """Install the pinned uv with pip into its own folder,
    or a virtual environment where there is no pip.
    """
    shutil.rmtree(UV.parent.parent, ignore_errors=True)
    wanted = ("--require-hashes", "-r", str(REQUIREMENTS / "uv.txt"))
    # PIP_USER and PIP_REQUIRE_VIRTUALENV contradict --target.
    env = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if run(sys.executable, "-m", "pip", "--version", env=env, quiet=True):
        install(sys.executable, "-m", "pip", "install", "-q", "--target", UV.parent.parent, *wanted, env=env)
    else:
        run(sys.executable, "-m", "venv", UV.parent.parent, env=env)
        install(UV.with_name("python"), "-m", "pip", "install", "-q", *wanted, env=env)
    if not UV.exists():
        raise BootstrapError(f"{REQUIREMENTS / 'uv.txt'} does not install uv")


def fingerprint(source: Path) -> str:
    return hashlib.sha256(source.read_bytes()).hexdigest()


class Environments:
    """Makes the environments that are missing or out of
    date; a stamp in each says what it was made from.
    """

    def __init__(self) -> None:
        self._uv_env: dict[str, str] | None = None

    @property
    def uv_env(self) -> dict[str, str]:
        # To start pip takes half a second, so only when something must be installed.
        if self._uv_env is None:
            self._uv_env = uv_environment(pip_settings(), os.environ)
        return self._uv_env

    def ensure(self, *extra: str) -> None:
        self._ensure_uv()
        for name in ("project", *extra):
            self._ensure(name, ROOT / "uv.lock" if name == "project" else REQUIREMENTS / f"{name}.txt")

    def _ensure_uv(self) -> None:
        stamp = UV.parent.parent / "made-from.json"
        made_from = {"inputs": fingerprint(REQUIREMENTS / "uv.txt")}
        if not (UV.exists() and read_stamp(stamp) == made_from):
            say("installing uv")
            install_uv()
            stamp.write_text(json.dumps(made_from))

    def _ensure(self, name: str, source: Path) -> None:
        python = python_of(name)
        home = python.parent.parent
        stamp = home / "made-from.json"
        before = read_stamp(stamp)
        made_from = {
            "inputs": fingerprint(source),
            "interpreter": before.get("interpreter", ""),
            "chosen": os.environ.get("TEGEMOET_PYTHON", before.get("chosen", "")),
        }
        # .exists() follows the link: an interpreter that was removed since does not count.
        if python.exists() and before == made_from:
            return
        say(f"making {home.relative_to(ROOT)}")
        if not (python.exists() and before.get("chosen") == made_from["chosen"]):
            # All of them on one interpreter: what .venv tested is what the functions run on.
            made_from["interpreter"] = find_interpreter() if name == "project" else str(base_of("project"))
            shutil.rmtree(home, ignore_errors=True)
            run(UV, "venv", "-q", "--python", made_from["interpreter"], home, env=self.uv_env)
        stamp.unlink(missing_ok=True)
        self._sync(name, source)
        stamp.write_text(json.dumps(made_from))

    def _sync(self, name: str, source: Path) -> None:
        if name == "project":
            # Not `uv sync`: it downloads from the addresses in the lock and so ignores a mirror.
            source = TOOLS / "project.txt"
            run(UV, "export", "-q", "--frozen", "--output-file", source, env=self.uv_env)
        install(UV, "pip", "sync", "-q", "--require-hashes", "--python", python_of(name), source, env=self.uv_env)


def base_of(name: str) -> Path:
    return Path(json.loads((python_of(name).parent.parent / "made-from.json").read_text())["interpreter"])


def read_stamp(path: Path) -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def say(what: str) -> None:
    print(f"bootstrap: {what}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("extra", nargs="*", choices=(*EXTRA, []), help="environments beside .venv")
    extra: list[str] = parser.parse_args().extra
    TOOLS.mkdir(exist_ok=True)
    # Two `make` at the same time would write the same folders.
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            Environments().ensure(*extra)
        except BootstrapError as problem:
            print(f"bootstrap: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
