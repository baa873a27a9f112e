"""The routes of the files for the bank: what is shown of one, and who does what with it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tegemoet.api.callers import Caller
from tests.support.api_world import (
    APPROVER,
    BOTH,
    CASE_WORKER,
    OPERATOR,
    OTHER_TREASURER,
    PARTNER,
    READER,
    REGISTRAR,
    TREASURER,
)
from tests.support.api_years import DECEMBER, PHASE_1, YEAR, Year
from tests.support.premium_world import account, provider, riziv, two_shards

FILES = f"{YEAR}/bank-files"
LOST = {"reason": "the bank never got it"}


@pytest.fixture
def year() -> Iterator[Year]:
    """A released run with two files of two transfers."""
    with two_shards():
        made = Year()
        made.premium.pay_from(transfers_per_file=2, persons_per_account=9)
        for number in range(4):
            rows = provider(f"v1-{number}", riziv(400_001 + number), s1=20_000)
            made.premium.drop([*rows, account(f"v1-{number}")])
        made.release(PHASE_1, DECEMBER)
        yield made


def listed(year: Year) -> list[Any]:
    found: list[Any] = year.get(FILES, OPERATOR).body["files"]
    return found


def path_of(year: Year, number: int = 1) -> str:
    return f"{FILES}/{listed(year)[number - 1]['message_id']}"


def withdrawn(year: Year) -> str:
    """The path of a file that two persons withdrew."""
    path = path_of(year)
    assert year.order(f"{path}/withdrawals", LOST).body["proposal"] == 1
    assert year.order(f"{path}/withdrawals/1/confirmation", {"fetches": 0}, APPROVER).status == 200
    return path


def returns(year: Year) -> int:
    return sum(entry.kind == "return" for entry in year.premium.entries())


def test_a_year_tells_its_files_and_what_was_done_with_each(year: Year) -> None:
    [run] = year.runs.of_phase(2023, 1)
    files = year.premium.bank_files()
    assert listed(year) == [
        {
            "message_id": file.message_id,
            "run": run.id,
            "phase": 1,
            "number": number,
            "sha256": file.sha256,
            "transfers": 2,
            "amount": "1891.90",
            "execution": file.execution,
            "state": "released",
            "events": [],
        }
        for number, file in enumerate(files, 1)
    ]
    at = year.clock.now().isoformat(timespec="seconds")
    year.order(f"{path_of(year)}/fetches", {}, TREASURER)
    first, second = listed(year)
    by = {"subject": TREASURER.principal, "name": "A Treasurer"}
    event = {"number": 1, "event": "fetched", "by": by, "at": at, "reason": None, "proposal": None}
    assert (first["state"], first["events"]) == ("fetched", [event])
    assert (second["state"], second["events"]) == ("released", [])


@pytest.mark.parametrize("caller", [OPERATOR, APPROVER, READER, TREASURER])
def test_who_reads_a_year_sees_its_files_without_a_link(year: Year, caller: Caller) -> None:
    found = year.get(FILES, caller)
    assert (found.status, len(found.body["files"])) == (200, 2)
    assert "signature" not in found.text


@pytest.mark.parametrize("caller", [PARTNER, REGISTRAR, CASE_WORKER])
def test_nobody_else_sees_the_files_of_a_year(year: Year, caller: Caller) -> None:
    assert year.get(FILES, caller).status == 403


@pytest.mark.parametrize("caller", [OPERATOR, APPROVER, BOTH, READER, PARTNER])
def test_only_a_treasurer_fetches_a_file(year: Year, caller: Caller) -> None:
    assert year.order(f"{path_of(year)}/fetches", {}, caller).status == 403
    assert listed(year)[0]["events"] == []


def test_a_fetch_is_recorded_and_answered_with_a_link(year: Year) -> None:
    file = year.premium.bank_files()[1]
    answer = year.order(f"{path_of(year, 2)}/fetches", {}, TREASURER)
    assert answer.status == 201
    until = (year.clock.now() + timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M:%SZ")
    link = {"name": f"{file.message_id}.xml", "url": f"https://bank.example/{file.key}?signature", "expires_at": until}
    assert answer.body == {**listed(year)[1], "link": link}
    assert answer.body["state"] == "fetched"


def test_a_fetch_under_the_same_key_is_one_and_says_the_same(year: Year) -> None:
    path = f"{path_of(year)}/fetches"
    first = year.post(path, {}, TREASURER, key="k")
    year.post(path, {}, OTHER_TREASURER, key="k")
    again = year.post(path, {}, TREASURER, key="k")
    assert (again.status, again.body) == (201, first.body)
    assert [event["by"]["subject"] for event in listed(year)[0]["events"]] == [
        TREASURER.principal,
        OTHER_TREASURER.principal,
    ]


def test_two_persons_withdraw_a_file(year: Year) -> None:
    path = path_of(year)
    answer = year.order(f"{path}/withdrawals", LOST)
    assert (answer.status, answer.body) == (
        201,
        {"year": 2023, "message_id": path.rpartition("/")[2], "proposal": 1},
    )
    assert year.order(f"{path}/withdrawals/1/confirmation", {"fetches": 0}).code == "confirmed-by-proposer"
    assert returns(year) == 0
    answer = year.order(f"{path}/withdrawals/1/confirmation", {"fetches": 0}, APPROVER)
    assert (answer.status, answer.body) == (200, listed(year)[0])
    assert [(event["event"], event["reason"], event["proposal"]) for event in answer.body["events"]] == [
        ("withdrawal-proposed", LOST["reason"], None),
        ("withdrawn", None, 1),
    ]
    assert (returns(year), listed(year)[1]["state"]) == (2, "released")
    again = year.order(f"{path}/withdrawals/1/confirmation", {"fetches": 0}, APPROVER)
    assert (again.status, again.body, returns(year)) == (200, answer.body, 2)


def test_who_confirms_says_how_often_the_file_was_fetched(year: Year) -> None:
    path = path_of(year)
    year.order(f"{path}/withdrawals", LOST)
    year.order(f"{path}/fetches", {}, TREASURER)
    refused = year.order(f"{path}/withdrawals/1/confirmation", {"fetches": 0}, APPROVER)
    assert (refused.status, refused.code, returns(year)) == (409, "fetches-differ", 0)
    assert year.order(f"{path}/withdrawals/1/confirmation", {"fetches": 1}, APPROVER).status == 200


def test_after_its_withdrawal_nobody_fetches_a_file_also_not_under_an_earlier_key(year: Year) -> None:
    path = path_of(year)
    year.order(f"{path}/withdrawals", LOST)
    year.post(f"{path}/fetches", {}, TREASURER, key="k")
    assert year.order(f"{path}/withdrawals/1/confirmation", {"fetches": 1}, APPROVER).status == 200
    for key in ("k", "another"):
        refused = year.post(f"{path}/fetches", {}, TREASURER, key=key)
        assert (refused.status, refused.code) == (409, "file-withdrawn")
        assert "signature" not in refused.text
    assert len(listed(year)[0]["events"]) == 3


@pytest.mark.parametrize(
    ("rest", "body", "caller", "status", "code"),
    [
        ("withdrawals", {"reason": "too late"}, OPERATOR, 409, "file-withdrawn"),
        ("withdrawals/1/confirmation", {"fetches": 0}, BOTH, 409, "file-withdrawn"),
        ("withdrawals/2/confirmation", {"fetches": 0}, BOTH, 404, "proposal-unknown"),
        ("withdrawals/9/confirmation", {"fetches": 0}, BOTH, 404, "proposal-unknown"),
    ],
)
def test_a_withdrawn_file_is_not_withdrawn_again(
    year: Year, rest: str, body: Any, caller: Caller, status: int, code: str
) -> None:
    refused = year.order(f"{withdrawn(year)}/{rest}", body, caller)
    assert (refused.status, refused.code, returns(year)) == (status, code, 2)


def test_a_proposal_is_confirmed_within_seven_days(year: Year) -> None:
    path = path_of(year)
    year.order(f"{path}/withdrawals", LOST)
    year.clock.at += timedelta(days=7, seconds=1)
    refused = year.order(f"{path}/withdrawals/1/confirmation", {"fetches": 0}, APPROVER)
    assert (refused.status, refused.code, returns(year)) == (409, "proposal-lapsed", 0)


@pytest.mark.parametrize(
    ("rest", "body", "caller"),
    [("fetches", {}, TREASURER), ("withdrawals", LOST, OPERATOR), ("withdrawals/1/confirmation", {"fetches": 0}, BOTH)],
)
def test_a_file_that_the_year_does_not_have_is_unknown(year: Year, rest: str, body: Any, caller: Caller) -> None:
    refused = year.order(f"{FILES}/TGM-unknown/{rest}", body, caller)
    assert (refused.status, refused.code) == (404, "bank-file-unknown")
    other = path_of(year).replace("2023", "1999", 1)
    refused = year.order(f"{other}/{rest}", body, caller)
    assert (refused.status, refused.code) == (404, "no-premium-for-year")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": 1}, {"reason": "x", "more": 1}])
def test_a_withdrawal_has_a_reason(year: Year, body: Any) -> None:
    assert year.order(f"{path_of(year)}/withdrawals", body).status == 422
    assert listed(year)[0]["events"] == []


@pytest.mark.parametrize("fetches", [None, -1, "0", 0.5, True])
def test_a_confirmation_has_a_number_of_fetches(year: Year, fetches: Any) -> None:
    path = path_of(year)
    year.order(f"{path}/withdrawals", LOST)
    assert year.order(f"{path}/withdrawals/1/confirmation", {"fetches": fetches}, APPROVER).status == 422
    assert returns(year) == 0
