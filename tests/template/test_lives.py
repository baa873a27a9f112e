"""The rules by which S3 and DynamoDB delete follow from the table of lives, and no other."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tegemoet.application.lives import ENDS, KEPT, Kept
from tegemoet.schemes.increased_reimbursement import SLUG
from tegemoet.schemes.increased_reimbursement.year import exchange_year
from tegemoet.schemes.registry import scheme_named
from tests.template.stack import Stack

OBJECTS = [kept for kept in KEPT if kept.place.endswith("Bucket")]
ITEMS = [kept for kept in KEPT if kept.place.endswith("Table")]


def example(kept: Kept) -> str:
    """A key that the row covers."""
    key = re.sub(r"\{\w+\}", "x", kept.what).replace("…", "x/y")
    assert kept.covers(key)
    return key


def rules_on(bucket: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    for rule in bucket["LifecycleConfiguration"]["Rules"]:
        assert rule["Status"] == "Enabled"
        if key.startswith(rule.get("Prefix", "")):
            yield rule


@pytest.mark.parametrize("kept", OBJECTS, ids=lambda kept: f"{kept.place} {kept.what}")
def test_an_object_expires_by_the_rule_of_its_life_and_by_no_other(stack: Stack, kept: Kept) -> None:
    bucket = stack.of("AWS::S3::Bucket")[kept.place]
    expiring = [rule["ExpirationInDays"] for rule in rules_on(bucket, example(kept)) if "ExpirationInDays" in rule]
    days = ENDS[kept.life].days
    assert expiring == ([{"Ref": days}] if days else [])


@pytest.mark.parametrize("kept", OBJECTS, ids=lambda kept: f"{kept.place} {kept.what}")
def test_what_was_deleted_or_replaced_is_really_gone_a_month_later(stack: Stack, kept: Kept) -> None:
    bucket = stack.of("AWS::S3::Bucket")[kept.place]
    rules = list(rules_on(bucket, example(kept)))
    assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)
    if "VersioningConfiguration" not in bucket:
        return
    days = [
        rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules if "NoncurrentVersionExpiration" in rule
    ]
    assert days
    assert max(days) <= 30
    assert any(rule.get("ExpiredObjectDeleteMarker") for rule in rules)


def test_every_rule_and_every_bucket_and_table_is_for_something_that_is_kept(stack: Stack) -> None:
    buckets = stack.of("AWS::S3::Bucket")
    assert {kept.place for kept in OBJECTS} == set(buckets)
    assert {kept.place for kept in ITEMS} == set(stack.of("AWS::DynamoDB::Table"))
    for name, bucket in buckets.items():
        keys = [example(kept) for kept in OBJECTS if kept.place == name]
        for rule in bucket["LifecycleConfiguration"]["Rules"]:
            assert any(key.startswith(rule.get("Prefix", "")) for key in keys), (name, rule)


def test_a_table_has_the_time_to_live_of_its_items_and_no_other(stack: Stack) -> None:
    wanted = {kept.place: ENDS[kept.life].attribute for kept in ITEMS if ENDS[kept.life].attribute}
    found = {
        name: table["TimeToLiveSpecification"]
        for name, table in stack.of("AWS::DynamoDB::Table").items()
        if "TimeToLiveSpecification" in table
    }
    assert found == {name: {"AttributeName": attribute, "Enabled": True} for name, attribute in wanted.items()}


def test_every_life_is_used_and_its_parameter_exists(stack: Stack) -> None:
    assert {kept.life for kept in KEPT} == set(ENDS)
    named = {end.days for end in ENDS.values() if end.days}
    assert named <= set(stack.template["Parameters"])
    for life, end in ENDS.items():
        for parameter in re.findall(r"\b[A-Z]\w+(?:Days|Years)\b", end.words):
            assert parameter in stack.template["Parameters"], life


def test_the_purge_and_who_starts_runs_know_how_long_a_year_is_kept(stack: Stack) -> None:
    told = {
        function: {name: stack.environment(function)[name] for name in ("FACTS_YEARS", "RECORDS_YEARS")}
        for function in stack.functions
        if "FACTS_YEARS" in stack.environment(function)
    }
    years = {"FACTS_YEARS": {"Ref": "FactsYears"}, "RECORDS_YEARS": {"Ref": "RecordsYears"}}
    assert told == {"operations": years, "purge": years}


# --- parameters that contradict each other --------------------------------------------------------


def holds(condition: Any, values: Mapping[str, str]) -> Any:
    """The value of a condition of a rule, as CloudFormation computes it."""
    match condition:
        case {"Ref": name}:
            return values[name]
        case {"Fn::Equals": [left, right]}:
            return holds(left, values) == holds(right, values)
        case {"Fn::Contains": [listed, value]}:
            return holds(value, values) in listed
        case str():
            return condition
    raise ValueError(f"unexpected condition {condition}")


def refused(template: Mapping[str, Any], **changed: str) -> list[str]:
    """What CloudFormation says to these parameters; the others have their defaults."""
    values = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()} | changed
    for name, value in changed.items():
        allowed = template["Parameters"][name].get("AllowedValues")
        assert allowed is None or value in map(str, allowed), (name, value)
    return [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        if holds(rule["RuleCondition"], values)
        for assertion in rule["Assertions"]
        if not holds(assertion["Assert"], values)
    ]


def test_facts_longer_than_records_are_refused_and_everything_else_is_not(source: Mapping[str, Any]) -> None:
    years = {
        name: list(map(int, source["Parameters"][name]["AllowedValues"])) for name in ("FactsYears", "RecordsYears")
    }
    for facts in years["FactsYears"]:
        for records in years["RecordsYears"]:
            told = refused(source, FactsYears=str(facts), RecordsYears=str(records))
            assert told == (["FactsYears is longer than RecordsYears"] if facts > records else []), (facts, records)


def test_production_without_a_second_factor_is_refused(source: Mapping[str, Any]) -> None:
    assert refused(source) == []
    assert refused(source, Environment="prod", Mfa="ON") == []
    assert refused(source, Environment="prod") == ["Who pays in production needs a second factor"]


def test_the_rules_reach_cloudformation(source: Mapping[str, Any], stack: Stack) -> None:
    assert stack.template["Rules"] == source["Rules"]


def test_what_waits_fits_in_what_is_kept(stack: Stack) -> None:
    """Limits that are no rules, because they are fixed."""
    parameters = stack.template["Parameters"]
    # an execution lasts a year: what comes before and after the wait, and a month to continue it
    assert parameters["ApprovalSeconds"]["MaxValue"] <= (365 - 65) * 86_400
    # 14 days each: a file in its queue, its event in the dead letters, its batch to be continued
    assert parameters["WorkDays"]["MinValue"] > 3 * 14
    # chunks of health data never outlive the decisions on them
    assert parameters["WorkDays"]["MaxValue"] <= parameters["HealthDays"]["MinValue"]
    # what was written on any day of an exchange's first spring is there on its last day
    spring, last_day = date(2020, 3, 1), exchange_year(scheme_named(SLUG).parameter_sets["2020"]).kept_until
    assert spring + timedelta(days=parameters["FlowDays"]["Default"]) > last_day
