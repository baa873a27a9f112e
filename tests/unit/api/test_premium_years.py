"""Premium years over the API, for operators and approvers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from tegemoet.adapters.cloud import Cloud
from tegemoet.adapters.functions import NotClosedError
from tegemoet.api.callers import Caller
from tegemoet.application.records import BatchDetail, FileRefusal, Person, Run, RunDetail
from tegemoet.domain.manual_review import YearException
from tests.support import premium_world
from tests.support.api_world import APPROVER, BOTH, OPERATOR, PARTNER, READER, Answer
from tests.support.api_years import DECEMBER, JUNE, PHASE_1, PHASE_2, YEAR, Year
from tests.support.years import AFTER_ALL

NURSE = "v1-nurse"
REFUSAL = FileRefusal("column-missing", "A column is missing.", 1, "insz")


@pytest.fixture
def year() -> Iterator[Year]:
    with premium_world.two_shards():
        year = Year()
        year.premium.drop(
            [*premium_world.provider(NURSE, "41234502401", s1=20_000), premium_world.account(NURSE)],
            partner="mutuality",
        )
        yield year


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


# Starting


def test_a_phase_is_started_and_its_workflow_with_it(year: Year) -> None:
    answer = year.order(PHASE_1, DECEMBER)
    assert answer.status == 202
    run = answer.body["run"]
    assert answer.body == {"run": run, "year": 2023, "phase": 1, "cut_off": "2023-12-01T09:00:00Z"}
    assert year.workflows.started == {("phase", run): {"run": run, "year": 2023, "phase": 1, "on": "2023-12-01"}}
    assert year.run(run).started_by == OPERATOR.principal


def test_a_phase_is_not_started_while_a_batch_is_loading(year: Year) -> None:
    batch = next(iter(year.batches.items.values()))
    year.batches.items[batch.id] = replace(batch, state="loading")
    assert refused(year.order(PHASE_1, DECEMBER)) == (409, "batch-loading")
    year.batches.items[batch.id] = batch
    assert year.order(PHASE_1, DECEMBER).status == 202


def test_a_phase_is_not_started_while_another_run_is_open(year: Year) -> None:
    year.start(PHASE_1, DECEMBER)
    assert refused(year.order(PHASE_1, DECEMBER)) == (409, "run-open")


def test_phase_2_comes_after_a_released_phase_1(year: Year) -> None:
    assert refused(year.order(PHASE_2, JUNE)) == (409, "phase-1-not-released")


def test_phase_1_does_not_come_after_phase_2_began(year: Year) -> None:
    year.release(PHASE_1, DECEMBER)
    year.release(PHASE_2, JUNE)
    assert refused(year.order(PHASE_1, DECEMBER)) == (409, "phase-2-begun")


def test_a_phase_is_not_evaluated_for_a_day_before_its_first(year: Year) -> None:
    answer = year.order(PHASE_1, {"on": "2023-11-30"})
    assert refused(answer) == (422, "before-first-day")
    assert answer.faults == {("/on", "before-first-day")}
    assert year.order(PHASE_1, {"on": "2023-12-01"}).status == 202


@pytest.mark.parametrize("body", [{}, {"on": "soon"}, {"on": 20231201}, {"on": "2023-12-01", "fast": True}, [DECEMBER]])
def test_a_start_without_a_proper_day_is_refused(year: Year, body: Any) -> None:
    assert refused(year.order(PHASE_1, body)) == (422, "invalid")
    assert year.workflows.started == {}


def test_there_are_two_phases(year: Year) -> None:
    assert refused(year.order(f"{YEAR}/phases/3", DECEMBER)) == (404, "phase-unknown")
    assert refused(year.get(f"{YEAR}/phases/3", OPERATOR)) == (404, "phase-unknown")


@pytest.mark.parametrize(
    ("method", "path", "body", "caller"),
    [
        ("POST", "phases/1", DECEMBER, OPERATOR),
        ("GET", "phases/1", None, OPERATOR),
        ("GET", "", None, OPERATOR),
        ("POST", "phases/1/approval", {"run": f"{AFTER_ALL}-1-0", "control_sum": "1.00", "approve": True}, APPROVER),
        ("POST", "phases/1/continuation", {"run": f"{AFTER_ALL}-1-0"}, OPERATOR),
        ("POST", "phases/1/abandonment", {"run": f"{AFTER_ALL}-1-0", "reason": "r"}, OPERATOR),
        ("GET", "phases/1/changes", None, OPERATOR),
        ("GET", "exceptions", None, OPERATOR),
        ("GET", "exceptions/e", None, OPERATOR),
        ("POST", "exceptions/e", {"choice": "seen", "reason": "r"}, OPERATOR),
        ("POST", "close", {"open_exceptions": 0, "reason": "r"}, OPERATOR),
        ("POST", "close/p/confirmation", None, OPERATOR),
        ("GET", "practices/41234502", None, OPERATOR),
    ],
)
def test_a_year_without_data_has_no_premium_whatever_is_asked(
    year: Year, method: str, path: str, body: Any, caller: Any
) -> None:
    answer = year.send(
        method, f"/v1/premium-years/{AFTER_ALL}/{path}".rstrip("/"), caller, body=body, headers={"Idempotency-Key": "k"}
    )
    assert refused(answer) == (404, "no-premium-for-year")


# Looking


def test_a_phase_that_was_not_started_is_404(year: Year) -> None:
    assert refused(year.get(PHASE_1, OPERATOR)) == (404, "phase-not-started")


def test_a_phase_shows_state_progress_and_totals_per_sector(year: Year) -> None:
    run = year.start(PHASE_1, DECEMBER)
    started = year.get(PHASE_1, OPERATOR).body
    assert (started["state"], started["control_sum"], started["totals"]) == ("started", None, None)
    year.premium.evaluate(run)
    for caller in (OPERATOR, APPROVER):
        waiting = year.get(PHASE_1, caller).body
        assert (waiting["state"], waiting["control_sum"]) == ("waiting", "945.95")
        assert waiting["progress"] == {"shards": 2, "joined": 2, "evaluated": 2, "settled": 0}
        [nurses] = [s for s in waiting["totals"]["sectors"] if s["profession"] == "nurse"]
        assert (nurses["payments"], nurses["amount"]) == (1, "945.95")
        assert {link["name"] for link in waiting["links"]} >= {"summary.json", "decisions.jsonl"}
        assert all(link["url"].startswith("https://output.example/payments/2023/phase-1/") for link in waiting["links"])
    year.approval(run)
    year.premium.pay(run)
    released = year.get(PHASE_1, OPERATOR).body
    assert released["state"] == "released"
    assert "payments.csv" in {link["name"] for link in released["links"]}


def test_earlier_runs_of_a_phase_are_listed(year: Year) -> None:
    first, second = year.release(PHASE_1, DECEMBER), year.release(PHASE_1, DECEMBER)
    body = year.get(PHASE_1, OPERATOR).body
    assert [run["run"] for run in body["runs"]] == [first.id, second.id]
    assert body["run"] == second.id


def test_what_changed_since_the_last_release_is_counted_and_listed_in_pages(year: Year) -> None:
    run = year.start(PHASE_1, DECEMBER)
    before = year.get(f"{PHASE_1}/changes", OPERATOR).body
    assert before == {"run": run.id, "since": None, "counts": None, "changes": [], "next": None}
    assert year.get(PHASE_1, OPERATOR).body["changes"] is None
    for number in range(5):
        year.premium.roles.give(f"person-{number}", "approver")
    year.premium.evaluate(run)
    counts = {"accounts": 0, "debtor-account": 0, "grants": 1, "roles": 5, "unused-files": 0, "values": 0}
    assert year.get(PHASE_1, APPROVER).body["changes"] == counts
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = year.get(f"{PHASE_1}/changes", APPROVER, kind="roles", limit="2", **cursor).body
        assert (page["run"], page["counts"], len(page["changes"]) <= 2) == (run.id, counts, True)
        found += [change["facts"]["subject"] for change in page["changes"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == [f"person-{number}" for number in range(5)]
    everything = year.get(f"{PHASE_1}/changes", READER).body
    assert [change["kind"] for change in everything["changes"]] == ["grants", *["roles"] * 5]


def test_changes_are_counted_from_the_cut_off_of_the_last_release(year: Year) -> None:
    first = year.release(PHASE_1, DECEMBER)
    year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    assert year.get(f"{PHASE_1}/changes", OPERATOR).body["since"] == first.detail.cut_off


@pytest.mark.parametrize("kind", ["", "account", "refused"])
def test_changes_of_another_kind_do_not_exist(year: Year, kind: str) -> None:
    year.start(PHASE_1, DECEMBER)
    assert year.get(f"{PHASE_1}/changes", OPERATOR, kind=kind).status == 422


def test_a_phase_that_was_not_started_has_no_changes(year: Year) -> None:
    assert refused(year.get(f"{PHASE_1}/changes", OPERATOR)) == (404, "phase-not-started")
    assert refused(year.get(f"{YEAR}/phases/3/changes", OPERATOR)) == (404, "phase-unknown")


# Approving


def test_a_run_is_approved_by_somebody_else_on_the_sum_it_shows(year: Year) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    answer = year.approval(run)
    assert (answer.status, answer.body) == (200, {"run": run.id, "approved": True})
    assert year.workflows.answers == {f"token-{run.id}": {"approved": True}}
    assert year.run(run.id).detail.approved_by == APPROVER.principal


def test_who_started_a_run_does_not_approve_it(year: Year) -> None:
    answer = year.order(PHASE_1, DECEMBER, BOTH)
    run = year.premium.evaluate(year.run(answer.body["run"]))
    assert refused(year.approval(run, BOTH)) == (409, "approver-is-starter")
    assert year.run(run.id).state == "waiting"
    assert year.approval(run, APPROVER).status == 200


@pytest.mark.parametrize("control_sum", ["945.96", "945.950", "945.9", "0945.95", "", "945,95"])
def test_another_sum_is_refused(year: Year, control_sum: str) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    assert refused(year.approval(run, control_sum=control_sum)) == (409, "control-sum-differs")
    assert year.workflows.answers == {}


@pytest.mark.parametrize("control_sum", [945.95, 946, None])
def test_a_sum_that_is_no_text_is_refused(year: Year, control_sum: Any) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    answer = year.approval(run, control_sum=control_sum)
    assert (answer.status, answer.faults) == (422, {("/control_sum", "string-type")})


def test_another_run_is_refused(year: Year) -> None:
    nothing = {"run": "2023-1-0000000000", "control_sum": "0.00", "approve": True}
    assert refused(year.order(f"{PHASE_1}/approval", nothing, APPROVER)) == (404, "run-unknown")
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    assert refused(year.approval(run, run="2023-1-0000000000")) == (409, "run-differs")
    sum_shown = year.run(run.id).detail.control_sum
    body = {"run": run.id, "control_sum": sum_shown, "approve": True}
    assert year.order(f"{PHASE_2}/approval", body, APPROVER).code in ("run-differs", "run-unknown")


def test_a_run_that_does_not_wait_is_not_approved(year: Year) -> None:
    run = year.release(PHASE_1, DECEMBER)
    other = replace(APPROVER, principal="another-approver")
    year.people.add(other.principal, "approver")
    assert refused(year.approval(run, other)) == (409, "decided-already")


def test_a_refusal_gives_its_reason_and_ends_the_run_unpaid(year: Year) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    without = year.approval(run, approve=False)
    assert (without.status, without.code) == (422, "reason-missing")
    answer = year.approval(run, approve=False, reason="too early")
    assert (answer.status, answer.body) == (200, {"run": run.id, "approved": False})
    assert year.workflows.answers == {f"token-{run.id}": {"approved": False}}
    assert year.get(PHASE_1, OPERATOR).body["reason"] == "too early"
    assert year.premium.entries() == []
    assert year.order(PHASE_1, DECEMBER).status == 202  # the year is free


@pytest.mark.parametrize("approve", ["true", 1, None])
def test_an_approval_is_a_plain_yes_or_no(year: Year, approve: Any) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    answer = year.approval(run, approve=approve)
    assert (answer.status, answer.faults) == (422, {("/approve", "bool-type")})


# Going on


def failed(year: Year) -> Run:
    run = year.start(PHASE_1, DECEMBER)
    year.runs.update(run.id, state="failed", detail=RunDetail(failure="Lambda.Unknown"), expected=("started",))
    return run


def test_a_failed_run_is_continued_under_an_execution_of_its_own(year: Year) -> None:
    run = failed(year)
    assert year.get(PHASE_1, OPERATOR).body["state"] == "failed"
    answer = year.order(f"{PHASE_1}/continuation", {"run": run.id})
    assert (answer.status, answer.body["run"]) == (202, run.id)
    assert {name for _, name in year.workflows.started} == {run.id, f"{run.id}-1"}


def test_a_run_that_has_not_failed_is_not_continued(year: Year) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    assert refused(year.order(f"{PHASE_1}/continuation", {"run": run.id})) == (409, "not-failed")


@pytest.mark.parametrize("route", ["continuation", "abandonment"])
def test_a_run_of_another_phase_or_of_none_is_refused(year: Year, route: str) -> None:
    run = failed(year)
    body = {"reason": "r"} if route == "abandonment" else {}
    assert refused(year.order(f"{PHASE_2}/{route}", {"run": run.id, **body})) == (409, "run-differs")
    unknown = {"run": "2023-1-0000000000", **body}
    assert refused(year.order(f"{PHASE_1}/{route}", unknown)) == (404, "run-unknown")


def test_a_run_that_is_given_up_frees_the_year(year: Year) -> None:
    run = failed(year)
    answer = year.order(f"{PHASE_1}/abandonment", {"run": run.id, "reason": "wrong facts"})
    assert (answer.status, answer.body) == (200, {"run": run.id, "abandoned": True})
    assert year.get(PHASE_1, OPERATOR).body["state"] == "refused"
    assert year.order(PHASE_1, DECEMBER).status == 202


def test_an_approved_run_is_not_given_up(year: Year) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    year.approval(run)
    answer = year.order(f"{PHASE_1}/abandonment", {"run": run.id, "reason": "regret"})
    assert refused(answer) == (409, "approved-already")


# Exceptions


@pytest.fixture
def exceptional(year: Year) -> Year:
    year.runs.keep_exceptions(
        2023,
        [
            YearException(f"year-amount-lower.4123450{n}", "year-amount-lower", {"riziv_number": f"4123450{n}"}, "")
            for n in range(3)
        ],
    )
    return year


def test_exceptions_come_in_pages_with_what_may_be_chosen(exceptional: Year) -> None:
    first = exceptional.get(f"{YEAR}/exceptions", OPERATOR, limit="2").body
    rest = exceptional.get(f"{YEAR}/exceptions", APPROVER, limit="2", cursor=first["next"]).body
    found = first["exceptions"] + rest["exceptions"]
    assert [e["facts"]["riziv_number"] for e in found] == ["41234500", "41234501", "41234502"]
    assert found[0]["choices"] == ["year-as-delivered", "first-semester-counts"]
    assert found[0]["choice"] is None
    assert rest["next"] is None


def test_a_page_of_exceptions_may_be_of_one_kind(exceptional: Year) -> None:
    assert len(exceptional.get(f"{YEAR}/exceptions", OPERATOR, kind="year-amount-lower").body["exceptions"]) == 3
    assert exceptional.get(f"{YEAR}/exceptions", OPERATOR, kind="recovery").body == {"exceptions": [], "next": None}
    assert exceptional.get(f"{YEAR}/exceptions", OPERATOR, kind="year-amounts").status == 422
    assert refused(exceptional.get(f"{YEAR}/exceptions", OPERATOR, cursor="%%")) == (422, "cursor-invalid")


def test_a_choice_is_recorded_with_its_reason_and_its_person(exceptional: Year) -> None:
    path = f"{YEAR}/exceptions/year-amount-lower.41234501"
    answer = exceptional.order(path, {"choice": "first-semester-counts", "reason": "statement received"})
    assert (answer.status, answer.body) == (
        200,
        {"id": "year-amount-lower.41234501", "choice": "first-semester-counts"},
    )
    found = exceptional.get(path, APPROVER).body
    assert (found["choice"], found["reason"]) == ("first-semester-counts", "statement received")
    operator = {"subject": OPERATOR.principal, "name": "An Operator"}
    assert found["chosen_by"] == operator
    [made] = found["choices_made"]
    assert (made["choice"], made["reason"], made["by"]) == ("first-semester-counts", "statement received", operator)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("about 85.07.30-033.28", "holds-identity-number"),
        ("about 85073003328", "holds-identity-number"),
        ("turned \u202e round", "text-invalid"),
        ("zero\u200bwidth", "text-invalid"),
        ("two\nlines", "text-invalid"),
    ],
)
def test_no_reason_holds_an_identity_number_or_what_nobody_sees(exceptional: Year, reason: str, code: str) -> None:
    path = f"{YEAR}/exceptions/year-amount-lower.41234501"
    answer = exceptional.order(path, {"choice": "first-semester-counts", "reason": reason})
    assert (answer.status, answer.faults) == (422, {("/reason", code)})
    assert exceptional.get(path, OPERATOR).body["choice"] is None
    answers: list[tuple[str, dict[str, object], Caller]] = [
        ("approval", {"run": "r", "control_sum": "0.00", "approve": False}, APPROVER),
        ("abandonment", {"run": "r"}, OPERATOR),
    ]
    for name, body, caller in answers:
        refusal = exceptional.post(f"{YEAR}/phases/1/{name}", {**body, "reason": reason}, caller)
        assert refusal.faults == {("/reason", code)}


def test_a_choice_that_is_none_is_refused(exceptional: Year) -> None:
    path = f"{YEAR}/exceptions/year-amount-lower.41234501"
    answer = exceptional.order(path, {"choice": "whatever", "reason": "r"})
    assert refused(answer) == (422, "choice-unknown")
    assert exceptional.order(path, {"choice": "first-semester-counts", "reason": ""}).faults == {
        ("/reason", "string-too-short")
    }
    assert exceptional.get(path, OPERATOR).body["choice"] is None


def lower(*numbers: int) -> list[str]:
    return [f"year-amount-lower.4123450{number}" for number in numbers]


def test_a_choice_for_a_list_is_recorded_for_each_of_them(exceptional: Year) -> None:
    body = {"exceptions": lower(2, 0, 2), "choice": "first-semester-counts", "reason": "statements received"}
    answer = exceptional.order(f"{YEAR}/exceptions", body)
    assert (answer.status, answer.body) == (200, {"exceptions": lower(2, 0), "choice": "first-semester-counts"})
    found = exceptional.get(f"{YEAR}/exceptions", OPERATOR).body["exceptions"]
    assert [each["choice"] for each in found] == ["first-semester-counts", None, "first-semester-counts"]
    assert [len(each["choices_made"]) for each in found] == [1, 0, 1]
    assert found[0]["choices_made"][0]["reason"] == "statements received"
    assert found[0]["chosen_by"]["subject"] == OPERATOR.principal


@pytest.mark.parametrize(
    ("ids", "choice", "status", "code", "places"),
    [
        ([*lower(0), "none", *lower(1), "neither"], "first-semester-counts", 404, "exception-unknown", (1, 3)),
        (lower(0, 1), "settled", 422, "choice-unknown", (0, 1)),
        ([*lower(0), "late-facts.b"], "first-semester-counts", 422, "choice-unknown", (1,)),
    ],
)
def test_a_list_with_one_at_fault_is_refused_as_a_whole(
    exceptional: Year, ids: list[str], choice: str, status: int, code: str, places: tuple[int, ...]
) -> None:
    exceptional.runs.keep_exceptions(2023, [YearException("late-facts.b", "late-facts", {"kind": "accounts"})])
    answer = exceptional.order(f"{YEAR}/exceptions", {"exceptions": ids, "choice": choice, "reason": "r"})
    assert (*refused(answer), answer.faults) == (status, code, {(f"/exceptions/{place}", code) for place in places})
    found = exceptional.get(f"{YEAR}/exceptions", OPERATOR).body["exceptions"]
    assert {each["choice"] for each in found} == {None}


@pytest.mark.parametrize(("many", "status"), [(0, 422), (1, 404), (100, 404), (101, 422)])
def test_a_list_for_one_choice_has_at_most_a_hundred_exceptions(exceptional: Year, many: int, status: int) -> None:
    body = {"exceptions": [f"e.{number}" for number in range(many)], "choice": "seen", "reason": "r"}
    assert exceptional.order(f"{YEAR}/exceptions", body).status == status


def test_an_exception_that_does_not_exist_is_404(exceptional: Year) -> None:
    assert refused(exceptional.get(f"{YEAR}/exceptions/none", OPERATOR)) == (404, "exception-unknown")
    body = {"choice": "seen", "reason": "r"}
    assert refused(exceptional.order(f"{YEAR}/exceptions/none", body)) == (404, "exception-unknown")


# Closing


ONE_OPEN = {"open_exceptions": 1, "reason": "the year amount will not come"}


def test_a_year_is_closed_by_two_persons_after_a_released_phase_2_and_stays_so(year: Year) -> None:
    assert refused(year.order(f"{YEAR}/close", ONE_OPEN)) == (409, "phase-2-not-released")
    year.release(PHASE_1, DECEMBER)
    year.release(PHASE_2, JUNE)
    assert refused(year.order(f"{YEAR}/close", {**ONE_OPEN, "open_exceptions": 0})) == (409, "exceptions-differ")
    proposed = year.order(f"{YEAR}/close", ONE_OPEN)
    assert proposed.status == 201
    proposal = proposed.body.pop("proposal")
    assert proposed.body | {"proposed_at": ""} == {
        "proposal": proposal,
        "year": 2023,
        "open_exceptions": 1,
        "reason": "the year amount will not come",
        "proposed_by": {"subject": OPERATOR.principal, "name": "An Operator"},
        "proposed_at": "",
    }
    confirmation = f"{YEAR}/close/{proposal}/confirmation"
    assert refused(year.order(confirmation, None)) == (409, "confirmed-by-proposer")
    assert not year.ledger.is_closed(2023)
    for _ in range(2):
        answer = year.order(confirmation, None, APPROVER)
        assert (answer.status, answer.body) == (200, {"year": 2023, "state": "closed", "closed_on": "2023-12-01"})
    assert year.ledger.is_closed(2023)
    assert refused(year.order(PHASE_2, JUNE)) == (409, "year-closed")
    assert refused(year.order(confirmation, None, BOTH)) == (409, "year-closed")


@pytest.mark.parametrize(
    "body", [None, {}, {"reason": "r"}, {**ONE_OPEN, "open_exceptions": -1}, {**ONE_OPEN, "reason": ""}]
)
def test_a_closing_says_how_many_exceptions_stay_open_and_why(year: Year, body: Any) -> None:
    assert refused(year.order(f"{YEAR}/close", body)) == (422, "invalid")


def test_what_has_expired_or_soon_will_is_told_by_its_code(year: Year) -> None:
    year.release(PHASE_1, DECEMBER)
    year.release(PHASE_2, JUNE)
    year.clock.at = datetime(2024, 9, 30, 9, tzinfo=UTC)
    proposal = year.order(f"{YEAR}/close", ONE_OPEN).body["proposal"]
    assert year.order(f"{YEAR}/close/{proposal}/confirmation", None, APPROVER).status == 200
    year.clock.at = datetime(2027, 8, 1, 9, tzinfo=UTC)
    assert refused(year.order(PHASE_2, JUNE)) == (409, "year-closed")
    year.clock.at = datetime(2027, 8, 2, 9, tzinfo=UTC)
    assert refused(year.order(PHASE_2, JUNE)) == (409, "facts-expire-soon")
    assert refused(year.get(f"{YEAR}/practices/42234590", OPERATOR)) == (404, "practice-unknown")
    year.clock.at = datetime(2027, 10, 1, 9, tzinfo=UTC)
    assert refused(year.get(f"{YEAR}/practices/41234502", OPERATOR)) == (404, "facts-expired")


def test_a_year_with_an_open_run_is_not_closed(year: Year) -> None:
    year.release(PHASE_1, DECEMBER)
    year.release(PHASE_2, JUNE)
    year.start(PHASE_2, JUNE)
    assert refused(year.order(f"{YEAR}/close", ONE_OPEN)) == (409, "run-open")
    assert not year.ledger.is_closed(2023)


# Who may do it


def test_a_start_with_a_cut_off_is_not_delayed_by_whoever_keeps_uploading(year: Year) -> None:
    batch = next(iter(year.batches.items.values()))
    early = replace(batch, id="b-early", state="loading", written_at="2023-12-01T07:00:00Z")
    year.batches.items[early.id] = early
    answer = year.order(PHASE_1, DECEMBER)
    assert refused(answer) == (409, "batch-loading")
    assert (answer.body["batches"], answer.body["cut_off"]) == (["b-early"], "2023-12-01T09:00:00Z")
    year.batches.items[early.id] = replace(early, state="done")
    year.clock.at += timedelta(minutes=5)
    late = replace(batch, id="b-late", state="loading", written_at="2023-12-01T09:01:00Z")
    year.batches.items[late.id] = late
    assert refused(year.order(PHASE_1, DECEMBER)) == (409, "batch-loading")
    started = year.order(PHASE_1, {**DECEMBER, "cut_off": answer.body["cut_off"]})
    assert (started.status, started.body["cut_off"]) == (202, "2023-12-01T09:00:00Z")


@pytest.mark.parametrize(
    "cut_off", ["2023-12-01", "2023-12-01T09:00:00", "2023-12-01T09:00:00+01:00", 1, "2023-13-01T09:00:00Z"]
)
def test_a_cut_off_is_a_moment_in_utc(year: Year, cut_off: Any) -> None:
    answer = year.order(PHASE_1, {**DECEMBER, "cut_off": cut_off})
    assert (answer.status, answer.faults) == (422, {("/cut_off", "not-a-moment")})


def test_a_cut_off_in_the_future_is_refused(year: Year) -> None:
    answer = year.order(PHASE_1, {**DECEMBER, "cut_off": "2023-12-01T09:00:01Z"})
    assert (answer.status, answer.code, answer.faults) == (
        422,
        "cut-off-in-the-future",
        {("/cut_off", "cut-off-in-the-future")},
    )


def test_a_run_that_nobody_could_approve_is_not_started(year: Year) -> None:
    year.people.accounts.clear()
    year.people.add(BOTH.principal, "operator", "approver")
    assert refused(year.order(PHASE_1, DECEMBER, BOTH)) == (409, "no-approver")
    assert year.workflows.started == {}
    year.people.add("gone", "approver", enabled=False)
    assert refused(year.order(PHASE_1, DECEMBER, BOTH)) == (409, "no-approver")
    assert year.order(PHASE_1, DECEMBER, OPERATOR).status == 202


def test_who_is_no_approver_any_more_approves_nothing_whatever_the_token_says(year: Year) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    year.people.add(APPROVER.principal, "operator")
    assert refused(year.approval(run)) == (403, "forbidden")
    year.people.add(APPROVER.principal, "approver", enabled=False)
    assert refused(year.approval(run)) == (403, "forbidden")
    year.people.accounts.pop(APPROVER.principal)
    assert refused(year.approval(run)) == (403, "forbidden")
    assert year.run(run.id).state == "waiting"


def test_one_and_the_same_answer_gets_one_and_the_same_response_in_every_state(year: Year) -> None:
    run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    first = year.approval(run)
    again = [year.approval(run)]
    year.premium.pay(run)
    again.append(year.approval(run))
    assert {(answer.status, answer.text) for answer in [first, *again]} == {(200, first.text)}
    assert refused(year.approval(run, approve=False, reason="regret")) == (409, "decided-already")


def test_an_operator_gives_up_a_batch_that_never_ends(year: Year) -> None:
    batch = next(iter(year.batches.items.values()))
    year.batches.items[batch.id] = replace(batch, state="loading")
    assert refused(year.order(PHASE_1, DECEMBER)) == (409, "batch-loading")
    path = f"/v1/batches/{batch.id}/abandonment"
    for _ in range(2):
        answer = year.order(path, {"reason": "its load stopped"})
        assert (answer.status, answer.body) == (200, {"batch": batch.id, "abandoned": True})
    assert year.order(PHASE_1, DECEMBER).status == 202
    shown = year.get(f"/v1/batches/{batch.id}", READER).body
    assert (shown["state"], shown["abandonment"]["reason"]) == ("abandoned", "its load stopped")
    assert shown["abandonment"]["by"] == {"subject": OPERATOR.principal, "name": "An Operator"}
    partner = replace(PARTNER, partner=batch.partner)
    assert year.get(f"/v1/batches/{batch.id}", partner).body["abandonment"]["by"] is None
    assert refused(year.order(path, {"reason": "me too"}, BOTH)) == (409, "batch-ended")
    assert refused(year.order("/v1/batches/none/abandonment", {"reason": "r"})) == (404, "batch-unknown")


@pytest.mark.parametrize("state", ["awaiting-upload", "done", "refused", "failed"])
def test_a_batch_that_is_not_loading_is_not_given_up(year: Year, state: Any) -> None:
    batch = next(iter(year.batches.items.values()))
    year.batches.items[batch.id] = replace(batch, state=state)
    answer = year.order(f"/v1/batches/{batch.id}/abandonment", {"reason": "r"})
    assert refused(answer) == (409, "batch-ended")
    assert year.batches.items[batch.id].state == state


# Dossiers


@pytest.mark.parametrize("number", ["41234502", "41234502401"])
def test_a_dossier_tells_what_was_found_decided_and_paid(year: Year, number: str) -> None:
    year.release(PHASE_1, DECEMBER)
    for caller in (OPERATOR, APPROVER):
        found = year.get(f"{YEAR}/practices/{number}", caller).body
        assert (found["riziv_number"], found["state"], found["practices"]) == ("41234502", "open", ["41234502401"])
        assert [(phase["phase"], phase["payable"]) for phase in found["phases"]] == [(1, "945.95")]
        assert [entry["amount"] for entry in found["entries"]] == ["945.95"]


def test_a_dossier_names_no_person_but_in_the_id_of_a_decision(year: Year) -> None:
    """Person keys are pseudonyms; accounts and names are not in a dossier at all."""
    year.release(PHASE_1, DECEMBER)
    text = year.get(f"{YEAR}/practices/41234502", OPERATOR).text
    assert "BE68539007547034" not in text
    assert "Holder" not in text


def test_a_dossier_shows_in_which_file_each_payment_went_and_its_answer(year: Year) -> None:
    year.premium.pay_from()
    year.release(PHASE_1, DECEMBER)
    [file] = year.premium.bank_files()
    [entry] = year.get(f"{YEAR}/practices/41234502", READER).body["entries"]
    name = f"TGM-{entry['entry_id']}"
    assert (entry["corrects"], entry["cause"]) == (None, None)
    assert entry["sent"] == {
        "end_to_end_id": name,
        "message_id": file.message_id,
        "execution": file.execution,
        "fetched": [],
        "state": "unanswered",
        "reason": None,
        "on": None,
    }
    told = premium_world.told(name, "returned", reason="AC04", on="2023-12-06", cents=94_595)
    year.premium.answer(told)
    found = year.get(f"{YEAR}/practices/41234502", READER)
    paid, back = found.body["entries"]
    assert (paid["sent"]["state"], paid["sent"]["reason"], paid["sent"]["on"]) == ("returned", "AC04", "2023-12-06")
    assert (back["kind"], back["corrects"], back["cause"], back["sent"]) == (
        "return",
        paid["entry_id"],
        "AC04",
        None,
    )
    assert not any(secret in found.text for secret in ("BE68539007547034", "BE71096123456769", "Holder"))


def test_a_payment_of_a_run_without_files_was_not_sent(year: Year) -> None:
    year.release(PHASE_1, DECEMBER)
    assert [e["sent"] for e in year.get(f"{YEAR}/practices/41234502", OPERATOR).body["entries"]] == [None]


def test_a_practice_that_nobody_brought_is_404(year: Year) -> None:
    assert refused(year.get(f"{YEAR}/practices/42234590", OPERATOR)) == (404, "practice-unknown")


def test_a_partner_sees_nothing_of_a_premium_year(year: Year) -> None:
    for path in (PHASE_1, f"{YEAR}/exceptions", f"{YEAR}/practices/41234502"):
        assert refused(year.get(path, PARTNER)) == (403, "forbidden")


def test_what_is_started_is_what_the_workflow_gets(year: Year) -> None:
    """The input of an execution is kept for ninety days: references only."""
    year.start(PHASE_1, DECEMBER)
    [payload] = year.workflows.started.values()
    assert len(orjson.dumps(dict(payload))) < 200


# The function itself


class Settle:
    """The function that may write to the ledger, as the function `operations` reaches it."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **call: Any) -> dict[str, Any]:
        self.asked.append(call)
        return self.answer


