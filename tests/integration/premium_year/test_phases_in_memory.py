"""Whole runs of both phases in memory, from facts to the ledger and the files."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
import pytest

from tegemoet.application.premium_year.dossier import Dossier
from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.application.premium_year.holders import candidate
from tegemoet.domain.identity import shard_of
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    YEAR,
    World,
    account,
    activity,
    convention,
    identity,
    office,
    practice,
    provider,
    riziv,
    two_shards,
)

NURSE, MIDWIFE, DENTIST, PHARMACY = 94595, 97549, 170731, 179000
N1, N2, N3 = riziv(400_001), riziv(420_002), riziv(310_003)


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        yield World()


def output(world: World, run: Any, name: str) -> bytes:
    body: bytes = world.output.get(output_prefix(run) + name)
    return body


def rows(world: World, run: Any, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output(world, run, name).decode()), delimiter=";"))


def dossier(world: World, number: str) -> Dossier:
    return world.dossier(number)


# --- the five scenarios of the text ---------------------------------------------------------------

NURSE_AND_MIDWIFE = [*provider("v1-p", N1, "nurse"), *provider("v1-p", N2, "midwife"), account("v1-p")]
NURSE_AND_DENTIST = [
    *provider("v1-p", N1, "nurse"),
    *provider("v1-p", N3, "dentist", specialism="general-dentistry"),
    account("v1-p"),
]


@pytest.mark.parametrize(
    ("providers", "first", "whole", "december", "july"),
    [
        (NURSE_AND_MIDWIFE, {N1: 10, N2: 10}, {N1: 20, N2: 1_000}, [], [MIDWIFE]),
        (NURSE_AND_MIDWIFE, {N1: 10, N2: 10}, {N1: 20, N2: 20}, [], []),
        (NURSE_AND_DENTIST, {N1: 10, N3: 27_000}, {N1: 12_000, N3: 50_000}, [DENTIST], []),
        (NURSE_AND_MIDWIFE, {N1: 12_000, N2: 10}, {N1: 24_000, N2: 1_000}, [NURSE], [MIDWIFE - NURSE]),
        (NURSE_AND_MIDWIFE, {N1: 12_000, N2: 10}, {N1: 24_000, N2: 20}, [NURSE], []),
    ],
    ids=["1-met-in-the-year", "2-never-met", "3-highest-paid-first", "4-difference", "5-other-not-met"],
)
def test_the_five_scenarios_come_out_as_the_text_writes_them(
    world: World,
    providers: list[Any],
    first: dict[str, int],
    whole: dict[str, int],
    december: list[int],
    july: list[int],
) -> None:
    world.drop(providers)
    world.drop(activity(number, euros) for number, euros in first.items())
    world.run(1, DECEMBER)
    assert world.paid().get("v1-p", []) == december
    assert dossier(world, N1).state == "open"
    world.drop(activity(number, euros, whole_year=True) for number, euros in whole.items())
    world.run(2, JUNE)
    assert world.paid().get("v1-p", []) == december + july
    assert dossier(world, N1).state == "closed"


# --- payments -------------------------------------------------------------------------------------


def test_the_payment_file_holds_each_entry_once_and_appears_only_at_release(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a", holder="=SUM(A1)")])
    run = world.evaluate(world.start(1, DECEMBER))
    assert not world.output.exists(output_prefix(run) + "payments.csv")
    proposed = {"decisions.jsonl", "exceptions.csv", "changes.csv", "recoveries.csv", "summary.json", "report.html"}
    assert proposed == {key.rpartition("/")[2] for key in world.output.bodies}
    world.approve(run)
    world.pay(run)
    (entry,) = world.entries()
    assert rows(world, run, "payments.csv") == [
        {
            "entry_id": entry.entry_id,
            "payee": N1[:8],
            "holder": "=SUM(A1)",
            "iban": "BE68539007547034",
            "amount": "945.95",
            "kind": "premium",
        }
    ]


def test_the_latest_account_is_paid_and_the_earliest_settles_the_deadline(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a"), account("v1-a", "BE43068999999501", "2023-11-30")])
    world.drop([account("v1-a", "BE62510007547061", "2023-12-20")])
    run = world.run(1, DECEMBER)
    assert [row["iban"] for row in rows(world, run, "payments.csv")] == ["BE43068999999501"]


def test_who_has_no_account_waits_and_is_paid_when_it_comes(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800)])
    run = world.run(1, DECEMBER)
    assert (world.paid(), world.summary(run)["pending_accounts"]) == ({}, 1)
    assert world.decision(run, "v1-a")["outcome"] == "pending"
    world.drop([account("v1-a")])
    world.run(1, DECEMBER, "again")
    assert world.paid() == {"v1-a": [NURSE]}


def test_a_phase_that_is_run_again_pays_only_what_is_still_due(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a"), *provider("v1-b", N2, "midwife", s1=10)])
    world.run(1, DECEMBER)
    world.drop([account("v1-b"), activity(N2, 900)])
    run = world.run(1, DECEMBER, "again")
    assert world.paid() == {"v1-a": [NURSE], "v1-b": [MIDWIFE]}
    assert world.summary(run)["control_sum"] == "975.49"
    assert [row["payee"] for row in rows(world, run, "payments.csv")] == [N2[:8]]


def test_what_is_dropped_while_a_run_is_open_does_not_reach_it(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
    run = world.start(1, DECEMBER)
    world.evaluate(run)
    world.drop([convention(N1, "none", "2023-03-01")])
    world.evaluate(run)
    world.approve(run)
    world.pay(run)
    assert world.paid() == {"v1-a": [NURSE]}


def test_a_person_who_lost_every_number_is_a_recovery_in_phase_two(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
    world.run(1, DECEMBER)
    world.drop([practice("v1-b", N1)])
    world.run(1, DECEMBER, "again")
    world.choose(f"identity-conflict.{N1[:8]}", candidate(N1[:8], "v1-b"))
    world.drop([activity(N1, 30_000, whole_year=True), account("v1-b")])
    run = world.run(2, JUNE)
    assert world.paid() == {"v1-a": [NURSE]}, "the number was paid to somebody else already"
    assert rows(world, run, "recoveries.csv") == [
        {"riziv_number": N1[:8], "profession": "nurse", "paid": "945.95", "due": "0.00", "recovery": "945.95"}
    ]
    assert world.summary(run)["recoveries"] == {"count": 1, "amount": "945.95"}
    found = dossier(world, N1)
    assert (found.identity_conflict, found.practices) == (True, [N1])
    assert {decision.decision for decision in found.decisions if decision.run == run.id} == {f"{run.id}.v1-b"}


def test_a_recovery_keeps_the_dossier_open_until_a_person_settles_it(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
    world.run(1, DECEMBER)
    world.drop([convention(N1, "none", "2023-12-20"), activity(N1, 30_000, whole_year=True)])
    run = world.run(2, JUNE)
    assert dossier(world, N1).state == "open"
    assert [row["recovery"] for row in rows(world, run, "recoveries.csv")] == ["945.95"]
    world.settle_recovery(f"recovery.{N1[:8]}.{NURSE}")
    world.run(2, JUNE, "again")
    assert dossier(world, N1).state == "closed"
    assert world.paid() == {"v1-a": [NURSE]}


# --- who a person is ------------------------------------------------------------------------------


def test_a_changed_identity_keeps_one_ledger(world: World) -> None:
    world.drop([*provider("v1-old", N1, s1=11_800), account("v1-old")])
    world.run(1, DECEMBER)
    world.drop([*provider("v1-new", N2, "midwife", s1=10), identity("v1-old", "v1-new")])
    world.drop([activity(N2, 900, whole_year=True), activity(N1, 20_000, whole_year=True)])
    world.run(2, JUNE)
    assert world.paid() == {"v1-old": [NURSE, MIDWIFE - NURSE]}


def test_entries_under_a_later_number_count_when_the_first_one_becomes_known(world: World) -> None:
    world.drop([*provider("v1-new", N1, s1=11_800), account("v1-new")])
    world.run(1, DECEMBER)
    world.drop([identity("v1-old", "v1-new"), activity(N1, 20_000, whole_year=True)])
    world.drop([*provider("v1-old", N2, "midwife"), activity(N2, 900, whole_year=True)])
    world.run(2, JUNE)
    assert world.paid() == {"v1-new": [NURSE], "v1-old": [MIDWIFE - NURSE]}


def test_nothing_is_paid_on_a_number_of_two_persons_until_identities_explain_it(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a"), account("v1-b")])
    world.drop([practice("v1-b", N1)])
    run = world.run(1, DECEMBER)
    assert world.paid() == {}
    assert [world.decision(run, person)["outcome"] for person in ("v1-a", "v1-b")] == ["pending", "pending"]
    world.drop([identity("v1-a", "v1-b")])
    world.run(1, DECEMBER, "again")
    assert world.paid() == {"v1-a": [NURSE]}
    assert world.reviewed() == []


# --- pharmacies -----------------------------------------------------------------------------------

SHOP: dict[str, Any] = {"pharmacy_id": "P1", "tariff_office": "T1"}
T1, T2 = riziv(200_001, 1), riziv(200_002, 1)


def test_of_two_titulars_the_lowest_number_is_paid_through_the_tariff_office(world: World) -> None:
    world.drop([*provider("v1-b", T2, "pharmacist", **SHOP), *provider("v1-a", T1, "pharmacist", **SHOP), office("T1")])
    run = world.run(1, DECEMBER)
    assert world.paid() == {"v1-a": [PHARMACY]}
    assert [(row["payee"], row["kind"]) for row in rows(world, run, "payments.csv")] == [("T1", "pharmacy")]
    assert world.ledger.claims(YEAR) == {"P1": ("v1-a", T1[:8])}


def test_a_titular_who_is_not_conventioned_gives_way_to_the_next(world: World) -> None:
    world.drop([practice("v1-a", T1, "pharmacist", **SHOP), *provider("v1-b", T2, "pharmacist", **SHOP), office("T1")])
    world.run(1, DECEMBER)
    assert world.paid() == {"v1-b": [PHARMACY]}


def test_a_pharmacy_that_was_paid_keeps_its_payee(world: World) -> None:
    world.drop([*provider("v1-b", T2, "pharmacist", **SHOP), office("T1")])
    world.run(1, DECEMBER)
    world.drop([*provider("v1-a", T1, "pharmacist", **SHOP), convention(T2, "none", "2023-06-01")])
    run = world.run(2, JUNE)
    assert world.paid() == {"v1-b": [PHARMACY]}
    assert [row["recovery"] for row in rows(world, run, "recoveries.csv")] == ["1790.00"]


def test_a_titular_of_several_pharmacies_waits_until_one_is_chosen(world: World) -> None:
    second = riziv(200_001, 2)
    world.drop(
        [
            *provider("v1-a", T1, "pharmacist", **SHOP),
            *provider("v1-a", second, "pharmacist", pharmacy_id="P2", tariff_office="T1"),
            *provider("v1-b", T2, "pharmacist", **SHOP),
            office("T1"),
        ]
    )
    world.run(1, DECEMBER)
    assert world.paid() == {"v1-b": [PHARMACY]}, "the other titular of the first pharmacy has no doubt about it"
    assert world.exceptions() == {f"several-pharmacies.{T1[:8]}": {"pharmacies": ["P1", "P2"]}}
    world.choose(f"several-pharmacies.{T1[:8]}", "P2")
    world.run(1, DECEMBER, "again")
    assert world.paid() == {"v1-a": [PHARMACY], "v1-b": [PHARMACY]}
    assert world.ledger.claims(YEAR) == {"P1": ("v1-b", T2[:8]), "P2": ("v1-a", T1[:8])}


def test_a_tariff_office_without_account_waits(world: World) -> None:
    world.drop(provider("v1-a", T1, "pharmacist", **SHOP))
    run = world.run(1, DECEMBER)
    assert (world.paid(), world.summary(run)["pending_accounts"]) == ({}, 1)


def test_a_nurse_who_proves_to_be_a_titular_gets_the_difference(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
    world.run(1, DECEMBER)
    world.drop([*provider("v1-a", T1, "pharmacist", **SHOP), office("T1"), activity(N1, 20_000, whole_year=True)])
    run = world.run(2, JUNE)
    assert world.paid() == {"v1-a": [NURSE, PHARMACY - NURSE]}
    assert [(row["payee"], row["kind"]) for row in rows(world, run, "payments.csv")] == [("T1", "difference")]


# --- exceptions and choices -----------------------------------------------------------------------


def test_a_year_amount_below_the_first_semester_waits_for_a_choice(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), activity(N1, 9_000, whole_year=True), account("v1-a")])
    world.run(1, DECEMBER)
    world.run(2, JUNE)
    assert dossier(world, N1).state == "open"
    world.choose(f"year-amount-lower.{N1[:8]}.1180000.900000", "first-semester-counts")
    run = world.run(2, JUNE, "again")
    assert dossier(world, N1).state == "closed"
    assert world.paid() == {"v1-a": [NURSE]}
    assert rows(world, run, "exceptions.csv") == []


def test_a_number_without_practice_is_listed_and_gone_when_the_practice_comes(world: World) -> None:
    world.drop([activity(N1, 11_800), *provider("v1-b", N2, "midwife")])
    run = world.run(1, DECEMBER)
    assert rows(world, run, "exceptions.csv") == [
        {"id": f"practice-missing.{N1}", "kind": "practice-missing", "facts": f'{{"riziv_number":"{N1}"}}'}
    ]
    assert [e.id for e in world.reviewed()] == [f"practice-missing.{N1}"]
    world.drop([practice("v1-a", N1)])
    world.run(1, DECEMBER, "again")
    assert world.reviewed() == []


def test_a_person_whom_the_rules_cannot_decide_waits_and_holds_nobody_else(world: World) -> None:
    hundred = [row for n in range(101) for row in provider("v1-many", riziv(500_000 + n), s1=11_800)]
    world.drop([*hundred, account("v1-many"), *provider("v1-a", N1, s1=11_800), account("v1-a")])
    world.run(1, DECEMBER)
    assert world.paid() == {"v1-a": [NURSE]}
    assert world.exceptions() == {
        f"undecided.{riziv(500_000)[:8]}": {
            "riziv_number": riziv(500_000)[:8],
            "practices": 101,
            "code": "case-invalid",
        }
    }
    assert dossier(world, riziv(500_000)).decisions == []


# --- outputs --------------------------------------------------------------------------------------


def test_partners_find_the_decisions_on_the_numbers_that_they_delivered(world: World) -> None:
    world.drop([*provider("v1-p", N1, s1=11_800), account("v1-p")], partner="nurses")
    world.drop([*provider("v1-p", N2, "midwife", s1=900)], partner="midwives")
    world.drop(provider("v1-q", riziv(420_009), "midwife", s1=1), partner="midwives")
    run = world.run(1, DECEMBER)

    def decisions(partner: str) -> list[dict[str, Any]]:
        body: bytes = world.output.get(f"out/{partner}/convention-premium/{run.id}/decisions.jsonl")
        return [orjson.loads(line) for line in body.splitlines()]

    (of_nurses,) = decisions("nurses")
    numbers = {step["facts"].get("riziv_number") for step in of_nurses["explanation"]}
    assert N2 not in numbers
    assert N1 in numbers
    assert [d["case_id"] for d in decisions("midwives")] == sorted([N1[:8], riziv(420_009)[:8]])


def test_the_stored_decisions_are_those_of_the_file_byte_for_byte(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a"), *provider("v1-b", N2, "midwife", s1=10)])
    run = world.run(1, DECEMBER)
    stored = {decision for (_, _, _, at), decision in world.decisions.of_runs.items() if at == run.id}
    assert stored == set(output(world, run, "decisions.jsonl").splitlines())
    decision = world.decision(run, "v1-a")
    assert (decision["id"], decision["case_id"], decision["total"]) == (f"{run.id}.v1-a", N1[:8], "945.95")


def test_the_totals_of_a_run_reconcile(world: World) -> None:
    world.drop(
        [
            *provider("v1-a", N1, s1=11_800),
            account("v1-a"),
            *provider("v1-b", N2, "midwife", s1=10),
            *provider("v1-c", N3, "dentist", specialism="orthodontics", training=True),
            practice("v1-d", riziv(400_777)),
        ]
    )
    run = world.run(1, DECEMBER)
    found = world.summary(run)
    sectors = {sector["profession"]: sector for sector in found["sectors"]}
    assert (found["persons"], found["practices"], found["outcomes"]) == (
        4,
        4,
        {"granted": 1, "refused": 1, "pending": 2},
    )
    assert sectors["nurse"] == {
        "profession": "nurse",
        "practices": 2,
        "reached": 1,
        "not_reached": 1,
        "exempt": 0,
        "granted": 1,
        "refused": 1,
        "pending": 0,
        "reasons": {"activity": 1, "full-convention": 1},
        "payments": 1,
        "amount": "945.95",
    }
    assert sectors["dentist"]["exempt"] == 1
    assert found["reasons"]["pending"] == {"account": 1, "activity": 1}
    assert found["settled"] == {"entries": 1, "amount": "945.95", "not_written": 0}
    assert all(check["holds"] for check in found["checks"])
    assert sum(sector["practices"] for sector in found["sectors"]) == found["practices"]


def test_the_case_of_a_decision_is_frozen_with_the_run(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
    run = world.run(1, DECEMBER)
    frozen = world.folder(run).person(shard_of("v1-a", world.shards), "v1-a")
    assert frozen is not None
    assert frozen.case is not None
    assert frozen.case["practices"][0]["activity-s1"] == {"ambulatory": "11800.00"}
    assert world.folder(run).person(0, "v1-nobody") is None


def test_the_parameters_that_a_run_used_are_kept_under_their_hash(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
    run = world.run(1, DECEMBER)
    used = world.decision(run, "v1-a")["parameters"]["sha256"]
    assert world.work.get(f"parameters/convention-premium/{used}.toml") == world.parameters.text.encode()


def test_a_dossier_tells_what_was_found_decided_and_paid_without_naming_anybody(world: World) -> None:
    world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
    run = world.run(1, DECEMBER)
    found = dossier(world, N1[:8])
    assert [entry.amount for entry in found.entries] == [NURSE]
    assert asdict(found.decisions[0]) | {"practices": None} == {
        "phase": 1,
        "run": run.id,
        "run_state": "released",
        "on": "2023-12-01",
        "decision": f"{run.id}.v1-a",
        "outcome": "granted",
        "premium": "945.95",
        "payable": "945.95",
        "recovery": "0.00",
        "practices": None,
    }
    assert "BE68539007547034" not in str(found)
