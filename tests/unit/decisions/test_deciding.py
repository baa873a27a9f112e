"""One case, decided the same way for the API, a bulk file and a run: same
case, same bytes; and every way to refuse a text.
"""

import traceback
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import (
    Decided,
    check_superseded,
    decide_frozen,
    decide_line,
    render,
    replay,
)
from tegemoet.application.records import KeptDecision
from tegemoet.domain.parameters import read_parameters
from tegemoet.domain.problems import ConflictError, InvalidError, NotFoundError, ProblemError
from tegemoet.domain.strict_json import MAX_LEVELS, read_line
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.scheme import Scheme

KEY = b"digest key"
NEWER = replace(SCHEME, engine="99.0.0")
EXAMPLE = orjson.dumps(SCHEME.example)


def with_sets(*sets: tuple[str, str]) -> Scheme:
    """The scheme as if it shipped these parameter sets (name, text)."""
    return SCHEME.with_parameters({name: read_parameters(name, text) for name, text in sets})


def changed(**line: Any) -> bytes:
    return orjson.dumps(SCHEME.example | line)


# --- the same case --------------------------------------------------------------------------------


def test_the_same_case_gives_the_same_id_and_the_same_bytes() -> None:
    assert decide_line(EXAMPLE, SCHEME, "partner", KEY) == decide_line(EXAMPLE, SCHEME, "partner", KEY)


def test_spaces_and_the_order_of_keys_make_no_other_case() -> None:
    first = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    body = SCHEME.example
    turned = {key: body[key] for key in reversed(body)} | {"case": dict(reversed(body["case"].items()))}
    for text in (orjson.dumps(turned), orjson.dumps(body, option=orjson.OPT_INDENT_2), EXAMPLE + b"\n", b" " + EXAMPLE):
        assert decide_line(text, SCHEME, "partner", KEY) == first


def test_another_partner_case_or_day_makes_another_id() -> None:
    case = SCHEME.example["case"]
    ids = {
        decide_line(EXAMPLE, SCHEME, "partner", KEY).id,
        decide_line(EXAMPLE, SCHEME, "other", KEY).id,
        decide_line(changed(case_id="other"), SCHEME, "partner", KEY).id,
        decide_line(changed(on="2024-06-16"), SCHEME, "partner", KEY).id,
        decide_line(changed(case=case | {"phase": 1}), SCHEME, "partner", KEY).id,
        decide_line(EXAMPLE, replace(SCHEME, slug="other"), "partner", KEY).id,
        decide_line(EXAMPLE, SCHEME, "partner", b"other key").id,
    }
    assert len(ids) == 7


def test_other_parameters_or_another_engine_make_another_id() -> None:
    first = decide_line(EXAMPLE, SCHEME, "partner", KEY).id
    text = SCHEME.parameter_sets["2023"].text
    assert decide_line(EXAMPLE, with_sets(("2023", text)), "partner", KEY).id == first
    assert decide_line(EXAMPLE, with_sets(("2023", text + "\n")), "partner", KEY).id != first
    assert decide_line(EXAMPLE, replace(SCHEME, engine="other"), "partner", KEY).id != first


def test_a_decision_says_what_it_was_made_of() -> None:
    decided = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    decision = orjson.loads(decided.decision)
    assert decision["id"] == decided.id
    assert (decision["scheme"], decision["case_id"], decision["on"]) == (
        "convention-premium",
        "nurse-and-midwife",
        "2024-06-15",
    )
    assert decision["engine"] == {"version": SCHEME.engine}
    assert decision["parameters"] == {"version": "2023.1", "sha256": SCHEME.parameter_sets["2023"].sha256}
    assert orjson.loads(decided.case) == SCHEME.example
    assert orjson.dumps(decision, option=orjson.OPT_SORT_KEYS) == decided.decision
    assert b"BE68539007547034" not in decided.decision


def test_a_frozen_case_is_decided_as_a_line_is() -> None:
    line = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    frozen = decide_frozen(SCHEME.example["case"], date(2024, 6, 15), SCHEME, line.id, SCHEME.example["case_id"], KEY)
    assert frozen == line.decision


# --- replay ---------------------------------------------------------------------------------------


def test_a_replay_gives_the_same_bytes() -> None:
    decided = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    again = replay(decided.decision, decided.case, SCHEME, KEY)
    assert (again.same, again.differs) == (True, {})


def test_a_replay_of_other_bytes_is_not_the_same() -> None:
    decided = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    forged = decided.decision.replace(b'"29.54"', b'"29.55"')
    assert forged != decided.decision
    again = replay(forged, decided.case, SCHEME, KEY)
    assert (again.same, list(again.differs)) == (False, ["bytes"])
    other_key = replay(decided.decision, decided.case, SCHEME, b"other key")
    assert (other_key.same, list(other_key.differs)) == (False, ["bytes"])