def closing(settle: Settle) -> Callable[[int], None]:
    """How the function `operations` closes the ledger, with `settle` behind Lambda."""
    cloud = Cloud({"SETTLE_FUNCTION_NAME": "tegemoet-settle"}, client={"lambda": settle}.__getitem__)
    return cloud.close_ledger


def test_the_close_entry_is_put_by_the_function_that_may() -> None:
    settle = Settle({"StatusCode": 200})
    closing(settle)(2023)
    [call] = settle.asked
    assert call["FunctionName"] == "tegemoet-settle"
    assert orjson.loads(call["Payload"]) == {"action": "close", "year": 2023}


def test_a_close_entry_that_was_not_put_is_not_taken_for_done() -> None:
    settle = Settle({"StatusCode": 200, "FunctionError": "Unhandled"})
    with pytest.raises(NotClosedError):
        closing(settle)(2023)


# The year as a whole


def test_a_year_shows_its_runs_with_who_did_what_and_when(year: Year) -> None:
    refused_run = year.premium.evaluate(year.start(PHASE_1, DECEMBER))
    year.approval(refused_run, approve=False, reason="too early")
    released = year.release(PHASE_1, DECEMBER)
    for caller in (OPERATOR, APPROVER, READER):
        shown = year.get(YEAR, caller).body
        assert (shown["state"], shown["open_run"], shown["closing"]) == ("open", None, None)
        assert shown["parameters"]["version"] == "2023.1"
        first, second = shown["phases"]
        assert (first["phase"], first["first_day"], first["released"]) == (1, "2023-12-01", True)
        assert (second["phase"], second["first_day"], second["released"]) == (2, "2024-06-01", False)
        unpaid, paid = first["runs"]
        assert (unpaid["run"], unpaid["state"], unpaid["reason"]) == (refused_run.id, "refused", "too early")
        assert unpaid["refused"]["by"] == {"subject": APPROVER.principal, "name": "An Approver"}
        assert (unpaid["approved"], unpaid["released_at"]) == (None, None)
        assert (paid["run"], paid["state"], paid["control_sum"]) == (released.id, "released", "945.95")
        assert paid["started"]["by"] == {"subject": OPERATOR.principal, "name": "An Operator"}
        assert paid["approved"]["by"] == {"subject": APPROVER.principal, "name": "An Approver"}
        assert (paid["refused"], paid["cut_off"]) == (None, "2023-12-01T09:00:02Z")
        moments = (paid["started"]["at"], paid["approved"]["at"], paid["released_at"])
        assert [moment[:19] for moment in moments] == sorted(moment[:19] for moment in moments)
    assert year.get(PHASE_1, OPERATOR).body["runs"] == year.get(YEAR, OPERATOR).body["phases"][0]["runs"]
    assert "token" not in year.get(YEAR, OPERATOR).text


