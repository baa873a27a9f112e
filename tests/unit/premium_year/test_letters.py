"""Letters to care providers: what they say first, in which language, and all of a run as files."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tegemoet.application.decisions.letter.layout import reference_of
from tegemoet.application.decisions.letter.particulars import PARTICULARS, body_of, language_of
from tegemoet.application.premium_year.folder import RunFolder, output_prefix
from tegemoet.application.premium_year.letters import files
from tegemoet.application.premium_year.letters.files import INDEX_COLUMNS, write_letters
from tegemoet.application.premium_year.letters.of_run import letters_of
from tegemoet.application.premium_year.letters.record import Letter, LetterKind, Registration
from tegemoet.application.premium_year.letters.write import Letterhead, words, written
from tegemoet.application.records import OPERATORS, Run
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.notation import languages
from tegemoet.schemes.registry import SCHEMES
from tests.support import fakes
from tests.support.premium_letters import (
    LATE,
    MORE,
    OVERPAID,
    PAID,
    PHARMACY,
    REFUSED,
    UNDECIDED,
    WAITING,
    letters_in,
    of_the_treasury,
    released_year,
)
from tests.support.premium_world import World
from tests.support.said import Said, faults, texts_of

BODY = body_of(OPERATORS)
IBAN = "BE68539007547034"
Year = tuple[World, Run, Run]


@pytest.fixture(scope="module")
def year() -> Iterator[Year]:
    with released_year() as found:
        yield found


def text_of(letter: Letter) -> str:
    return re.sub(r"\s+", " ", " ".join(texts_of(written(letter, BODY))))


# --- what a letter says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "first", "second"),
    [
        (PAID, "granted", "unchanged"),
        (REFUSED, "refused", "refused"),
        (WAITING, "account", "refused"),
        (LATE, "account", "granted"),
        (UNDECIDED, "pending", "pending"),
        (MORE, "granted", "difference"),
        (OVERPAID, "granted", "recovery"),
        (PHARMACY, "granted", "unchanged"),
    ],
)
def test_a_decision_has_the_letter_of_what_it_changes(
    year: Year, number: str, first: LetterKind, second: LetterKind
) -> None:
    world, *runs = year
    assert [letters_in(world, run)[number[:8]].kind for run in runs] == [first, second]


@pytest.mark.parametrize(
    ("phase", "number", "sentences"),
    [
        (1, PAID, ("Vous recevez 945,95 EUR :", "le 11/12/2023 sur votre compte qui se termine par 7034.")),
        (1, PHARMACY, ("U ontvangt 1.790,00 EUR:", "op de rekening van uw tariferingsdienst office-1, die eindigt op")),
        (1, REFUSED, ("Für 2023 erhalten Sie keine Konventionsprämie.", "nicht vollständig konventioniert")),
        (1, WAITING, ("niet betalen zolang uw rekeningnummer niet is geregistreerd.", "uiterlijk op 31/05/2024.")),
        (1, LATE, ("uw rekeningnummer kwam te laat voor deze betaling.", "is geregistreerd op 01/12/2023")),
        (1, UNDECIDED, ("Wij kunnen nog niet beslissen", "Nodig: 11.455,60 EUR. Bekend: 1,00 EUR.")),
        (2, MORE, ("U ontvangt nog 29,54 EUR van uw conventiepremie", "Van 975,49 EUR is 945,95 EUR al betaald")),
        (
            2,
            OVERPAID,
            ("Wij hebben u 945,95 EUR te veel betaald", "Wij betaalden 945,95 EUR; u hebt recht op 0,00 EUR."),
        ),
        (2, PAID, ("Vous avez déjà reçu votre prime de convention", "Vous n'avez rien à faire.")),
    ],
)
def test_a_letter_says_first_what_changes_for_its_reader(
    year: Year, phase: int, number: str, sentences: tuple[str, ...]
) -> None:
    world, *runs = year
    text = text_of(letters_in(world, runs[phase - 1], "2023-12-11")[number[:8]])
    text = text[text.index(number[:8]) :]
    places = [text.index(sentence) for sentence in sentences]
    assert places == sorted(places)
    assert places[0] < 120


def test_a_letter_names_no_day_of_payment_that_is_not_known(year: Year) -> None:
    world, first, _ = year
    text = text_of(letters_in(world, first)[PAID[:8]])
    assert "Nous versons ce montant sur votre compte qui se termine par 7034." in text


def test_a_letter_never_shows_a_whole_account(year: Year) -> None:
    world, *runs = year
    for run in runs:
        for letter in letters_in(world, run, "2023-12-11").values():
            assert IBAN not in re.sub(r"\s", "", written(letter, BODY))


def test_a_letter_tells_what_decided_and_not_every_rule(year: Year) -> None:
    world, first, _ = year
    granted, refused = (letters_in(world, first)[number[:8]] for number in (PAID, REFUSED))
    assert len(granted.reasons) == 1
    assert "945,95 EUR" in granted.reasons[0].text
    assert [reason.text.startswith("Vom 15.02.2023") for reason in refused.reasons] == [True]


def test_a_letter_that_waits_for_an_account_names_one_last_day(year: Year) -> None:
    world, first, _ = year
    letter = letters_in(world, first)[WAITING[:8]]
    assert [reason.needed for reason in letter.reasons] == [[]]
    assert "Nodig:" not in text_of(letter)


def test_money_to_be_paid_back_is_asked_with_all_that_a_transfer_needs() -> None:
    asked, announced = (letter for letter in of_the_treasury("nl") if letter.kind == "recovery")
    text = text_of(asked)
    assert "U moet 945,95 EUR van uw conventiepremie voor 2023 terugbetalen." in text
    paying = "Bedrag 945,95 EUR Uiterlijk op 30/09/2024 Rekening BE71 0961 2345 6769 Op naam van Example Institute"
    assert f"{paying} Gestructureerde mededeling +++123/4567/89002+++" in text
    assert "U hoeft nu niets terug te betalen" in text_of(announced)
    assert "mededeling" not in text_of(announced)


def test_a_returned_payment_gives_the_reason_of_the_bank_where_it_has_words() -> None:
    known, unknown = (letter for letter in of_the_treasury("en") if letter.kind == "returned")
    assert "The reason: the account is closed. Check the account number" in text_of(known)
    assert "reason" not in text_of(unknown)
    assert "XX99" not in text_of(unknown)
    assert "labour court" not in text_of(known)


def test_a_late_account_that_does_not_count_either_has_to_be_registered() -> None:
    about = {"language": "en", "year": 2023, "riziv_number": PAID[:8], "decision": "2023-1-0a.v1-a", "on": "2023-12-01"}
    late = Letter(**about, kind="account", registration=Registration("2023-12-01", None))  # type: ignore[arg-type]
    assert "Register your account number." in text_of(late)
    counts = replace(late, registration=Registration("2023-12-01", "2024-05-31"))
    assert "counts for the next payment" in text_of(counts)


@pytest.mark.parametrize("kind", ["granted", "difference", "returned", "recovery"])
def test_a_letter_without_what_its_kind_requires_is_none(kind: LetterKind) -> None:
    asked = of_the_treasury("nl")[0]
    with pytest.raises(ValueError, match=f"of the kind {kind} lacks amount"):
        replace(asked, kind=kind, amount=None)


# --- every kind in every language -----------------------------------------------------------------


def every_letter(year: Year, language: str) -> Iterator[Letter]:
    """The letters of both runs and of the treasury, in a language."""
    world, *runs = year
    for run in runs:
        letters = letters_of(run, RunFolder(world.work, run.id), world.parameters, "2023-12-11")
        for shard in range(world.shards):
            decided = {f"{run.id}.{person.person}": person for person in letters.folder.persons(shard)}
            paid = letters.paid(shard)
            for line in letters.folder.evaluated(shard).stream("decisions.jsonl"):
                for text in line.splitlines():
                    person = decided[re.search(rb'"id":"([^"]+)"', text)[1].decode()]  # type: ignore[index]
                    yield letters.letter(text, person, paid.get(person.person), language)
    yield from of_the_treasury(language)


@pytest.mark.parametrize("language", languages())
def test_every_kind_of_letter_reads_as_its_language_says_it(year: Year, language: str) -> None:
    kinds, found = set(), set()
    codes = frozenset({"full-convention", "highest-premium", "not-met", "paid-before", "late-account", "ph-1"})
    for letter in every_letter(year, language):
        kinds.add(letter.kind)
        named = {"case_id": letter.riziv_number, "id": letter.decision}
        for text in texts_of(written(letter, BODY)):
            found |= {
                (letter.kind, fault, text)
                for fault in faults(Said("letter", text), named, SCHEMES["convention-premium"], language, codes)
            }
    assert found == set()
    assert kinds == set(LetterKind.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", languages())
def test_a_letter_has_the_particulars_of_its_body_and_a_short_reference(year: Year, language: str) -> None:
    for letter in every_letter(year, language):
        text, reference = text_of(letter), reference_of(letter.decision)
        assert f"{reference[:5]} {reference[5:]}" in text
        assert words().into(language).say("number", "page", riziv_number=letter.riziv_number) in text
        assert letter.decision in text
        for line in BODY["appeal"][language], BODY["term"][language]:  # type: ignore[index]
            assert (line in text) == (letter.kind != "returned")


def test_everything_in_a_letter_is_escaped() -> None:
    asked = of_the_treasury("nl")[3]
    page = written(replace(asked, holder='<script>"&'), {**BODY, "name": {"nl": "<script>"}})
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_letter_in_a_language_without_words_is_refused() -> None:
    with pytest.raises(NotFoundError) as refused:
        written(replace(of_the_treasury("nl")[0], language="zz"), BODY)
    assert refused.value.code == "language-unknown"


def test_without_a_language_a_letter_has_that_of_the_body() -> None:
    assert language_of({"language": "fr"}) == "fr"
    assert language_of({"language": "xx"}) == language_of({}) == "nl"


# --- all of a run ---------------------------------------------------------------------------------


def index_of(world: World, run: Run) -> list[dict[str, str]]:
    text = world.output.get(output_prefix(run) + "letters.csv").decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_a_release_writes_a_letter_for_each_decision_with_an_index(year: Year) -> None:
    world, first, _ = year
    rows, made = index_of(world, first), letters_in(world, first)
    assert tuple(rows[0]) == INDEX_COLUMNS
    assert {row["riziv_number"] for row in rows} == made.keys()
    assert len(rows) == 8
    head = {language: Letterhead.of(BODY, language) for language in languages()}
    for row in rows:
        letter = made[row["riziv_number"]]
        assert (row["language"], row["kind"], row["amount"]) == (letter.language, letter.kind, letter.amount or "")
        page = world.output.get(output_prefix(first) + row["file"]).decode()
        assert head[letter.language].letter(letter) in page
        assert f'<main id="{row["reference"]}">' in page
        assert f'<html lang="{letter.language}">' in page
    languages_of = {row["riziv_number"]: row["language"] for row in rows}
    assert (languages_of[PAID[:8]], languages_of[REFUSED[:8]], languages_of[WAITING[:8]]) == ("fr", "de", "nl")


def test_a_name_is_in_a_letter_only_where_the_payment_file_has_it(year: Year) -> None:
    world, *runs = year
    for run in runs:
        paid = world.output.get(output_prefix(run) + "payments.csv").decode()
        own = [row for row in csv.DictReader(io.StringIO(paid), delimiter=";") if row["kind"] != "pharmacy"]
        named = [row for row in index_of(world, run) if row["holder"]]
        assert sorted((row["holder"], row["amount"]) for row in named) == sorted(
            (row["holder"], row["amount"]) for row in own
        )
        assert {row["kind"] for row in named} <= {"granted", "difference"}
        letters = letters_in(world, run)
        assert all((letters[row["riziv_number"]].holder or "") == row["holder"] for row in index_of(world, run))


def test_the_files_are_outputs_of_the_run_and_named_without_a_person(year: Year) -> None:
    world, first, _ = year
    names = {key.removeprefix(output_prefix(first)) for key in world.now(first).detail.outputs or ()}
    assert {name for name in names if "letters" in name} == {
        "letters.csv",
        "letters-nl-0001.html",
        "letters-fr-0001.html",
        "letters-de-0001.html",
    }


def test_letters_that_are_made_again_have_the_same_bytes(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    world, first, _ = year
    monkeypatch.setattr(files, "PER_FILE", 2)
    letters, made = letters_of(first, RunFolder(world.work, first.id), world.parameters), []
    for _ in range(2):
        output = fakes.FakeObjects()
        names = write_letters(letters, world.shards, output)
        made.append({name: output.get(output_prefix(first) + name) for name in names})
    assert made[0] == made[1]
    assert [name for name in made[0] if name.startswith("letters-nl")] == [f"letters-nl-000{n}.html" for n in (1, 2, 3)]
    assert sum(page.count(b"<main") for page in made[0].values()) == 8


def test_a_payment_that_was_not_written_has_no_letter(year: Year) -> None:
    world, first, _ = year
    letters = letters_of(first, RunFolder(world.work, first.id), world.parameters)
    settled = [letters.folder.settled(shard) for shard in range(world.shards)]
    shard = next(shard for shard in range(world.shards) if "v1-paid" in letters.paid(shard))
    without = SimpleNamespace(settled=lambda at: replace(settled[at], skipped=["v1-paid"]))
    held = replace(letters, folder=_With(letters.folder, without))  # type: ignore[arg-type]
    numbers = [{letter.riziv_number for letter in of.of_shard(shard, "fr")} for of in (letters, held)]
    assert numbers == [{PAID[:8]}, set()]


class _With:
    """A folder with other results of settling."""

    def __init__(self, folder: RunFolder, other: SimpleNamespace) -> None:
        self._folder, self._other = folder, other

    def __getattr__(self, name: str) -> object:
        return getattr(self._other if hasattr(self._other, name) else self._folder, name)


def test_a_body_that_lacks_particulars_has_no_letters(year: Year) -> None:
    world, first, _ = year
    letters = letters_of(first, RunFolder(world.work, first.id), world.parameters)
    output = fakes.FakeObjects()
    for name in PARTICULARS:
        lacking = {of: text for of, text in BODY.items() if of != name}
        assert write_letters(replace(letters, body=lacking), world.shards, output) == []
    assert list(output.keys("")) == []


def test_a_body_may_have_no_letters_on_values_that_are_not_official(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, first, _ = year
    letters = letters_of(first, RunFolder(world.work, first.id), world.parameters)
    strict = replace(letters, body={**BODY, "only-official-values": True})
    official = [letter for shard in range(world.shards) for letter in strict.of_shard(shard, "nl")]
    assert official
    streamed = _With(
        letters.folder, SimpleNamespace(evaluated=lambda shard: _resting_on_a_value(letters.folder, shard))
    )
    resting = replace(strict, folder=streamed)  # type: ignore[arg-type]
    assert [letter for shard in range(world.shards) for letter in resting.of_shard(shard, "nl")] == []


def _resting_on_a_value(folder: RunFolder, shard: int) -> SimpleNamespace:
    """The step of a shard whose decisions rest on a value that is derived."""

    def stream(name: str) -> Iterator[bytes]:
        for block in folder.evaluated(shard).stream(name):
            yield block.replace(b'"scheme":', b'"values":[{"basis":"derived"}],"scheme":')

    return SimpleNamespace(stream=stream)
