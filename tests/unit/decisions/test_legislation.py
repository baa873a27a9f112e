"""The register of the law: every citation leads
to an entry, and an entry knows what rests on it.
"""

import re
from datetime import date
from importlib import import_module
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.application.decisions.legislation import details, entry_of, search, uses
from tegemoet.domain.parameters import Source
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.legislation.citations import cited_in, parts, unwritten
from tegemoet.schemes.legislation.register import Act, acts, register
from tegemoet.schemes.notation import languages
from tegemoet.schemes.registry import SCHEMES
from tegemoet.schemes.scheme import Scheme
from tests.support.api_world import APPROVER, OPERATOR, PARTNER, World

KINDS = {
    "law",
    "royal-decree",
    "ministerial-decree",
    "regulation",
    "circular",
    "cla",
    "agreement",
    "interpretation-rule",
    "question",
    "bulletin",
    "page",
    "reading",
}
BULLETIN = "bulletin-2020-3"


def entry(source: Source) -> Act:
    found = entry_of(source)
    assert found, f"{source.act} at {source.url} leads to no entry"
    return found


def named(value: Scheme | Act) -> str:
    return value.slug if isinstance(value, Scheme) else value.id


def explained(scheme: Scheme) -> set[Source]:
    """Every source that a decision of the scheme's gallery names."""
    found = set()
    gallery: Any = import_module(f"tests.schemes.{scheme.slug.replace('-', '_')}.gallery").gallery
    for of, body in gallery(scheme):
        decision = orjson.loads(decide_line(orjson.dumps(body), of, "partner", b"key").decision)
        found |= {Source(**step["source"]) for step in decision["explanation"]}
    return found


# every citation leads to an entry


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=named)
def test_every_source_of_a_scheme_and_its_parameters_leads_to_an_entry(scheme: Scheme) -> None:
    sources = [*scheme.legal_basis]
    for held in scheme.parameter_sets.values():
        sources += [*held.sources.values(), *(parameter.source for parameter in held.parameters)]
    assert sources
    for source in sources:
        assert scheme.slug in used_by(entry(source).id)


@pytest.mark.parametrize("scheme", [s for s in SCHEMES.values() if s.kind == "single-case"], ids=named)
def test_every_explanation_leads_to_an_entry_that_names_its_scheme_and_its_article(scheme: Scheme) -> None:
    sources = explained(scheme)
    assert sources
    for source in sources:
        use = next(use for use in uses()[entry(source).id] if use.scheme == scheme.slug)
        assert source.article in use.articles


def test_every_parameter_is_found_under_the_act_it_stands_in() -> None:
    for slug, scheme in SCHEMES.items():
        for held in scheme.parameter_sets.values():
            for parameter in held.parameters:
                use = next(use for use in uses()[entry(parameter.source).id] if use.scheme == slug)
                assert parameter.name in use.parameters


def test_a_source_with_another_title_or_address_leads_nowhere() -> None:
    source = SCHEMES["convention-premium"].legal_basis[0]
    assert entry(source).id == "royal-decree-2023-09-15"
    for other in (Source(source.act + ".", source.article, source.url), Source(source.act, "", source.url + "?")):
        assert entry_of(other) is None


# the entries


@pytest.mark.parametrize("act", register().values(), ids=named)
def test_an_entry_says_what_it_is_where_it_stands_and_what_it_changes(act: Act) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", act.id)
    assert act.kind in KINDS
    assert act.url.startswith("https://")
    assert act.address in {"text", "gazette", "page", "institution"}
    # a bare host is an institution, never a text
    assert (act.address == "institution") == bool(re.fullmatch(r"https://[^/]+/(docleg/)?", act.url))
    assert act.address != "gazette" or (act.published and act.url.endswith(act.published.isoformat()))
    assert act.subjects
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", subject) for subject in act.subjects)
    assert set(act.changes) == set(languages())
    assert all(text.endswith(".") for text in act.changes.values())
    assert set(act.official) >= {"en"}
    assert act.listed_in is None or act.listed_in in register()
    assert act.numac is None or act.numac in act.url
    if act.kind in {"law", "royal-decree", "ministerial-decree", "regulation", "question"}:
        assert act.day
    if act.day and act.published:
        assert act.day <= act.published
    if act.first and act.last:
        assert act.first <= act.last


