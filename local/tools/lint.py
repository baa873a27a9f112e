"""Lints the template and the state machines with the tools of AWS and its users."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.tools import bootstrap

ROOT = bootstrap.ROOT
# None of them asks AWS; SAM wants to know a region all the same.
ENVIRONMENT = {**os.environ, "AWS_DEFAULT_REGION": "eu-west-1", "SAM_CLI_TELEMETRY": "0"}


def tools(template: Path) -> Iterator[tuple[str, list[str | Path]]]:
    sam, checkov = bootstrap.program_of("sam", "sam"), bootstrap.program_of("checkov", "checkov")
    yield "sam validate --lint", [sam, "validate", "--lint", "--template-file", template]
    yield "cfn-lint", [bootstrap.program_of("project", "cfn-lint"), "--include-checks", "I3042", "--", template]
    command: list[str | Path] = [checkov, "--file", template, "--framework", "cloudformation", "--skip-download"]
    command += ["--compact", "--quiet", "--config-file", ROOT / "local" / "tools" / "checkov.yaml"]
    yield "checkov", command


def run(name: str, command: list[str | Path]) -> bool:
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    print(f"{name}: {'ok' if done.returncode == 0 else 'failed'}", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def filled_in(definition: str) -> str:
    """A definition with every `${Name}` replaced; a text by an ARN, a bare one by a number."""
    definition = re.sub(r'(?<=")\$\{\w+\}(?=")', "arn:aws:lambda:eu-west-1:123456789012:function:x", definition)
    definition = re.sub(r"(?<=[:\s])\$\{\w+\}", "1", definition)
    return re.sub(r"\$\{\w+\}", "x", definition)


def machines(states: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A machine and all that stand inside its Map and Parallel states."""
    yield states
    for state in states.get("States", {}).values():
        for inner in (state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", [])):
            if inner:
                yield from machines(inner)


def transitions(state: Mapping[str, Any]) -> Iterator[str]:
    for part in (state, *state.get("Catch", []), *state.get("Choices", [])):
        if "Next" in part:
            yield part["Next"]
    if "Default" in state:
        yield state["Default"]


def broken_paths(machine: Mapping[str, Any]) -> Iterator[str]:
    """What no linter here looks at: a next state
    that is not there, and a state nothing leads to.
    """
    states = machine.get("States", {})
    reached: set[str] = set()
    to_visit = [machine.get("StartAt", "")]
    while to_visit:
        name = to_visit.pop()
        if name not in states:
            yield f"leads to {name!r}, which is not there"
        elif name not in reached:
            reached.add(name)
            to_visit.extend(transitions(states[name]))
    for name in states.keys() - reached:
        yield f"nothing leads to {name!r}"


def swallowed_errors(machine: Mapping[str, Any]) -> Iterator[str]:
    """A catch-all stands last and alone, or AWS refuses the definition."""
    for name, state in machine.get("States", {}).items():
        for field in ("Retry", "Catch"):
            handlers = state.get(field, [])
            for number, handler in enumerate(handlers, 1):
                if "States.ALL" in handler["ErrorEquals"] and (
                    len(handler["ErrorEquals"]) > 1 or number < len(handlers)
                ):
                    yield f"{name}: States.ALL has to stand alone and last in {field}"


def lint_state_machine(path: Path) -> bool:
    problems: list[str] = []
    try:
        definition = json.loads(filled_in(path.read_text(encoding="utf-8")))
    except ValueError as wrong:
        problems, definition = [str(wrong)], {}
    for machine in machines(definition):
        problems += [*broken_paths(machine), *swallowed_errors(machine)]
    print(f"{path.relative_to(ROOT)}: {'failed' if problems else 'ok'}", *problems, sep="\n  ", flush=True)
    return not problems


def lint_definitions(paths: list[Path]) -> bool:
    """cfn-lint knows the language, but only in a raw
    resource: all definitions in one throw-away template.
    """
    resources = {}
    for number, path in enumerate(paths):
        resources[f"Machine{number}"] = {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": "arn:aws:iam::123456789012:role/x",
                "Definition": json.loads(filled_in(path.read_text(encoding="utf-8"))),
            },
        }
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "machines.json"
        template.write_text(json.dumps({"Resources": resources}, indent=1))
        return run("cfn-lint of the definitions", [bootstrap.program_of("project", "cfn-lint"), "--", template])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.tools.lint", description=__doc__)
    parser.add_argument("--template", type=Path, default=ROOT / "template.yaml")
    template: Path = parser.parse_args().template.resolve()
    definitions = sorted((template.parent / "functions" / "workflows").glob("*.asl.json"))
    passed = [lint_state_machine(path) for path in definitions]
    if definitions and all(passed):
        passed.append(lint_definitions(definitions))
    with ThreadPoolExecutor() as pool:
        passed += pool.map(lambda tool: run(*tool), tools(template))
    return not all(passed)


if __name__ == "__main__":
    sys.exit(main())
