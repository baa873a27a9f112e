"""Random cases of any scheme, made by changing cases that it decides.

What changes: a field is left out, a flag is turned, a day moves, a number grows or shrinks, and a
coded value becomes another one of its schema.
"""

import copy
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.problems import ProblemError
from tegemoet.schemes.scheme import Scheme

_DAYS = (-366, -31, -1, 1, 7, 30, 365)
_FACTORS = ("0", "0.5", "0.9999", "1.01", "2", "10")


def variants(scheme: Scheme, bodies: list[dict[str, Any]], count: int, seed: int) -> Iterator[bytes]:
    """The decisions on `count` random bodies that the scheme decides."""
    chance, found, codes = random.Random(f"{scheme.slug} {seed}"), 0, _codes(scheme.case.json_schema())
    while found < count:
        body = copy.deepcopy(chance.choice(bodies))
        for _ in range(chance.randint(1, 3)):
            _change(body, chance, codes)
        try:
            decision = decide_line(orjson.dumps(body), scheme, "mutuality", b"secret").decision
        except ProblemError:
            continue
        found += 1
        yield decision


def _codes(schema: Any) -> dict[str, list[str]]:
    """The coded values of each field, by its name."""
    found: dict[str, list[str]] = {}
    kinds = schema.get("$defs", {})

    def values(field: Any) -> list[str]:
        if "$ref" in field:
            return values(kinds[field["$ref"].rpartition("/")[2]])
        inner = [*field.get("anyOf", ()), *([field["items"]] if "items" in field else ())]
        own = [value for value in field.get("enum", ()) if isinstance(value, str)]
        return [*own, *(value for each in inner for value in values(each))]

    for kind in (schema, *kinds.values()):
        for name, field in kind.get("properties", {}).items():
            found.setdefault(name, []).extend(values(field))
    return found


def _change(body: dict[str, Any], chance: random.Random, codes: dict[str, list[str]]) -> None:
    places = [("on", body, "on"), *_places(body["case"], "")]
    name, holder, key = chance.choice(places)
    value = holder[key]
    if isinstance(holder, dict) and key != "on" and chance.random() < 0.25:
        del holder[key]
    elif isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int):
        holder[key] = max(0, chance.choice((0, 1, 2, value - 1, value + 1)))
    elif isinstance(value, str):
        holder[key] = _changed(value, chance, codes.get(name, []))


def _changed(value: str, chance: random.Random, codes: list[str]) -> str:
    if value in codes:
        return chance.choice(codes)
    try:
        return (date.fromisoformat(value) + timedelta(chance.choice(_DAYS))).isoformat()
    except ValueError:
        pass
    whole, point, decimals = value.partition(".")
    if whole.isdecimal() and len(whole) < 8 and (decimals.isdecimal() or not point):
        step = Decimal(1).scaleb(-len(decimals))
        return str((Decimal(value) * Decimal(chance.choice(_FACTORS))).quantize(step))
    return value


def _places(value: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
    """Every field of a case: its name, and what holds it under which key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, value, key
            yield from _places(inner, key)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield name, value, place
            yield from _places(inner, name)
