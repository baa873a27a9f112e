"""What a locum has done and still has to do: on the first day, on the last, and for years after."""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.registry import scheme_named
from tests.schemes.locum import checklist, line

PARAMETERS = scheme_named("locum-checklist").parameter_sets["parameters"]
AT_START = checklist()["done"]
AT_END = ["ehealth-certificate-removed", "hector-link-stopped", "expense-note-sent"]


def decided(case: dict[str, Any], on: str = "2023-07-01") -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line(case, on=on)), scheme_named("locum-checklist"), "partner", b"key").decision
    )
    return found


def open_on(case: dict[str, Any], on: str) -> list[tuple[str, str]]:
    """The duties that are open, each with the day by which it was due."""
    missing = decided(case, on)["missing"]
    assert {(m["needed"], m["seen"]) for m in missing} <= {("duty", "not-done")}
    return [(m["facts"]["needed"]["duty"], m["facts"]["needed"]["by"]) for m in missing]


def found(decision: dict[str, Any], rule: str) -> list[tuple[str, str]]:
    return [
        (step["outcome"], step["facts"].get("duty", "")) for step in decision["explanation"] if step["rule"] == rule
    ]


def test_what_is_due_at_the_start_is_enough_before_the_last_day() -> None:
    assert decided(checklist())["outcome"] == "granted"


@pytest.mark.parametrize("duty", AT_START)
def test_every_duty_of_the_start_is_asked_on_the_first_day_and_not_before(duty: str) -> None:
    without = checklist(done=[d for d in AT_START if d != duty])
    assert open_on(without, "2023-05-31") == []
    assert open_on(without, "2023-06-01") == [(duty, "2023-06-01")]
    assert decided(without)["outcome"] == "pending"


def test_the_duties_of_the_last_day_are_asked_on_it_and_not_before() -> None:
    assert open_on(checklist(), "2023-08-30") == []
    assert open_on(checklist(), "2023-08-31") == [(duty, "2023-08-31") for duty in AT_END]
    assert open_on(checklist(done=AT_START + AT_END), "2023-08-31") == []


@pytest.mark.parametrize(
    ("on", "rule"),
    [
        ("2023-06-01", "kept-until"),
        ("2023-08-31", "kept-until"),
        ("2030-08-30", "kept-until"),
        ("2030-08-31", "kept-no-longer"),
        ("2040-01-01", "kept-no-longer"),
    ],
)
def test_records_are_kept_until_seven_years_later_and_never_open(on: str, rule: str) -> None:
    done = checklist(done=AT_START + AT_END)
    decision = decided(done, on)
    (step,) = [s for s in decision["explanation"] if s["rule"].startswith("kept-")]
    assert (step["rule"], step["outcome"]) == (rule, "not-needed")
    assert step["facts"] == {"duty": "records-kept", "until": "2030-08-30"}
    assert decision["outcome"] == "granted"
    assert decision == {**decided({**done, "done": [*done["done"], "records-kept"]}, on)} | {
        name: decision[name] for name in ("id", "input_sha256")
    }


def test_what_is_only_advised_keeps_nothing_waiting() -> None:
    steps = found(decided(checklist()), "duty-advised")
    assert {duty for _, duty in steps} >= {"own-stamp", "model-agreement"}
    assert {outcome for outcome, _ in steps} == {"not-needed"}
    assert "own-stamp" in {duty for _, duty in found(decided(checklist(), "2023-05-08"), "duty-advised")}
    assert ("met", "own-stamp") in found(decided(checklist(done=[*AT_START, "own-stamp"])), "duty")


def test_every_duty_of_the_page_can_be_told_done() -> None:
    duties = [dict(row.key)["duty"] for row in PARAMETERS.rows("duty", date(2023, 6, 1))]
    assert len(duties) == len(set(duties)) == 23
    decision = decided(checklist(done=duties), "2040-01-01")
    assert decision["outcome"] == "granted"
    assert found(decision, "duty") == [("met", duty) for duty in duties if duty != "records-kept"]


def test_an_enterprise_number_is_asked_of_the_self_employed() -> None:
    without = [duty for duty in AT_START if duty != "enterprise-number"]
    assert decided(checklist(done=without))["outcome"] == "pending"
    employed = decided(checklist(done=without, self_employed=False))
    assert employed["outcome"] == "granted"
    assert found(employed, "duty-not-applicable") == [("not-needed", "enterprise-number")]


def test_accreditation_asks_a_peer_group_and_two_sessions() -> None:
    assert decided(checklist(peer_group_sessions=1))["missing"][0]["rule"] == "peer-group-sessions"
    none = decided(checklist(peer_group_sessions=0))["missing"]
    assert [(m["needed"], m["seen"], m["facts"]["seen"]) for m in none] == [("sessions", "sessions", {"sessions": 0})]
    untold = decided(checklist(peer_group_sessions=None))["missing"]
    assert [(m["needed"], m["seen"]) for m in untold] == [("sessions", "nothing")]
    assert decided(checklist(peer_group_sessions=3))["outcome"] == "granted"
    without = [duty for duty in AT_START if duty != "local-peer-group"]
    assert decided(checklist(done=without, peer_group_sessions=0, accredited=False))["outcome"] == "granted"


def test_acting_in_the_name_of_the_replaced_doctor_is_refused() -> None:
    assert decided(checklist(acts_in_name_of_replaced=True))["outcome"] == "refused"
    untold = decided(checklist(acts_in_name_of_replaced=None))
    assert (untold["outcome"], found(untold, "own-name")) == ("pending", [("unknown", "")])
    assert [(m["field"], m["needed"], m["seen"]) for m in untold["missing"]] == [
        ("/acts_in_name_of_replaced", "own-name", "nothing")
    ]


@pytest.mark.parametrize(("income", "outcome"), [("1341.94", "met"), ("1341.95", "not-met"), ("1341.96", "not-met")])
def test_social_contributions_lapse_below_the_limit(income: str, outcome: str) -> None:
    decision = decided(checklist(other_job=True, net_income=income))
    assert found(decision, "social-contributions") == [(outcome, "")]
    assert found(decided(checklist(net_income=income)), "social-contributions") == [("not-needed", "")]


def test_the_twenty_questions_before_choosing_a_practice_are_there() -> None:
    (step,) = [s for s in decided(checklist())["explanation"] if s["rule"] == "questions"]
    assert len(set(step["facts"]["questions"])) == 20


def test_a_checklist_that_cannot_be_is_refused_at_its_field() -> None:
    for changes, code in (
        ({"until": "2023-05-31"}, "until-before-from"),
        ({"done": ["own-stamp", "own-stamp"]}, "given-twice"),
    ):
        with pytest.raises(InvalidError) as error:
            decided(checklist(**changes))
        assert [(f.path, f.code) for f in error.value.faults] == [("/case", code)]


def test_every_value_holds_on_its_days() -> None:
    for parameter in PARAMETERS.parameters:
        assert (parameter.first, parameter.last) == (date(2023, 5, 8), LAST_DAY), parameter.name
