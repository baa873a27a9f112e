"""The letter on a decision."""

import importlib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions import deciding
from tegemoet.application.decisions.letter.layout import reference_of
from tegemoet.application.decisions.letter.layout import words as letter_words
from tegemoet.application.decisions.letter.particulars import (
    PARTICULARS,
    LetterRefusedError,
    ValuesRefusedError,
    body_files,
    body_of,
    particulars,
)
from tegemoet.application.decisions.letter.write import write
from tegemoet.application.decisions.timeline import words as picture_words
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.registry import SCHEMES
from tegemoet.schemes.scheme import Scheme
from tests.schemes.maternity_rest import decisions as made
from tests.schemes.maternity_rest.decisions import Decision

LANGUAGES = made.LANGUAGES
MUTUALITY: Mapping[str, Any] = body_of("mutuality")
VOID = {"meta", "br", "rect", "line", "path"}


class Page(HTMLParser):
    """The text of a page, its tags, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def readable(decision: Decision, scheme: Scheme, language: str) -> Decision:
    return deciding.render(orjson.dumps(decision), scheme, language)


def page(decision: Decision, language: str = "nl", body: Any = MUTUALITY, former: Decision | None = None) -> Page:
    scheme = made.scheme()
    return Page(write(readable(decision, scheme, language), scheme, body, language, former))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("decision", made.PICTURED.values(), ids=made.PICTURED)
def test_a_letter_is_one_whole_page_in_which_nothing_runs_and_nothing_is_fetched(
    decision: Callable[[], Decision], language: str
) -> None:
    found = page(decision(), language)
    assert not found.tags & {"script", "link", "img", "iframe", "object", "embed", "form"}
    for name in PARTICULARS:
        for line in particulars(MUTUALITY, language)[name]:
            assert line in found.text
    assert "case-1" in found.text
    assert "a" * 32 in found.text


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        (made.early_birth, "Wij kennen u toe wat u vroeg. Samen 6.372,00 EUR bruto."),
        (made.refused, "Wij kunnen u niet toekennen wat u vroeg."),
        (made.pending, "Wij kunnen nog niet beslissen: er ontbreken gegevens."),
    ],
)
def test_a_letter_states_the_outcome(decision: Callable[[], Decision], sentence: str) -> None:
    assert sentence in page(decision()).text


def test_a_letter_states_each_payment_with_gross_tax_net_and_its_last_day() -> None:
    assert "juli 2020 11–31 Uitkering 1.148,00 127,54 1.020,46 05/08/2020" in page(made.early_birth()).text


def test_an_annex_states_the_amount_of_each_run_of_days_that_is_paid() -> None:
    text = page(made.early_birth(), "en").text
    annex = text[text.index("Annex: the whole calculation") :]
    assert "Benefit 10/08/2020 20/10/2020 75.00 day" in annex
    assert "0.00 day" not in re.sub(r"\d0\.00", "", text)


def test_payments_of_a_work_removal_stand_beside_those_of_the_rest() -> None:
    text = page(made.work_removal(), "en").text
    assert "July 2020 1–10 Removal from work" in text
    assert "July 2020 11–31 Benefit" in text


def test_a_letter_states_the_periods_and_shows_them() -> None:
    found = page(made.early_birth())
    assert "2 Verplichte nabevallingsrust 15/07/2020 15/09/2020 63" in found.text
    assert "svg" in found.tags


def test_a_letter_gives_every_reason_with_its_article_and_act_in_its_language() -> None:
    text = page(made.refused(), "fr").text
    assert "non rempli Vous n'aviez pas la qualité de titulaire le 11/07/2020. article 114 1" in text
    assert text.count("coordonnée le 14 juillet 1994") == 1
    assert "Sie waren am 11.07.2020 nicht Berechtigte. Artikel 114 1" in page(made.refused(), "de").text
    assert "article" not in page(made.refused(), "nl").text


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("nl", "RIZIV, Premie voor volledig geconventioneerde zorgverleners in 2023"),
        ("de", "LIKIV, Prämie für vollständig konventionierte Gesundheitsdienstleister im Jahr 2023"),
    ],
)
def test_an_act_that_a_decision_cites_by_a_former_title_has_its_own_title(language: str, title: str) -> None:
    scheme = SCHEMES["convention-premium"]
    decided = deciding.decide_line(orjson.dumps(scheme.example), scheme, "mutuality", b"secret").decision
    cited = {step["source"]["act"] for step in orjson.loads(decided)["explanation"]}
    assert any("numac 2023046137" in act for act in cited)
    text = Page(write(deciding.render(decided, scheme, language), scheme, MUTUALITY, language)).text
    assert title in text
    assert "numac 2023046137" not in text


def test_a_letter_says_what_is_still_to_be_handed_in_and_by_when() -> None:
    decision = made.hospital()
    decision["explanation"][1] = made.finding("hospital", "unknown", due="2020-09-09")
    decision["missing"] = [
        {"rule": "hospital", "field": "births/0/stays/0/certified", "needed": "certificate", "seen": "none"},
        {"rule": "hospital", "field": "births/0/stays/1/certified", "needed": "certificate", "seen": "none"},
    ]
    text = page(decision, "en").text
    listed = text[text.index("What you still have to hand in") : text.index("At a glance")]
    assert listed.count("missing; to be handed in by 09/09/2020.") == 1
    assert listed.count("Needed: certificate. Known: none.") == 2
    assert "What you still have to hand in" not in page(made.early_birth(), "en").text


def test_a_refusal_asks_for_nothing_and_says_what_was_required() -> None:
    decision = made.refused()
    facts = {"needed": {"day": "2020-07-11"}, "seen": {}}
    decision["missing"] = [
        {"rule": "quality", "field": "quality/from", "needed": "on-or-before", "seen": "nothing", "facts": facts}
    ]
    scheme = made.scheme()
    scheme = scheme.with_texts(replace(scheme.texts, phrases=SCHEMES["maternity-rest"].texts.phrases))
    text = Page(write(readable(decision, scheme, "nl"), scheme, MUTUALITY, "nl")).text
    assert "moet bezorgen" not in text
    required = text[text.index("Wat nodig was en wat wij zagen") : text.index("Waarom wij zo beslissen")]
    assert "Nodig: uiterlijk op 11/07/2020." in required
    assert "Bekend" not in required


@pytest.mark.parametrize(
    ("language", "nothing", "something"),
    [
        ("nl", "Nodig: 2 dagen.", "Nodig: 2 dagen. Bekend: 1 dag."),
        ("fr", "Nécessaire : 2 jours.", "Nécessaire : 2 jours. Connu : 1 jour."),
        ("en", "Needed: 2 days.", "Needed: 2 days. Known: 1 day."),
        ("de", "Nötig: 2 Tage.", "Nötig: 2 Tage. Bekannt: 1 Tag."),
    ],
)
def test_a_letter_says_what_is_known_only_if_something_is(language: str, nothing: str, something: str) -> None:
    scheme = made.scheme()
    scheme = scheme.with_texts(replace(scheme.texts, phrases=SCHEMES["maternity-rest"].texts.phrases))

    def required(seen: str, **facts: int) -> str:
        entry = {"rule": "quality", "field": "x", "needed": "days", "seen": seen}
        decision = made.refused()
        decision["missing"] = [{**entry, "facts": {"needed": {"days": 2}, "seen": facts}}]
        return Page(write(readable(decision, scheme, language), scheme, MUTUALITY, language)).text

    assert something in required("days", days=1)
    assert nothing in required("nothing")
    assert something.removeprefix(nothing).split(":")[0].strip() not in required("nothing")


@pytest.mark.parametrize(
    ("decision", "total", "sentence"),
    [
        (made.early_birth, "6372.00", "Samen 6.372,00 EUR bruto."),
        (made.refused, "0.00", None),
        (made.refused, None, None),
        (made.refused, "46.00", "Samen 46,00 EUR."),
    ],
)
def test_a_letter_adds_up_what_there_is_and_calls_it_gross_where_tax_is_withheld(
    decision: Callable[[], Decision], total: str | None, sentence: str | None
) -> None:
    text = page(decision() | {"total": total}).text
    assert sentence in text if sentence else "Samen" not in text


def test_an_absent_value_is_an_empty_cell() -> None:
    decision = made.refused()
    decision["amounts"] = [
        {"kind": "supplement", "amount": "1.00", "currency": "EUR", "from": None, "until": None, "unit": "once"}
    ]
    assert "Supplement 1,00 eenmaal" in page(decision).text


def test_a_letter_on_a_decision_that_replaces_another_shows_the_difference_per_month() -> None:
    former = {**made.early_birth(), "id": "b" * 32}
    text = page(made.separate_leave(), "en", former=former).text
    assert "The former decision has the reference bbbbb bbbbb." in text
    assert "Benefit, gross July 2020 1,148.00 0.00 \u22121,148.00" in text
    assert "Benefit, gross March 2021 0.00" in text
    assert "Benefit, gross Total 6,372.00" in text
    assert "former decision" not in page(made.separate_leave(), "en").text


LESS = {
    "nl": "Deze beslissing vervangt die van 01/08/2020. U krijgt 5.664,07 EUR netto minder dan wij toen toekenden.",
    "fr": "Cette décision remplace celle du 01/08/2020. Vous recevez 5 664,07 EUR net de moins",
    "en": "This decision replaces that of 01/08/2020. You receive 5,664.07 EUR net less than we granted then.",
    "de": "Dieser Beschluss ersetzt den vom 01.08.2020. Sie erhalten 5.664,07 EUR netto weniger",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_revision_that_takes_money_away_says_so_first_and_that_nothing_is_due_yet(language: str) -> None:
    former = {**made.early_birth(), "id": "b" * 32}
    text = page(made.refused() | {"total": "0.00"}, language, former=former).text
    say = letter_words().into(language).say
    refused, repay = say("refused", "outcome"), say("repay", "revised", amount="5664.07")
    told = (LESS[language], repay, refused, say("difference", "heading"))
    places = [text.index(re.sub(r"\s+", " ", part)) for part in told]
    assert places == sorted(places)
    assert say("granted", "outcome") not in text


@pytest.mark.parametrize(
    ("total", "former", "sentence"),
    [
        ("120.00", "100.00", "You receive 20.00 EUR more than we granted then. 120.00 EUR in all."),
        ("100.00", "100.00", "The amount does not change. 100.00 EUR in all."),
        ("90.00", "100.00", "You receive 10.00 EUR less than we granted then. You do not have to pay anything back"),
    ],
)
def test_a_revision_says_what_changes_where_no_tax_is_withheld(total: str, former: str, sentence: str) -> None:
    decision = made.refused() | {"outcome": "granted", "total": total}
    assert sentence in page(decision, "en", former=made.refused() | {"id": "b" * 32, "total": former}).text


def test_a_revision_that_is_pending_takes_nothing_away() -> None:
    former = {**made.early_birth(), "id": "b" * 32}
    text = page(made.pending(), "en", former=former).text
    assert "We cannot decide anew yet" in text
    assert "you do not have to pay anything back" in text
    assert "Difference from our former decision" not in text
    assert "pay anything back" not in page(made.pending(), "en", former=made.refused() | {"id": "b" * 32}).text


def test_what_decided_stands_on_the_page_and_every_other_rule_in_the_annex() -> None:
    scheme = SCHEMES["maternity-rest"]
    decided = deciding.decide_line(orjson.dumps(scheme.example), scheme, "mutuality", b"secret").decision
    decision = deciding.render(decided, scheme, "en")
    before, _, annex = Page(write(decision, scheme, MUTUALITY, "en")).text.partition("Annex: the whole calculation")
    page_of = before[before.index("Why we decide so") :]
    for step in decision["explanation"]:
        decisive = step["outcome"] in ("not-met", "unknown") or (
            step["outcome"] == "met" and step["rule"] in scheme.decisive
        )
        place, other = (page_of, annex) if decisive else (annex, page_of)
        text = re.sub(r"\s+", " ", step["text"])
        assert text in place, step["rule"]
        assert text not in other, step["rule"]


@pytest.mark.parametrize("slug", sorted(SCHEMES))
def test_a_rule_that_a_scheme_calls_decisive_can_be_met(slug: str) -> None:
    scheme = SCHEMES[slug]
    assert {rule for rule in scheme.decisive if (rule, "met") not in scheme.texts.sentences} == set()


def test_a_refusal_is_explained_by_what_was_not_met_alone() -> None:
    text = page(made.refused(), "en").text
    assert "You had no quality" in text[: text.index("Annex: the whole calculation")]


def test_the_reference_is_ten_digits_with_which_the_id_begins() -> None:
    decision = made.refused() | {"id": "0123456789abcdef" * 2}
    text = page(decision, "en").text
    head, _, small_print = text.partition("You disagree?")
    assert "Reference 01234 56789" in head
    assert decision["id"] not in head
    assert decision["id"] in small_print


def test_the_reference_of_a_decision_of_a_run_follows_from_its_whole_id() -> None:
    first, second = (reference_of(f"2023-1-0a1b2c3d4e.v1-{person}") for person in ("A" * 26, "B" * 26))
    assert first != second
    assert re.fullmatch("[0-9a-f]{10}", first)


def test_everything_is_escaped() -> None:
    body = {name: {"nl": f'<script>"{name}"&'} for name in PARTICULARS}
    decision = made.refused() | {"case_id": "<script>1"}
    found = page(decision, body=body)
    assert "script" not in found.tags
    assert '<script>"appeal"&' in found.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PARTICULARS)
@pytest.mark.parametrize("held", [None, "", "  ", [], [" "], 7])
def test_a_letter_is_refused_where_one_particular_is_missing_in_its_language(
    name: str, language: str, held: Any
) -> None:
    body = {**MUTUALITY, name: {k: v for k, v in MUTUALITY[name].items() if k != language}}
    if held is not None:
        body[name] = {**body[name], language: held}
    with pytest.raises(LetterRefusedError) as refused:
        page(made.early_birth(), language, body)
    assert refused.value.code == "letter-particulars-missing"
    assert [(f.path, f.code) for f in refused.value.faults] == [(f"/particulars/{name}/{language}", "missing")]


@pytest.mark.parametrize("partner", ["rival", "../bodies/mutuality", "", None, "letter"])
def test_a_body_without_a_file_has_no_letters_and_every_particular_is_named(partner: str | None) -> None:
    with pytest.raises(LetterRefusedError) as refused:
        page(made.early_birth(), "nl", body_of(partner))
    assert [f.path for f in refused.value.faults] == [f"/particulars/{name}/nl" for name in PARTICULARS]


VALUES = (
    {"basis": "secondary", "value": "399.19", "unit": "EUR"},
    {"basis": "derived", "value": "174.1052", "unit": "EUR", "arithmetic": "104.0428 × 1.6734"},
    {"basis": "supplied", "value": "2026-01-31", "unit": "day"},
)
SETS_THE_CALENDAR = {"phase-first-day"}
"""Decides when a phase may run, and no decision rests on it."""
STATED = {
    "nl": (
        "Bedrag van de premie: 399,19 EUR, volgens Een blad",
        "174,1052 EUR, door ons berekend volgens Een blad",
        "31/01/2026, mee",
    ),
    "fr": (
        "Montant de la prime : 399,19 EUR, selon Een blad",
        "174,1052 EUR, calculé par nos soins",
        "31/01/2026, communiqué",
    ),
    "de": ("Betrag der Prämie: 399,19 EUR, laut Een blad", "174,1052 EUR, von uns berechnet", "31.01.2026, mitgeteilt"),
    "en": (
        "Amount of the premium: 399.19 EUR, according to Een blad",
        "174.1052 EUR, which we computed",
        "31/01/2026, supplied",
    ),
}


def resting_on_values() -> Decision:
    """A decision that rests on three values that are not official."""
    source = {"act": "Een blad", "article": "p. 1", "url": "https://example.org"}
    named = {"name": "premium-amount", "key": {}, "from": "2025-01-01", "until": "2025-12-31", "source": source}
    return made.early_birth() | {"values": [{**named, **value} for value in VALUES]}


@pytest.mark.parametrize("language", STATED)
def test_a_letter_says_which_values_are_not_official_and_where_they_are_from(language: str) -> None:
    heading = letter_words().into(language).say("values", "heading")
    found = page(resting_on_values(), language).text
    assert [part for part in (heading, *STATED[language]) if part not in found] == []
    assert "EUR, mee" not in found
    assert heading not in page(made.early_birth(), language).text


def test_every_value_that_is_not_official_has_a_name() -> None:
    named = {name for group, name in letter_words().sentences if group == "parameter"}
    lacking = {
        parameter.name
        for scheme in SCHEMES.values()
        if scheme.kind == "single-case"
        for held in scheme.parameter_sets.values()
        for parameter in held.parameters
        if parameter.basis != "official" and parameter.name not in SETS_THE_CALENDAR
    }
    assert lacking - named == set()


def test_a_letter_names_no_source_of_a_figure_that_is_supplied_by_the_case() -> None:
    source = {"act": "the case", "article": "wage"}
    value = {"name": "wage", "basis": "supplied", "value": "150.00", "unit": "EUR", "source": source}
    text = page(made.early_birth() | {"values": [value]}).text
    assert "150,00 EUR, meegedeeld " in text
    assert "the case" not in text


def test_a_body_may_refuse_letters_on_values_that_are_not_official() -> None:
    strict = {**MUTUALITY, "only-official-values": True}
    with pytest.raises(ValuesRefusedError) as refused:
        page(resting_on_values(), "nl", strict)
    assert refused.value.code == "letter-values-not-official"
    places = [(fault.path, fault.code) for fault in refused.value.faults]
    assert places == [("/values/0", "secondary"), ("/values/1", "derived"), ("/values/2", "supplied")]
    assert page(made.early_birth(), "nl", strict).text
    assert page(resting_on_values(), "nl", {**MUTUALITY, "only-official-values": False}).text


def test_a_letter_in_a_language_without_words_is_refused() -> None:
    scheme = made.scheme()
    with pytest.raises(NotFoundError) as refused:
        write(readable(made.early_birth(), scheme, "nl"), scheme, MUTUALITY, "zz")
    assert refused.value.code == "language-unknown"


def test_every_body_that_ships_is_complete_in_every_language() -> None:
    bodies = body_files()
    assert "mutuality" in bodies
    for name in bodies:
        for language in letter_words().languages:
            particulars(body_of(name), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", sorted(slug for slug, s in SCHEMES.items() if s.kind == "single-case"))
def test_the_example_of_every_scheme_has_a_letter(slug: str, language: str) -> None:
    scheme = SCHEMES[slug]
    decided = deciding.decide_line(orjson.dumps(scheme.example), scheme, "mutuality", b"secret").decision
    decision = deciding.render(decided, scheme, language)
    text = Page(write(decision, scheme, MUTUALITY, language)).text
    for step in decision["explanation"]:
        assert re.sub(r"\s+", " ", step["text"]) in text


def gallery() -> Iterator[tuple[Scheme, Decision]]:
    """Every decision of the galleries of the schemes:
    together they say all that a decision can say.
    """
    for slug, scheme in SCHEMES.items():
        if scheme.kind == "single-case":
            cases = importlib.import_module(f"tests.schemes.{slug.replace('-', '_')}.gallery").gallery(scheme)
            for held, body in cases:
                decided = deciding.decide_line(orjson.dumps(body), held, "mutuality", b"secret").decision
                yield held, orjson.loads(decided)


def test_every_possible_decision_has_a_letter_that_names_every_kind_and_gap() -> None:
    unnamed, unasked, languages = set(), set(), itertools.cycle(LANGUAGES)
    for scheme, decision in gallery():
        language = next(languages)
        found = Page(write(readable(decision, scheme, language), scheme, MUTUALITY, language))
        assert decision["case_id"] in found.text
        held = {item["kind"] for item in (*decision["amounts"], *decision["periods"])}
        unnamed |= {kind for kind in held if kind not in picture_words.words().words and kind not in scheme.texts.words}
        explained = {step["rule"] for step in decision["explanation"]}
        unasked |= {entry["rule"] for entry in decision["missing"]} - explained
    assert (unnamed, unasked) == (set(), set())
