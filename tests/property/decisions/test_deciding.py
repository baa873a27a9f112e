"""The bytes of decisions and the reading of JSON, for any JSON."""

import json
import string
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tegemoet.application.decisions.deciding import decide_line, replay
from tegemoet.domain.decision import canonical, input_digest
from tegemoet.domain.problems import ProblemError
from tegemoet.domain.strict_json import read_line
from tegemoet.schemes.convention_premium import SCHEME
from tests.schemes.convention_premium.test_properties import FAST, persons

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(string.ascii_letters + string.digits + string.punctuation + " ", max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
QUICK = settings(deadline=None)


@QUICK
@given(VALUES)
def test_canonical_json_is_that_of_a_full_implementation(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@QUICK
@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_without_repeated_keys_is_read_however_it_is_laid_out(value: Any, indent: Any, ascii_only: bool) -> None:
    assert read_line(json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()).value == value


@QUICK
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), VALUES, st.data())
def test_a_repeated_key_is_refused_wherever_it_stands(value: dict[str, Any], other: Any, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    again = f"{json.dumps(key)}:{json.dumps(other, ensure_ascii=False)}"
    text = json.dumps(value, ensure_ascii=False)
    for twice in (f"{text[:-1]},{again}}}", f"{{{again},{text[1:]}", f'[[],{{"x":{text[:-1]},{again}}}}}]'):
        with pytest.raises(ProblemError) as error:
            read_line(twice.encode())
        assert error.value.code == "json-duplicate-name"


@QUICK
@given(st.binary(max_size=60) | TEXT.map(str.encode) | VALUES.map(orjson.dumps))
def test_any_bytes_are_decided_or_refused_with_a_code_and_nothing_else_happens(text: bytes) -> None:
    with pytest.raises(ProblemError) as error:
        decide_line(text, SCHEME, "partner", b"key")
    assert error.value.code


@QUICK
@given(VALUES, VALUES)
def test_inputs_that_differ_have_digests_that_differ(one: Any, other: Any) -> None:
    assert (input_digest(one, b"key") == input_digest(other, b"key")) == (rfc8785.dumps(one) == rfc8785.dumps(other))


@FAST
@given(persons(most=3), st.sampled_from(["2023-12-05", "2024-05-31", "2024-06-15"]))
def test_every_decision_is_canonical_and_replays_to_the_byte(case: dict[str, Any], on: str) -> None:
    decided = decide_line(orjson.dumps({"case_id": "c", "on": on, "case": case}), SCHEME, "partner", b"key")
    assert decided.decision == rfc8785.dumps(orjson.loads(decided.decision))
    assert decided.case == rfc8785.dumps(orjson.loads(decided.case))
    assert replay(decided.decision, decided.case, SCHEME, b"key").same
