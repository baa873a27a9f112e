"""The letter on the decision of a run, over the API."""

from collections.abc import Iterator

import pytest

from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.application.records import Entry, Run
from tegemoet.domain.identity import shard_of
from tests.support import premium_world
from tests.support.api_world import APPROVER, OPERATOR, OTHER_PARTNER, PARTNER, READER, Answer
from tests.support.api_years import DECEMBER, PHASE_1, YEAR, Year
from tests.support.premium_letters import PAID, WAITING, rows


@pytest.fixture
def year() -> Iterator[Year]:
    with premium_world.two_shards():
        found = Year()
        found.premium.drop(rows())
        yield found


@pytest.fixture
def released(year: Year) -> Run:
    return year.release(PHASE_1, DECEMBER)


def letter(year: Year, run: Run, person: str, caller: object = OPERATOR, **query: str) -> Answer:
    return year.get(f"{YEAR}/decisions/{run.id}.{person}/letter", caller, **query)  # type: ignore[arg-type]


def test_the_letter_is_a_page_in_the_language_of_its_reader(year: Year, released: Run) -> None:
    answer = letter(year, released, "v1-paid")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Vous recevez 945,95" in answer.text
    assert PAID[:8] in answer.text
    assert "U ontvangt 945,95 EUR" in letter(year, released, "v1-paid", lang="nl").text
    assert "U ontvangt" not in letter(year, released, "v1-waiting").text
    assert WAITING[:8] in letter(year, released, "v1-waiting").text


def test_the_letter_is_that_of_the_file_of_the_run(year: Year, released: Run) -> None:
    file = year.premium.output.get(output_prefix(released) + "letters-fr-0001.html").decode()
    assert letter(year, released, "v1-paid").text == file


@pytest.mark.parametrize("caller", [OPERATOR, APPROVER, READER])
def test_whoever_reads_premium_years_reads_their_letters(year: Year, released: Run, caller: object) -> None:
    assert letter(year, released, "v1-paid", caller).status == 200


@pytest.mark.parametrize("caller", [PARTNER, OTHER_PARTNER])
def test_no_partner_reads_the_letter_of_a_run(year: Year, released: Run, caller: object) -> None:
    refused = letter(year, released, "v1-paid", caller)
    assert (refused.status, refused.code) == (403, "forbidden")


def test_a_run_has_no_letter_before_its_release(year: Year) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    refused = letter(year, run, "v1-paid")
    assert (refused.status, refused.code) == (409, "run-not-released")
    assert year.approval(run).status == 200
    assert letter(year, run, "v1-paid").code == "run-not-released"


def test_a_decision_that_does_not_exist_has_no_letter(year: Year, released: Run) -> None:
    refused = letter(year, released, "v1-nobody")
    assert (refused.status, refused.code) == (404, "decision-unknown")
    assert year.get(f"{YEAR}/decisions/{'0' * 32}/letter", OPERATOR).code == "decision-unknown"


@pytest.mark.parametrize("lang", ["xx", ""])
def test_a_language_without_words_has_no_letter(year: Year, released: Run, lang: str) -> None:
    refused = letter(year, released, "v1-paid", lang=lang)
    assert (refused.status, refused.code) == (404, "language-unknown")


def test_a_payment_that_was_not_written_has_no_letter(year: Year) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    assert year.approval(run).status == 200
    other = Entry("v1-paid", 1, "payment", 1, PAID[:8], "nurse", 100, None, "another-run", "2023-other")
    year.ledger.append(2023, shard_of("v1-paid", 2), other)
    year.premium.pay(run)
    refused = letter(year, run, "v1-paid")
    assert (refused.status, refused.code) == (409, "payment-not-written")


def test_a_letter_is_gone_with_what_its_run_froze(year: Year, released: Run) -> None:
    year.work.versions.clear()
    refused = letter(year, released, "v1-paid")
    assert (refused.status, refused.code) == (404, "facts-expired")
