"""The template twice: as it was written, and as CloudFormation gets it."""

from collections.abc import Mapping
from typing import Any

import pytest

from local.cloud.templates import read_template
from local.cloud.translation import translated
from tests.template.stack import ROOT, Stack


@pytest.fixture(scope="session")
def source() -> Mapping[str, Any]:
    return read_template(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack(translated(ROOT / "template.yaml"))