def test_a_year_lists_every_file_of_every_partner_with_what_became_of_it(year: Year) -> None:
    batch = next(iter(year.batches.items.values()))
    others = [
        replace(batch, id="b-1", partner="rival", state="refused", detail=BatchDetail(refusal=REFUSAL)),
        replace(batch, id="b-2", partner="operator", sent_by=Person("0d3c", "An Operator")),
        replace(batch, id="b-3", scheme="premium-allocation", kind="population"),
    ]
    year.batches.items |= {other.id: other for other in others}
    shown = year.get(YEAR, OPERATOR).body
    assert shown["files"] == {"done": 5, "refused": 1}
    ids = [file["id"] for file in shown["batches"]]
    assert ids == sorted((b.id for b in year.batches.items.values() if b.id != "b-3"), reverse=True)
    by_id = {file["id"]: file for file in shown["batches"]}
    assert (by_id["b-1"]["partner"], by_id["b-1"]["refusal"]) == ("rival", "column-missing")
    assert by_id["b-2"]["sent_by"] == {"subject": "0d3c", "name": "An Operator"}
    [only] = year.get(YEAR, READER, state="refused").body["batches"]
    assert only["id"] == "b-1"


def test_the_files_of_a_year_come_in_pages(year: Year) -> None:
    found: list[str] = []
    query = {"limit": "3"}
    while True:
        shown = year.get(YEAR, OPERATOR, **query).body
        assert len(shown["batches"]) <= 3
        assert shown["files"] == {"done": 4}
        found += [file["id"] for file in shown["batches"]]
        if shown["next"] is None:
            break
        query["cursor"] = shown["next"]
    assert found == sorted(year.batches.items, reverse=True)


def test_a_closed_year_says_who_closed_it(year: Year) -> None:
    year.release(PHASE_1, DECEMBER)
    year.release(PHASE_2, JUNE)
    proposal = year.order(f"{YEAR}/close", ONE_OPEN).body
    shown = year.get(YEAR, READER).body
    assert (shown["state"], shown["open_exceptions"], shown["proposals"]) == ("open", 1, [proposal])
    year.order(f"{YEAR}/close/{proposal['proposal']}/confirmation", None, APPROVER)
    shown = year.get(YEAR, READER).body
    assert shown["state"] == "closed"
    closing = shown["closing"]
    assert (closing["closed_on"], closing["open_exceptions"]) == ("2023-12-01", 1)
    assert closing["proposed"]["by"]["name"] == "An Operator"
    assert closing["confirmed"]["by"]["name"] == "An Approver"


def test_a_partner_sees_no_name_and_no_year(year: Year) -> None:
    assert refused(year.get(YEAR, PARTNER)) == (403, "forbidden")
