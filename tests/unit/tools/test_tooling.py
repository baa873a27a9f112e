"""The decisions of the tools, without an installation or a start of anything."""

import json
import os
import re
import socket
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from local.cloud.local_cloud import LocalCloud, LocalCloudError
from local.cloud.packaging import pack_function, pack_layer
from local.cloud.templates import read_template
from local.tools import bootstrap, lint


def test_uv_is_told_what_only_pip_knew() -> None:
    settings = "\n".join(
        [
            ":env:.index-url='https://mirror.example/simple'",
            "global.index-url='https://old.example/simple'",
            "global.extra-index-url='https://a.example/simple https://b.example/simple'",
            "install.trusted-host='mirror.example'",
            "global.cert='/etc/ssl/own.pem'",
        ]
    )
    env = bootstrap.uv_environment(settings, {"PATH": "/bin", "VIRTUAL_ENV": "/elsewhere"})
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert env["UV_INDEX"] == "https://a.example/simple https://b.example/simple"
    assert env["UV_INSECURE_HOST"] == "mirror.example"
    assert env["SSL_CERT_FILE"] == "/etc/ssl/own.pem"
    assert env["UV_PYTHON_DOWNLOADS"] == "never"
    assert "VIRTUAL_ENV" not in env


def test_what_uv_was_told_itself_wins() -> None:
    settings = ":env:.index-url='https://pip.example'\nglobal.cert='/pip.pem'"
    env = bootstrap.uv_environment(settings, {"UV_INDEX_URL": "https://uv.example", "SSL_CERT_FILE": "/uv.pem"})
    assert env["UV_INDEX_URL"] == "https://uv.example"
    assert "UV_DEFAULT_INDEX" not in env
    assert env["SSL_CERT_FILE"] == "/uv.pem"


def test_shim_that_does_not_run_is_no_interpreter(tmp_path: Path) -> None:
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert not bootstrap.runs_as(str(shim), "3.13")
    assert not bootstrap.runs_as(str(tmp_path / "missing"), "3.13")


def test_make_runs_the_tests_of_every_folder() -> None:
    named = re.findall(
        r"^\w+_TESTS := \$\(addprefix tests/,(.*)\)$", (bootstrap.ROOT / "Makefile").read_text(), re.MULTILINE
    )
    folders = {
        path.relative_to(bootstrap.ROOT / "tests").parts[0] for path in (bootstrap.ROOT / "tests").rglob("test_*.py")
    }
    assert sorted(" ".join(named).split()) == sorted(folders)


def test_a_failed_installation_says_where_packages_come_from() -> None:
    with pytest.raises(bootstrap.BootstrapError, match=r"(?s)no such thing.*pip config list.*HTTPS_PROXY"):
        bootstrap.install(sys.executable, "-c", "raise SystemExit('no such thing')", env=os.environ)


def test_a_port_that_another_program_uses_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LocalCloudError, match=f"port {port} is used by another program"):
            LocalCloud(port=port)


def test_template_keeps_short_tags_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(
        "A: !Sub '${X}-y'\nB: !GetAtt R.Arn.Z\nC: !If [!Condition K, !Ref L, no]\nVersion: 2012-10-17\n",
        encoding="utf-8",
    )
    assert read_template(path) == {
        "A": {"Fn::Sub": "${X}-y"},
        "B": {"Fn::GetAtt": ["R", "Arn.Z"]},
        "C": {"Fn::If": [{"Condition": "K"}, {"Ref": "L"}, False]},
        "Version": "2012-10-17",
    }


def test_archive_depends_on_content_alone(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "__pycache__").mkdir(parents=True)
        (folder / "__pycache__" / "app.pyc").write_text(name)
        (folder / "app.py").write_text("def handler(event, context): ...")
    assert pack_function(tmp_path / "one") == pack_function(tmp_path / "two")


def test_layer_lies_below_python(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "data.toml").write_text("")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    assert zipfile.ZipFile(BytesIO(pack_layer(tmp_path))).namelist() == ["python/package/data.toml"]


MAP = {
    "StartAt": "M",
    "States": {
        "M": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "T", "States": {"T": {"Type": "Task", "Next": "Gone"}}},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F"}, {"ErrorEquals": ["E"], "Next": "F"}],
            "End": True,
        },
        "F": {"Type": "Fail"},
        "Alone": {"Type": "Succeed"},
    },
}


def test_paths_of_a_state_machine_are_followed_into_its_maps() -> None:
    outer, inner = lint.machines(MAP)
    assert list(lint.broken_paths(outer)) == ["nothing leads to 'Alone'"]
    assert list(lint.broken_paths(inner)) == ["leads to 'Gone', which is not there"]
    assert list(lint.swallowed_errors(outer)) == ["M: States.ALL has to stand alone and last in Catch"]


@pytest.mark.parametrize(
    ("written", "read"),
    [('{"a": "${Work}"}', "arn:aws:lambda:eu-west-1:123456789012:function:x"), ('{"a": ${Count}}', 1)],
)
def test_placeholders_of_a_definition_are_filled_in(written: str, read: object) -> None:
    assert json.loads(lint.filled_in(written)) == {"a": read}