@pytest.mark.parametrize("act", [register()[id_] for id_ in acts()], ids=named)
def test_an_act_that_letters_cite_has_its_title_in_every_language(act: Act) -> None:
    assert act.kind == "page" or set(act.official) >= set(languages())


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=named)
def test_every_article_that_a_scheme_cites_is_written_in_every_language(scheme: Scheme) -> None:
    articles = {
        article for of in uses().values() for use in of if use.scheme == scheme.slug for article in use.articles
    }
    assert articles
    assert {article: words for article in articles if (words := unwritten(article))} == {}


def test_a_part_of_a_citation_has_a_text_in_every_other_language() -> None:
    lacking = [f"[{part}] {lang}" for part, per in parts().items() for lang in languages() if lang not in {*per, "en"}]
    assert not lacking


@pytest.mark.parametrize(
    ("article", "nl", "fr", "de"),
    [
        ("articles 2 and following", "artikelen 2 en volgende", "articles 2 et suivants", "Artikel 2 und folgende"),
        ("article 28, § 1, first paragraph, and § 2", "artikel 28, § 1, eerste lid, en § 2",
         "article 28, § 1er, alinéa 1er, et § 2", "Artikel 28 § 1 Absatz 1 und § 2"),
        ("article 136bis", "artikel 136bis", "article 136bis", "Artikel 136bis"),
        ("article 7, § 1/bis", "artikel 7, § 1/bis", "article 7, § 1/bis", "Artikel 7 § 1/bis"),
        ("article 1", "artikel 1", "article 1er", "Artikel 1"),
        ("article 11, § 12", "artikel 11, § 12", "article 11, § 12", "Artikel 11 § 12"),
        ("unheard-of article 3", "unheard-of artikel 3", "unheard-of article 3", "unheard-of Artikel 3"),
    ],
)  # fmt: skip
def test_an_article_is_cited_in_the_language_of_the_letter(article: str, nl: str, fr: str, de: str) -> None:
    assert [cited_in(language, article) for language in ("nl", "fr", "de", "en")] == [nl, fr, de, article]


def test_a_printed_heading_is_cited_in_a_letter_of_its_language_alone() -> None:
    heading = "Hoe kan u de conventiepremie ontvangen?"
    assert [cited_in(language, heading) for language in languages()] == [
        heading if language == "nl" else "" for language in languages()
    ]
    assert [cited_in(language, "Infirmiers") for language in ("nl", "fr")] == ["", "Infirmiers"]
    with_more = "Hoeveel bedraagt de conventiepremie per zorgverlener: thresholds are printed with one decimal"
    assert cited_in("fr", with_more) == "les seuils sont imprimés avec une décimale"
    assert cited_in("nl", with_more).startswith("Hoeveel bedraagt de conventiepremie per zorgverlener: drempels")


def test_a_word_that_no_part_holds_is_named() -> None:
    assert unwritten("unheard-of article 3, § 1") == ["unheard", "of"]
    assert unwritten("articles 133 to 136bis, XII (EUR)") == []


def test_a_title_and_a_number_of_the_gazette_belong_to_one_entry() -> None:
    titles = [title for act in register().values() for title in act.titles]
    numbers = [act.numac for act in register().values() if act.numac]
    assert len(set(titles)) == len(titles)
    assert len(set(numbers)) == len(numbers)


def test_the_register_holds_what_the_bulletin_lists_by_kind_and_day_of_the_gazette() -> None:
    listed = [act for act in register().values() if act.listed_in == BULLETIN]
    counted = {kind: sum(act.kind == kind for act in listed) for kind in KINDS}
    assert {kind: count for kind, count in counted.items() if count} == {
        "law": 3,
        "royal-decree": 12,
        "ministerial-decree": 10,
        "regulation": 1,
        "interpretation-rule": 1,
        "agreement": 3,
        "question": 3,
    }
    published = [act.published for act in listed if act.published]
    assert (min(published), max(published)) == (date(2020, 7, 1), date(2020, 9, 23))
    assert sum(day == date(2020, 7, 13) for day in published) == 5


# searching


def ids(**asked: Any) -> set[str]:
    return {act["id"] for act in search(**asked)}


def test_an_act_is_found_by_the_days_it_holds_on() -> None:
    crisis = "royal-decree-2020-09-15"
    assert crisis not in ids(on=date(2020, 2, 29))
    assert crisis in ids(on=date(2020, 3, 1))
    assert crisis in ids(on=date(2020, 12, 31))
    assert crisis not in ids(on=date(2021, 1, 1))


