"""What is deployed is what is in the folders, and what
samconfig.toml and the workflows say fits the template.
"""

import ast
import functools
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from local.tools.lint import filled_in
from tegemoet.adapters.cloud import Cloud
from tegemoet.adapters.storage import MissingVariableError
from tegemoet.api import services
from tests.template.stack import ROOT, Stack

ERRORS = ("ApiFunctionErrorsAlarm", "FlowFunctionErrorsAlarm", "WorkFunctionErrorsAlarm")
DEPLOYED_AS = {"exchange": "flow"}
"""Folders whose deployed name is an older one: a stack that runs keeps its names."""
WORKFLOWS = ROOT / "functions" / "workflows"


def test_every_folder_of_functions_is_deployed_and_nothing_else(stack: Stack) -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert set(stack.functions) == folders
    for folder, name in stack.functions.items():
        function = stack.of("AWS::Lambda::Function")[name]
        assert function["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{DEPLOYED_AS.get(folder, folder)}"}
        assert function["Handler"] == "app.handler"
        assert "def handler(" in (ROOT / "functions" / folder / "app.py").read_text()


def test_every_function_runs_on_3_13_with_both_layers(stack: Stack) -> None:
    for function in stack.of("AWS::Lambda::Function").values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == [{"Ref": "Arch"}]
        layers = [stack.of("AWS::Lambda::LayerVersion")[layer["Ref"]]["Content"] for layer in function["Layers"]]
        assert [layer["S3Key"] for layer in layers] == ["layers/dependencies", "layers/benefits"]


@pytest.mark.parametrize("name", ["batch", "phase", "exchange"])
def test_every_name_in_a_definition_is_filled_in_and_every_value_used(stack: Stack, name: str) -> None:
    deployed = DEPLOYED_AS.get(name, name)
    machine = stack.of("AWS::StepFunctions::StateMachine")[f"{deployed.capitalize()}Workflow"]
    assert machine["DefinitionS3Location"] == {"Bucket": "local", "Key": f"functions/workflows/{name}.asl.json"}
    assert machine["StateMachineName"] == {"Fn::Sub": f"${{AWS::StackName}}-{deployed}"}
    definition = (WORKFLOWS / f"{name}.asl.json").read_text()
    assert set(re.findall(r"\$\{(\w+)\}", definition)) == set(machine["DefinitionSubstitutions"])
    json.loads(filled_in(definition))


@pytest.mark.parametrize("name", ["batch", "phase", "exchange"])
def test_every_error_in_a_definition_is_one_that_the_functions_raise(name: str) -> None:
    definition = (WORKFLOWS / f"{name}.asl.json").read_text()
    named = {
        error
        for errors in re.findall(r'"ErrorEquals": \[(.*?)\]', definition)
        for error in re.findall(r'"(.*?)"', errors)
    }
    sources = (path.read_text("utf-8") for path in (ROOT / "layers" / "benefits" / "tegemoet").rglob("*.py"))
    raised = {
        error for source in sources for error in re.findall(r"^class (\w+Error)\(Exception\)", source, re.MULTILINE)
    }
    assert {error for error in named if not error.startswith("States.")} <= raised


def test_every_definition_is_deployed() -> None:
    assert {path.name for path in WORKFLOWS.iterdir()} == {"batch.asl.json", "phase.asl.json", "exchange.asl.json"}


def test_a_workflow_logs_that_it_failed_and_never_on_what(stack: Stack) -> None:
    for machine in stack.of("AWS::StepFunctions::StateMachine").values():
        assert machine["LoggingConfiguration"]["Level"] == "ERROR"
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert machine["TracingConfiguration"] == {"Enabled": True}
        assert machine["StateMachineType"] == "STANDARD"


def test_the_api_waits_no_longer_than_the_gateway(stack: Stack) -> None:
    for name in ("api", "operations", "authorizer"):
        assert stack.of("AWS::Lambda::Function")[stack.functions[name]]["Timeout"] <= 29


def test_nothing_is_exported_so_that_two_stacks_never_clash(stack: Stack) -> None:
    assert not [name for name, output in stack.template["Outputs"].items() if "Export" in output]


