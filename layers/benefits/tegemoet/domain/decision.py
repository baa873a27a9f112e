"""Decisions: the outcome, the reasons, the parameters, and the bytes that are stored.

The bytes of a decision are its canonical JSON (RFC 8785), in the shape of `DecisionJson`. An
explanation holds rule ids and facts; its text is rendered when it is read.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict

import orjson

from tegemoet.domain.calendar import iso
from tegemoet.domain.money import euro
from tegemoet.domain.parameters import ParameterJson, ParameterSet, Source, SourceJson

Outcome = Literal["granted", "refused", "pending"]
Met = Literal["met", "not-met", "not-needed", "unknown"]
Unit = Literal["once", "day", "month", "quarter"]
FactValue = str | int | bool | None | list[Any] | dict[str, Any]


@dataclass(slots=True)
class Finding:
    """One rule that was applied: its id, outcome, facts and legal source."""

    rule: str
    outcome: Met
    facts: dict[str, FactValue]
    source: Source


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text for people by its id, `[phrase.<id>]` of the scheme's texts, and the facts in it."""

    id: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(slots=True)
class Missing:
    """What would change the outcome: the rule, the field, what is needed and what was seen.

    `field` is the path in the case, such as births/0/proven; a decision writes it as a JSON
    Pointer. `on` stands for the day of the decision. `needed` and `seen` are phrases; text, units
    included, remains in the convention premium, whose decisions keep their bytes.
    """

    rule: str
    field: str
    needed: Phrase | str
    seen: Phrase | str


@dataclass(slots=True)
class Amount:
    """An amount in EUR per `unit`. `first` and `last` are its days, both included, if any."""

    kind: str
    amount: Decimal
    unit: Unit = "once"
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class DecidedPeriod:
    """A period of a decision, both days included. The scheme defines how `days` are counted."""

    kind: str
    first: date
    last: date
    days: int


@dataclass(slots=True)
class Ruling:
    """The result of a scheme's rules for a case. `total` is in EUR."""

    outcome: Outcome
    findings: list[Finding]
    amounts: list[Amount] = field(default_factory=list)
    periods: list[DecidedPeriod] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    total: Decimal | None = None


class FindingJson(TypedDict):
    """A step of an explanation. `text` is present only if the decision was rendered for reading."""

    rule: str
    outcome: Met
    facts: dict[str, FactValue]
    source: SourceJson
    text: NotRequired[str]


class MissingFactsJson(TypedDict):
    """The facts in the phrases of a `MissingJson`."""

    needed: dict[str, FactValue]
    seen: dict[str, FactValue]


class MissingTextJson(TypedDict):
    """The phrases of a `MissingJson` in a language."""

    needed: str
    seen: str


class MissingJson(TypedDict):
    """What would change the outcome; `field` is a JSON Pointer into the case.

    `needed` and `seen` are ids of phrases that `facts` fill, or text if there are no facts. `text`
    is present only if the decision was rendered for reading.
    """

    rule: str
    field: str
    needed: str
    seen: str
    facts: NotRequired[MissingFactsJson]
    text: NotRequired[MissingTextJson]


AmountJson = TypedDict(
    "AmountJson",
    {"kind": str, "amount": str, "currency": str, "from": str | None, "until": str | None, "unit": Unit},
)
"""An amount in EUR per unit, with two decimals. Days are YYYY-MM-DD, both included."""
PeriodJson = TypedDict("PeriodJson", {"kind": str, "from": str, "until": str, "days": int})
"""A period. Days are YYYY-MM-DD, both included."""


class UsedParametersJson(TypedDict):
    """The parameter set that a decision used."""

    version: str
    sha256: str


class EngineJson(TypedDict):
    """The version of the rules that made a decision."""

    version: str


