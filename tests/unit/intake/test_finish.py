"""The rest of a batch: storing what every partner brought, deciding cases, concluding."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.application.intake.batches import abandon_batch
from tegemoet.application.intake.store import store_chunk
from tegemoet.application.intake.uploads import Announcement, announce
from tegemoet.application.records import KeptDecision, Person, Year
from tegemoet.domain.parameters import read_parameters
from tegemoet.schemes.registry import scheme_named
from tests.support.dropping import PREMIUM, Cloud, counts_of, insz, refusal_of, riziv
from tests.support.fakes import FakeClock
from tests.support.fakes.partners import anything_of

CONVENTIONS = "riziv_number;status;from;until\n"
ACTIVITY = "riziv_number;setting;amount\n"
ACCOUNTS = "insz;holder;iban;registered_on;language\n"
OTHER = "in/other/convention-premium/2023"
CASES = "in/riziv/convention-premium/cases/a.jsonl"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


# --- who may replace a key ------------------------------------------------------------------------


def test_a_partner_replaces_its_own_fact_and_the_earlier_one_stays_on_record(cloud: Cloud) -> None:
    for amount in (1, 2):
        batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;{amount}")
        assert cloud.rejected(batch) == []
    assert sorted(body["cents"] for body in cloud.bodies) == [100, 200]


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        ("activity-s1", ACTIVITY, f"{riziv(1)};ambulatory;1\n"),
        ("conventions", CONVENTIONS, f"{riziv(1)};full;2023-01-01;\n"),
        ("accounts", ACCOUNTS, f"{insz(1)};A;BE68539007547034;2023-01-01;\n"),
    ],
)
def test_a_row_for_a_key_of_another_partner_is_kept_apart(cloud: Cloud, kind: str, header: str, row: str) -> None:
    first = cloud.drop(f"{PREMIUM}/{kind}/a.csv", header + row)
    second = cloud.drop(f"{OTHER}/{kind}/a.csv", header + row)
    assert (cloud.rejected(first), cloud.rejected(second)) == ([], [])
    stored = {fact.batch: orjson.loads(fact.body)["partner"] for fact in cloud.facts.stored}
    assert stored == {first.id: "riziv", second.id: "other"}


def test_a_manifest_of_an_earlier_version_is_still_read(cloud: Cloud) -> None:
    batch = cloud.ingest(cloud.put(f"{PREMIUM}/activity-s1/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;1"))
    key = f"batches/{batch.id}/manifest.json"
    cloud.work.put(key, orjson.dumps({**orjson.loads(cloud.work.get(key)), "rivals": ["another-batch"]}))
    assert cloud.run_workflow(batch.id).state == "done"


def test_storing_a_chunk_twice_changes_nothing(cloud: Cloud) -> None:
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;1")
    before, results = dict(cloud.facts.items), cloud.work.bodies
    store_chunk(batch.id, "000", work=cloud.work, facts=cloud.facts)
    assert (cloud.facts.items, cloud.work.bodies) == (before, results)


def test_each_accepted_row_is_written_once(cloud: Cloud) -> None:
    rows = "".join(f"{riziv(n)};ambulatory;1\n" for n in range(100))
    cloud.drop(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + rows)
    assert cloud.facts.writes == 100


# --- concluding -----------------------------------------------------------------------------------


def test_a_concluded_batch_has_its_outputs_its_state_and_its_event(cloud: Cloud) -> None:
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;1045.32\n{riziv(1)};x;1\n")
    folder = f"out/riziv/convention-premium/{batch.id}"
    assert batch.state == "done"
    assert sorted(cloud.output.bodies) == [
        f"{folder}/{name}" for name in ("rejected.csv", "report.html", "summary.json")
    ]
    assert sorted(batch.detail.outputs.values()) == sorted(cloud.output.bodies)
    [(kind, event)] = cloud.events.published
    assert (kind, event["batch"], event["accepted"], event["rejected"]) == ("batch.done", batch.id, 1, 1)
    page = cloud.output.get(f"{folder}/report.html").decode()
    assert all(shown in page for shown in (batch.id, "1045.32", "setting-unknown"))
    assert "http" not in page
    assert "<script" not in page


def test_facts_after_the_year_was_closed_wait_for_a_person(cloud: Cloud) -> None:
    cloud.runs.years[2023] = Year(2023, "v1", None, (1, 2), True, True)
    batch = cloud.drop(f"{PREMIUM}/activity-year/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;1")
    [found] = cloud.runs.exceptions(2023)
    assert (found.id, found.kind, found.facts["accepted"]) == (f"late-facts.{batch.id}", "late-facts", 1)


def test_facts_of_an_open_year_are_no_exception(cloud: Cloud) -> None:
    cloud.drop(f"{PREMIUM}/activity-year/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;1")
    assert cloud.runs.exceptions(2023) == []


def test_a_batch_whose_workflow_gave_up_says_so_and_is_not_done_over_a_done_one(cloud: Cloud) -> None:
    batch = cloud.ingest(cloud.put(f"{PREMIUM}/activity-year/a.csv", ACTIVITY))
    cloud.mark_failed(batch.id, "States.Timeout")
    failed = cloud.batches.items[batch.id]
    assert (failed.state, failed.detail.error, counts_of(failed).rows) == ("failed", "States.Timeout", 0)
    done = cloud.drop(f"{PREMIUM}/activity-year/b.csv", ACTIVITY)
    cloud.mark_failed(done.id, "States.Timeout")
    assert cloud.batches.items[done.id].state == "done"


def abandon(cloud: Cloud, batch_id: str) -> None:
    abandon_batch(batch_id, "it stopped", by=Person("0d3c", "An"), batches=cloud.batches, clock=FakeClock())


def test_a_batch_that_was_given_up_is_never_done_whatever_attempt_goes_on(cloud: Cloud) -> None:
    batch = cloud.ingest(cloud.put(f"{PREMIUM}/activity-year/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;1"))
    abandon(cloud, batch.id)
    assert cloud.run_workflow(batch.id).state == "abandoned"
    assert cloud.batches.items[batch.id].state == "abandoned"
    assert cloud.events.published == []
    cloud.mark_failed(batch.id, "States.Timeout")
    assert cloud.batches.items[batch.id].state == "abandoned"


def test_a_batch_that_is_given_up_while_its_outputs_are_written_is_not_done(cloud: Cloud) -> None:
    cloud.runs.years[2023] = Year(2023, "v1", None, (1, 2), True, True)
    batch = cloud.ingest(cloud.put(f"{PREMIUM}/activity-year/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;1"))
    put = cloud.output.put

    def overtaken(key: str, body: bytes) -> None:
        cloud.output.put = put  # type: ignore[method-assign]
        abandon(cloud, batch.id)
        put(key, body)

    cloud.output.put = overtaken  # type: ignore[method-assign,assignment]
    assert cloud.run_workflow(batch.id).state == "abandoned"
    assert cloud.batches.items[batch.id].state == "abandoned"
    assert cloud.events.published == []
    assert cloud.runs.exceptions(2023) == [], "nothing of it is a late fact"


def test_a_batch_that_is_given_up_while_it_is_read_starts_no_workflow(cloud: Cloud) -> None:
    created = cloud.put(f"{PREMIUM}/activity-year/a.csv", f"{ACTIVITY}{riziv(1)};ambulatory;1")
    update = cloud.batches.update

    def overtaken(batch_id: str, **change: Any) -> bool:
        cloud.batches.update = update  # type: ignore[method-assign]
        abandon(cloud, batch_id)
        return update(batch_id, **change)

    cloud.batches.update = overtaken  # type: ignore[method-assign]
    batch = cloud.ingest(created)
    assert cloud.batches.items[batch.id].state == "abandoned"
    assert cloud.workflows.started == {}


def test_the_sender_of_a_form_is_known_of_every_file_that_it_sends(cloud: Cloud) -> None:
    """A form can be used twice within its quarter of an hour: another object, so another batch."""
    sender = Person("0d3c", "An Operator")
    announcement = Announcement("convention-premium", 2023, "activity-year", "a", 10)
    cloud.registrations.admit("operator")
    announced = announce(
        announcement,
        partner="operator",
        key="k",
        batches=cloud.batches,
        registrations=cloud.registrations,
        clock=FakeClock(),
        sender=sender,
    )
    for rows in ("", f"{riziv(1)};ambulatory;1"):
        created = cloud.put(announced.key, f"{ACTIVITY}{rows}", {"batch": announced.id})
        assert cloud.ingest(created).sent_by == sender
    assert len(cloud.batches.items) == 2


POPULATION = "in/riziv/premium-allocation/2023/population/a.csv"
PROVIDERS = "profession;specialism;birth_year;convention;amount\n"


def test_a_population_becomes_a_parameter_file_a_table_of_counts_and_a_report(cloud: Cloud) -> None:
    batch = cloud.drop(
        POPULATION, PROVIDERS + "nurse;;1975;full;1000.00\n" * 3 + "dentist;orthodontics;1970;none;5,00\nx;;;;\n"
    )
    assert (batch.state, counts_of(batch).accepted, counts_of(batch).rejected) == ("done", 4, 1)
    outputs = batch.detail.outputs
    made = read_parameters("2023", cloud.output.get(outputs["2023.toml"]).decode())
    assert made.decimal("activity-threshold", date(2023, 12, 31), profession="nurse") == 200
    assert b"sector;nurse" in cloud.output.get(outputs["counts.csv"])
    summary = orjson.loads(cloud.output.get(outputs["summary.json"]))
    assert summary["allocation"]["providers"] == 4
    assert "Premiums of 2023" in cloud.output.get(outputs["report.html"]).decode()
    assert not cloud.facts.items


def test_a_population_that_nothing_follows_from_is_refused_by_name(cloud: Cloud) -> None:
    batch = cloud.drop(POPULATION, PROVIDERS + "nurse;;1950;full;1000.00\n")
    assert (batch.state, refusal_of(batch).code) == ("refused", "specialism-without-reference-age")
    assert "nurse" in refusal_of(batch).text
    assert not cloud.output.versions


# --- cases ----------------------------------------------------------------------------------------


def case(case_id: str, **changes: object) -> bytes:
    """The scheme's own example under another id."""
    example = scheme_named("convention-premium").example
    return json.dumps({**example, "case_id": case_id, **changes}).encode()


