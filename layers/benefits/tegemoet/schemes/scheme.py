"""What every scheme offers to the rest: its case, its decision, its parameters, its texts, an example that works."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal, NotRequired, Required

import orjson
from pydantic import TypeAdapter, with_config
from typing_extensions import TypedDict

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.decision import Ruling
from tegemoet.domain.parameters import ParameterSet, Source, read_parameters
from tegemoet.domain.problems import NotFound
from tegemoet.schemes.fields import CLOSED, CaseId, Day, DecisionId
from tegemoet.schemes.texts import Texts, read_texts

Data = Literal["ordinary", "health", "exchange"]
"""What the cases or files of a scheme are.

Health data have a table, a bucket and a key of their own; the files of an exchange have a bucket without versions and a key of their own.
"""


def _no_single_case(*_: Any) -> Any:
    raise NotFound("This scheme decides no single case.", "not-a-single-case-scheme")


def the_only_set(_case: Any, sets: Mapping[str, ParameterSet]) -> ParameterSet:
    """The one parameter set of a scheme that needs no more than one."""
    (only,) = sets.values()
    return only


def _toml_files(package: str) -> list[Traversable]:
    return [f for f in (resources.files(package) / "parameters").iterdir() if f.name.endswith(".toml")]


def _without_version(text: str) -> str:
    """A parameter file as a part of another one, whose version counts."""
    return re.sub(r"^version = .*$", "", text, count=1, flags=re.MULTILINE)


@dataclass(frozen=True)
class Scheme:
    """One scheme of the catalogue.

    `kind` says how cases come in: `single-case` (API and `cases/*.jsonl`) or `exchange` (files and workflows of its own).
    `data` says where they and the decisions on them are kept.
    `decide(case, on, parameters)` is pure: the same arguments give the same ruling.
    `builds_on` names packages of schemes whose rules it applies too, each with what the ids of these rules begin with here: their
    parameters and sentences are read with its own. None = their parameters alone: it says these rules in words of its own.
    `choose(case, sets)` names the parameter set a case is decided on (by default the only one); it raises a Problem where there is none.
    """

    slug: str
    kind: Literal["single-case", "exchange"]
    title: Mapping[str, str]
    summary: Mapping[str, str]
    legal_basis: tuple[Source, ...]
    package: str
    case_type: Any = None
    decide: Callable[[Any, date, ParameterSet], Ruling] = _no_single_case
    choose: Callable[[Any, Mapping[str, ParameterSet]], ParameterSet] = the_only_set
    data: Data = "ordinary"
    builds_on: tuple[tuple[str, str | None], ...] = ()

    @cached_property
    def parameter_sets(self) -> Mapping[str, ParameterSet]:
        """The sets that ship with the scheme, by the name of their file (a year, or `parameters`)."""
        files = sorted(_toml_files(self.package), key=lambda f: f.name)
        shared = [f.read_text("utf-8") for package, _ in self.builds_on for f in _toml_files(package)]
        return {
            f.name.removesuffix(".toml"): read_parameters(
                f.name.removesuffix(".toml"), "\n".join([f.read_text("utf-8"), *map(_without_version, shared)])
            )
            for f in files
        }

    @property
    def valid_from(self) -> date:
        """First day for which a parameter is known."""
        return min(p.first for held in self.parameter_sets.values() for p in held.parameters)

    @property
    def valid_until(self) -> date | None:
        """Last day for which a parameter is known; None = no end is known."""
        last = max(p.last for held in self.parameter_sets.values() for p in held.parameters)
        return None if last == LAST_DAY else last

    @cached_property
    def texts(self) -> Texts:
        """The sentences of its explanations, per language."""
        texts = read_texts((resources.files(self.package) / "texts.toml").read_text("utf-8"))
        for package, prefix in self.builds_on:
            if prefix is None:
                continue
            texts = texts.joined_by(read_texts((resources.files(package) / "texts.toml").read_text("utf-8")), prefix)
        return texts

    @cached_property
    def example(self) -> dict[str, Any]:
        """A body of `POST …/decisions` that is accepted and decided as it stands."""
        body: dict[str, Any] = orjson.loads((resources.files(self.package) / "example.json").read_bytes())
        return body

    @cached_property
    def case(self) -> TypeAdapter[Any]:
        """Reads and checks the JSON of a case."""
        return TypeAdapter(self.case_type)

    @cached_property
    def line(self) -> TypeAdapter[dict[str, Any]]:
        """Reads and checks the JSON of a line of a bulk file, which is also the body of `POST …/decisions`."""
        return TypeAdapter(
            with_config(CLOSED)(
                TypedDict(  # type: ignore[operator]
                    "Line",
                    {
                        "case_id": Required[CaseId],
                        "on": Required[Day],
                        "case": Required[self.case_type],
                        "supersedes": NotRequired[DecisionId],
                    },
                )
            )
        )