def test_only_what_the_local_cloud_does_not_know_is_left_out_there(stack: Stack) -> None:
    left_out = {name for name, resource in stack.resources.items() if resource.get("Condition") == "IsAws"}
    # it has no TLS, so policies that ask for it would close its buckets
    # those of the inboxes say more, and leave out that statement alone
    over_tls = {f"{bucket}Policy" for bucket in stack.of("AWS::S3::Bucket")} - {"InboxBucketPolicy", "FlowBucketPolicy"}
    assert left_out == {"ApiAccount", "ApiAccountRole", *ERRORS, *over_tls}


@pytest.mark.parametrize("environment", ["default", "prod"])
def test_every_setting_of_samconfig_is_a_parameter_with_an_allowed_value(
    source: Mapping[str, Any], environment: str
) -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())[environment]["deploy"]["parameters"]
    for override in settings["parameter_overrides"]:
        name, _, value = override.partition("=")
        parameter = source["Parameters"][name]
        assert value in map(str, parameter["AllowedValues"])
    assert settings["resolve_s3"] is True
    assert set(settings["capabilities"].split()) == {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}


def test_production_is_deployed_only_after_its_change_set_was_read() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())["prod"]["deploy"]["parameters"]
    assert settings["confirm_changeset"] is True
    assert "Environment=prod" in settings["parameter_overrides"]
    assert "Mfa=ON" in settings["parameter_overrides"]


def test_the_template_fits_in_what_cloudformation_takes(stack: Stack) -> None:
    assert len((ROOT / "template.yaml").read_bytes()) < 1_000_000
    assert len(stack.resources) < 500
    assert len(stack.template["Parameters"]) < 200


class Recorded(dict[str, str]):
    """An environment with every variable, which records the names that were read."""

    def __missing__(self, name: str) -> str:
        self[name] = "https://issuer.example" if name.endswith("_URL") else "1"
        return self[name]


def uses(function: str) -> list[tuple[str, list[str] | None]]:
    """The attributes of `cloud` that a handler uses; methods with their arguments.

    A handler behind the API hands its `cloud` to the
    routes, which use what its declared protocol has.
    """
    tree = ast.parse((ROOT / "functions" / function / "app.py").read_text("utf-8"))
    calls = {
        node.func: [str(getattr(argument, "value", "")) for argument in node.args]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    found = [
        (node.attr, calls.get(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cloud"
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "cloud":
            assert isinstance(node.annotation, ast.Name)
            found += [(name, None) for name in members(getattr(services, node.annotation.id))]
    return found


def members(protocol: type) -> set[str]:
    return {name for kind in protocol.__mro__ for name, value in vars(kind).items() if isinstance(value, property)}


def read_in(function: str) -> set[str]:
    """Variables that are read when the function makes everything that it uses."""
    environ = Recorded()
    cloud = Cloud(environ, client=functools.partial(boto3.client, region_name="eu-west-1"))
    for name, arguments in uses(function):
        used = getattr(cloud, name)
        if arguments is not None:
            used(*arguments)
    return set(environ)


@pytest.mark.parametrize("function", sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py")))
def test_a_function_is_given_the_variables_that_it_reads(stack: Stack, function: str) -> None:
    given = {name for name in stack.environment(function) if not name.startswith("POWERTOOLS_")}
    assert read_in(function) == given


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(MissingVariableError, match=r"^The environment variable CONTROL_TABLE is not set\.$"):
        _ = Cloud({}, client=lambda *_, **__: None).batches


def test_the_environment_is_read_by_the_composition_root_alone() -> None:
    sources = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers" / "benefits").rglob("*.py")]
    for word in ("environ[", "environ.get", "getenv", "boto3.client"):
        users = {path.name for path in sources if word in path.read_text("utf-8")}
        assert users <= {"storage.py"}, word


@pytest.mark.parametrize("protocol", [services.PartnerServices, services.YearServices])
def test_what_the_routes_may_use_is_what_they_use(protocol: type) -> None:
    """An unused member would need a right and a variable for nothing."""
    routes = "".join(path.read_text("utf-8") for path in (ROOT / "layers/benefits/tegemoet/api").glob("*.py"))
    for name in members(protocol):
        assert re.search(rf"\b(held|services\(\)|services)\.{name}\b", routes), name


def test_every_event_of_the_api_is_of_a_call_that_is_there(source: Mapping[str, Any]) -> None:
    calls = {
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for resource in source["Resources"].values()
        for event in resource.get("Properties", {}).get("Events", {}).values()
    }
    events = [json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")]
    seen = {(event["httpMethod"], event["resource"]) for event in events if "httpMethod" in event}
    assert seen
    assert seen <= calls
