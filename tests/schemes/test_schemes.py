"""What every registered scheme owes: an example that works, texts for all
that it finds, and an error for every broken field.
"""

import copy
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module, resources
from string import Formatter
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, render, replay
from tegemoet.domain.problems import InvalidError, NotFoundError, ProblemError
from tegemoet.schemes.registry import SCHEMES, scheme_named
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.texts import Texts, read_texts

KEY = b"digest key"
SINGLE = [scheme for scheme in SCHEMES.values() if scheme.kind == "single-case"]
LANGUAGES = ("nl", "fr", "en", "de")


def named(scheme: Scheme) -> str:
    return scheme.slug


def gallery(scheme: Scheme) -> Iterable[tuple[Scheme, dict[str, Any]]]:
    """Cases that together make a scheme say everything it can say:
    `gallery` of `tests/schemes/<slug>/gallery.py`.
    """
    cases: Iterable[tuple[Scheme, dict[str, Any]]] = import_module(
        f"tests.schemes.{scheme.slug.replace('-', '_')}.gallery"
    ).gallery(scheme)
    return cases


COMMON = set(tomllib.loads((resources.files("tegemoet.schemes") / "phrases.toml").read_text())["phrase"])
"""What every scheme may say of what is needed or was seen."""


def lent(scheme: Scheme) -> tuple[set[tuple[str, str]], set[str]]:
    """The sentences and phrases that a scheme may say as they are, and need not: those that are
    common, and those of a scheme that it builds on under the same rule ids.
    """
    sentences, phrases = set[tuple[str, str]](), set(COMMON)
    own = texts_of(scheme.package)
    for package, prefix in scheme.builds_on:
        if not prefix:
            theirs = texts_of(package)
            sentences |= set(theirs.sentences) - set(own.sentences)
            phrases |= set(theirs.phrases) - set(own.phrases)
    return sentences, phrases


def texts_of(package: str) -> Texts:
    return read_texts((resources.files(package) / "texts.toml").read_text("utf-8"))


@pytest.mark.parametrize("scheme", SINGLE, ids=named)
def test_every_sentence_is_used_every_finding_has_one_and_every_fact_in_it_is_there(scheme: Scheme) -> None:
    found, phrases = set[tuple[str, str]](), set[str]()
    for of, body in gallery(scheme):
        decided = decide_line(orjson.dumps(body), of, "partner", KEY)
        assert replay(decided.decision, decided.case, of, KEY).same
        for language in LANGUAGES:
            read = render(decided.decision, of, language)
            for step in read["explanation"]:
                found.add((step["rule"], step["outcome"]))
                assert step["text"].strip()
                assert not re.search(r"[{}]|None|True|False", step["text"])
            for missing in read["missing"]:
                phrases |= {missing["needed"], missing["seen"]} if "facts" in missing else set()
                assert missing["text"]["needed"].strip()
                assert missing["text"]["seen"].strip()
    sentences, common = lent(scheme)
    assert found <= set(scheme.texts.sentences)
    assert found - sentences == set(scheme.texts.sentences) - sentences
    own = {name for name, per in scheme.texts.phrases.items() if name not in common and "written" not in per}
    assert phrases - common == own


@pytest.mark.parametrize("scheme", SINGLE, ids=named)
def test_a_sentence_names_the_same_facts_in_every_language(scheme: Scheme) -> None:
    for sentence, per in (*scheme.texts.sentences.items(), *scheme.texts.phrases.items()):
        facts = {
            language: sorted({name for _, name, _, _ in Formatter().parse(text) if name})
            for language, text in per.items()
        }
        assert len({tuple(names) for names in facts.values()}) == 1, sentence


@pytest.mark.parametrize("scheme", SINGLE, ids=named)
def test_every_explanation_rests_on_an_article_with_an_address(scheme: Scheme) -> None:
    for of, body in gallery(scheme):
        decision = orjson.loads(decide_line(orjson.dumps(body), of, "partner", KEY).decision)
        assert decision["explanation"]
        for step in decision["explanation"]:
            assert step["source"]["act"]
            assert step["source"]["article"]
            assert step["source"]["url"].startswith("https://")


@pytest.mark.parametrize("scheme", SINGLE, ids=named)
def test_everything_missing_belongs_to_a_rule_and_points_into_the_case(scheme: Scheme) -> None:
    for of, body in gallery(scheme):
        decision = orjson.loads(decide_line(orjson.dumps(body), of, "partner", KEY).decision)
        assert {m["rule"] for m in decision["missing"]} <= {step["rule"] for step in decision["explanation"]}
        assert all(re.fullmatch(r"(/[a-z0-9_-]+)+", m["field"]) for m in decision["missing"])


# --- the catalogue --------------------------------------------------------------------------------


def test_a_scheme_is_found_by_its_slug_and_another_is_not_there() -> None:
    for slug, scheme in SCHEMES.items():
        assert scheme_named(slug) is scheme
        assert scheme.slug == slug
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)
    with pytest.raises(NotFoundError) as error:
        scheme_named("perpetual-motion")
    assert error.value.code == "scheme-unknown"


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=named)
def test_a_scheme_has_a_title_a_summary_and_a_legal_basis_in_three_languages(scheme: Scheme) -> None:
    for texts in (scheme.title, scheme.summary):
        assert set(texts) >= set(LANGUAGES)
        assert all(text.strip() for text in texts.values())
    assert scheme.legal_basis
    assert scheme.parameter_sets
    for held in scheme.parameter_sets.values():
        assert held.version
        assert held.parameters
        for parameter in held.parameters:
            assert parameter.first <= parameter.last
            assert parameter.source.act
            assert parameter.source.url.startswith("https://")