def test_a_replay_names_both_engines_where_the_engine_changed() -> None:
    decided = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    again = replay(decided.decision, decided.case, NEWER, KEY)
    assert (again.same, again.differs) == (False, {"engine": {"stored": SCHEME.engine, "present": "99.0.0"}})


def test_a_step_of_earlier_rules_that_no_sentence_fits_says_so() -> None:
    decided = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    other = decided.decision.replace(b'"rule":"account"', b'"rule":"no-longer-there"')
    assert other != decided.decision
    texts = [step["text"] for step in render(other, NEWER, "en")["explanation"]]
    assert any(text.startswith("This step was decided with an earlier version") for text in texts)
    with pytest.raises(KeyError):
        render(other, SCHEME, "en")


def test_a_replay_of_a_case_that_a_later_engine_would_refuse_names_both_engines() -> None:
    decided = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    stored = decided.case.replace(b'"phase":2', b'"phase":3')
    with pytest.raises(InvalidError):
        replay(decided.decision, stored, SCHEME, KEY)
    again = replay(decided.decision, stored, NEWER, KEY)
    assert (again.same, again.differs) == (False, {"engine": {"stored": SCHEME.engine, "present": "99.0.0"}})


def test_a_replay_uses_the_kept_parameters_and_says_so_where_they_are_lost() -> None:
    text = SCHEME.parameter_sets["2023"].text
    decided = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    corrected = with_sets(
        ("2023", text.replace('version = "2023.1"', 'version = "2023.2"').replace("945.95", "946.95"))
    )
    lost = replay(decided.decision, decided.case, corrected, KEY)
    assert not lost.same
    assert lost.differs == {
        "parameters": {
            "stored": SCHEME.parameter_sets["2023"].sha256,
            "present": [corrected.parameter_sets["2023"].sha256],
        }
    }
    assert replay(decided.decision, decided.case, corrected, KEY, text).same
    # a kept set that is not the one of the decision cannot pass for it
    assert not replay(decided.decision, decided.case, corrected, KEY, text + "\n").same


# --- rendering and superseding --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Van 975,49 EUR is 945,95 EUR al betaald; het verschil van 29,54 EUR wordt betaald."),
        ("fr", "Sur 975,49 EUR, 945,95 EUR ont déjà été payés ; la différence de 29,54 EUR est payée."),
        ("en", "Of 975.49 EUR, 945.95 EUR was paid before; the difference of 29.54 EUR is paid."),
    ],
)
def test_an_explanation_is_rendered_on_reading_and_the_bytes_hold_no_text(language: str, words: str) -> None:
    decided = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    readable = render(decided.decision, SCHEME, language)
    assert words in [step["text"] for step in readable["explanation"]]
    assert all("text" not in step for step in orjson.loads(decided.decision)["explanation"])
    for step in readable["explanation"]:
        del step["text"]
    assert readable == orjson.loads(decided.decision)


def test_a_language_without_texts_is_not_there() -> None:
    with pytest.raises(NotFoundError) as error:
        render(decide_line(EXAMPLE, SCHEME, "partner", KEY).decision, SCHEME, "zz")
    assert error.value.code == "language-unknown"


LATER = Decided("1" * 32, b"", b"", "0" * 32)


def test_one_supersedes_only_ones_own_decision() -> None:
    for owner in ("partner", "taken-over"):
        check_superseded(LATER, ["partner", "taken-over"], KeptDecision(owner, b"", b""), None)
    for found in (None, KeptDecision("other", b"", b"")):
        with pytest.raises(ConflictError) as error:
            check_superseded(LATER, ["partner", "taken-over"], found, None)
        assert error.value.code == "superseded-unknown"


def test_a_decision_is_superseded_by_one_other_only() -> None:
    own = KeptDecision("partner", b"", b"")
    check_superseded(LATER, ["partner", "taken-over"], own, LATER.id)
    with pytest.raises(ConflictError) as error:
        check_superseded(LATER, ["partner", "taken-over"], own, "another")
    assert error.value.code == "superseded-already"


def test_what_a_decision_supersedes_is_kept_with_its_case_and_changes_no_decision() -> None:
    plain = decide_line(EXAMPLE, SCHEME, "partner", KEY)
    superseding = decide_line(changed(supersedes="0" * 32), SCHEME, "partner", KEY)
    assert orjson.loads(superseding.case)["supersedes"] == "0" * 32
    assert (superseding.id, superseding.decision) == (plain.id, plain.decision)
    assert replay(superseding.decision, superseding.case, SCHEME, KEY).same


# --- texts that are no case -----------------------------------------------------------------------


