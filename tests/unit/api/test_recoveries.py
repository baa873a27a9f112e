"""The route of recoveries: what has to come back, what did, and who may read it."""

from collections.abc import Iterator

import pytest

from tests.support.api_world import APPROVER, OPERATOR, PARTNER, READER, Answer
from tests.support.api_years import YEAR, Year
from tests.support.premium_world import DECEMBER, JUNE, account, activity, convention, provider, riziv, two_shards

NURSES = [riziv(400_001), riziv(400_002)]
PATH = f"{YEAR}/recoveries"


@pytest.fixture
def year() -> Iterator[Year]:
    """Two nurses who have to pay everything back, one of whom has no practice any more."""
    with two_shards():
        made = Year()
        for number in NURSES:
            made.premium.drop([*provider(number, number, s1=20_000), account(number)])
        made.premium.run(1, DECEMBER)
        made.premium.drop([activity(number, 40_000, whole_year=True) for number in NURSES])
        made.premium.drop([convention(number, "none") for number in NURSES])
        made.premium.run(2, JUNE, "second")
        yield made


def test_each_recovery_is_listed_with_what_came_back(year: Year) -> None:
    found = year.get(PATH, OPERATOR).body
    first, second = found["recoveries"]
    assert (found["year"], found["next"]) == (2023, None)
    number = min(NURSES)[:8]
    digits = f"{number}23"
    check = f"{int(digits) % 97 or 97:02}"
    shown = f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}{check}+++"
    assert first == {
        "riziv_number": number,
        "profession": "nurse",
        "run": first["run"],
        "reason": "less-due",
        "decision": first["decision"],
        "paid": "945.95",
        "due": "0.00",
        "amount": "945.95",
        "communication": shown,
        "parts": [],
        "remaining": "945.95",
        "state": "open",
    }
    assert year.get(f"{YEAR}/decisions/{first['decision']}", OPERATOR).body["case_id"] == number
    body = {"cents": 10_000, "on": "2024-08-01", "structured": digits + check, "reference": "r1"}
    year.premium.receive(body)
    (now, other) = year.get(PATH, READER).body["recoveries"]
    assert other == second
    [part] = now["parts"]
    assert (part["movement"], part["amount"]) == ("2024-08-01 r1", "100.00")
    assert (now["amount"], now["remaining"], now["state"]) == ("945.95", "845.95", "open")


def test_the_list_comes_in_pages(year: Year) -> None:
    page = year.get(PATH, APPROVER, limit="1").body
    rest = year.get(PATH, APPROVER, limit="1", cursor=page["next"]).body
    numbers = [each["riziv_number"] for each in (*page["recoveries"], *rest["recoveries"])]
    assert (numbers, rest["next"]) == (sorted(number[:8] for number in NURSES), None)


def test_no_partner_reads_it(year: Year) -> None:
    answer: Answer = year.get(PATH, PARTNER)
    assert answer.status == 403
