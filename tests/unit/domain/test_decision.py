"""What a decision holds, and what its id and digest depend on."""

import hashlib
import hmac
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tegemoet.domain.decision import (
    Amount,
    DecidedPeriod,
    DecisionJson,
    Finding,
    Missing,
    Phrase,
    Ruling,
    canonical,
    compose,
    decision_id,
    input_digest,
)
from tegemoet.domain.parameters import Parameter, ParameterSet, Source

SOURCE = Source("An act", "article 1", "https://example.org")
SET = ParameterSet("2023", "7", "ab" * 32, "", {}, (), {})
DAY = date(2024, 6, 15)


def composed(ruling: Ruling, parameters: ParameterSet = SET) -> DecisionJson:
    return compose(
        ruling,
        decision="id-1",
        scheme="scheme",
        case_id="case-1",
        on=DAY,
        parameters=parameters,
        engine="1.2.3",
        input_sha256="cd" * 32,
    )


def test_a_decision_with_everything_is_written_field_by_field() -> None:
    ruling = Ruling(
        "granted",
        [Finding("rule", "met", {"seen": "1.00"}, SOURCE)],
        [Amount("daily", Decimal("55.2924"), "day", date(2020, 7, 1), date(2020, 7, 2)), Amount("once", Decimal(7))],
        [DecidedPeriod("rest", date(2020, 7, 1), date(2020, 7, 2), 2)],
        [Missing("rule", "/field", "2.00 EUR", "1.00 EUR")],
        Decimal("7.5"),
    )
    assert composed(ruling) == {
        "id": "id-1",
        "scheme": "scheme",
        "case_id": "case-1",
        "on": "2024-06-15",
        "outcome": "granted",
        "amounts": [
            {
                "kind": "daily",
                "amount": "55.29",
                "currency": "EUR",
                "from": "2020-07-01",
                "until": "2020-07-02",
                "unit": "day",
            },
            {"kind": "once", "amount": "7.00", "currency": "EUR", "from": None, "until": None, "unit": "once"},
        ],
        "periods": [{"kind": "rest", "from": "2020-07-01", "until": "2020-07-02", "days": 2}],
        "total": "7.50",
        "missing": [{"rule": "rule", "field": "/field", "needed": "2.00 EUR", "seen": "1.00 EUR"}],
        "explanation": [
            {
                "rule": "rule",
                "outcome": "met",
                "facts": {"seen": "1.00"},
                "source": {"act": "An act", "article": "article 1", "url": "https://example.org"},
            }
        ],
        "parameters": {"version": "7", "sha256": "ab" * 32},
        "engine": {"version": "1.2.3"},
        "input_sha256": "cd" * 32,
    }


def test_fields_that_a_scheme_has_no_use_for_are_empty_and_not_absent() -> None:
    written = composed(Ruling("refused", []))
    assert [written[name] for name in ("amounts", "periods", "missing", "explanation")] == [[], [], [], []]
    assert written["total"] is None


def test_what_is_missing_is_written_as_phrases_with_their_facts() -> None:
    lacking = Missing("rule", "field", Phrase("more-days", {"days": 7}), Phrase("days", {"days": 3}))
    assert composed(Ruling("pending", [], missing=[lacking]))["missing"] == [
        {
            "rule": "rule",
            "field": "/field",
            "needed": "more-days",
            "seen": "days",
            "facts": {"needed": {"days": 7}, "seen": {"days": 3}},
        }
    ]


@pytest.mark.parametrize(("needed", "seen"), [("text", Phrase("days")), (Phrase("days"), "text")])
def test_a_phrase_and_a_text_do_not_go_together(needed: Phrase | str, seen: Phrase | str) -> None:
    with pytest.raises(TypeError, match="rule: needed and seen are both phrases or both text"):
        composed(Ruling("pending", [], missing=[Missing("rule", "field", needed, seen)]))


def test_a_decision_lists_the_values_that_are_not_official() -> None:
    value = Parameter("rate", (), Decimal("2.00"), "", DAY, DAY, SOURCE, "secondary")
    held = SET.noting((value,))
    assert "values" not in composed(Ruling("granted", []), held)
    held.find("rate", DAY)
    assert composed(Ruling("granted", []), held)["values"] == [value.as_dict()]


def test_canonical_json_has_sorted_keys_no_spaces_and_bare_unicode() -> None:
    assert canonical({"b": [1, True, None, "é€"], "a": {"d": "x", "c": ""}}) == (
        '{"a":{"c":"","d":"x"},"b":[1,true,null,"é€"]}'.encode()
    )


def test_the_digest_of_an_input_is_keyed_and_blind_to_the_order_of_keys() -> None:
    case = {"b": 1, "a": "x"}
    assert input_digest(case, b"key") == hmac.new(b"key", b'{"a":"x","b":1}', hashlib.sha256).hexdigest()
    assert input_digest({"a": "x", "b": 1}, b"key") == input_digest(case, b"key")
    assert len({input_digest(c, k) for c in (case, {"a": "x", "b": 2}) for k in (b"key", b"other")}) == 4


PARTS: dict[str, Any] = {
    "scheme": "s",
    "partner": "p",
    "case_id": "c",
    "on": DAY,
    "input_sha256": "i",
    "parameters_sha256": "x",
    "engine": "e",
}


@pytest.mark.parametrize("part", PARTS)
def test_an_id_depends_on_each_of_its_parts(part: str) -> None:
    other = date(2024, 6, 16) if part == "on" else "other"
    assert decision_id(**PARTS) == decision_id(**PARTS)
    assert decision_id(**PARTS | {part: other}) != decision_id(**PARTS)


def test_an_id_is_32_hex_digits_and_never_changes_between_releases() -> None:
    assert decision_id(**PARTS) == hashlib.sha256(b"s\np\nc\n2024-06-15\ni\nx\ne").hexdigest()[:32]


def test_parts_that_only_meet_elsewhere_give_another_id() -> None:
    assert decision_id(**PARTS | {"partner": "pc", "case_id": ""}) != decision_id(**PARTS)


def test_a_decision_survives_the_way_through_its_bytes() -> None:
    written = composed(Ruling("pending", [Finding("rule", "unknown", {"list": ["a", 1, None]}, SOURCE)]))
    assert orjson.loads(canonical(written)) == written
