"""One reader of JSON for the API and for files of cases: the same
text is refused with the same code at the same place.
"""

import csv
import json
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tegemoet.application.decisions.bulk import former_code
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain import strict_json
from tegemoet.domain.problems import MalformedError, ProblemError
from tegemoet.domain.strict_json import MAX_LEVELS, Inexact, read, read_line, rewrite
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.registry import SCHEMES
from tests.support.api_world import PARTNER, World
from tests.support.dropping import Cloud

EXAMPLE = orjson.dumps(SCHEME.example).decode()
Faults = set[tuple[str, str]]


def with_year(year: str) -> str:
    """The example with another text in the place of its year."""
    assert EXAMPLE.count('"year":2023') == 1
    return EXAMPLE.replace('"year":2023', f'"year":{year}')


def nested(levels: int) -> str:
    """Objects in one another, as many as `levels`."""
    return '{"x":' * (levels - 1) + "{}" + "}" * (levels - 1)


BAD = {
    "not JSON": ("{", "json-invalid", None),
    "single quotes": ("{'case':1}", "json-invalid", None),
    "a comma too many": (EXAMPLE[:-1] + ",}", "json-invalid", None),
    "more after the end": (EXAMPLE + "x", "json-invalid", None),
    "a control character": ('{"case":"\t"}', "json-invalid", None),
    "a name twice": (EXAMPLE[:-1] + ',"on":"2024-06-15"}', "json-duplicate-name", None),
    "a name twice within": (with_year('2023,"year":2023'), "json-duplicate-name", None),
    "a name twice, once escaped": (with_year('2023,"\\u0079ear":2023'), "json-duplicate-name", None),
    "a name twice behind a number that grows": ('{"a":1,"a":1,"b":1e6}', "json-duplicate-name", None),
    "a name twice in spaced text": ('{"a": 1, "a": 1}', "json-duplicate-name", None),
    "NaN": (with_year("NaN"), "json-not-a-number", None),
    "NaN alone": ("NaN", "json-not-a-number", None),
    "Infinity": (with_year("Infinity"), "json-not-a-number", None),
    "minus Infinity": (with_year("-Infinity"), "json-not-a-number", None),
    "half a character in a name": ('{"\\ud800":1}', "json-invalid", None),
    "half a character": (with_year('"\\ud800"'), "invalid", {("/case/year", "int-type")}),
    "half a character in the id": (
        json.dumps(SCHEME.example | {"case_id": "\ud800"}),
        "invalid",
        {("/case_id", "case-id-invalid")},
    ),
    "half a character alone": ('"\\ud800"', "invalid", {("", "dict-type")}),
    "a fraction": (with_year("2023.5"), "invalid", {("/case/year", "int-type")}),
    "a fraction of nothing": (with_year("2023.0"), "invalid", {("/case/year", "int-type")}),
    "an exponent": (with_year("2.024e3"), "invalid", {("/case/year", "int-type")}),
    "a number without end": (with_year("1e400"), "invalid", {("/case/year", "int-type")}),
    "54 bits": (with_year(str(2**53)), "invalid", {("/case/year", "int-type")}),
    "54 bits below zero": (with_year(str(-(2**53))), "invalid", {("/case/year", "int-type")}),
    "5,000 digits": (with_year("9" * 5000), "invalid", {("/case/year", "int-type")}),
    "a fraction alone": ("1.5", "invalid", {("", "dict-type")}),
    "a list": ("[]", "invalid", {("", "dict-type")}),
    "a text": ('"text"', "invalid", {("", "dict-type")}),
    "null": ("null", "invalid", {("", "dict-type")}),
    "17 levels": (nested(17), "json-too-deep", None),
    "17 levels in the case": (with_year("[" * 15 + "]" * 15), "json-too-deep", None),
    "17 levels and brackets in a text": ('{"a":"]",' + nested(17)[1:], "json-too-deep", None),
    "32 levels": (nested(32), "json-too-deep", None),
    "33 levels": (nested(33), "json-too-deep", None),
    "1,000 levels": (nested(1000), "json-too-deep", None),
    "100,000 levels": ("[" * 100_000, "json-too-deep", None),
}
"""What may be wrong with a text: the text, the
code, and the fields at fault where there are any.
"""


def of_api(text: str) -> tuple[str, Faults]:
    answer = World().send(
        "POST", "/v1/schemes/convention-premium/decisions", PARTNER, body=text, headers={"Idempotency-Key": "k"}
    )
    assert answer.status == (400 if answer.code.startswith("json-") else 422)
    return answer.code, answer.faults


def of_line(text: str) -> tuple[str, Faults]:
    with pytest.raises(ProblemError) as error:
        decide_line(text.encode(), SCHEME, "partner", b"key")
    return error.value.code, {(fault.path, fault.code) for fault in error.value.faults}


def rejected(*texts: str) -> Iterator[dict[str, str]]:
    """The lines of `rejected.csv` for a file of these cases."""
    cloud = Cloud()
    batch = cloud.drop("in/riziv/convention-premium/cases/a.jsonl", "\n".join(texts))
    output = cloud.output.get(f"out/riziv/convention-premium/{batch.id}/rejected.csv").decode()
    return csv.DictReader(output.splitlines(), delimiter=";")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_text_has_the_same_code_and_faults_in_the_api_and_in_a_file(name: str) -> None:
    text, code, faults = BAD[name]
    expected = code, faults or set()
    assert of_api(text) == expected
    assert of_line(text) == expected


