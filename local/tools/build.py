"""Runs `sam build` with an interpreter that SAM accepts: the deployed version, with pip.

It then takes the locales out of the layer that no language uses.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from local.tools import bootstrap, locales


def main() -> int:
    deployed = bootstrap.VERSIONS[0]
    if f"{sys.version_info.major}.{sys.version_info.minor}" != deployed:
        print(
            f"`sam build` needs Python {deployed}, the version that is deployed; this is {sys.version.split()[0]}. "
            f"Install {deployed}, then `make clean build` (everything else works without).",
            file=sys.stderr,
        )
        return 1
    environment = {
        **os.environ,
        # SAM takes the first python3.13 it finds there, and refuses a shim of pyenv.
        "PATH": f"{bootstrap.python_of('project').parent}{os.pathsep}{os.environ['PATH']}",
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "eu-west-1"),
        "SAM_CLI_TELEMETRY": "0",
    }
    environment.pop("PYTHONPATH", None)
    command: list[str | Path] = [bootstrap.program_of("sam", "sam"), "build", "--parallel", *sys.argv[1:]]
    code = subprocess.run(command, cwd=bootstrap.ROOT, env=environment, check=False).returncode
    locales.prune(bootstrap.ROOT / ".aws-sam" / "build")
    return code


if __name__ == "__main__":
    sys.exit(main())
