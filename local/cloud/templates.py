"""Reads a CloudFormation template, short tags and
all, as the plain data CloudFormation makes of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class TemplateLoader(yaml.SafeLoader):
    """YAML as CloudFormation reads it: `!Sub x` is {"Fn::Sub": "x"}, and a date is text."""


# `Version: 2012-10-17` is a string to CloudFormation.
TemplateLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short_tag(loader: TemplateLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if name in ("Ref", "Condition"):
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{name}": value}


TemplateLoader.add_multi_constructor("!", _short_tag)


def read_template(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as text:
        template: dict[str, Any] = yaml.load(text, Loader=TemplateLoader)  # noqa: S506 -- a SafeLoader
    return template
