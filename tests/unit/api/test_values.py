"""The routes of values that are not official: who sees them, who confirms them, and once."""

from datetime import datetime
from typing import Any

import pytest

from tests.support.api_world import APPROVER, OPERATOR, PARTNER, READER, REGISTRAR, World

VALUES = "/v1/premium-years/2025/values"
AMOUNT = f"{VALUES}/premium-amount.nurse.399.19/confirmations"
DEADLINE = f"{VALUES}/account-deadline.1/confirmations"
LETTER = {"value": "399.19", "reason": "the letter of the institute"}
DAY = {"value": "2026-01-31", "reason": "the decision of the board"}


def by_id(world: World) -> dict[str, Any]:
    return {value["id"]: value for value in world.get(VALUES, READER).body["values"]}


def test_the_list_says_what_is_not_official_and_what_nobody_publishes() -> None:
    world = World()
    listed = by_id(world)
    amount, deadline = listed["premium-amount.nurse.399.19"], listed["account-deadline.1"]
    assert amount == {
        "id": "premium-amount.nurse.399.19",
        "name": "premium-amount",
        "key": {"profession": "nurse"},
        "value": "399.19",
        "unit": "EUR",
        "from": "2025-01-01",
        "until": "2025-12-31",
        "basis": "secondary",
        "source": amount["source"],
        "confirmed": False,
        "confirmations": [],
    }
    assert amount["source"]["act"].startswith("Infifacile")
    assert (deadline["value"], deadline["basis"], deadline["source"]) == (None, "supplied", None)
    assert world.get("/v1/premium-years/2023/values", OPERATOR).body == {"year": 2023, "values": []}


def test_an_operator_confirms_and_everybody_who_reads_the_year_sees_who_did() -> None:
    world = World()
    answer = world.post(AMOUNT, LETTER, OPERATOR, key="k")
    assert answer.status == 201
    made = {name: answer.body[name] for name in ("value", "reason", "by", "at")}
    assert answer.body == {"year": 2025, "id": "premium-amount.nurse.399.19", **made}
    assert (made["value"], made["reason"], made["by"]["subject"]) == (*LETTER.values(), OPERATOR.principal)
    world.runs.begin_year(2025, "v1")
    for caller in (OPERATOR, APPROVER, READER):
        (value,) = [v for v in world.get("/v1/premium-years/2025", caller).body["values"] if v["confirmed"]]
        assert value["confirmations"] == [made]


def test_a_repeated_request_has_the_same_answer_whatever_was_confirmed_since() -> None:
    world = World()
    first = world.post(DEADLINE, DAY, OPERATOR, key="k")
    other = world.post(DEADLINE, {**DAY, "value": "2026-02-01"}, OPERATOR, key="other")
    assert (first.status, other.status) == (201, 201)
    assert world.post(DEADLINE, DAY, OPERATOR, key="k").text == first.text
    assert [made["value"] for made in by_id(world)["account-deadline.1"]["confirmations"]] == [
        "2026-01-31",
        "2026-02-01",
    ]
    mismatch = world.post(DEADLINE, {**DAY, "value": "2026-02-02"}, OPERATOR, key="k")
    assert (mismatch.status, mismatch.code) == (409, "idempotency-mismatch")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (AMOUNT, {**LETTER, "value": "399.20"}, 409, "value-differs"),
        (f"{VALUES}/premium-amount.nurse/confirmations", LETTER, 404, "value-unknown"),
        (f"{VALUES}/account-deadline.2.2026-05-31/confirmations", DAY, 404, "value-unknown"),
        ("/v1/premium-years/2023/values/premium-amount.nurse.945.95/confirmations", LETTER, 404, "value-unknown"),
        ("/v1/premium-years/2024/values/premium-amount.nurse.1/confirmations", LETTER, 404, "no-premium-for-year"),
        (DEADLINE, {**DAY, "value": "31/01/2026"}, 422, "invalid"),
        (DEADLINE, {"value": "2026-01-31"}, 422, "invalid"),
        (DEADLINE, {**DAY, "reason": ""}, 422, "invalid"),
        (DEADLINE, {**DAY, "reason": "seen with 86020345613"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_confirmed_is_refused_and_leaves_nothing(
    path: str, body: dict[str, str], status: int, code: str
) -> None:
    world = World()
    answer = world.post(path, body, OPERATOR, key="k")
    assert (answer.status, answer.code) == (status, code)
    assert world.runs.confirmed == {}


@pytest.mark.parametrize("caller", [APPROVER, READER, PARTNER, REGISTRAR])
def test_nobody_but_an_operator_confirms(caller: Any) -> None:
    world = World()
    assert world.post(AMOUNT, LETTER, caller, key="k").status == 403
    assert world.runs.confirmed == {}


# --- until when values are known ------------------------------------------------------------------


def test_the_catalogue_and_the_year_warn_sixty_days_before_values_end() -> None:
    world = World()
    world.runs.begin_year(2025, "v1")
    for day, warning in (("2025-10-31", None), ("2025-11-01", "ends-soon"), ("2026-01-01", "ended")):
        world.clock.at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        schemes = {each["scheme"]: each for each in world.get("/v1/schemes", READER).body["schemes"]}
        detail = world.get("/v1/schemes/convention-premium", READER).body
        parameters = world.get("/v1/schemes/convention-premium/parameters", READER, on=day).body
        year = world.get("/v1/premium-years/2025", READER).body
        for body in (schemes["convention-premium"], detail, parameters, year):
            assert body["known"]["warning"] == warning
            (end,) = body["known"]["ends"]
            assert (body["known"]["until"], end["until"]) == ("2025-12-31", "2025-12-31")
            assert {"premium-amount", "account-deadline"} <= set(end["parameters"])
