"""Deciding one case, the same way for the API, a bulk file and a run: same case, same bytes."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NotRequired, TypedDict

import orjson
from pydantic import TypeAdapter, ValidationError

from tegemoet.application.records import Kept, KeptDecision, NewDecision, Person, SuppliedJson
from tegemoet.domain import strict_json
from tegemoet.domain.calendar import read_day
from tegemoet.domain.decision import (
    DecisionJson,
    FindingJson,
    MissingJson,
    canonical,
    compose,
    decision_id,
    input_digest,
)
from tegemoet.domain.parameters import Parameter, ParameterSet, read_parameters
from tegemoet.domain.problems import VALIDATION_CODES, ConflictError, Fault, InvalidError, fault_at
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.supplied import Supplied, read_supplied


class CaseLineJson(TypedDict):
    """A line of a file of cases as it is stored; `case` has the shape that its scheme defines.

    `supplied` are figures for days without a published one, in the shape of `SuppliedFigure`.
    """

    case_id: str
    on: str
    case: Any
    supplied: NotRequired[list[Any]]
    supersedes: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Decided:
    """The id and the canonical bytes of a decision, and its case (canonical `CaseLineJson`).

    `supersedes` = the id that the case names.
    """

    id: str
    case: bytes
    decision: bytes
    supersedes: str | None = None

    def of(self, partner: str, by: Person | None = None) -> NewDecision:
        """The decision as it is kept for a partner, decided by that person or by none."""
        return NewDecision(self.id, partner, self.case, self.decision, self.supersedes, by)


def decide_line(line: bytes, scheme: Scheme, partner: str, digest_secret: bytes) -> Decided:
    """Decide one case.

    `line` is a line of a `cases/*.jsonl` file or the body of `POST /v1/schemes/{scheme}/decisions`.

    Raises InvalidError with every field at fault, or another ProblemError of the scheme.
    """
    body, written = strict_json.read_line(line)
    try:
        read = scheme.line.validate_json(line)
    except ValidationError:
        read = _check(scheme.line, strict_json.rewrite(line))  # raises, with the codes of what nobody can keep exactly
    case_id, on, case = read["case_id"], read["on"], read["case"]
    parameters = _with_supplied(scheme.choose(case, scheme.parameter_sets), read)
    digest = input_digest(decided_upon(body["case"], body.get("supplied")), digest_secret)
    id_ = decision_id(scheme.slug, partner, case_id, on, digest, parameters.sha256, scheme.engine)
    decision = _decide(case, on, parameters, scheme, id_, case_id, digest)
    return Decided(id_, written, decision, body.get("supersedes"))


def _with_supplied(parameters: ParameterSet, line: Mapping[str, Any]) -> ParameterSet:
    return parameters.noting(read_supplied(line.get("supplied", ()), parameters))


def decided_upon(case: object, supplied: Sequence[object] | None) -> object:
    """What a decision depends on, beside its day: the case, and the figures supplied with it.

    The order of the figures makes no other decision.
    """
    return {"case": case, "supplied": sorted(supplied, key=canonical)} if supplied else case


def _decide(
    case: Any, on: date, parameters: ParameterSet, scheme: Scheme, id_: str, case_id: str, digest: str
) -> bytes:
    return canonical(
        compose(
            scheme.decide(case, on, parameters),
            decision=id_,
            scheme=scheme.slug,
            case_id=case_id,
            on=on,
            parameters=parameters,
            engine=scheme.engine,
            input_sha256=digest,
        )
    )


def decide_frozen(
    raw: Any,
    on: date,
    scheme: Scheme,
    id_: str,
    case_id: str,
    digest_secret: bytes,
    supplied: Sequence[SuppliedJson] = (),
) -> bytes:
    """The decision of a case that a run froze, under the id that the run gives it.

    `supplied` = what the body supplied for the run.
    """
    case = _check(scheme.case, orjson.dumps(raw))
    held = scheme.choose(case, scheme.parameter_sets)
    parameters = held.noting(supplied_of_run(supplied, held))
    digest = input_digest(decided_upon(raw, supplied or None), digest_secret)
    return _decide(case, on, parameters, scheme, id_, case_id, digest)


def supplied_of_run(supplied: Sequence[SuppliedJson], parameters: ParameterSet) -> tuple[Parameter, ...]:
    """The values that the body supplied for a run, as values of the set."""
    return read_supplied(_SUPPLIED.validate_json(orjson.dumps(supplied)), parameters)


_SUPPLIED: TypeAdapter[Supplied] = TypeAdapter(Supplied)


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether recomputing gave the same bytes.

    If it did not, `differs` names the difference: `parameters`, `engine` or `bytes`, each with what
    is `stored` and what is `present`, or `case` if the case is no longer stored.
    """

    same: bool
    differs: Mapping[str, object]