class DecisionJson(TypedDict):
    """A decision as it is stored and sent. `on` is a day; `total` is an amount in EUR.

    `values` are the values that it rests on and that are not official; absent if there are none.
    """

    id: str
    scheme: str
    case_id: str
    on: str
    outcome: Outcome
    amounts: list[AmountJson]
    periods: list[PeriodJson]
    total: str | None
    missing: list[MissingJson]
    explanation: list[FindingJson]
    parameters: UsedParametersJson
    values: NotRequired[list[ParameterJson]]
    engine: EngineJson
    input_sha256: str


def canonical(value: Any) -> bytes:
    """The canonical JSON (RFC 8785) of `value`.

    `value` may contain text, whole numbers below 2**53, flags, None, lists, and dicts with ASCII
    keys. Within these limits, sorted keys and no spaces are all that the RFC requires; a test
    compares the result with a full implementation.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def input_digest(case: Any, secret: bytes) -> str:
    """The HMAC-SHA256 of the canonical case, in hexadecimal.

    It is keyed, because a plain hash would not hide the identity numbers that a case may hold.
    """
    return hmac.digest(secret, canonical(case), "sha256").hex()


def decision_id(
    scheme: str, partner: str, case_id: str, on: date, input_sha256: str, parameters_sha256: str, engine: str
) -> str:
    """The id of a decision.

    The same case has the same id, whether it is sent alone, in bulk or twice.
    """
    parts = f"{scheme}\n{partner}\n{case_id}\n{on.isoformat()}\n{input_sha256}\n{parameters_sha256}\n{engine}"
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def compose(
    ruling: Ruling,
    *,
    decision: str,
    scheme: str,
    case_id: str,
    on: date,
    parameters: ParameterSet,
    engine: str,
    input_sha256: str,
) -> DecisionJson:
    """The decision whose canonical JSON is stored and sent.

    `parameters` is the set that the rules were given. A field that the scheme does not use is
    empty, not absent.
    """
    composed: DecisionJson = {
        "id": decision,
        "scheme": scheme,
        "case_id": case_id,
        "on": iso(on),
        "outcome": ruling.outcome,
        "amounts": [
            {
                "kind": a.kind,
                "amount": euro(a.amount),
                "currency": "EUR",
                "from": iso(a.first) if a.first else None,
                "until": iso(a.last) if a.last else None,
                "unit": a.unit,
            }
            for a in ruling.amounts
        ],
        "periods": [
            {"kind": s.kind, "from": iso(s.first), "until": iso(s.last), "days": s.days} for s in ruling.periods
        ],
        "total": None if ruling.total is None else euro(ruling.total),
        "missing": [_missing(m) for m in ruling.missing],
        "explanation": [
            {"rule": f.rule, "outcome": f.outcome, "facts": f.facts, "source": f.source.written}
            for f in ruling.findings
        ],
        "parameters": {"version": parameters.version, "sha256": parameters.sha256},
        "engine": {"version": engine},
        "input_sha256": input_sha256,
    }
    if noted := parameters.noted:
        composed["values"] = [parameter.as_dict() for parameter in noted]
    return composed


def _missing(missing: Missing) -> MissingJson:
    needed, seen = missing.needed, missing.seen
    field = f"/{missing.field.removeprefix('/')}"
    if isinstance(needed, str) or isinstance(seen, str):
        if not (isinstance(needed, str) and isinstance(seen, str)):
            raise TypeError(f"{missing.rule}: needed and seen are both phrases or both text")
        return {"rule": missing.rule, "field": field, "needed": needed, "seen": seen}
    facts: MissingFactsJson = {"needed": dict(needed.facts), "seen": dict(seen.facts)}
    return {"rule": missing.rule, "field": field, "needed": needed.id, "seen": seen.id, "facts": facts}


def fact_of(decision: DecisionJson, rule: str, name: str) -> FactValue:
    """The fact `name` of the first finding of `rule` that has it, or None."""
    return next((f["facts"][name] for f in decision["explanation"] if f["rule"] == rule and name in f["facts"]), None)
