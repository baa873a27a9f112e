"""What is derived from a stored decision: timeline, letter, days, difference."""

import copy
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from tegemoet.application.decisions.letter.particulars import PARTICULARS
from tegemoet.schemes.registry import SCHEMES
from tests.support.api_world import APPROVER, OPERATOR, OTHER_PARTNER, PARTNER, Answer, World

REST = SCHEMES["maternity-rest"]
DECIDE = "/v1/schemes/maternity-rest/decisions"
EXAMPLE = REST.example
PREMIUM = SCHEMES["convention-premium"].example
READ = ("timeline", "letter", "days", "difference", "documents/expense-note")


def with_stay(*, certified: bool) -> dict[str, Any]:
    """The example with a newborn in hospital for 21 days, 14 beyond the first week."""
    body = copy.deepcopy(EXAMPLE)
    born = body["case"]["births"][0]["on"]
    body["case_id"], body["on"] = "late-certificate", "2021-01-15"
    body["case"]["births"][0]["stays"] = [{"from": born, "until": "2020-08-04", "certified": certified}]
    return body


@pytest.fixture
def world() -> World:
    return World()


def decided(world: World, body: dict[str, Any], key: str = "k", path: str = DECIDE) -> str:
    made = world.post(path, body, key=key)
    assert made.status == 201, made.text
    return str(made.body["id"])


@pytest.fixture
def replaced(world: World) -> tuple[str, str]:
    """A decision without the hospital's certificate, and the one with it that replaces it."""
    former = decided(world, with_stay(certified=False), "former")
    return former, decided(world, with_stay(certified=True) | {"supersedes": former}, "new")


def compared(world: World, new: str, former: str) -> Answer:
    return world.send("GET", f"/v1/decisions/{new}/difference", query={"with": former})


def guarded(answer: Answer) -> bool:
    policy = answer.headers["Content-Security-Policy"]
    return (
        policy.startswith("default-src 'none';")
        and "script-src" not in policy
        and answer.headers["X-Content-Type-Options"] == "nosniff"
        and answer.headers["Cache-Control"] == "no-store"
    )


@pytest.mark.parametrize(("lang", "month"), [("nl", "juli 2020"), ("fr", "juillet 2020"), ("en", "July 2020")])
def test_the_picture_is_an_svg_in_the_language_asked(world: World, lang: str, month: str) -> None:
    answer = world.get(f"/v1/decisions/{decided(world, EXAMPLE)}/timeline", lang=lang)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert guarded(answer)
    assert month in [element.text for element in ET.fromstring(answer.text).iter()]  # noqa: S314 (our own)


@pytest.mark.parametrize(("lang", "granted"), [("nl", "Wij kennen u toe"), ("fr", "Nous vous"), ("en", "We grant")])
def test_the_letter_is_a_page_in_the_language_asked(world: World, lang: str, granted: str) -> None:
    answer = world.get(f"/v1/decisions/{decided(world, EXAMPLE)}/letter", lang=lang)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert guarded(answer)
    assert granted in answer.text
    assert EXAMPLE["case_id"] in answer.text
    assert "<svg" in answer.text
    assert "<script" not in answer.text


def test_the_letter_of_a_body_without_particulars_is_refused_and_names_each(world: World) -> None:
    made = world.post(DECIDE, EXAMPLE, OTHER_PARTNER)
    refused = world.get(f"/v1/decisions/{made.body['id']}/letter", OTHER_PARTNER, lang="fr")
    assert (refused.status, refused.code) == (409, "letter-particulars-missing")
    assert refused.faults == {(f"/particulars/{name}/fr", "missing") for name in PARTICULARS}


def test_the_letter_is_the_body_s_own_whoever_reads_it(world: World) -> None:
    path = f"/v1/decisions/{decided(world, EXAMPLE)}/letter"
    assert world.get(path, OPERATOR).text == world.get(path, PARTNER).text == world.get(path, APPROVER).text


