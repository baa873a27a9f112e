"""The picture of a decision."""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from tegemoet.application.decisions.timeline.draw import draw
from tegemoet.application.decisions.timeline.words import kind_name, words
from tegemoet.application.drawing import Label, place, rows_of
from tegemoet.domain.decision import fact_of
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.registry import scheme_named
from tests.schemes.maternity_rest import decisions as made
from tests.schemes.maternity_rest.decisions import Decision

SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ["nl", "fr", "en", "de"]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own)


def picture(decision: Decision, language: str = "nl", *, alone: bool = True) -> ET.Element:
    return parsed(draw(decision, made.scheme(), language, alone=alone))


def texts(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def rects(svg: ET.Element, fill: str) -> list[ET.Element]:
    return [r for r in svg.findall(f"{SVG}rect") if r.get("fill") == fill]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("decision", made.PICTURED.values(), ids=made.PICTURED)
def test_every_picture_is_whole_and_holds_nothing_that_runs_or_is_fetched(
    decision: Callable[[], Decision], language: str
) -> None:
    text = draw(decision(), made.scheme(), language)
    svg = parsed(text)
    names = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert names <= {"svg", "title", "desc", "defs", "pattern", "rect", "line", "path", "text"}
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not any(name.startswith("on") or "href" in name for element in svg.iter() for name in element.attrib)
    assert svg.get("role") == "img"
    assert svg.get("lang") == language
    ids = {element.get("id") for element in svg.iter() if element.get("id")}
    assert set((svg.get("aria-labelledby") or "").split()) <= ids
    assert all(element.text for element in (svg[0], svg[1]))


@pytest.mark.parametrize("decision", made.PICTURED.values(), ids=made.PICTURED)
def test_the_same_decision_is_the_same_bytes_and_nothing_lies_outside(decision: Callable[[], Decision]) -> None:
    assert draw(decision(), made.scheme(), "fr") == draw(decision(), made.scheme(), "fr")
    svg = picture(decision())
    _, _, width, height = map(int, (svg.get("viewBox") or "").split())
    for rect in svg.findall(f"{SVG}rect"):
        x, y, w, h = (int(rect.get(name) or 0) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height


def test_periods_stand_to_scale_one_after_the_other() -> None:
    svg = picture(made.early_birth(), alone=False)
    bars = [rects(svg, fill)[0] for fill in ("#0f6b66", "#1f4e79", "#9dbfe0")]
    edges = [(int(bar.get("x") or 0), int(bar.get("width") or 0)) for bar in bars]
    assert all(first[0] + first[1] == second[0] for first, second in itertools.pairwise(edges))
    per_day = 7080 / 102
    for (_, width), days in zip(edges, (4, 63, 35), strict=True):
        assert abs(width - days * per_day) <= 1


def test_the_birth_is_marked_at_its_day_with_its_date() -> None:
    svg = picture(made.early_birth())
    assert "geboorte 15/07/2020" in texts(svg)
    start = int(rects(svg, "#1f4e79")[0].get("x") or 0)
    assert {line.get("x1") for line in svg.findall(f"{SVG}line") if line.get("stroke-width") == "16"} == {str(start)}


def test_twins_of_two_days_have_two_marks_and_twins_of_one_day_one_that_counts_them() -> None:
    assert {"geboorte 02/06/2020", "geboorte 09/06/2020"} <= set(texts(picture(made.twins())))
    assert "geboorte 18/07/2020 (2)" in texts(picture(made.worked_up()))


def test_a_death_is_marked() -> None:
    decision = made.death()
    decision["explanation"].append(made.finding("mother-death", "met", died="2021-03-17", left=54))
    assert "décès 17/03/2021" in texts(picture(decision, "fr"))


def test_paid_days_sundays_and_days_paid_otherwise_have_shapes_of_their_own() -> None:
    svg = picture(made.early_birth())
    assert len(rects(svg, "url(#timeline-unpaid)")) == 3  # holiday pay, the public holiday, and the key
    sundays = [r for r in svg.findall(f"{SVG}rect") if r.get("height") == "65"]
    assert len(sundays) == 15
    assert {"vakantiegeld", "feestdag", "82,00", "75,00"} <= set(texts(svg))
    assert {"betaalde dag", "zondag: nooit betaald", "niet betaald, met de reden"} <= set(texts(svg))


def test_no_sunday_is_told_of_a_scheme_that_has_no_six_day_week() -> None:
    decision = made.decision([], [("allowance", "10.00", "2020-07-11", "2020-07-31")])
    assert not [r for r in picture(decision).findall(f"{SVG}rect") if r.get("height") == "65"]


def test_payments_stand_under_their_months() -> None:
    found = texts(picture(made.early_birth(), "en"))
    assert {"July 2020", "1,148.00", "1,999.00", "Gross payment per month, in EUR"} <= set(found)


def test_the_window_of_separate_days_is_an_empty_frame() -> None:
    dashed = [r for r in picture(made.separate_leave(), alone=False).iter(f"{SVG}rect") if r.get("stroke-dasharray")]
    assert [r.get("fill") for r in dashed] == ["#ffffff"]


def test_the_key_of_periods_belongs_to_a_picture_that_stands_alone() -> None:
    assert "11/07/2020 – 14/07/2020" in texts(picture(made.early_birth()))
    assert "11/07/2020 – 14/07/2020" not in texts(picture(made.early_birth(), alone=False))


def test_the_description_tells_everything_that_is_seen() -> None:
    description = picture(made.early_birth(), "en")[1].text or ""
    assert "Compulsory postnatal rest: 15/07/2020 up to and including 15/09/2020, 63 days." in description
    assert "benefit: 75.00 EUR per day, 10/08/2020 up to and including 20/10/2020." in description
    assert "holiday pay: 0.00 EUR per day" in description


def test_a_refusal_has_a_picture_that_says_there_is_nothing_to_see() -> None:
    assert "This decision has no periods and no amounts per day or month." in texts(picture(made.refused(), "en"))


def test_every_text_is_escaped() -> None:
    decision = made.decision([('<script>&"', "2020-07-11", "2020-09-30")], [])
    svg = draw(decision, made.scheme(en="<b>&"), "en")
    assert "<script" not in svg
    parsed(svg)


def test_a_language_without_words_is_unknown() -> None:
    with pytest.raises(NotFoundError) as refused:
        draw(made.early_birth(), made.scheme(), "zz")
    assert refused.value.code == "language-unknown"


def test_texts_neither_overlap_nor_leave_the_page_however_many_there_are() -> None:
    labels = place([(x, x + 40, f"{x}.00") for x in range(60, 7000, 55)], 60, 7140)
    assert rows_of(labels) > 1
    for number, one in enumerate(labels):
        assert one.x >= 60
        assert one.end <= 7140
        assert not [o for o in labels[number + 1 :] if o.row == one.row and o.x < one.end and one.x < o.end]


def test_a_text_stands_centred_on_what_is_wide_enough_for_it() -> None:
    assert place([(1000, 2000, "82,00")], 60, 7140) == [Label("82,00", 1500, 1500 - 319 // 2, 0, False)]


def test_a_fact_that_no_finding_has_is_none() -> None:
    assert fact_of(made.early_birth(), "delivery", "births") == ["2020-07-15"]
    assert fact_of(made.early_birth(), "delivery", "weight") is None
    assert fact_of(made.early_birth(), "nothing", "births") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kind_is_named_by_its_scheme_else_by_the_picture_else_as_it_is_written(language: str) -> None:
    assert kind_name("benefit", made.scheme(), language) == words().words["benefit"][language]
    of_providers = scheme_named("social-status")
    assert kind_name("benefit", of_providers, language) == of_providers.texts.words["benefit"][language]
    assert kind_name("yes", made.scheme(), language) == {"nl": "ja", "fr": "oui", "en": "yes", "de": "ja"}[language]
    assert kind_name("never-heard-of", made.scheme(), language) == "never heard of"


def test_a_long_title_is_written_smaller_so_that_it_fits() -> None:
    title = "Indemnité de crise supplémentaire des indépendants et conjoints aidants et de tous les autres"
    svg = parsed(draw(made.early_birth(), made.scheme(fr=title), "fr"))
    heading = next(element for element in svg.iter(f"{SVG}text") if title in (element.text or ""))
    size = int(heading.get("font-size") or 0)
    assert 60 < size < 150
    assert len(heading.text or "") * size * 58 // 100 <= 7080