def code_of(text: bytes) -> str:
    with pytest.raises(ProblemError) as error:
        decide_line(text, SCHEME, "partner", KEY)
    return error.value.code


@pytest.mark.parametrize(
    "text",
    [b"", b" ", b"{", b"{}x", b"[1,]", b"{'a':1}", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b'{"a":"\xed\xa0\x80"}',
     b'{"a":01}', b'{"a":+1}', b'{"a":1_0}',
     b'{"a":"\x00"}', b'{"a":"\n"}', b"// c\n{}"],
)  # fmt: skip
def test_what_is_no_json_is_refused(text: bytes) -> None:
    assert code_of(text) == "json-invalid"


@pytest.mark.parametrize("text", [b"NaN", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}'])
def test_what_is_no_number_is_refused(text: bytes) -> None:
    assert code_of(text) == "json-not-a-number"


@pytest.mark.parametrize("text", [b'"\\ud800"', b'{"a":' + b"9" * 5000 + b"}"])
def test_what_nobody_can_keep_exactly_is_refused(text: bytes) -> None:
    assert code_of(text) == "invalid"


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":1, "b":2, "a":3}',
        b'{"x":[{"y":{"a":null,"a":null}}]}',
        b'{"a":1,"\\u0061":1}',
        EXAMPLE.replace(b'"phase":2', b'"phase":1,"phase":2', 1),
        EXAMPLE[:-1] + b',"on":"2024-06-15"}',
    ],
)
def test_a_key_that_is_given_twice_is_refused(text: bytes) -> None:
    assert code_of(text) == "json-duplicate-name"


def test_a_key_given_twice_does_not_pass_behind_a_number_that_grows_when_written() -> None:
    # 1e6 is written 1000000.0: just as much longer as the text is shorter without its second key
    assert code_of(b'{"a":1,"a":1,"b":1e6}') == "json-duplicate-name"
    assert read_line(b'{"a":1,"b":1e6}').value == {"a": 1, "b": 1e6}


def test_nesting_is_bounded() -> None:
    deep = b"[" * MAX_LEVELS + b"]" * MAX_LEVELS
    assert read_line(deep)
    assert code_of(b"[" + deep + b"]") == "json-too-deep"
    assert code_of(b'{"a":' * 20_000 + b"1" + b"}" * 20_000) == "json-too-deep"
    assert code_of(b"[" * 20_000) == "json-too-deep"
    # brackets within a text and many shallow ones are not deep
    assert read_line(b'["' + b"[" * 100 + b'\\"' + b"{" * 100 + b'"]')
    assert read_line(b"[" + b"[]," * 100 + b"[]]")


@pytest.mark.parametrize("text", [b"[]", b"1", b"null", b'"text"', b"true"])
def test_a_body_that_is_no_object_is_refused(text: bytes) -> None:
    assert code_of(text) == "invalid"


@pytest.mark.parametrize("number", ["2023.0", "2.023e3", "1e400", "2023.5"])
def test_no_field_takes_a_number_with_a_point_or_an_exponent(number: str) -> None:
    assert code_of(EXAMPLE.replace(b'"year":2023', b'"year":' + number.encode(), 1)) == "invalid"


SECRET = "85073003328"
"""Stands for whatever must not come back in an error: an identity number in the wrong field."""


@pytest.mark.parametrize(
    "body",
    [
        SCHEME.example | {"on": SECRET},
        SCHEME.example | {"case_id": f"x-{SECRET}"},
        SCHEME.example | {"case": SECRET},
        SCHEME.example | {"supersedes": SECRET},
        SCHEME.example | {"case": SCHEME.example["case"] | {"year": SECRET}},
        SCHEME.example | {"case": SCHEME.example["case"] | {"practices": [SECRET]}},
        SCHEME.example | {"case": SCHEME.example["case"] | {"accounts": [{"registered_on": SECRET, "iban": SECRET}]}},
        SCHEME.example
        | {
            "case": SCHEME.example["case"]
            | {"practices": [{"riziv_number": SECRET, "profession": SECRET, "training": SECRET}]}
        },
    ],
)
def test_no_error_holds_a_value_of_the_input(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body), SCHEME, "partner", KEY)
    assert error.value.faults
    assert SECRET not in repr(error.value.faults) + error.value.detail + error.value.code
    assert SECRET not in "".join(traceback.format_exception(error.value))


def test_an_unknown_field_is_not_named() -> None:
    """Its name is input: it may be an identity number as well."""
    body = SCHEME.example | {"case": SCHEME.example["case"] | {"85073003328": 1}}
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body), SCHEME, "partner", KEY)
    assert [(f.path, f.code) for f in error.value.faults] == [("/case", "unknown-field")]
