"""An exchange from households to tables: selection, lists, codes, waits, and who sees what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tegemoet.application.exchange.commands import resume, start_exchange
from tegemoet.application.exchange.folder import output_key
from tegemoet.application.exchange.waits import answer_task
from tegemoet.domain.problems import ConflictError, InvalidError, NotFoundError
from tests.support.exchange_world import (
    DAYS,
    INSURERS,
    TAX_OFFICE,
    YEAR,
    ExchangeWorld,
    Person,
    csv_of,
    few_shards,
    household,
    income,
    request,
    result,
    unknown,
)
from tests.support.fakes.partners import OPERATOR, REGISTRAR

A, B, C = INSURERS
ANNA, BERT = Person(date(1960, 5, 1)), Person(date(1962, 5, 1))
CHILD, OF_AGE = Person(date(2001, 1, 2)), Person(date(2001, 1, 1))
DORA, EMMA, FRED = (Person(date(1970, 1, n)) for n in (1, 2, 3))


@pytest.fixture
def world() -> Iterator[ExchangeWorld]:
    with few_shards():
        yield ExchangeWorld()


def to_incomes(world: ExchangeWorld, *households: list[Any]) -> ExchangeWorld:
    """An exchange with selected households, each sent by the insurer that its number names."""
    world.start()
    by_insurer = {digits: partner for partner, digits in INSURERS.items()}
    for number, rows in enumerate(households):
        world.deliver(by_insurer[rows[0]["request_number"][:3]], "households", rows, f"h-{number}")
    world.resume("households")
    return world


# --- asking ---------------------------------------------------------------------------------------


def test_every_person_is_asked_once_and_nothing_says_who_lives_together(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA, BERT, CHILD), household(ANNA, DORA, insurer="202"))
    asked = world.out(TAX_OFFICE, "pro_02-1.csv")
    assert sorted(asked) == sorted(p.insz for p in (ANNA, BERT, CHILD, DORA))
    assert world.exchange.get(output_key(TAX_OFFICE, YEAR, "pro_02-1.csv")).startswith(b"insz\n")


def test_a_household_of_two_insurers_is_requested_by_that_of_the_applicant(
    world: ExchangeWorld,
) -> None:
    to_incomes(world, household(ANNA, BERT, insurer="202"))
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "9000"), income(BERT, "9000.00")])
    world.resume("incomes-1")
    assert world.out(B, "pro_04-1.csv") == [f"{request(ANNA, '202')};OK"]
    assert world.out(A, "pro_04-1.csv") == world.out(C, "pro_04-1.csv") == []


def test_what_is_left_out_is_told_to_its_insurer_with_every_reason_and_asked_nowhere(world: ExchangeWorld) -> None:
    to_incomes(
        world,
        household(ANNA, BERT, mutated_on="2020-04-01", voucher_income="11173.16"),
        household(DORA, entitled_on_1_january="yes", insurer="202"),
        household(EMMA, earlier_outcome="incomplete", earlier_year="2016", insurer="303"),
    )
    assert world.out(A, "excluded.csv") == [
        f"{request(ANNA)};vouchers-above-ceiling",
        f"{request(ANNA)};applicant-mutated",
    ]
    assert world.out(B, "excluded.csv") == [f"{request(DORA, '202')};all-entitled"]
    assert world.out(C, "excluded.csv") == [f"{request(EMMA, '303')};earlier-outcome"]
    assert world.out(TAX_OFFICE, "pro_02-1.csv") == []
    assert world.state()["selected"][A] == {
        "requests": 0,
        "members": 0,
        "excluded": 1,
        "reasons": {"vouchers-above-ceiling": 1, "applicant-mutated": 1},
    }


def test_vouchers_at_the_ceiling_and_a_mutation_a_day_later_keep_nobody_out(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA, mutated_on="2020-04-02", voucher_income="18855.63"))
    assert world.out(TAX_OFFICE, "pro_02-1.csv") == [ANNA.insz]


@pytest.mark.parametrize("first", [A, B])
def test_a_request_of_another_insurer_is_not_taken_whoever_comes_first(world: ExchangeWorld, first: str) -> None:
    world.start()
    for partner in sorted((A, B), key=lambda partner: partner != first):
        world.deliver(partner, "households", household(ANNA, BERT), f"of-{partner}")
    world.deliver(C, "households", household(DORA))
    world.resume("households")
    assert world.out(A, "excluded.csv") == []
    assert world.out(B, "excluded.csv") == [f"{request(ANNA)};request-of-another-partner"]
    assert world.out(C, "excluded.csv") == [f"{request(DORA)};insurer-not-yours"]
    assert sorted(world.out(TAX_OFFICE, "pro_02-1.csv")) == sorted((ANNA.insz, BERT.insz))


def test_a_later_file_replaces_the_row_of_a_member_and_adds_one(world: ExchangeWorld) -> None:
    world.start()
    world.deliver(A, "households", household(ANNA, BERT, voucher_income="20000"))
    assert len(household(ANNA, BERT, CHILD)) == 3
    world.deliver(A, "households", household(ANNA, BERT, CHILD))
    world.resume("households")
    assert len(world.out(TAX_OFFICE, "pro_02-1.csv")) == 3
    assert world.out(A, "excluded.csv") == []


def test_files_of_who_is_no_party_are_not_used(world: ExchangeWorld) -> None:
    world.start()
    world.deliver("somebody", "households", household(ANNA))
    world.deliver(A, "households", household(DORA))
    world.resume("households")
    assert world.out(TAX_OFFICE, "pro_02-1.csv") == [DORA.insz]
    world.deliver(A, "incomes-1", [income(DORA, "1")])
    world.resume("incomes-1")
    assert world.codes(1) == {}
    assert world.out(TAX_OFFICE, "pro_02-2.csv") == [DORA.insz]


# --- codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "code"), [("18855.62", "OK"), ("18855.63", "NOK"), ("18855.64", "NOK")])
def test_the_income_is_compared_to_the_cent(world: ExchangeWorld, amount: str, code: str) -> None:
    to_incomes(world, household(ANNA))
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, amount)])
    world.resume("incomes-1")
    assert world.codes(1) == {request(ANNA): code}


def test_the_incomes_of_all_codes_of_all_members_are_added(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA, BERT))
    rows = [income(ANNA, "10000.00"), income(ANNA, "2346.30", "1350"), income(BERT, "10000")]
    world.deliver(TAX_OFFICE, "incomes-1", rows)
    world.resume("incomes-1")
    assert world.codes(1) == {request(ANNA): "OK"}


def test_a_later_row_of_a_code_replaces_it_in_the_same_delivery(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA))
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "50000"), income(ANNA, "100", "1350")])
    world.deliver(TAX_OFFICE, "incomes-1", [unknown(ANNA), income(ANNA, "18755.62")])
    world.resume("incomes-1")
    assert world.codes(1) == {request(ANNA): "OK"}


def test_a_person_in_two_households_counts_in_both(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA, FRED), household(BERT, FRED, insurer="202"))
    rows = [income(ANNA, "0"), income(BERT, "20000"), income(FRED, "2346.31")]
    world.deliver(TAX_OFFICE, "incomes-1", rows)
    world.resume("incomes-1")
    assert world.codes(1) == {request(ANNA): "OK", request(BERT, "202"): "NOK"}


def test_an_unknown_minor_has_no_income_and_is_not_asked_again(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA, CHILD))
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "22346.30"), unknown(CHILD)])
    world.resume("incomes-1")
    assert world.codes(1) == {request(ANNA): "OK"}
    assert world.out(TAX_OFFICE, "pro_02-2.csv") == []


def test_who_turns_eighteen_on_the_day_is_of_age_and_is_asked_again(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA, OF_AGE))
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "1"), unknown(OF_AGE)])
    world.resume("incomes-1")
    assert world.codes(1) == {}
    assert world.out(TAX_OFFICE, "pro_02-2.csv") == [OF_AGE.insz]


def test_only_what_is_not_definitive_is_asked_again_and_only_where_a_code_is_missing(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA, BERT, CHILD), household(DORA, insurer="202"))
    first = [income(ANNA, "10000"), unknown(BERT, "05"), income(DORA, "99999")]
    world.deliver(TAX_OFFICE, "incomes-1", first)
    world.resume("incomes-1")
    assert world.out(TAX_OFFICE, "pro_02-2.csv") == [BERT.insz]
    # definitive incomes stay; the child and Dora are not asked again, so their answers are ignored
    second = [income(BERT, "15836.98"), income(ANNA, "90000"), income(CHILD, "90000"), income(DORA, "1")]
    world.deliver(TAX_OFFICE, "incomes-2", second)
    world.resume("incomes-2")
    assert world.codes(1) == {request(DORA, "202"): "NOK"}
    assert world.codes(2) == {request(ANNA): "OK"}
    assert world.state()["ignored"] == {"1": 0, "2": 3}


def test_who_stays_unknown_puts_the_household_on_hold(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA, BERT))
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "10")])
    world.resume("incomes-1")
    world.deliver(TAX_OFFICE, "incomes-2", [unknown(BERT)])
    world.resume("incomes-2")
    assert world.codes(2) == {request(ANNA): "ONHOLD"}


def test_every_request_gets_one_code_over_both_sendings(world: ExchangeWorld) -> None:
    people = [Person(date(1950, 1, 1), n) for n in range(1, 31)]
    to_incomes(world, *(household(person) for person in people))
    world.deliver(TAX_OFFICE, "incomes-1", [income(p, "1") if n % 3 else unknown(p) for n, p in enumerate(people)])
    world.resume("incomes-1")
    world.deliver(TAX_OFFICE, "incomes-2", [income(p, "2") for n, p in enumerate(people) if n % 6 == 0])
    world.resume("incomes-2")
    first, second = world.codes(1), world.codes(2)
    assert not first.keys() & second.keys()
    assert first.keys() | second.keys() == {request(person) for person in people}
    assert sorted(second.values()) == ["OK"] * 5 + ["ONHOLD"] * 5


def test_with_nobody_left_the_second_round_is_empty_and_the_results_are_next(
    world: ExchangeWorld,
) -> None:
    to_incomes(world, household(ANNA))
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "1")])
    world.resume("incomes-1")
    assert world.state()["state"] == "results"
    assert world.exchange.get(output_key(TAX_OFFICE, YEAR, "pro_02-2.csv")) == b"insz\n"
    assert all(world.exchange.get(output_key(i, YEAR, "pro_04-2.csv")) == b"request_number;code\n" for i in INSURERS)
    with pytest.raises(ConflictError) as elsewhere:
        world.resume("incomes-2")
    assert elsewhere.value.code == "flow-elsewhere"


# --- waiting --------------------------------------------------------------------------------------


def test_a_late_file_is_counted_and_changes_nothing(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA))
    before = world.outputs()
    late = world.deliver(A, "households", household(BERT))
    world.walk()
    assert world.outputs() == before
    assert world.state()["late"] == world.state(A)["late"] == {f"households/{A}": 1}
    assert world.state(B)["late"] == {}
    world.batch_done(late)
    assert world.state()["late"] == {f"households/{A}": 1}


def test_a_wait_does_not_end_while_a_file_is_taken_in(world: ExchangeWorld) -> None:
    world.start()
    created = world.put(world.key(A, "households", "x"), csv_of("households", household(ANNA)))
    batch = world.ingest(created)
    with pytest.raises(ConflictError) as loading:
        world.resume("households")
    assert loading.value.code == "batch-loading"
    world.run_workflow(batch.id)
    world.resume("households")
    assert world.out(TAX_OFFICE, "pro_02-1.csv") == [ANNA.insz]


def test_going_on_twice_is_going_on_once_and_on_another_day_is_a_conflict(world: ExchangeWorld) -> None:
    world.start()
    world.walk()
    args: dict[str, Any] = {"exchanges": world.exchanges, "batches": world.batches}
    args |= {"registrations": world.registrations, "workflows": world.workflows}
    resume(YEAR, "households", DAYS["households"], by=OPERATOR, key="key", **args)
    assert resume(YEAR, "households", DAYS["households"], by=OPERATOR, key="key", **args).step == "select"
    with pytest.raises(ConflictError) as other:
        resume(YEAR, "households", date(2020, 4, 16), by=OPERATOR, key="key", **args)
    assert other.value.code == "flow-elsewhere"
    assert list(world.workflows.answers.values()) == [{"step": "select", "on": "2020-04-15"}]


def test_ones_own_call_is_told_the_same_when_the_exchange_has_gone_on(world: ExchangeWorld) -> None:
    world.start()
    world.walk()
    args: dict[str, Any] = {"exchanges": world.exchanges, "batches": world.batches}
    args |= {"registrations": world.registrations, "workflows": world.workflows}
    first = resume(YEAR, "households", DAYS["households"], by=OPERATOR, key="key", **args)
    assert world.walk() == "incomes-1"
    answers, waiting = dict(world.workflows.answers), set(world.workflows.waiting)
    again = resume(YEAR, "households", DAYS["households"], by=OPERATOR, key="key", **args)
    assert (again.run, again.step) == (first.run, first.step) == (first.run, "select")
    assert (world.workflows.answers, world.workflows.waiting) == (answers, waiting)  # the next wait goes on
    for on, by in ((date(2020, 4, 16), OPERATOR), (DAYS["households"], REGISTRAR)):
        with pytest.raises(ConflictError) as other:
            resume(YEAR, "households", on, by=by, key="key", **args)
        assert other.value.code == "flow-elsewhere"


@pytest.mark.parametrize(
    ("on", "in_time"), [(date(2020, 4, 15), True), (date(2020, 4, 16), False), (date(2021, 1, 1), False)]
)
def test_a_step_on_its_last_day_is_in_time_and_a_day_later_is_told_to_be_late(
    world: ExchangeWorld, on: date, in_time: bool
) -> None:
    world.start()
    world.resume("households", on)
    done = {"step": "households", "on": on.isoformat(), "in_time": in_time}
    assert world.state()["steps"][0] == {**done, "by": OPERATOR}
    assert world.state(A)["steps"][0] == done
    assert "started_by" not in world.state(A)


def test_somebody_else_who_ends_a_wait_again_is_told_and_the_task_is_answered(world: ExchangeWorld) -> None:
    world.start()
    world.walk()
    ports: dict[str, Any] = {"exchanges": world.exchanges, "batches": world.batches}
    ports |= {"registrations": world.registrations, "workflows": world.workflows}
    waiting = set(world.workflows.waiting)
    resume(YEAR, "households", DAYS["households"], by=OPERATOR, key="key", **ports)
    world.workflows.waiting |= waiting  # as if the first had stopped before it answered the task
    world.workflows.answers.clear()
    with pytest.raises(ConflictError) as told:
        resume(YEAR, "households", DAYS["households"], by=REGISTRAR, key="key", **ports)
    assert told.value.code == "flow-elsewhere"
    assert list(world.workflows.answers.values()) == [{"step": "select", "on": "2020-04-15"}]


def test_a_wait_that_is_ended_again_goes_on_where_the_execution_failed(world: ExchangeWorld) -> None:
    world.start()
    world.walk()
    ports: dict[str, Any] = {"exchanges": world.exchanges, "batches": world.batches}
    ports |= {"registrations": world.registrations, "workflows": world.workflows}
    started = set(world.workflows.started)
    resume(YEAR, "households", DAYS["households"], by=OPERATOR, key="one", **ports)
    assert set(world.workflows.started) == started  # the task that waits goes on
    for key in ("two", "two", "three"):  # it does not wait any more: its execution failed at the work
        resume(YEAR, "households", DAYS["households"], by=OPERATOR, key=key, **ports)
    new = set(world.workflows.started) - started
    assert len(new) == 2
    assert [world.workflows.started[execution] for execution in new] == [{"year": YEAR}] * 2
    assert all(execution.startswith(f"{world.exchanges.items[YEAR].run}-households-") for _, execution in new)
    assert all("_" not in execution for _, execution in new)  # which numbers those that follow


def test_a_wait_whose_execution_failed_goes_on_in_another(world: ExchangeWorld) -> None:
    world.start()
    ports: dict[str, Any] = {"exchanges": world.exchanges, "batches": world.batches}
    ports |= {"registrations": world.registrations, "workflows": world.workflows}
    started = set(world.workflows.started)
    resume(YEAR, "households", DAYS["households"], by=OPERATOR, key="one", **ports)  # no task waits
    assert set(world.workflows.started) == started  # it may be about to
    with pytest.raises(ConflictError):
        resume(YEAR, "households", DAYS["households"], by=REGISTRAR, key="two", **ports)
    assert set(world.workflows.started) == started
    resume(YEAR, "households", DAYS["households"], by=OPERATOR, key="three", **ports)
    assert len(set(world.workflows.started) - started) == 1


def test_a_wait_that_ended_by_itself_is_ended_for_whoever_ends_it_that_day(world: ExchangeWorld) -> None:
    world.start(automatic=True, insurers={A: "101"})
    world.walk()
    last = world.deliver(A, "households", household(ANNA))
    ports: dict[str, Any] = {"exchanges": world.exchanges, "batches": world.batches}
    ports |= {"registrations": world.registrations, "workflows": world.workflows}
    on = date.fromisoformat(last.written_at[:10])
    assert resume(YEAR, "households", on, by=OPERATOR, key="key", **ports).step == "select"
    assert "by" not in world.state()["steps"][0]


def test_an_automatic_exchange_goes_on_once_every_party_has_delivered(world: ExchangeWorld) -> None:
    world.start(automatic=True)
    assert world.walk() == "households"
    world.deliver(A, "households", household(ANNA))
    world.deliver(B, "households", household(BERT, insurer="202"))
    assert world.state()["state"] == "households"
    last = world.deliver(C, "households", household(DORA, insurer="303"))
    assert world.state()["state"] == "select"
    assert world.walk() == "incomes-1"
    assert world.state()["steps"][0]["on"] == last.written_at[:10]
    world.deliver(TAX_OFFICE, "incomes-1", [income(p, "1") for p in (ANNA, BERT, DORA)])
    assert world.walk() == "results"
    for partner, person in ((A, ANNA), (B, BERT), (C, DORA)):
        world.deliver(partner, "results", [result(request(person, INSURERS[partner]), person, 4)])
    assert world.walk() == "done"


def test_an_automatic_exchange_that_starts_after_its_files_goes_on_at_once(world: ExchangeWorld) -> None:
    for partner, digits in INSURERS.items():
        world.deliver(partner, "households", household(ANNA, insurer=digits))
    world.start(automatic=True)
    assert world.walk() == "incomes-1"


@pytest.mark.parametrize("how", ["refused", "given up"])
def test_an_automatic_exchange_does_not_wait_for_a_file_that_ends_without_rows(world: ExchangeWorld, how: str) -> None:
    world.start(automatic=True, insurers={A: "101"})
    world.walk()
    body = "insz\n" if how == "refused" else csv_of("households", household(BERT))
    slow = world.put(world.key(A, "households", "slow"), body)
    batch = world.batch_of(slow)
    if how == "refused":
        world.batches.create(batch)  # its intake has begun
    else:
        world.ingest(slow)
    world.deliver(A, "households", household(ANNA))
    assert world.state()["state"] == "households"
    if how == "refused":
        assert world.ingest(slow).state == "refused"
    else:
        world.mark_failed(batch.id, "Timeout")
    assert world.state()["state"] == "select"
    assert world.walk() == "incomes-1"
    assert world.state()["late"] == {}


def test_an_exchange_that_is_not_automatic_waits_for_its_operator(world: ExchangeWorld) -> None:
    world.start()
    for partner, digits in INSURERS.items():
        world.deliver(partner, "households", household(ANNA, insurer=digits))
    assert world.walk() == "households"


def test_an_answer_that_was_lost_is_sent_again_with_the_file_that_ended_the_wait(world: ExchangeWorld) -> None:
    world.start(automatic=True, insurers={A: "101"})
    world.walk()
    answer = world.workflows.answer
    world.workflows.answer = lambda *_: False  # type: ignore[method-assign]
    batch = world.deliver(A, "households", household(ANNA))
    assert world.workflows.answers == {}
    world.workflows.answer = answer  # type: ignore[method-assign]
    world.batch_done(batch)
    assert len(world.workflows.answers) == 1


def test_a_year_has_one_exchange_and_the_same_call_again_is_that_one(world: ExchangeWorld) -> None:
    exchange = world.start()
    world.workflows.started.clear()
    assert world.start().run == exchange.run
    assert list(world.workflows.started) == [("exchange", exchange.run)]
    with pytest.raises(ConflictError) as exists:
        world.start(key="another")
    assert exists.value.code == "flow-exists"


@pytest.mark.parametrize(
    ("insurers", "code"),
    [
        ({}, "insurers-missing"),
        ({A: "10"}, "insurer-invalid"),
        ({A: "1011"}, "insurer-invalid"),
        ({A: "101", B: "101"}, "insurer-twice"),
        ({TAX_OFFICE: "101"}, "tax-office-is-insurer"),
    ],
)
def test_the_parties_of_an_exchange_are_checked(insurers: dict[str, str], code: str) -> None:
    world = ExchangeWorld()
    with pytest.raises(InvalidError) as invalid:
        start_exchange(
            YEAR, date(2020, 3, 1), insurers, TAX_OFFICE, False,
            starter=OPERATOR, key="k", exchanges=world.exchanges, registrations=world.registrations,
            workflows=world.workflows,
        )  # fmt: skip
    assert invalid.value.code == code
    assert world.exchanges.items == {}


def test_there_is_no_exchange_of_a_year_without_figures_nor_a_state_before_it_starts(world: ExchangeWorld) -> None:
    for call in (
        lambda: start_exchange(
            2019, date(2019, 3, 1), INSURERS, TAX_OFFICE, False,
            starter=OPERATOR, key="k", exchanges=world.exchanges, registrations=world.registrations,
            workflows=world.workflows,
        ),
        world.state,
        lambda: world.resume("households"),
    ):  # fmt: skip
        with pytest.raises(NotFoundError) as unknown_exchange:
            call()
        assert unknown_exchange.value.code in ("no-flow-for-year", "flow-unknown")


# --- who sees what --------------------------------------------------------------------------------


def test_a_party_sees_its_own_part_and_others_see_no_exchange(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA), household(BERT, insurer="202"))
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "1"), income(BERT, "90000")])
    world.resume("incomes-1")
    everything, own, office = world.state(), world.state(A), world.state(TAX_OFFICE)
    assert everything["codes"] == {"1": {A: {"OK": 1}, B: {"NOK": 1}}}
    assert own["codes"] == {"1": {A: {"OK": 1}}}
    assert office["codes"] == {"1": {}}
    assert own["insurers"] == {A: "101"}
    assert "asked" not in own
    assert office["asked"] == {"1": 2, "2": 0}
    names = ("excluded.csv", "pro_04-1.csv", "pro_04-2.csv")
    assert own["outputs"] == [output_key(A, YEAR, name) for name in names]
    assert office["outputs"] == [output_key(TAX_OFFICE, YEAR, f"pro_02-{n}.csv") for n in (1, 2)]
    assert set(everything["outputs"]) == set(world.outputs())
    with pytest.raises(NotFoundError) as stranger:
        world.state("somebody")
    assert stranger.value.code == "flow-unknown"


# --- results --------------------------------------------------------------------------------------


def test_results_are_counted_per_insurer_and_over_all(world: ExchangeWorld) -> None:
    to_incomes(
        world,
        household(ANNA, CHILD),
        household(BERT),
        household(DORA, insurer="202"),
        household(EMMA, insurer="202"),
        household(FRED, insurer="303"),
    )
    world.deliver(TAX_OFFICE, "incomes-1", [*(income(p, "1") for p in (ANNA, BERT, DORA, EMMA)), income(FRED, "90000")])
    world.resume("incomes-1")
    right = {"own_right": "yes", "entitled_from": "2021-01-01"}
    world.deliver(
        A,
        "results",
        [
            result(request(ANNA), ANNA, 4),
            result(request(ANNA), CHILD, 4, **right),
            result(request(BERT), BERT, 5),
            result(request(DORA, "202"), DORA, 5),  # of another insurer
        ],
    )
    world.deliver(B, "results", [result(request(DORA, "202"), ANNA, 3)])  # no member, so it says nothing about Dora
    world.deliver(C, "results", [result(request(FRED, "303"), FRED, 5)])  # its code was not OK
    world.resume("results")
    found = world.state()["statistics"]
    assert found[A]["households/4"] == found[A]["households/5"] == 1
    assert (found[A]["persons/4"], found[A]["persons/5"], found[A]["persons/6"]) == (1, 1, 1)
    assert found[A]["rows-of-other-requests"] == 1
    assert found[B]["households/not-reported"] == 2
    assert found[B]["rows-of-no-member"] == 1
    assert found[C]["rows-of-other-requests"] == 1
    assert "households/5" not in found[C]
    assert any(line.startswith("4;") and line.endswith(";1") for line in world.out(A, "table-2.csv"))
    assert any(line.startswith("total;") and line.endswith(";4") for line in world.out("operator", "table-2.csv"))
    assert world.state(B)["statistics"].keys() == {B}
    assert set(world.state()["outputs"]) == set(world.outputs())


# --- tasks that wait ------------------------------------------------------------------------------


def test_a_call_that_comes_late_for_a_task_that_gave_up_replaces_no_other(world: ExchangeWorld) -> None:
    world.start()
    live, gone = "live", "gone"
    world.workflows.waiting.add(live)
    for token in (live, gone):
        assert world.exchanges.wait(YEAR, "households", token)
    assert world.exchanges.wait(YEAR, "households", gone)
    world.deliver(A, "households", household(ANNA), "h-1")
    world.resume("households")
    assert world.workflows.answers[live]["step"] == "select"


def test_a_task_at_another_wait_is_not_answered(world: ExchangeWorld) -> None:
    to_incomes(world, household(ANNA))
    world.workflows.waiting |= {"former", "at-households", "at-incomes"}
    exchange = world.exchanges.get(YEAR)
    assert exchange is not None
    tokens = {"former": None, "at-households": "households", "at-incomes": "incomes-1"}
    answer_task(replace(exchange, tokens=tokens), "households", world.workflows)  # type: ignore[arg-type]
    assert "at-incomes" in world.workflows.waiting
    assert not {"former", "at-households"} & world.workflows.waiting
