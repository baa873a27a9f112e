"""The template as CloudFormation gets it: the SAM
resources translated to what they stand for, roles and all.

    from local.cloud.translation import translated
    translated(Path("template.yaml"))["Resources"]

AWS's own translator does it. It lives in the `emulator` environment, because
it holds pydantic back to an older version than the product's; there this
module runs as a program that reads and writes JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.tools import bootstrap

# Where a resource names something on this machine, and the
# definition of a state machine's place in a bucket.
CODE = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


def translated(path: Path) -> dict[str, Any]:
    """The template in plain CloudFormation.

    Code is named `s3://local/<its path>`, as if it had been uploaded.
    """
    # It reads short tags with PyYAML, which is there wherever cfn-lint is.
    from local.cloud.templates import read_template  # noqa: PLC0415 -- the program below runs where PyYAML may be missing

    template = read_template(path)
    for resource in template["Resources"].values():
        if (named := CODE.get(resource["Type"])) and isinstance(resource["Properties"].get(named), str):
            resource["Properties"][named] = f"s3://local/{resource['Properties'][named]}"
    bootstrap.run(sys.executable, bootstrap.ROOT / "local" / "tools" / "bootstrap.py", "emulator", env=os.environ)
    done = subprocess.run(
        [bootstrap.python_of("emulator"), "-m", "local.cloud.translation"],
        cwd=bootstrap.ROOT,
        env={**os.environ, "AWS_DEFAULT_REGION": "eu-west-1"},
        input=json.dumps(template),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(f"{path}: {done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> int:
    from samtranslator.parser.parser import Parser  # type: ignore[import-not-found]  # noqa: PLC0415
    from samtranslator.translator.translator import Translator  # type: ignore[import-not-found]  # noqa: PLC0415

    json.dump(Translator({}, Parser()).translate(json.load(sys.stdin), {}), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