@pytest.mark.parametrize("scheme", SINGLE, ids=named)
def test_the_example_is_accepted_decided_rendered_and_replayed(scheme: Scheme) -> None:
    decided = decide_line(orjson.dumps(scheme.example), scheme, "partner", KEY)
    assert orjson.loads(decided.decision)["outcome"] == "granted"
    assert replay(decided.decision, decided.case, scheme, KEY).same
    for language in LANGUAGES:
        assert all(step["text"] for step in render(decided.decision, scheme, language)["explanation"])


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place below the body, the inner ones too."""
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield (*path, step)
        yield from places(inner, (*path, step))


def pointer(path: tuple[str | int, ...]) -> str:
    return "".join(f"/{step}" for step in path)


def parent(body: Any, path: tuple[str | int, ...]) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body


def faults(body: Any, scheme: Scheme) -> dict[str, str]:
    try:
        decide_line(orjson.dumps(body), scheme, "partner", KEY)
    except InvalidError as problem:
        return {fault.path: fault.code for fault in problem.faults}
    return {}


EVERY_PLACE = [
    pytest.param(scheme, path, id=f"{scheme.slug}{pointer(path)}")
    for scheme in SINGLE
    for path in places(scheme.example)
]


def required(schema: dict[str, Any], path: tuple[str | int, ...]) -> bool:
    """Whether the JSON Schema of the line asks for the field at the path."""
    place, asked = schema, False
    for step in path:
        while "$ref" in place or "anyOf" in place:
            if "anyOf" in place:
                place = next(p for p in place["anyOf"] if p.get("type") != "null")
            else:
                place = schema["$defs"][place["$ref"].rpartition("/")[2]]
        if isinstance(step, int):
            place, asked = place["items"], False
        else:
            asked = step in place.get("required", ())
            place = place["properties"][step]
    return asked


@pytest.mark.parametrize(("scheme", "path"), EVERY_PLACE)
def test_a_required_field_that_is_left_out_is_named_and_another_may_be_left_out(
    scheme: Scheme, path: tuple[str | int, ...]
) -> None:
    body = copy.deepcopy(scheme.example)
    del parent(body, path)[path[-1]]
    found = faults(body, scheme)
    if required(scheme.line.json_schema(), path):
        assert found == {pointer(path): "required"}
    else:
        assert "required" not in found.values()


BROKEN: list[Any] = [{"no": "such"}, [["x"]], "\u0000 no such thing", "", -1, 1.5, 10**18]


@pytest.mark.parametrize(("scheme", "path"), EVERY_PLACE)
def test_a_broken_field_is_named_at_its_place(scheme: Scheme, path: tuple[str | int, ...]) -> None:
    for broken in BROKEN:
        body = copy.deepcopy(scheme.example)
        parent(body, path)[path[-1]] = broken
        found = faults(body, scheme)
        assert found, f"{broken!r} passes"
        assert any(where.startswith(pointer(path)) for where in found)
        assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in found.values())


EXTREMES: dict[str, list[Any]] = {
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}": ["0001-01-01", "0001-12-31", "2199-01-01", "2199-12-31", "9999-12-31"],
    r"[0-9]{4}-[0-9]{2}": ["2000-01", "2099-12"],
    r"[0-9]+(\.[0-9]+)?": ["0", "0.00", "0.01", "0.0001", "999999999999.99"],
    r"[0-9]+": [0, 1, 1_000_000_000],
}


@pytest.mark.parametrize("scheme", SINGLE, ids=named)
def test_a_value_at_its_extremes_is_decided_or_refused_and_fails_nowhere(scheme: Scheme) -> None:
    decided = 0
    for of, body in gallery(scheme):
        for path in places(body):
            value = parent(body, path)[path[-1]]
            if isinstance(value, bool):
                continue
            for pattern, extremes in EXTREMES.items():
                for extreme in extremes if re.fullmatch(pattern, str(value)) else ():
                    if type(extreme) is type(value):
                        other = copy.deepcopy(body)
                        parent(other, path)[path[-1]] = extreme
                        with suppress(ProblemError):
                            decide_line(orjson.dumps(other), of, "partner", KEY)
                            decided += 1
    assert decided


@pytest.mark.parametrize("scheme", SINGLE, ids=named)
def test_an_unknown_field_is_refused_where_it_stands(scheme: Scheme) -> None:
    objects = [(), *(p for p in places(scheme.example) if isinstance(parent(scheme.example, (*p, 0)), dict))]
    assert len(objects) >= 2
    for path in objects:
        body = copy.deepcopy(scheme.example)
        parent(body, (*path, "x"))["unheard-of"] = None
        assert faults(body, scheme) == {pointer(path): "unknown-field"}


@pytest.mark.parametrize("scheme", SINGLE, ids=named)
def test_the_json_schema_of_a_case_forbids_what_is_unknown_everywhere(scheme: Scheme) -> None:
    schema = scheme.case.json_schema()
    objects = [schema, *schema.get("$defs", {}).values()]
    assert all(part["additionalProperties"] is False for part in objects if part.get("type") == "object")
