"""The interface of a scheme: its case, decision, parameters, texts and working example."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal, NotRequired, Required

import orjson
from pydantic import TypeAdapter, with_config
from typing_extensions import TypedDict

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.decision import Ruling
from tegemoet.domain.parameters import ParameterSet, Source, read_parameters
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.fields import CLOSED, CaseId, Day, DecisionId
from tegemoet.schemes.supplied import Supplied
from tegemoet.schemes.texts import PerLanguage, Texts, read_texts

Data = Literal["ordinary", "health", "exchange"]
"""The kind of data that a scheme's cases or files are.

Health data have their own table, bucket and key. The files of an exchange have their own key and a
bucket without versions.
"""


def _no_single_case(*_: Any) -> Any:
    raise NotFoundError("The scheme does not decide single cases.", "not-a-single-case-scheme")


def the_only_set(_case: Any, sets: Mapping[str, ParameterSet]) -> ParameterSet:
    """The parameter set of a scheme that has only one."""
    (only,) = sets.values()
    return only


def _toml_files(package: str) -> list[Traversable]:
    return [f for f in (resources.files(package) / "parameters").iterdir() if f.name.endswith(".toml")]


@cache
def _case_reader(case_type: Any) -> TypeAdapter[Any]:
    """Cached by type: a reader is costly to build and does not depend on the parameter sets."""
    return TypeAdapter(case_type)


@cache
def _line_reader(case_type: Any) -> TypeAdapter[dict[str, Any]]:
    fields = {
        "case_id": Required[CaseId],
        "on": Required[Day],
        "case": Required[case_type],
        "supersedes": NotRequired[DecisionId],
        "supplied": NotRequired[Supplied],
    }
    return TypeAdapter(with_config(CLOSED)(TypedDict("Line", fields)))  # type: ignore[operator]


def _texts_of(package: str) -> Texts:
    file = resources.files(package) / "texts.toml"
    return read_texts(file.read_text("utf-8"), f"{package.rpartition('.')[2]}/texts.toml")


@cache
def _common_phrases() -> Texts:
    """What every scheme says of what is needed or was seen."""
    return read_texts((resources.files("tegemoet.schemes") / "phrases.toml").read_text("utf-8"), "phrases.toml")


def _without_version(text: str) -> str:
    """A parameter file as part of another one, whose version counts."""
    return re.sub(r"^version = .*$", "", text, count=1, flags=re.MULTILINE)


@dataclass(frozen=True)
class Scheme:
    """One scheme of the catalogue.

    * `kind` says how cases arrive: `single-case` (API and `cases/*.jsonl`) or `exchange` (its own
      files and workflows).
    * `package` contains `parameters/*.toml`, `texts.toml` and `example.json`.
    * `decide(case, on, parameters)` is pure: the same arguments return the same ruling.
    * `choose(case, sets)` returns the parameter set that decides a case, by default the only one.
      It raises a ProblemError if there is none.
    * `engine` is the version of the rules and a part of every decision: raise it whenever the same
      case could give other bytes.
    * `data` says where cases and decisions are stored.
    * `builds_on` names packages of schemes whose rules this one also applies, each with the prefix
      of their rule ids here. Their parameters and sentences are read too. A sentence of this scheme
      takes the place of theirs. A package with the prefix None has parameters only.
    * `decisive` names the rules that a letter tells on its first page where they are met. The
      others stand in its annex. Without a name every rule that is met stands on the page.
    * `given_sets` and `given_texts` replace what the package contains; see `with_parameters` and
      `with_texts`.
    """

    slug: str
    kind: Literal["single-case", "exchange"]
    legal_basis: tuple[Source, ...]
    package: str
    case_type: Any = None
    decide: Callable[[Any, date, ParameterSet], Ruling] = _no_single_case
    choose: Callable[[Any, Mapping[str, ParameterSet]], ParameterSet] = the_only_set
    engine: str = "1.0.0"
    data: Data = "ordinary"
    builds_on: tuple[tuple[str, str | None], ...] = ()
    decisive: frozenset[str] = frozenset()
    given_sets: Mapping[str, ParameterSet] | None = None
    given_texts: Texts | None = None

    def with_parameters(self, sets: Mapping[str, ParameterSet]) -> "Scheme":
        """The scheme with these parameter sets, by name, instead of its own."""
        return replace(self, given_sets=sets)

    def with_texts(self, texts: Texts) -> "Scheme":
        """The scheme with these texts instead of its own."""
        return replace(self, given_texts=texts)

    @property
    def title(self) -> PerLanguage:
        """The name of the scheme, by language."""
        return self.texts.about["title"]

    @property
    def summary(self) -> PerLanguage:
        """What the scheme decides, in one sentence, by language."""
        return self.texts.about["summary"]

    @cached_property
    def parameter_sets(self) -> Mapping[str, ParameterSet]:
        """The parameter sets by the name of their file (a year, or `parameters`)."""
        return self._shipped_sets() if self.given_sets is None else self.given_sets

    def _shipped_sets(self) -> Mapping[str, ParameterSet]:
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
        """The first day on which a parameter is known."""
        return min(p.first for held in self.parameter_sets.values() for p in held.parameters)

    @property
    def valid_until(self) -> date | None:
        """The last day on which a parameter is known, or None if no end is known."""
        last = max(p.last for held in self.parameter_sets.values() for p in held.parameters)
        return None if last == LAST_DAY else last

    @cached_property
    def texts(self) -> Texts:
        """Title, summary, sentences of explanations and words of coded values, by language."""
        if self.given_texts is not None:
            return self.given_texts
        texts = _texts_of(self.package)
        for package, prefix in self.builds_on:
            if prefix is not None:
                texts = texts.joined_by(_texts_of(package), prefix)
        return texts.joined_by(_common_phrases(), "")

    @cached_property
    def example(self) -> dict[str, Any]:
        """A body of `POST …/decisions` that is accepted and decided unchanged."""
        body: dict[str, Any] = orjson.loads((resources.files(self.package) / "example.json").read_bytes())
        return body

    @cached_property
    def case(self) -> TypeAdapter[Any]:
        """Reads and validates the JSON of a case."""
        return _case_reader(self.case_type)

    @cached_property
    def line(self) -> TypeAdapter[dict[str, Any]]:
        """Reads and validates the JSON of a line of a bulk file.

        It is also the body of `POST …/decisions`.
        """
        return _line_reader(self.case_type)