def replay(decision: bytes, case: bytes, scheme: Scheme, digest_secret: bytes, kept_set: str | None = None) -> Replay:
    """Recompute a stored decision from its stored case.

    `kept_set` is the text of the parameter set that was used, if that set no longer ships.
    """
    stored: DecisionJson = orjson.loads(decision)
    kept: CaseLineJson = orjson.loads(case)
    if stored["engine"]["version"] != scheme.engine:  # which is part of the bytes; the rules may not know the case
        return Replay(False, {"engine": {"stored": stored["engine"]["version"], "present": scheme.engine}})
    used = stored["parameters"]["sha256"]
    parameters = next((s for s in scheme.parameter_sets.values() if s.sha256 == used), None)
    line = _check(scheme.line, case)
    read = line["case"]
    if parameters is None and kept_set is not None:
        parameters = read_parameters(scheme.choose(read, scheme.parameter_sets).name, kept_set)
    if parameters is None:
        return Replay(
            False, {"parameters": {"stored": used, "present": sorted(s.sha256 for s in scheme.parameter_sets.values())}}
        )
    digest = input_digest(decided_upon(kept["case"], kept.get("supplied")), digest_secret)
    parameters = _with_supplied(parameters, line)
    again = _decide(read, read_day(kept["on"]), parameters, scheme, stored["id"], stored["case_id"], digest)
    if again == decision:
        return Replay(True, {})
    return Replay(False, {"bytes": {"stored": len(decision), "present": len(again)}})


def render(decision: bytes, scheme: Scheme, language: str) -> DecisionJson:
    """The decision for reading, with the `text` of each step and of what is missing in `language`.

    A step of an earlier version of the rules, which the present sentences do not fit, says so.

    Raises NotFoundError `language-unknown` for a language without texts.
    """
    readable: DecisionJson = orjson.loads(decision)
    for step in readable["explanation"]:
        step["text"] = _step(readable, step, scheme, language)
    for missing in readable["missing"]:
        missing["text"] = {
            "needed": _phrase(missing, "needed", scheme, language),
            "seen": _phrase(missing, "seen", scheme, language),
        }
    return readable


def _step(decision: DecisionJson, step: FindingJson, scheme: Scheme, language: str) -> str:
    try:
        return scheme.texts.render(step["rule"], step["outcome"], step["facts"], language)
    except KeyError:
        if decision["engine"]["version"] == scheme.engine:
            raise
        return scheme.texts.render_phrase("earlier-rules", {}, language)


def _phrase(missing: MissingJson, part: Literal["needed", "seen"], scheme: Scheme, language: str) -> str:
    facts = missing["facts"][part] if "facts" in missing else None
    return scheme.texts.render_phrase(missing[part], facts, language)


_CODES = {
    **VALIDATION_CODES,
    "date_type": "not-a-day",
    "date_parsing": "not-a-day",
    "date_from_datetime_parsing": "not-a-day",
    "date_from_datetime_inexact": "not-a-day",
}


def _check(reader: TypeAdapter[Any], text: bytes) -> Any:
    try:
        return reader.validate_json(text)
    except ValidationError as error:
        raise InvalidError("The case is invalid.", faults=tuple(faults_of(error))) from None


def faults_of(error: ValidationError) -> Iterable[Fault]:
    """Every field at fault as JSON Pointer and code; never a value of the input."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    for found in errors:
        # a list whose items are all at fault counts as empty: it is not too short as well
        if found["type"] == "too_short" and any(_is_within(other["loc"], found["loc"]) for other in errors):
            continue
        yield fault_at(found["loc"], found["type"], _CODES)


def _is_within(inner: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def check_superseded(
    decided: Decided, partners: Container[str], found: KeptDecision | None, superseded_by: str | None
) -> None:
    """A decision may supersede one's own earlier decision only, and one that no other supersedes.

    `partners` = the partner and those that it has taken over, `found` = the superseded decision,
    `superseded_by` = the decision that supersedes it already. Raises ConflictError
    `superseded-unknown`, `superseded-already`.
    """
    if found is None or found.partner not in partners:
        raise ConflictError(
            "The superseded decision does not exist or belongs to another partner.", "superseded-unknown"
        )
    if superseded_by not in (None, decided.id):
        require_kept("superseded-already")


def require_kept(kept: Kept) -> None:
    """Raises ConflictError `superseded-already`, `supersedes-differs` for a decision not kept."""
    match kept:
        case "superseded-already":
            raise ConflictError("Another decision supersedes that decision already.", "superseded-already")
        case "case-differs":
            raise ConflictError(
                "The same case was decided before, and does not supersede the same decision.", "supersedes-differs"
            )
        case "kept":
            return
