"""A whole exchange on the deployed template, over its API, against the second
opinion; and incomes that nobody finds afterwards.

Once the operator ends each wait; once every wait ends by itself when the last party has delivered.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from local.cloud.local_cloud import LocalCloud
from local.opinions.exchange.generate import MARKS, generate, write_results
from local.opinions.exchange.oracle import INSURERS, TAX_OFFICE, YEAR, Exchange
from local.opinions.exchange.play import DAYS, PATH, STATE_AFTER, THEN, Play, differences
from tests.support.stack_contents import StackContents

FOLDER = f"in/{TAX_OFFICE}/increased-reimbursement/{YEAR}/"
LATE = 5757575
"""Cents in a file that comes too late."""
Json = dict[str, Any]


def spellings(cents: int) -> str:
    """How an amount may be written, as a regular
    expression: 13131.31, 13131,31, 1313131; 27272.7.
    """
    whole, decimals = divmod(cents, 100)
    last = "?" if decimals % 10 == 0 else ""
    return rf"{whole}[.,]{decimals:02}{last}|{cents}"


# what was told, and what households have together
MARKED = re.compile(
    "(?<![0-9])(?:" + "|".join(spellings(n * mark) for mark in (*MARKS, LATE) for n in (1, 2)) + ")(?![0-9])"
)


@dataclass
class Played:
    """An exchange that was played, and what was found at each moment."""

    play: Play
    wanted: Exchange
    automatic: bool
    batches: dict[str, Json] = field(default_factory=dict)
    states: dict[str, Json] = field(default_factory=dict)
    """After each wait."""
    dropped: dict[str, set[str]] = field(default_factory=dict)
    """Where marked incomes stood when their files were there."""
    left: dict[str, set[str]] = field(default_factory=dict)
    """Where they stood after each wait."""
    kept: dict[str, set[str]] = field(default_factory=dict)
    """Keys of the exchange bucket after each wait."""
    before: dict[str, bytes] = field(default_factory=dict)
    outputs: dict[str, bytes] = field(default_factory=dict)
    """Before and after files came too late."""
    entitled: set[str] = field(default_factory=set)
    """Who is on the lists of the next year."""

    def __post_init__(self) -> None:
        self.contents = StackContents(self.play.stack)

    def keys(self) -> set[str]:
        """The keys of the exchange bucket."""
        return self.contents.keys(self.play.stack.outputs["FlowBucket"])

    def places_of_marks(self) -> set[str]:
        return {place for place, text in self.contents.everything() if MARKED.search(text)}


@pytest.fixture(scope="module", params=[False, True], ids=["operator", "automatic"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    root, automatic, seed = tmp_path_factory.mktemp("exchange"), bool(request.param), 5 + request.param
    # one file of each party, where the first complete one ends a wait
    parts = 1 if automatic else 3
    generate(root, 1_000, seed, parts)
    with LocalCloud() as cloud:
        found = Played(Play(cloud.deploy()), Exchange(INSURERS, TAX_OFFICE, registered=True), automatic)
        found.play.start(automatic=automatic)
        for wait in DAYS:
            if wait == "results":
                write_results(root, found.wanted, seed, parts)
            _play(found, root, wait)
        found.before = found.play.outputs()
        _too_late(found, root)
        found.outputs = found.play.outputs()
        _lists_of_next_year(found)
        yield found


def _play(found: Played, root: Path, wait: str) -> None:
    if found.automatic:
        for bad in (root / wait).rglob("bad.csv"):
            bad.unlink()
    found.batches |= found.play.drop(root / wait)
    found.wanted.drop_folder(root / wait)
    THEN[wait](found.wanted)
    if found.automatic:
        found.states[wait] = found.play.reach(STATE_AFTER[wait])
    else:
        found.dropped[wait] = found.places_of_marks()
        found.states[wait] = found.play.resume(wait)
    found.left[wait] = found.places_of_marks()
    found.kept[wait] = found.keys()


def _too_late(found: Played, root: Path) -> None:
    """Files that would change everything, had they come in time."""
    insz = min(found.wanted.asked[1])
    text = f"insz;return_code;ipcal_code;amount\n{insz};00;1250;{LATE / 100}\n".encode()
    for wait in ("incomes-1", "incomes-2"):
        key = f"{FOLDER}{wait}/late.csv"
        found.play.taken_in(key, found.play.upload(key, text))
    key = f"in/insurer-a/increased-reimbursement/{YEAR}/households/late.csv"
    [first, *_] = sorted((root / "households" / key).parent.glob("part-*.csv"))
    found.play.taken_in(key, found.play.upload(key, first.read_bytes().replace(b";no;", b";yes;")))


def _lists_of_next_year(found: Played) -> None:
    """Every third person who was asked about, at one insurer;
    the last ones and somebody else at another too.
    """
    asked = sorted(found.wanted.asked[1])
    for insurer, persons in (("insurer-a", asked[::3]), ("insurer-b", [*asked[-5:], "97020100180"])):
        key = f"in/{insurer}/increased-reimbursement/{YEAR}/entitled/list.csv"
        found.play.taken_in(key, found.play.upload(key, "\n".join(["insz", *persons, ""]).encode()))
        found.entitled |= set(persons)
    found.play.evaluate("2021-12-01")


# --- what is handed over --------------------------------------------------------------------------


def test_every_output_is_that_of_the_second_opinion(played: Played) -> None:
    assert differences(played.before, played.wanted) == []


def test_every_file_is_taken_in_row_by_row_as_expected(played: Played) -> None:
    for key, verdict in played.wanted.files.items():
        counts = {"accepted": len(verdict.good), "rejected": len(verdict.rejected), "duplicate": verdict.duplicates}
        wanted = ("refused", None) if verdict.refused else ("done", counts)
        assert (played.batches[key]["state"], played.batches[key]["rows"]) == wanted, key


def test_the_steps_are_in_order_with_the_day_on_which_they_were_done(played: Played) -> None:
    steps = {step["step"]: step for step in played.play.state()["steps"]}
    assert [*steps] == [
        *("start", "households", "select", "incomes-1", "answer-1", "incomes-2", "answer-2", "results", "report")
    ][-len(steps) :]
    for wait, day in DAYS.items():
        if not played.automatic:
            assert (steps[wait]["on"], steps[wait]["in_time"]) == (day, True)
        else:
            assert (steps[wait]["on"] > day, steps[wait]["in_time"]) == (True, False)


def test_the_workbook_holds_the_tables(played: Played) -> None:
    for owner in (*INSURERS, "operator"):
        book = openpyxl.load_workbook(io.BytesIO(played.before[f"{owner}/statistics.xlsx"]))
        for number, sheet in enumerate(book.worksheets, start=1):
            rows = [(row[0], *map(str, row[2:])) for row in sheet.iter_rows(min_row=2, values_only=True)]
            assert rows == played.wanted.table(None if owner == "operator" else owner, number)
        assert len(book.worksheets) == 3


def test_files_that_come_too_late_are_counted_and_change_nothing(played: Played) -> None:
    assert played.outputs == played.before
    late = played.play.state()["late"]
    assert late == {f"incomes-1/{TAX_OFFICE}": 1, f"incomes-2/{TAX_OFFICE}": 1, "households/insurer-a": 1}


def test_a_party_sees_its_own_part(played: Played) -> None:
    for insurer, digits in INSURERS.items():
        state = played.play.state(insurer)
        assert state["insurers"] == {insurer: digits}
        assert {link["name"].partition("/")[0] for link in state["links"]} == {insurer}
        for counts in (state["selected"], state["statistics"], *state["codes"].values()):
            assert counts.keys() <= {insurer}
        others = set(INSURERS) - {insurer} | {TAX_OFFICE}
        assert not any(other in json.dumps(state) for other in others)
    state = played.play.state(TAX_OFFICE)
    assert {link["name"].rpartition("/")[2] for link in state["links"]} == {"pro_02-1.csv", "pro_02-2.csv"}
    assert (state["insurers"], state["selected"], state["statistics"]) == ({}, {}, {})


def test_what_the_exchange_brought_is_what_the_second_opinion_counts(played: Played) -> None:
    header, *rows = played.play.evaluation_file().decode().splitlines()
    assert header == "code;households;households-gained;persons;persons-gained"
    assert rows == played.wanted.evaluation(played.entitled)
    assert int(rows[0].split(";")[2]) > 0
    found = played.play.state()
    assert (found["state"], found["evaluation"]["on"]) == ("done", "2021-12-01")
    assert "evaluation" not in played.play.state("insurer-a")


def test_an_insurer_asks_whom_to_contact_and_the_question_is_kept_nowhere(played: Played) -> None:
    insurer, amount = played.play.season.partner("insurer-a"), "32818.34"
    answer = insurer.post(f"{PATH}/contact-check?lang=fr", {"size": 4, "voucher_income": amount})
    assert (answer["contact"], [r["reason"] for r in answer["reasons"]]) == (False, ["vouchers-above-real-ceiling"])
    assert answer["reasons"][0]["text"].startswith("Les bons de cotisation")
    assert insurer.post(f"{PATH}/contact-check", {"size": 5, "voucher_income": amount})["contact"]
    assert not [place for place, text in played.contents.everything() if amount in text]


def test_nobody_else_knows_of_the_exchange_and_no_party_can_lead_it(played: Played) -> None:
    stranger, insurer = played.play.season.partner("mutuality-x"), played.play.season.partner("insurer-a")
    assert stranger.call("GET", PATH)[0] == 404
    for path in (PATH, f"{PATH}/steps/results", f"{PATH}/evaluation"):
        assert insurer.call("POST", path, {"on": "2020-03-01"})[0] == 403
    assert played.play.operator.call("POST", f"{PATH}/steps/households", {"on": "2020-03-01"})[0] == 409


# --- what is left of incomes ----------------------------------------------------------------------


def test_incomes_stand_in_the_files_that_brought_them_and_nowhere_else(played: Played) -> None:
    # a wait that ends by itself leaves no moment to look
    assert [*played.dropped] == ([] if played.automatic else [*DAYS])
    for delivery in played.dropped.keys() & {"incomes-1", "incomes-2"}:
        places = played.dropped[delivery]
        assert places
        assert all(place.startswith(f"{FOLDER}{delivery}/part-") for place in places)


def test_once_the_codes_are_sent_no_income_is_found_anywhere(played: Played) -> None:
    assert played.left == {wait: set() for wait in DAYS}
    assert played.places_of_marks() == set()


def test_a_data_key_goes_with_its_delivery(played: Played) -> None:
    def left_after(wait: str, prefix: str) -> set[str]:
        return {key.removeprefix(prefix) for key in played.kept[wait] if key.startswith(prefix)}

    # of a destroyed key its name is left, so that nobody makes it again
    assert left_after("incomes-1", f"flows/{YEAR}/keys/") == {"incomes-1", "carried"}
    assert left_after("incomes-2", f"flows/{YEAR}/keys/") == {"incomes-1", "incomes-2", "carried"}
    assert {key.split("/")[0] for key in left_after("incomes-1", f"flows/{YEAR}/sealed/")} == {"carried"}
    assert left_after("incomes-2", f"flows/{YEAR}/sealed/") == set()
    now = played.keys()
    assert not [key for key in now if key.startswith((FOLDER, f"flows/{YEAR}/sealed/"))]
    bucket = played.play.stack.outputs["FlowBucket"]
    keys = sorted(key for key in now if key.startswith(f"flows/{YEAR}/keys/"))
    s3 = played.play.stack.session.client("s3")
    assert [s3.head_object(Bucket=bucket, Key=key)["ContentLength"] for key in keys] == [0, 0, 0]


def test_no_identity_number_is_in_a_key_a_table_a_log_or_an_execution(played: Played) -> None:
    persons = played.wanted.asked[1]
    found = re.compile("(?<![0-9])[0-9]{11}(?![0-9])|(?<![0-9])[0-9]{18}(?![0-9])")
    bucket = played.keys()
    for place, text in played.contents.everything():
        told = place if place in bucket else f"{place} {text}"
        assert not {number[-11:] for number in found.findall(told)} & persons, place