def test_the_days_are_those_of_the_rest_and_add_up_to_what_is_paid(world: World) -> None:
    found = world.get(f"/v1/decisions/{decided(world, EXAMPLE)}/days").body
    assert len(found["days"]) == 102
    assert found["days"][0]["day"] == "2020-07-11"
    assert found["days"][1] == {
        "day": "2020-07-12",
        "kind": "prenatal-compulsory",
        "amount": "0.00",
        "paid": False,
        "reason": "sunday",
    }


def test_a_late_certificate_gives_a_new_decision_and_the_difference_per_month(
    world: World, replaced: tuple[str, str]
) -> None:
    former, new = replaced
    found = world.get(f"/v1/decisions/{new}/difference").body
    assert (found["former"], found["new"]) == (former, new)
    gross = {row["month"]: row["difference"] for row in found["rows"] if row["kind"] == "payment"}
    assert {month for month, amount in gross.items() if amount != "0.00"} == {"2020-10", "2020-11"}
    # 14 days from 21 October to 3 November 2020: two of them are Sundays
    assert next(t for t in found["totals"] if t["kind"] == "payment")["difference"] == "900.00"


def test_the_letter_of_a_decision_that_replaces_another_shows_the_difference(
    world: World, replaced: tuple[str, str]
) -> None:
    former, new = replaced
    reference = f"The former decision has the reference {former[:5]} {former[5:10]}."
    text = world.get(f"/v1/decisions/{new}/letter", lang="en").text
    assert reference in text
    assert "EUR net more than we granted then" in text
    assert "former decision" not in world.get(f"/v1/decisions/{former}/letter", lang="en").text


def test_a_decision_is_compared_with_the_one_that_is_named(world: World, replaced: tuple[str, str]) -> None:
    former, new = replaced
    back = compared(world, former, new).body
    assert (back["former"], back["new"]) == (new, former)
    assert next(t for t in back["totals"] if t["kind"] == "payment")["difference"] == "-900.00"


def test_there_is_no_difference_where_nothing_is_replaced_or_the_schemes_differ(world: World) -> None:
    rest = decided(world, EXAMPLE)
    nothing = world.get(f"/v1/decisions/{rest}/difference")
    assert (nothing.status, nothing.code) == (409, "nothing-superseded")
    premium = decided(world, PREMIUM, "premium", "/v1/schemes/convention-premium/decisions")
    differ = compared(world, rest, premium)
    assert (differ.status, differ.code) == (409, "schemes-differ")


def test_nothing_is_compared_with_what_is_not_ones_own(world: World) -> None:
    rest = decided(world, EXAMPLE)
    rivals = world.post(DECIDE, EXAMPLE, OTHER_PARTNER).body["id"]
    for other in (rivals, "0" * 32):
        refused = compared(world, rest, other)
        assert (refused.status, refused.code) == (404, "decision-unknown")


@pytest.mark.parametrize("what", READ)
def test_another_partners_decision_does_not_exist(world: World, what: str) -> None:
    path = f"/v1/decisions/{decided(world, EXAMPLE)}/{what}"
    refused = world.get(path, OTHER_PARTNER)
    assert (refused.status, refused.code) == (404, "decision-unknown")


@pytest.mark.parametrize("what", ["timeline", "letter"])
@pytest.mark.parametrize("lang", ["xy", "zz", ""])
def test_a_language_without_words_is_unknown(world: World, what: str, lang: str) -> None:
    refused = world.get(f"/v1/decisions/{decided(world, EXAMPLE)}/{what}", lang=lang)
    assert (refused.status, refused.code) == (404, "language-unknown")


def test_a_document_is_printed_where_the_decision_calls_for_it(world: World) -> None:
    body = SCHEMES["locum-contribution"].example
    decision = decided(world, body, path="/v1/schemes/locum-contribution/decisions")
    page = world.send("GET", f"/v1/decisions/{decision}/documents/expense-note", query={"lang": "fr"})
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Note de frais" in page.text
    assert guarded(page)
    other = world.send("GET", f"/v1/decisions/{decision}/documents/fund-to-person")
    assert (other.status, other.body["code"]) == (404, "document-unknown")