def test_an_act_without_a_first_day_holds_from_its_publication_or_its_date() -> None:
    gazette, dated, undated = "royal-decree-2020-07-03-nomenclature-11", "labour-law-1971-03-16", "maternity-maxima"
    assert gazette not in ids(on=date(2020, 7, 12))
    assert gazette in ids(on=date(2020, 7, 13))
    assert dated not in ids(on=date(1971, 3, 15))
    assert dated in ids(on=date(1971, 3, 16))
    assert undated in ids(on=date(1960, 1, 1))


def test_an_act_is_found_by_subject_scheme_citation_and_words() -> None:
    assert ids(subject="third-party-payment") == {"law-2020-08-09"}
    assert ids(subject="perpetual-motion") == set()
    assert "premium-page-2023" in ids(scheme="convention-premium")
    assert ids(scheme="convention-premium") == {act for act in register() if "convention-premium" in used_by(act)}
    page = register()["premium-page-2023"]
    for title in page.titles:
        assert ids(act=title) == {page.id}
    assert ids(words="noodanticonceptie") == {"law-2020-08-09"}
    assert ids(words="MIDDLE ear forms") == {"regulation-2020-04-27"}
    assert ids(words="noodanticonceptie wet ear") == set()
    assert ids(words="  ") == set(register())
    assert ids(subject="contraceptives", words="emergency") == {"law-2020-08-09"}
    with pytest.raises(NotFoundError) as error:
        search(scheme="perpetual-motion")
    assert error.value.code == "scheme-unknown"


def used_by(act: str) -> list[str]:
    return [use.scheme for use in uses().get(act, ())]


def test_an_entry_names_the_schemes_the_articles_and_the_parameters_that_rest_on_it() -> None:
    page = details("premium-page-2023")
    assert page["schemes"] == ["convention-premium", "premium-allocation"]
    use = page["uses"][0]
    assert "premium-amount" in use["parameters"]
    assert "notification-end" not in use["parameters"]
    assert details("speech-therapists-r22")["uses"][0]["parameters"] == ["notification-end"]
    assert details("question-2020-137")["uses"] == []
    with pytest.raises(NotFoundError) as error:
        details("law-of-nature")
    assert error.value.code == "act-unknown"


# the routes


@pytest.fixture
def world() -> World:
    return World()


def test_the_register_is_read_page_by_page(world: World) -> None:
    found, cursor = [], None
    for _ in range(100):
        page = world.get("/v1/legislation", limit="9", **({"cursor": cursor} if cursor else {})).body
        assert len(page["acts"]) <= 9
        found += [act["id"] for act in page["acts"]]
        if (cursor := page["next"]) is None:
            break
    assert found == sorted(register())


@pytest.mark.parametrize("caller", [PARTNER, OPERATOR, APPROVER])
def test_a_citation_of_a_decision_leads_to_its_entry(world: World, caller: Any) -> None:
    decided = world.post(
        "/v1/schemes/convention-premium/decisions", SCHEMES["convention-premium"].example, key="key"
    ).body
    cited = decided["explanation"][0]["source"]["act"]
    [found] = world.get("/v1/legislation", caller, act=cited).body["acts"]
    whole = world.get(f"/v1/legislation/{found['id']}", caller).body
    assert cited in whole["cited_as"]
    assert decided["explanation"][0]["source"]["article"] in whole["uses"][0]["articles"]


def test_every_entry_can_be_read_alone(world: World) -> None:
    for id_, act in register().items():
        read = world.get(f"/v1/legislation/{id_}").body
        assert (read["id"], read["url"], read["changes"]) == (id_, act.url, act.changes)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"on": "yesterday"}, 422, "invalid"),
        ({"scheme": "none"}, 404, "scheme-unknown"),
        ({"limit": "0"}, 422, "invalid"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(world: World, query: dict[str, Any], status: int, code: str) -> None:
    refused = world.get("/v1/legislation", **query)
    assert (refused.status, refused.code) == (status, code)


def test_an_unknown_act_is_not_there(world: World) -> None:
    refused = world.get("/v1/legislation/law-of-nature")
    assert (refused.status, refused.code) == (404, "act-unknown")