def test_every_bad_line_of_a_file_is_rejected_with_the_code_of_the_api() -> None:
    short = {name: bad for name, bad in BAD.items() if len(bad[0]) <= 8_000}
    assert len(BAD) - len(short) == 1
    rows = list(rejected(*(text for text, _, _ in short.values())))
    first = [min(faults) if faults else ("", code) for _, code, faults in short.values()]
    assert [(int(row["line"]), row["column"], row["code"]) for row in rows] == [
        (number, *fault) for number, fault in enumerate(first, 1)
    ]


def test_two_lines_that_nobody_can_keep_exactly_are_not_taken_for_one() -> None:
    texts = with_year("1e400"), with_year("9" * 400), with_year("1e400")
    assert [(row["line"], row["code"]) for row in rejected(*texts)] == [(str(n), "int-type") for n in (1, 2, 3)]


def test_sixteen_levels_are_read_in_the_api_and_in_a_file() -> None:
    text = nested(MAX_LEVELS)
    assert of_api(text) == of_line(text)
    assert of_line(text)[0] == "invalid"
    assert [row["code"] for row in rejected(text)] == ["required"]
    assert read(text) == read_line(text.encode()).value


FORMER = {
    "a name twice": "json-duplicate-key",
    "a name twice behind a number that grows": "json-duplicate-key",
    "NaN": "json-invalid",
    "minus Infinity": "json-invalid",
    "half a character": "json-invalid",
    "a number without end": "json-invalid",
    "5,000 digits": "json-invalid",
    "not JSON": None,
    "half a character in a name": None,
    "a fraction": None,
    "54 bits": None,
    "17 levels": None,
    "33 levels": None,
    "a list": None,
}
"""The codes of version 1.0 where they were others."""


@pytest.mark.parametrize("name", FORMER)
def test_the_reason_names_the_code_that_a_file_had_before(name: str) -> None:
    text, former = BAD[name][0], FORMER[name]
    [row] = rejected(text)
    assert row["reason"].endswith(f" (formerly {former}).") == (former is not None)
    assert ("formerly" in row["reason"]) == (former is not None)
    assert former_code(text.encode(), row["code"]) == former


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab[{e1", max_size=3), inner, max_size=3),
    max_leaves=40,
)


@settings(deadline=None)
@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_a_line_is_read_as_a_body_is(value: Any, indent: Any, ascii_only: bool) -> None:
    """By the fast reader as by the exact one, for any JSON."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    exact = outcome(lambda: read(text.decode()))
    if exact != "json-too-deep" and (isinstance(exact, str) or not _has_inexact(exact[0])):
        assert outcome(lambda: read_line(text).value) == exact
        assert outcome(lambda: orjson.loads(rewrite(text))) == exact


def outcome(call: Callable[[], Any]) -> tuple[Any] | str:
    """The value, or the code with which it is refused."""
    try:
        return (call(),)
    except MalformedError as error:
        return error.code


def _has_inexact(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, Inexact) or any(map(_has_inexact, inner))


@pytest.mark.parametrize("levels", [*range(1, 40), 254, 255, 1024, 1025])
def test_levels_are_counted_alike_however_they_are_made(levels: int) -> None:
    brackets = '{"a":"}]","b":"[{"}'
    for text in (nested(levels), nested(levels).replace(":", " : "), nested(levels).replace("{}", brackets)):
        code, _ = of_line(text)
        assert code == of_api(text)[0]
        assert (code == "json-too-deep") == (levels > MAX_LEVELS)


@pytest.mark.parametrize("slug", [slug for slug, scheme in SCHEMES.items() if scheme.kind == "single-case"])
def test_no_field_of_a_case_accepts_a_number_that_is_not_exact(slug: str) -> None:
    """What lets the fast reader leave such a number to the check of the fields."""
    found = list(_numbers(SCHEMES[slug].line.json_schema()))
    assert all(each["type"] == "integer" and abs(each["minimum"]) < 2**53 and each["maximum"] < 2**53 for each in found)


@pytest.mark.parametrize("slug", [slug for slug, scheme in SCHEMES.items() if scheme.kind == "single-case"])
def test_no_schema_of_a_case_accepts_half_of_the_levels(slug: str) -> None:
    """What lets the fast reader leave deep nesting to the check of the fields.

    A schema that contains itself has no end.
    """
    schema = SCHEMES[slug].line.json_schema()
    assert 2 <= _levels(schema, schema["$defs"], ()) <= MAX_LEVELS / 2


def _levels(schema: Any, definitions: dict[str, Any], within: tuple[str, ...]) -> int:
    """Levels of objects and lists in what a schema accepts."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        assert name not in within, "a schema that contains itself"
        return _levels(definitions[name], definitions, (*within, name))
    choices = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    members = [*schema.get("properties", {}).values(), *schema.get("prefixItems", ())]
    members += [schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), dict)]
    own = 1 if schema.get("type") in ("object", "array") else 0
    assert own or schema.get("type") in (None, "string", "integer", "boolean", "null")
    return max(
        [own, *(_levels(each, definitions, within) for each in choices)]
        + [1 + _levels(each, definitions, within) for each in members]
    )


def _numbers(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") in ("integer", "number"):
            yield schema
        for inner in schema.values():
            yield from _numbers(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _numbers(inner)


def test_the_levels_are_those_of_the_documentation() -> None:
    assert strict_json.MAX_LEVELS == 16
