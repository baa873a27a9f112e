"""Who gets a copy of a contribution voucher, which letter answers the others,
and how the pension service's request is tracked.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, render
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.decision import DecisionJson
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named
from tests.schemes.contribution_voucher.builders import answered, line, request, routed


def decided(case: dict[str, Any], on: str = "2020-12-01") -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line(case, on)), scheme_named("contribution-voucher"), "partner", b"key").decision
    )
    return found


def readable(decision: dict[str, Any], language: str = "en") -> DecisionJson:
    return render(orjson.dumps(decision), scheme_named("contribution-voucher"), language)


@pytest.mark.parametrize(
    ("requester", "wanted", "letter"),
    [
        ("person", "copy", "fund-to-person"),
        ("person", "duplicate", "institute-to-person"),
        ("insurer", "duplicate", "institute-to-insurer"),
        ("insurer", "copy", "institute-to-insurer"),
    ],
)
def test_everybody_else_is_refused_with_a_standard_letter(requester: str, wanted: str, letter: str) -> None:
    found = decided(request(requester, wanted))
    assert found["outcome"] == "refused"
    assert found["explanation"][0]["rule"] == "purpose"
    facts = found["explanation"][1]["facts"]
    assert found["explanation"][1]["source"]["article"] == (
        "Conclusie" if requester == "insurer" else "standaardcommunicaties"
    )
    assert (facts["document"], facts["telephone"]) == (letter, "1765")
    assert "1060" in facts["address"]


def test_a_request_of_the_pension_service_is_routed_and_tracked_until_answered() -> None:
    unknown = decided(request())
    assert unknown["outcome"] == "pending"
    assert [(m["field"], m["needed"], m["seen"]) for m in unknown["missing"]] == [
        (f"/{field}", field, "nothing") for field in ("insurer", "fund")
    ]
    ready = decided(request(insurer="300", fund="306"))
    assert [(m["field"], m["seen"]) for m in ready["missing"]] == [("/forwarded_on", "nothing")]
    assert [(s["rule"], s["outcome"]) for s in ready["explanation"]] == [
        ("pension-service", "met"),
        ("route", "met"),
        ("forwarded", "unknown"),
    ]
    waiting = decided(routed())
    assert [(m["field"], m["facts"]["seen"]) for m in waiting["missing"]] == [("/answered_on", {"waited": 27})]
    assert decided(answered())["outcome"] == "granted"
    assert decided(answered(found=False))["outcome"] == "refused"


@pytest.mark.parametrize(("on", "days"), [("2020-11-04", 0), ("2020-11-05", 1)])
def test_the_days_of_waiting_are_counted_from_the_day_of_sending_on(on: str, days: int) -> None:
    waiting = decided(routed(), on)
    assert waiting["explanation"][-1]["facts"] == {"waited": days}
    assert [m["facts"]["seen"] for m in waiting["missing"]] == [{"waited": days}]


@pytest.mark.parametrize(
    ("case", "day", "eve", "field"),
    [
        (request("person"), "2020-11-02", "2020-11-01", "received_on"),
        (request(), "2020-11-02", "2020-11-01", "received_on"),
        (routed(), "2020-11-04", "2020-11-03", "forwarded_on"),
        (answered(), "2020-11-20", "2020-11-19", "answered_on"),
    ],
)
def test_what_lies_after_the_day_of_the_decision_has_not_happened(
    case: dict[str, Any], day: str, eve: str, field: str
) -> None:
    assert decided(case, day)["explanation"]
    with pytest.raises(InvalidError) as error:
        decided(case, eve)
    assert [(f.path, f.code) for f in error.value.faults] == [(f"/case/{field}", "in-the-future")]


@pytest.mark.parametrize("flows", [True, False, None])
@pytest.mark.parametrize("paper", [True, False, None])
@pytest.mark.parametrize("requester", ["person", "insurer", "pension-service"])
def test_that_there_is_no_original_is_said_only_where_somebody_looked(
    requester: str, flows: bool | None, paper: bool | None
) -> None:
    case = request(requester, "duplicate", in_data_flows=flows, on_paper=paper)
    found = decided({name: value for name, value in case.items() if value is not None})
    assert found["outcome"] == "refused"
    is_said = any(step["rule"] == "original" for step in found["explanation"])
    assert is_said == (flows is False and paper is False)
    told = [
        {*step["facts"]} & {"in_data_flows", "on_paper"} for step in found["explanation"] if step["rule"] == "letter"
    ]
    looked = {name for name, value in (("in_data_flows", flows), ("on_paper", paper)) if value is not None}
    assert told == ([] if requester == "pension-service" else [looked])
    english = " ".join(step["text"] for step in readable(found)["explanation"])
    assert ("nothing shows that the contributions were paid" in english) == is_said


def test_there_is_no_duplicate_of_what_has_no_original() -> None:
    assert decided(request(wanted="duplicate"))["outcome"] == "refused"


def test_before_the_circular_nothing_is_known() -> None:
    with pytest.raises(ParameterUnknownError):
        decided(request(received_on="2020-10-22"))
    assert decided(request(received_on="2020-10-23"))["outcome"] == "pending"


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (request(answered_on="2020-11-20"), "answer-incomplete"),
        (request(answered_on="2020-11-20", original_found=True), "answer-before-question"),
        (request("person", forwarded_on="2020-11-04"), "forwarded-for-pension-service"),
        (routed(forwarded_on="2020-11-01"), "days-out-of-order"),
        (answered(on="2020-11-03"), "days-out-of-order"),
    ],
)
def test_a_request_that_cannot_be_is_refused(case: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decided(case)
    assert [(f.path, f.code) for f in error.value.faults] == [("/case", code)]


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("contribution-voucher").parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2020, 10, 23), LAST_DAY), parameter.name
