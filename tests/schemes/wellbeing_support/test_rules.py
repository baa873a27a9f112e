"""Well-being support: what is open to whom, until when, and whom to ask."""

from datetime import date
from typing import Any, get_args

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, render
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.professions import Profession
from tegemoet.schemes.registry import SCHEMES

SCHEME = SCHEMES["wellbeing-support"]
ACTIONS = {
    "well-being": ["webinars", "well-being-index"],
    "colleague": ["co-doctors", "mentors", "peer-review"],
    "request-for-help": ["intake", "core-teams"],
}


def asked(profession: str = "physician", day: str = "2021-06-15", **changes: Any) -> bytes:
    case = {"profession": profession} | changes
    return decide_line(orjson.dumps({"case_id": "c", "on": day, "case": case}), SCHEME, "p", b"key").decision


def decided(*args: str, **changes: Any) -> dict[str, Any]:
    decision: dict[str, Any] = orjson.loads(asked(*args, **changes))
    return decision


def opened(decision: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for step in decision["explanation"]:
        if step["rule"] == "open":
            found.setdefault(step["facts"]["domain"], []).append(step["facts"]["action"])
    return found


def test_seven_actions_in_three_domains_are_open_to_a_doctor() -> None:
    decision = decided()
    assert decision["outcome"] == "granted"
    assert opened(decision) == ACTIONS
    organisations = [s["facts"]["organisation"] for s in decision["explanation"] if s["rule"] == "organisation"]
    assert organisations == ["Arts in Nood", "Doctors4Doctors"]
    assert (decision["amounts"], decision["total"]) == ([], None)


@pytest.mark.parametrize("domain", ACTIONS)
def test_one_domain_may_be_asked_about(domain: str) -> None:
    assert opened(decided(domains=[domain])) == {domain: ACTIONS[domain]}


def test_the_project_ends_with_2021() -> None:
    assert decided(day="2021-12-31")["outcome"] == "granted"
    over = decided(day="2022-01-01")
    assert over["outcome"] == "refused"
    assert opened(over) == {}
    assert [step["rule"] for step in over["explanation"]] == ["project", "contact"]
    (missing,) = over["missing"]
    assert (missing["field"], missing["facts"]) == (
        "/on",
        {"needed": {"day": "2021-12-31"}, "seen": {"day": "2022-01-01"}},
    )


@pytest.mark.parametrize(
    ("profession", "day", "verb", "other"),
    [
        ("physician", "2021-12-31", "loopt op 31/12/2021", "liep"),
        ("physician", "2022-01-01", "liep tot en met 31/12/2021", "loopt"),
        ("nurse", "2021-12-31", "loopt tot en met 31/12/2021", "liep"),
        ("nurse", "2022-01-01", "liep tot en met 31/12/2021", "loopt"),
    ],
)
def test_the_project_runs_while_it_runs_and_ran_afterwards(profession: str, day: str, verb: str, other: str) -> None:
    text = " ".join(step["text"] for step in render(asked(profession, day), SCHEME, "nl")["explanation"])
    assert verb in text
    assert other not in text
    assert not ("staat open" in text and "geen aanbod" in text)


def test_a_day_before_the_agreement_is_not_known() -> None:
    assert decided(day="2019-12-19")["outcome"] == "granted"
    with pytest.raises(ParameterUnknownError) as error:
        decided(day="2019-12-18")
    assert error.value.on == "2019-12-18"


@pytest.mark.parametrize("profession", [*(p for p in get_args(Profession) if p != "physician"), "other"])
@pytest.mark.parametrize("day", ["2021-06-15", "2022-06-15"])
def test_other_professions_wait_with_the_reason_and_the_contact(profession: str, day: str) -> None:
    decision = asked(profession, day)
    assert orjson.loads(decision)["outcome"] == "pending"
    assert opened(orjson.loads(decision)) == {}
    (missing,) = render(decision, SCHEME, "en")["missing"]
    assert missing["text"]["needed"] == "the evaluation of the project for doctors"
    reason, contact = render(decision, SCHEME, "en")["explanation"]
    assert "no support for this profession yet" in reason["text"]
    assert "evaluation" in reason["text"]
    assert "rdq@riziv-inami.fgov.be" in contact["text"]


@pytest.mark.parametrize("day", ["2021-06-15", "2022-01-01"])
def test_the_contact_is_always_there(day: str) -> None:
    contact = decided(day=day)["explanation"][-1]
    assert contact["rule"] == "contact"
    assert contact["facts"]["telephone"] == "+32(0)2 739 78 65"
    assert contact["facts"]["address"] == "Galileelaan 5/01, 1210 Brussel"
    for language, address in (("nl", "Galileelaan 5/01, 1210 Brussel"), ("fr", "avenue Galilée 5/01, 1210 Bruxelles")):
        assert address in render(asked(day=day), SCHEME, language)["explanation"][-1]["text"]


@pytest.mark.parametrize(
    ("domains", "path", "code"),
    [
        ([], "/case/domains", "too-short"),
        (["well-being", "well-being"], "/case", "given-twice"),
        (["sport"], "/case/domains/0", "not-a-choice"),
    ],
)
def test_domains_are_of_the_three_and_given_once(domains: list[str], path: str, code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decided(domains=domains)
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


def test_every_value_holds_on_its_days() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        last = date(2021, 12, 31) if parameter.name in ("action", "organisation") else LAST_DAY
        assert (parameter.first, parameter.last) == (date(2019, 12, 19), last), parameter.name
        assert parameter.final is (last != LAST_DAY), parameter.name
