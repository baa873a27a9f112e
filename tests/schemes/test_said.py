"""What is said of every golden case, every gallery case and random cases of every scheme.

Everything is rendered in every language: explanation, what is missing, picture, letter and
documents. `python -m tests.schemes.test_said maternity-rest` prints the faults of a scheme.
"""

import importlib
import itertools
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.schemes.notation import languages
from tegemoet.schemes.registry import SCHEMES, scheme_named
from tegemoet.schemes.scheme import Scheme
from tests.support.said import Said, faults, faults_of
from tests.support.variants import variants

FOLDER = Path(__file__).parent
SLUGS = sorted(slug for slug, scheme in SCHEMES.items() if scheme.kind == "single-case")
STATEMENTS = tomllib.loads((FOLDER / "said.toml").read_text("utf-8"))
RANDOM = 30
NAMED = {"case_id": "case-1", "id": "ab" * 16}


def bodies(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    """The example, the golden cases and the gallery of a scheme."""
    package = scheme.slug.replace("-", "_")
    yield scheme, scheme.example
    for path in sorted((FOLDER / package / "golden").glob("*.json")):
        yield scheme, orjson.loads(path.read_bytes())["body"]
    yield from importlib.import_module(f"tests.schemes.{package}.gallery").gallery(scheme)


@cache
def decisions(slug: str) -> tuple[tuple[Scheme, bytes], ...]:
    """Decisions on all known cases of a scheme and on random ones."""
    scheme = scheme_named(slug)
    known = list(bodies(scheme))
    decided = [(of, decide_line(orjson.dumps(body), of, "mutuality", b"secret").decision) for of, body in known]
    own = [body for of, body in known if of is scheme]
    return *decided, *((scheme, decision) for decision in variants(scheme, own, RANDOM, 1))


def faults_by_place(slug: str) -> dict[str, str]:
    """The faults of all that is said of a scheme's decisions, each with one example."""
    exact = STATEMENTS.get(slug, {}).get("exact", ())
    return {
        fault: text
        for scheme, decision in decisions(slug)
        for language in languages()
        for fault, text in faults_of(decision, scheme, language, exact).items()
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_said_has_no_dash_code_or_machine_value_and_is_grammatical(slug: str) -> None:
    assert faults_by_place(slug) == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_no_statement_contradicts_the_outcome(slug: str) -> None:
    held = STATEMENTS.get(slug, {})
    for _, decision in decisions(slug):
        decided = orjson.loads(decision)
        stated = {f"{step['rule']}.{step['outcome']}" for step in decided["explanation"]}
        assert not stated & set(held.get(decided["outcome"], ())), decided
        for pair in held.get("together", ()):
            assert not set(pair) <= stated, decided
        if decided["outcome"] == "refused":
            assert any(step["outcome"] == "not-met" for step in decided["explanation"]), decided
        if decided["outcome"] == "pending":
            assert decided["missing"] or any(step["outcome"] == "unknown" for step in decided["explanation"]), decided


@pytest.mark.parametrize("slug", STATEMENTS)
def test_a_statement_that_is_named_is_a_text_of_its_scheme(slug: str) -> None:
    texts = {f"{rule}.{outcome}" for rule, outcome in scheme_named(slug).texts.sentences}
    held = STATEMENTS[slug]
    assert held.keys() <= {"granted", "refused", "pending", "together", "exact"}
    named = itertools.chain.from_iterable(
        [*(held[key] for key in held if key != "together"), *held.get("together", ())]
    )
    assert set(named) <= texts


@pytest.mark.parametrize(
    ("language", "text", "fault"),
    [
        ("nl", "Vastgesteld op –.", "a dash that stands for nothing"),
        ("nl", "In 2021-05 betaald.", "a day, month or quarter as ISO writes it"),
        ("fr", "Au 2021-05-03.", "a day, month or quarter as ISO writes it"),
        ("en", "For 2021-Q1.", "a day, month or quarter as ISO writes it"),
        ("nl", "3.000,0000 EUR", "four decimals"),
        ("de", "Am 01.03.2021: 105,9524 EUR", "four decimals"),
        ("nl", "1 werknemers", "a plural of one"),
        ("fr", "1 travailleurs", "a plural of one"),
        ("en", "1 days", "a plural of one"),
        ("de", "1 Tage", "a plural of one"),
        ("nl", "Een  spatie", "a double space, a lost comma, a bracket or None"),
        ("nl", "Een {feit}", "a double space, a lost comma, a bracket or None"),
        ("nl", "Waarde: None", "a double space, a lost comma, a bracket or None"),
        ("fr", "à côté de indemnité", "no elision"),
        ("nl", "Statuut: full-time", "the code full-time"),
        ("nl", "Antwoord: true", "English: true"),
        ("fr", "until 2021", "English: until"),
    ],
)  # fmt: skip
def test_a_fault_is_found(language: str, text: str, fault: str) -> None:
    scheme = scheme_named("pension-cumulation")
    assert [*faults(Said("period.met", text), NAMED, scheme, language, frozenset({"full-time"}))] == [fault]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Van 1 januari 2021 tot 31 december 2021, 21 dagen, 1 dag, 1.045,32 EUR, omzendbrief V.I. 2020/204."),
        ("fr", "L'indemnité de l'année : 1 jour, 11 jours, 1 mois, le 1er mars, de onze à huit heures, le 3/05/2021"),
        ("en", "It is 1 day, 2 days, 0.5 hours; 1 is enough (PSY/2019ter)."),
        ("de", "1 Tag, 2 Tage, 1 Arbeitnehmer, am 1. März 2021, am 31.12.2021, Überweisung 2022-2023."),
    ],
)  # fmt: skip
def test_a_sound_text_has_no_fault(language: str, text: str) -> None:
    scheme = scheme_named("pension-cumulation")
    assert [*faults(Said("letter", text), NAMED, scheme, language, frozenset({"full-time"}))] == []


def main() -> None:
    for slug in sys.argv[1:] or SLUGS:
        for fault, text in sorted(faults_by_place(slug).items()):
            sys.stdout.write(f"{slug}: {fault}\n    {text}\n")


if __name__ == "__main__":
    main()
