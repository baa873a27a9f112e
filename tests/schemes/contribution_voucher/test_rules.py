"""Who gets a copy of a contribution voucher, which letter answers the others,
and how the pension service's request is tracked.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named
from tests.schemes.contribution_voucher.builders import answered, line, request, routed


def decided(case: dict[str, Any], on: str = "2020-12-01") -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line(case, on)), scheme_named("contribution-voucher"), "partner", b"key").decision
    )
    return found


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
        (f"/{field}", f"{field} of the person when the voucher was made", "none") for field in ("insurer", "fund")
    ]
    ready = decided(request(insurer="300", fund="306"))
    assert [(m["field"], m["seen"]) for m in ready["missing"]] == [("/forwarded_on", "none")]
    assert [(s["rule"], s["outcome"]) for s in ready["explanation"]] == [
        ("pension-service", "met"),
        ("route", "met"),
        ("forwarded", "unknown"),
    ]
    waiting = decided(routed())
    assert [(m["field"], m["seen"]) for m in waiting["missing"]] == [("/answered_on", "none after 27 days")]
    assert decided(answered())["outcome"] == "granted"
    assert decided(answered(found=False))["outcome"] == "refused"


@pytest.mark.parametrize(("on", "days"), [("2020-11-03", 0), ("2020-11-04", 0), ("2020-11-05", 1)])
def test_the_days_of_waiting_are_counted_from_the_day_of_sending_on(on: str, days: int) -> None:
    waiting = decided(routed(), on)
    assert waiting["explanation"][-1]["facts"]["waited"] == str(days)
    assert [m["seen"] for m in waiting["missing"]] == [f"none after {days} days"]


def test_an_answer_counts_from_its_day() -> None:
    assert decided(answered(), on="2020-11-19")["outcome"] == "pending"
    assert decided(answered(), on="2020-11-20")["outcome"] == "granted"


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