def decisions(cloud: Cloud, batch_id: str) -> list[str]:
    lines = cloud.output.get(f"out/riziv/convention-premium/{batch_id}/decisions.jsonl").splitlines()
    return [orjson.loads(line)["case_id"] for line in lines]


def test_bulk_decisions_are_those_of_the_api_byte_for_byte_in_file_order(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tegemoet.application.intake.ingest.CASE_CHUNK_ROWS", 3)
    monkeypatch.setattr("tegemoet.application.decisions.reading._kept", set())
    lines = [case(f"c-{n}") for n in range(10)]
    batch = cloud.drop(CASES, b"\n".join(lines))
    scheme, secret = scheme_named("convention-premium"), cloud.secrets.digest_secret()
    single = [decide_line(line, scheme, "riziv", secret) for line in lines]
    bulk = cloud.output.get(batch.detail.outputs["decisions.jsonl"])
    assert bulk == b"".join(decided.decision + b"\n" for decided in single)
    assert cloud.decisions.single == {d.id: KeptDecision("riziv", d.case, d.decision) for d in single}
    assert len(list(cloud.work.keys(f"batches/{batch.id}/chunks/"))) == 4
    used = {orjson.loads(d.decision)["parameters"]["sha256"] for d in single}
    assert set(cloud.work.keys("parameters/")) == {f"parameters/convention-premium/{sha256}.toml" for sha256 in used}
    assert sum(orjson.loads(cloud.output.get(batch.detail.outputs["summary.json"]))["outcomes"].values()) == 10


def test_bad_lines_are_rejected_with_the_path_at_fault_and_the_rest_is_decided(cloud: Cloud) -> None:
    lines = [
        case("good"),
        b"{not json",
        case("no-day", on="2023-02-30"),
        case("unknown", **{insz(1): 1}),
        b'{"case_id": "twice", "case_id": "twice"}',
        b"x" * 9_000,
        case("last"),
    ]
    batch = cloud.drop(CASES, b"\n".join(lines))
    assert decisions(cloud, batch.id) == ["good", "last"]
    found = cloud.rejected(batch)
    assert [line for line, _, _ in found] == [2, 3, 4, 5, 6]
    assert found[1][1:] == ("/on", "not-a-day")
    assert found[2][1:] == ("", "unknown-field")
    assert found[4][1:] == ("", "row-too-long")
    assert (counts_of(batch).accepted, counts_of(batch).rejected) == (2, 5)
    assert insz(1) not in cloud.output.get(batch.detail.outputs["rejected.csv"]).decode()


def test_a_case_that_comes_twice_is_decided_once(cloud: Cloud) -> None:
    again = json.dumps(json.loads(case("a")), indent=None, sort_keys=True).encode()
    batch = cloud.drop(CASES, case("a") + b"\n" + again)
    assert decisions(cloud, batch.id) == ["a"]
    assert counts_of(batch).duplicates == 1


def test_two_cases_of_one_id_that_differ_are_both_rejected(cloud: Cloud) -> None:
    on = scheme_named("convention-premium").example["on"]
    other = "2023-12-02" if on != "2023-12-02" else "2023-12-03"
    batch = cloud.drop(CASES, b"\n".join((case("a"), case("b"), case("a", on=other))))
    assert cloud.rejected(batch) == [(1, "", "contradicted"), (3, "", "contradicted")]
    assert decisions(cloud, batch.id) == ["b"]


def test_a_malformed_case_leaves_a_good_one_of_its_id_alone(cloud: Cloud) -> None:
    batch = cloud.drop(CASES, case("a", on="someday") + b"\n" + case("a"))
    assert cloud.rejected(batch) == [(1, "/on", "not-a-day")]
    assert decisions(cloud, batch.id) == ["a"]


@pytest.mark.parametrize("body", [b"", b"\n\n"])
def test_a_file_without_a_case_is_refused(cloud: Cloud, body: bytes) -> None:
    assert refusal_of(cloud.drop(CASES, body)).code == "empty-file"


def test_a_decision_of_another_partner_cannot_be_superseded(cloud: Cloud) -> None:
    cloud.drop("in/other/convention-premium/cases/a.jsonl", case("a"))
    [theirs] = cloud.decisions.single
    batch = cloud.drop(CASES, case("a", supersedes=theirs))
    assert [code for _, _, code in cloud.rejected(batch)] == ["superseded-unknown"]
    mine = cloud.drop("in/other/convention-premium/cases/b.jsonl", case("b", supersedes=theirs))
    assert counts_of(mine).accepted == 1


def test_a_successor_supersedes_what_its_predecessor_decided(cloud: Cloud) -> None:
    cloud.drop("in/other/convention-premium/cases/a.jsonl", case("a"))
    [theirs] = cloud.decisions.single
    partner = CASES.split("/")[1]
    cloud.registrations.admit(partner)
    cloud.registrations.append(replace(anything_of(partner), number=2, predecessor="other"))
    batch = cloud.drop(CASES, case("a", supersedes=theirs))
    assert (counts_of(batch).accepted, cloud.decisions.superseded_by(theirs) in cloud.decisions.single) == (1, True)


def test_of_two_cases_that_supersede_one_decision_the_second_is_rejected(cloud: Cloud) -> None:
    cloud.drop(CASES, case("a"))
    [former] = cloud.decisions.single
    later = case("b", supersedes=former) + b"\n" + case("c", supersedes=former)
    batch = cloud.drop(CASES.replace("a.jsonl", "b.jsonl"), later)
    assert cloud.rejected(batch) == [(2, "", "superseded-already")]
    assert decisions(cloud, batch.id) == ["b"]
    again = cloud.drop(CASES.replace("a.jsonl", "c.jsonl"), case("b", supersedes=former))
    assert counts_of(again).accepted == 1, "the same case again is the same decision"


def test_a_case_that_supersedes_otherwise_than_before_is_rejected(cloud: Cloud) -> None:
    cloud.drop(CASES, case("a") + b"\n" + case("b"))
    one, other = cloud.decisions.single
    before = dict(cloud.decisions.single)
    batch = cloud.drop(CASES.replace("a.jsonl", "b.jsonl"), case("b", supersedes=one))
    assert cloud.rejected(batch) == [(1, "", "supersedes-differs")]
    cloud.drop(CASES.replace("a.jsonl", "c.jsonl"), case("c", supersedes=one))
    plain = cloud.drop(CASES.replace("a.jsonl", "d.jsonl"), case("c"))
    assert cloud.rejected(plain) == [(1, "", "supersedes-differs")]
    assert {name: cloud.decisions.single[name] for name in before} == before
    assert other in before
