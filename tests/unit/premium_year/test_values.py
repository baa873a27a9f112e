"""Values of a premium year that are not official: confirmed by a person before money is paid."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from unittest.mock import patch

import orjson
import pytest

from tegemoet.application.decisions.deciding import replay, supplied_of_run
from tegemoet.application.premium_year import confirming, evaluation
from tegemoet.application.premium_year.folder import NotApprovedError
from tegemoet.application.premium_year.run_decisions import FrozenRunDecisions, read_run_decision, with_case
from tegemoet.application.premium_year.running import RunOfAnotherVersionError
from tegemoet.application.premium_year.sealing import has_seal, sealed
from tegemoet.application.premium_year.values import values_of_phase, values_to_confirm, year_values
from tegemoet.application.premium_year.year_check import check_year, replay_run
from tegemoet.application.records import Confirmation, Person, Run, RunDetail
from tegemoet.domain.parameters import read_parameters
from tegemoet.domain.problems import ConflictError, InvalidError, NotFoundError, ProblemError
from tegemoet.schemes.registry import scheme_named
from tests.support.premium_world import (
    SCHEME,
    World,
    account,
    activity,
    provider,
    riziv,
    two_shards,
)
from tests.support.schemes import shipping

FEBRUARY, JUNE = date(2026, 2, 5), date(2026, 6, 15)
AMOUNT, LEAST = "premium-amount.nurse.399.19", "activity-threshold.nurse.13669.87"
DEADLINE = "account-deadline.1"
FIRST_DAYS = ("phase-first-day.1.2026-02-01", "phase-first-day.2.2026-06-01")
ALL = (DEADLINE, LEAST, *FIRST_DAYS, AMOUNT)
PERSON = "v1-nurse"
NOT_APPROVED_BEFORE = "The run cannot be approved before each value is confirmed."
NUMBER = riziv(412345, 401)


@pytest.fixture
def world() -> Iterator[World]:
    """A year 2025 with a nurse who has enough in the first semester and an account of January."""
    with two_shards(2025):
        made = World(year=2025)
        made.runs.begin_year(2025, "v1")
        made.drop(
            [*provider(PERSON, NUMBER), activity(NUMBER, 14_000), account(PERSON, day="2026-01-20")], sent_by="sender"
        )
        yield made


def confirm(world: World, value: str, text: str, by: str = "confirmer", reason: str = "a letter") -> int:
    ports = confirming.ConfirmationPorts(world.runs, world.clock)
    return confirming.confirm_value(2025, value, text, reason, by=Person(by, f"Name of {by}"), ports=ports)


def code_of(problem: pytest.ExceptionInfo[ProblemError]) -> tuple[str, list[str]]:
    return problem.value.code, [fault.path for fault in problem.value.faults]


# --- which values ---------------------------------------------------------------------------------


def test_the_values_of_2025_that_are_not_official_are_listed(world: World) -> None:
    values = {value.id: value for value in year_values(world.parameters, world.runs)}
    assert tuple(values) == ALL
    assert (values[AMOUNT].value, values[AMOUNT].basis, values[AMOUNT].unit) == ("399.19", "secondary", "EUR")
    assert (values[DEADLINE].value, values[DEADLINE].basis, values[DEADLINE].source) == (None, "supplied", None)
    assert (values[DEADLINE].first, values[DEADLINE].last) == (date(2025, 1, 1), date(2025, 12, 31))
    assert values[DEADLINE].arithmetic == ""
    assert all(value.confirmed is None for value in values.values())


def test_a_value_is_named_by_its_key_and_value_in_letters_digits_dots_and_hyphens(world: World) -> None:
    paper = (
        '[sources.paper]\nact = "A paper"\narticle = "1"\nurl = "https://example.org"\n'
        'basis = "derived"\narithmetic = "by hand"\n'
        '[[parameter]]\nname = "exception"\nsource = "paper"\nfrom = 2025-01-01\n'
        'rows = [{ specialism = "x/y", profession = "home nurse", value = true }, { value = 0.5 }]\n[[parameter]]'
    )
    held = read_parameters("2025", world.parameters.text.replace("[[parameter]]", paper, 1))
    added = {value.id: value for value in values_to_confirm(held) if value.name == "exception"}
    assert {value_id: value.value for value_id, value in added.items()} == {
        "exception.home-nurse.x-y.true": "true",
        "exception.0.5": "0.5",
    }
    assert {value.arithmetic for value in added.values()} == {"by hand"}


def test_a_year_of_official_values_has_none_and_asks_the_table_nothing() -> None:
    class Untouched:
        """A port that nothing is asked of."""

    assert values_to_confirm(scheme_named(SCHEME).parameter_sets["2023"]) == []
    assert year_values(scheme_named(SCHEME).parameter_sets["2023"], Untouched()) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phase", "ids"), [(1, (DEADLINE, LEAST, FIRST_DAYS[0], AMOUNT)), (2, (LEAST, FIRST_DAYS[1], AMOUNT))]
)
def test_a_phase_rests_on_its_own_values_and_on_those_of_the_year(
    world: World, phase: int, ids: tuple[str, ...]
) -> None:
    assert tuple(value.id for value in values_of_phase(phase, world.parameters, world.runs)) == ids


# --- confirming -----------------------------------------------------------------------------------


def test_a_value_is_confirmed_once_whoever_confirms_it_again(world: World) -> None:
    assert confirm(world, AMOUNT, "399.19", reason="the first") == 1
    assert confirm(world, AMOUNT, "399.19", by="another", reason="the second") == 1
    (made,) = confirming.require_value(2025, AMOUNT, world.runs).confirmations
    assert (made.value, made.reason, made.by) == ("399.19", "the first", Person("confirmer", "Name of confirmer"))


@pytest.mark.parametrize("other", ["399.18", "399.2", "399,19", "", "399.190"])
def test_another_value_than_the_published_one_cannot_be_confirmed(world: World, other: str) -> None:
    with pytest.raises(ConflictError) as refused:
        confirm(world, AMOUNT, other)
    assert refused.value.code == "value-differs"
    assert world.runs.confirmations(2025) == {}


@pytest.mark.parametrize("text", ["2026-02-30", "31/01/2026", "january", "2026-1-31", "20260131"])
def test_a_supplied_value_is_a_day(world: World, text: str) -> None:
    with pytest.raises(InvalidError) as refused:
        confirm(world, DEADLINE, text)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("/value", "not-a-day")]


@pytest.mark.parametrize("day", ["0001-01-01", "2024-12-31", "2026-06-01", "9999-12-31"])
def test_a_supplied_deadline_outside_the_premium_year_and_its_phases_is_rejected(world: World, day: str) -> None:
    with pytest.raises(InvalidError) as refused:
        confirm(world, DEADLINE, day)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("/value", "day-impossible")]
    assert world.runs.confirmations(2025) == {}


@pytest.mark.parametrize("day", ["2025-01-01", "2026-05-31"])
def test_a_supplied_deadline_may_be_the_first_and_the_last_day_possible(world: World, day: str) -> None:
    assert confirm(world, DEADLINE, day) == 1


def test_a_supplied_value_may_be_replaced_and_the_last_one_counts(world: World) -> None:
    assert [confirm(world, DEADLINE, day) for day in ("2026-01-30", "2026-01-31", "2026-01-31")] == [1, 2, 2]
    value = confirming.require_value(2025, DEADLINE, world.runs)
    assert [made.value for made in value.confirmations] == ["2026-01-30", "2026-01-31"]
    assert value.in_use == "2026-01-31"


@pytest.mark.parametrize(("meanwhile", "number"), [("2026-01-31", 1), ("2026-01-30", None)])
def test_of_two_confirmations_at_one_moment_the_first_counts(world: World, meanwhile: str, number: int | None) -> None:
    """The other one is told so, unless it confirms the same."""
    recorded: Callable[..., bool] = world.runs.confirm

    def beaten(year: int, value_id: str, place: int, confirmation: Confirmation) -> bool:
        recorded(year, value_id, place, replace(confirmation, value=meanwhile, by=Person("first", "The First")))
        return recorded(year, value_id, place, confirmation)

    with patch.object(world.runs, "confirm", beaten):
        if number is None:
            with pytest.raises(ConflictError) as refused:
                confirm(world, DEADLINE, "2026-01-31")
            assert refused.value.code == "confirmed-meanwhile"
        else:
            assert confirm(world, DEADLINE, "2026-01-31") == number
    (made,) = confirming.require_value(2025, DEADLINE, world.runs).confirmations
    assert (made.value, made.by.subject) == (meanwhile, "first")


def test_an_official_value_and_an_unknown_one_cannot_be_confirmed(world: World) -> None:
    for value in ("account-deadline.2", "account-deadline.2.2026-05-31", "premium-amount.nurse", ""):
        with pytest.raises(NotFoundError) as refused:
            confirm(world, value, "2026-05-31")
        assert refused.value.code == "value-unknown"


def test_nothing_of_a_closed_year_is_confirmed(world: World) -> None:
    world.runs.years[2025] = replace(world.runs.years[2025], closed=True)
    with pytest.raises(ConflictError) as refused:
        confirm(world, AMOUNT, "399.19")
    assert refused.value.code == "year-closed"


def test_a_corrected_value_is_confirmed_again(world: World) -> None:
    confirm(world, AMOUNT, "399.19")
    corrected = read_parameters("2025", world.parameters.text.replace("399.19", "399.20").replace("2025.1", "2025.2"))
    with shipping(SCHEME, {"2025": corrected}):
        values = {value.name: value for value in year_values(world.parameters, world.runs)}
        assert values["premium-amount"].confirmed is None
        assert confirm(world, "premium-amount.nurse.399.20", "399.20") == 1


def test_a_value_that_moved_under_an_id_that_looks_the_same_is_not_confirmed() -> None:
    value = replace(values_to_confirm(scheme_named(SCHEME).parameter_sets["2025"])[2], value="399/19")
    made = Confirmation("399-19", "a letter", Person("s", "n"), "2026-01-01T00:00:00+00:00")
    assert replace(value, confirmations=(made,)).confirmed is None


# --- a run ----------------------------------------------------------------------------------------


def test_a_phase_that_needs_a_value_that_nobody_supplied_does_not_start(world: World) -> None:
    with pytest.raises(ConflictError) as refused:
        world.start(1, FEBRUARY)
    assert code_of(refused) == ("value-not-supplied", [f"/values/{DEADLINE}"])
    assert [fault.code for fault in refused.value.faults] == ["unconfirmed"]
    confirm(world, DEADLINE, "2026-01-31")
    assert world.start(1, FEBRUARY).state == "started"


@pytest.mark.parametrize(("deadline", "paid"), [("2026-01-20", "399.19"), ("2026-01-19", "0.00")])
def test_a_run_decides_on_the_value_that_the_body_supplied_to_the_day(world: World, deadline: str, paid: str) -> None:
    confirm(world, DEADLINE, deadline)
    run = world.evaluate(world.start(1, FEBRUARY))
    assert run.detail.control_sum == paid
    decision = world.decision(run, PERSON)
    supplied = next(value for value in decision["values"] if value["basis"] == "supplied")
    assert (supplied["name"], supplied["key"], supplied["value"]) == ("account-deadline", {"phase": "1"}, deadline)
    names = [value["name"] for value in decision["values"]]
    assert names == ["account-deadline", "activity-threshold", "premium-amount"]
    assert replay_run(run, digest_secret=world.secrets.digest_secret(), work=world.work).holds


@pytest.mark.parametrize(("deadline", "outcome"), [("2026-01-20", "granted"), ("2026-01-19", "pending")])
def test_a_dossier_shows_what_a_run_decided_on_a_supplied_value(world: World, deadline: str, outcome: str) -> None:
    confirm(world, DEADLINE, deadline)
    world.evaluate(world.start(1, FEBRUARY))
    confirm(world, DEADLINE, "2026-01-25", reason="counts for the runs that start later")
    dossier = world.dossier(NUMBER)
    assert dossier.practices == [NUMBER]
    assert [(decided.phase, decided.outcome) for decided in dossier.decisions] == [(1, outcome)]


def test_a_dossier_of_a_year_that_publishes_what_was_supplied_has_its_decisions(world: World) -> None:
    confirm(world, DEADLINE, "2026-01-31")
    world.evaluate(world.start(1, FEBRUARY))
    rows = '{ phase = "2", value = 2026-05-31 }'
    text = world.parameters.text.replace(rows, f'{{ phase = "1", value = 2026-01-20 }}, {rows}')
    assert text != world.parameters.text
    with shipping(SCHEME, {"2025": read_parameters("2025", text)}):
        assert [decided.outcome for decided in world.dossier(NUMBER).decisions] == ["granted"]


def test_what_the_body_supplied_is_read_once_for_a_shard(world: World) -> None:
    for person, number in (("v1-other", riziv(412346, 401)), ("v1-third", riziv(412347, 401))):
        world.drop([*provider(person, number), activity(number, 14_000), account(person, day="2026-01-20")])
    confirm(world, DEADLINE, "2026-01-20")
    with patch.object(evaluation, "supplied_of_run", wraps=supplied_of_run) as reading:
        run = world.evaluate(world.start(1, FEBRUARY))
    assert reading.call_count == world.shards
    assert sum(len(list(world.folder(run).persons(shard))) for shard in range(world.shards)) == 3
    assert run.detail.control_sum == "1197.57"


def test_a_run_is_approved_only_when_each_of_its_values_is_confirmed(world: World) -> None:
    confirm(world, DEADLINE, "2026-01-31")
    run = world.evaluate(world.start(1, FEBRUARY))
    lacking = [LEAST, FIRST_DAYS[0], AMOUNT]
    for value, text in ((FIRST_DAYS[0], "2026-02-01"), (LEAST, "13669.87"), (AMOUNT, "399.19")):
        with pytest.raises(ConflictError) as refused:
            world.approve(run)
        assert code_of(refused) == ("values-unconfirmed", [f"/values/{each}" for each in lacking])
        assert {fault.code for fault in refused.value.faults} == {"unconfirmed"}
        assert world.now(run).state == "waiting"
        confirm(world, value, text)
        lacking.remove(value)
    approved = world.approve(run)
    assert set(approved.detail.confirmed or ()) == {DEADLINE, LEAST, AMOUNT, FIRST_DAYS[0]}
    assert world.pay(run).state == "released"
    assert world.paid() == {PERSON: [39_919]}


def test_a_run_can_be_refused_while_its_values_are_unconfirmed(world: World) -> None:
    confirm(world, DEADLINE, "2026-01-31")
    run = world.evaluate(world.start(1, FEBRUARY))
    assert world.approve(run, approve=False, reason="the amount is wrong").state == "refused"


def test_a_run_on_a_value_that_the_body_replaced_is_not_approved(world: World) -> None:
    world.confirm_values("2026-01-19")
    run = world.evaluate(world.start(1, FEBRUARY))
    confirm(world, DEADLINE, "2026-01-31")
    with pytest.raises(ConflictError) as refused:
        world.approve(run)
    assert code_of(refused) == ("values-differ", [f"/values/{DEADLINE}"])
    assert [fault.code for fault in refused.value.faults] == ["replaced"]
    world.approve(run, approve=False, reason="another day counts")
    again = world.evaluate(world.start(1, FEBRUARY, key="again"))
    assert world.approve(again).state == "approved"
    assert again.detail.control_sum == "399.19"


def test_a_run_on_a_set_that_was_corrected_since_is_not_approved(world: World) -> None:
    world.confirm_values("2026-01-31")
    run = world.evaluate(world.start(1, FEBRUARY))
    text = world.parameters.text.replace("2025.1", "2025.2").replace("399.19", "399.20")
    with shipping(SCHEME, {"2025": read_parameters("2025", text)}):
        world.confirm_values()
        with pytest.raises(ConflictError) as refused:
            world.approve(run)
        assert refused.value.code == "values-differ"
        assert world.approve(run, approve=False, reason="the amount was corrected").state == "refused"


STEPS: dict[str, Callable[[World, Run], object]] = {
    "assign": lambda world, run: world.assign_pharmacies(run),
    "evaluate": lambda world, run: world.evaluate_shard(run, 0),
    "propose": lambda world, run: world.propose(run),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_uses_other_values_than_the_run_was_planned_with(world: World, step: str) -> None:
    """A set that was deployed in between and rolled back later would be paid without its values."""
    world.confirm_values("2026-01-31")
    run = world.start(1, FEBRUARY)
    world.make_plan(run)
    for shard in range(world.shards):
        world.join_numbers(run, shard)
    before = list(STEPS)[: list(STEPS).index(step)]
    for earlier in before:
        STEPS[earlier](world, run)
    if step == "propose":
        world.evaluate_shard(run, 1)
    text = world.parameters.text.replace("2025.1", "2025.2").replace("13669.87", "200.00")
    with shipping(SCHEME, {"2025": read_parameters("2025", text)}), pytest.raises(RunOfAnotherVersionError):
        STEPS[step](world, run)
    STEPS[step](world, run)


@pytest.mark.parametrize("value", [AMOUNT, DEADLINE])
def test_who_confirmed_a_value_does_not_approve_the_run(world: World, value: str) -> None:
    confirm(world, value, "399.19" if value == AMOUNT else "2026-01-31", by=world.approver)
    world.confirm_values("2026-01-31")
    world.people.add("second-approver", "approver")
    run = world.evaluate(world.start(1, FEBRUARY))
    with pytest.raises(ConflictError) as refused:
        world.approve(run)
    assert refused.value.code == "approver-confirmed"
    assert world.approve(run, "second-approver").state == "approved"


def test_a_run_that_nobody_else_could_approve_does_not_start(world: World) -> None:
    world.confirm_values("2026-01-31", by=world.approver)
    with pytest.raises(ConflictError) as refused:
        world.start(1, FEBRUARY)
    assert refused.value.code == "no-approver"


def test_the_seal_covers_the_confirmations_and_the_release_compares_them(world: World) -> None:
    world.confirm_values("2026-01-31")
    run = world.approve(world.evaluate(world.start(1, FEBRUARY)))
    confirmed = dict(run.detail.confirmed or {})
    assert has_seal(run, world.seal)
    for other in (None, {}, {**confirmed, AMOUNT: "0" * 64}, {AMOUNT: confirmed[AMOUNT]}):
        assert not has_seal(replace(run, detail=replace(run.detail, confirmed=other)), world.seal)
    for shard in range(world.shards):
        world.settle_shard(run, shard)
    kept = world.runs.confirmed[2025, AMOUNT]
    world.runs.confirmed[2025, AMOUNT] = [replace(kept[0], by=Person("somebody", "Somebody Else"))]
    with pytest.raises(NotApprovedError):
        world.release(run)
    assert world.now(run).state == "approved"
    world.runs.confirmed[2025, AMOUNT] = kept
    world.release(run)
    assert world.now(run).state == "released"


def test_a_check_of_the_year_finds_a_confirmation_that_is_not_as_it_was_approved(world: World) -> None:
    world.confirm_values("2026-01-31")
    run = world.run(1, FEBRUARY)

    def confirmations() -> bool:
        checks = check_year(
            2025,
            batches=world.batches,
            registrations=world.registrations,
            facts=world.facts,
            runs=world.runs,
            ledger=world.ledger,
            output=world.output,
            digest_secret=world.secrets.digest_secret(),
            seal=world.seal,
        )
        found = {check.check: check.holds for check in checks}
        assert all(holds for name, holds in found.items() if name != f"confirmations {run.id}")
        return found[f"confirmations {run.id}"]

    assert confirmations()
    confirm(world, DEADLINE, "2026-02-15")
    assert confirmations(), "a later one changes nothing of the earlier one"
    kept = world.runs.confirmed.pop((2025, AMOUNT))
    assert not confirmations()
    world.runs.confirmed[2025, AMOUNT] = [replace(kept[0], reason="another reason")]
    assert not confirmations()


def test_a_decision_of_a_run_is_made_again_from_what_it_froze_and_what_was_supplied(world: World) -> None:
    confirm(world, DEADLINE, "2026-01-31")
    run = world.evaluate(world.start(1, FEBRUARY))
    kept = FrozenRunDecisions(world.decisions, world.work)
    stored = with_case(read_run_decision(2025, f"{run.id}.{PERSON}", kept), kept)
    assert stored.case is not None
    (supplied,) = orjson.loads(stored.case)["supplied"]
    assert (supplied["parameter"], supplied["value"]) == ("account-deadline", "2026-01-31")
    again = replay(stored.decision, stored.case, stored.scheme, world.secrets.digest_secret())
    assert (again.same, again.differs) == (True, {})


def test_an_approval_without_confirmations_releases_nothing(world: World) -> None:
    """As if an approval had been sealed by a version that asked for no confirmations."""
    world.confirm_values("2026-01-31")
    run = world.approve(world.evaluate(world.start(1, FEBRUARY)))
    for shard in range(world.shards):
        world.settle_shard(run, shard)
    bare = replace(run.detail, confirmed=None)
    bare = replace(bare, approval_mac=sealed(run, bare, world.seal))
    world.runs.items[run.id] = replace(world.now(run), detail=bare)
    with pytest.raises(NotApprovedError):
        world.release(run)


def test_a_set_that_came_after_the_plan_does_not_hold_up_what_was_approved(world: World) -> None:
    world.confirm_values("2026-01-31")
    run = world.approve(world.evaluate(world.start(1, FEBRUARY)))
    for shard in range(world.shards):
        world.settle_shard(run, shard)
    text = world.parameters.text.replace("2025.1", "2025.2").replace("13669.87", "13669.88")
    with shipping(SCHEME, {"2025": read_parameters("2025", text)}):
        world.release(run)
    assert world.now(run).state == "released"


@pytest.mark.parametrize("what", ["confirmation", "coverage", "kept set", "lost set"])
def test_another_set_of_the_year_spares_a_release_no_check(world: World, what: str) -> None:
    world.confirm_values("2026-01-31")
    run = world.approve(world.evaluate(world.start(1, FEBRUARY)))
    for shard in range(world.shards):
        world.settle_shard(run, shard)
    (kept,) = (key for key in world.work.keys("parameters/") if world.parameters.sha256 in key)
    match what:
        case "confirmation":
            world.runs.confirmed[2025, AMOUNT] = []
        case "coverage":
            bare = replace(run.detail, confirmed=None)
            bare = replace(bare, approval_mac=sealed(run, bare, world.seal))
            world.runs.items[run.id] = replace(world.now(run), detail=bare)
        case "kept set":
            world.work.put(kept, world.parameters.text.replace("secondary", "official").encode())
        case _:
            del world.work.versions[kept]
    text = world.parameters.text + "\n# a comment\n"
    with shipping(SCHEME, {"2025": read_parameters("2025", text)}), pytest.raises(NotApprovedError):
        world.release(run)
    assert world.now(run).state == "approved"


def test_the_summary_of_a_release_says_the_values_that_were_approved(world: World) -> None:
    world.confirm_values("2026-01-31")
    run = world.approve(world.evaluate(world.start(1, FEBRUARY)))
    confirm(world, DEADLINE, "2026-01-10", by="another", reason="replaces what was paid on")
    world.pay(run)
    said = {value["id"]: (value["value"], value["by"]) for value in world.summary(run).get("values", ())}
    assert said[DEADLINE] == ("2026-01-31", "Name of second-operator")
    assert set(said) == {DEADLINE, LEAST, AMOUNT, FIRST_DAYS[0]}


def test_an_approval_of_a_year_of_official_values_is_sealed_as_before() -> None:
    with two_shards():
        world = World()
        world.drop([*provider(PERSON, NUMBER, s1=20_000), account(PERSON)])
        run = world.approve(world.evaluate(world.start(1, date(2023, 12, 1))))
    assert run.detail.confirmed is None
    said = {
        "year": 2023,
        "phase": 1,
        "run": run.id,
        "control_sum": run.detail.control_sum,
        "transfers": run.detail.payments_sha256,
        "approver": run.detail.approved_by,
        "approved_at": run.detail.approved_at,
    }
    mac = world.seal.sign(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
    assert run.detail.approval_mac == b64encode(mac).decode()


def test_both_phases_of_2025_pay_the_premium_once(world: World) -> None:
    world.confirm_values("2026-01-31")
    assert world.run(1, FEBRUARY).state == "released"
    world.drop([activity(NUMBER, 14_000, whole_year=True)])
    run = world.run(2, JUNE)
    assert world.paid() == {PERSON: [39_919]}
    assert world.summary(run)["exceptions"] == {}
    assert [value["name"] for value in world.decision(run, PERSON)["values"]] == [
        "activity-threshold",
        "premium-amount",
    ]
    assert world.folder(run).plan().supplied == []


# --- what is shown --------------------------------------------------------------------------------


def test_summary_page_and_changes_say_what_is_confirmed_and_by_whom(world: World) -> None:
    confirm(world, DEADLINE, "2026-01-31")
    run = world.evaluate(world.start(1, FEBRUARY))
    shown = {value["id"]: (value["value"], value["by"]) for value in world.summary(run)["values"]}
    assert shown == {
        DEADLINE: ("2026-01-31", "Name of confirmer"),
        LEAST: ("13669.87", None),
        AMOUNT: ("399.19", None),
        FIRST_DAYS[0]: ("2026-02-01", None),
    }
    page = world.output.get(f"payments/2025/phase-1/{run.id}/report.html").decode()
    assert page.count("not confirmed yet") == 3
    assert NOT_APPROVED_BEFORE in page
    assert "last day to register an account (first phase)" in page
    changes = {change.id: change.facts for change in world.folder(run).changes().page(None, 100, "values")[0]}
    assert list(changes) == [f"values.{DEADLINE}.000001"]
    assert changes[f"values.{DEADLINE}.000001"]["by"] == {"subject": "confirmer", "name": "Name of confirmer"}
    assert world.summary(run)["changes"]["counts"]["values"] == 1
    world.confirm_values()
    world.approve(run)
    world.pay(run)
    released = orjson.loads(world.output.get(f"payments/2025/phase-1/{run.id}/summary.json"))
    assert {value["by"] for value in released["values"]} == {"Name of confirmer", "Name of second-operator"}
    page = world.output.get(f"payments/2025/phase-1/{run.id}/report.html").decode()
    assert "not confirmed yet" not in page
    assert NOT_APPROVED_BEFORE not in page


@pytest.mark.parametrize(("other", "listed"), [(False, [("nurse", 1)]), (True, [("midwife", 1), ("nurse", 1)])])
def test_a_limited_year_lists_who_takes_part_or_has_a_practice(
    world: World, other: bool, listed: list[tuple[str, int]]
) -> None:
    if other:
        world.drop(provider("v1-midwife", riziv(412348, 401), "midwife"))
    confirm(world, DEADLINE, "2026-01-31")
    run = world.evaluate(world.start(1, FEBRUARY))
    assert [(sector["profession"], sector["practices"]) for sector in world.summary(run)["sectors"]] == listed


def test_confirmations_before_the_last_cut_off_are_no_change_of_the_next_run(world: World) -> None:
    world.confirm_values("2026-01-31")
    world.run(1, FEBRUARY)
    run = world.evaluate(world.start(1, FEBRUARY, key="again"))
    assert world.summary(run)["changes"]["counts"]["values"] == 0


def test_a_year_of_official_values_says_nothing_of_values() -> None:
    with two_shards():
        world = World()
        world.drop([*provider(PERSON, NUMBER, s1=20_000), account(PERSON)])
        run = world.evaluate(world.start(1, date(2023, 12, 1)))
        assert "values" not in world.summary(run)
        assert "values" not in world.decision(run, PERSON)
    assert RunDetail().confirmed is None
