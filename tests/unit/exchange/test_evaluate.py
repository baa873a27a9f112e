"""The effect of an exchange: households and codes compared with next year's entitled persons."""

import copy
from collections.abc import Iterator
from datetime import date

import pytest

from tegemoet.application.exchange.folder import output_key
from tegemoet.application.records import OPERATORS, BatchDetail, EvaluationNote
from tegemoet.domain.problems import ConflictError, NotFoundError
from tests.support.exchange_world import (
    INSURERS,
    SHARDS,
    TAX_OFFICE,
    YEAR,
    ExchangeWorld,
    Person,
    few_shards,
    household,
    income,
    unknown,
)
from tests.support.lagging import Lag, lagging

A, B, C = INSURERS
ANNA, BERT, CHILD = Person(date(1960, 5, 1)), Person(date(1962, 5, 1)), Person(date(2010, 1, 1))
DORA, EMMA, FRED = (Person(date(1970, 1, n)) for n in (1, 2, 3))
RICH, UNKNOWN = Person(date(1955, 1, 1)), Person(date(1956, 1, 1))


@pytest.fixture
def world() -> Iterator[ExchangeWorld]:
    """Four households when their codes are made: two OK, one above the ceiling, one on hold."""
    with few_shards():
        world = ExchangeWorld()
        world.start()
        with_right = [{**household(BERT)[0], "entitled_on_1_january": "yes"}]
        family = [
            *household(ANNA, CHILD),
            *({**row, "request_number": household(ANNA)[0]["request_number"]} for row in with_right),
        ]
        world.deliver(A, "households", [*family, *household(RICH), *household(UNKNOWN)])
        world.deliver(B, "households", household(DORA, EMMA, insurer="202"))
        world.resume("households")
        known = [income(p, "1") for p in (ANNA, BERT, DORA, EMMA)]
        world.deliver(TAX_OFFICE, "incomes-1", [*known, income(RICH, "99999"), unknown(UNKNOWN)])
        world.resume("incomes-1")
        world.resume("incomes-2")
        yield world


def entitled(*persons: Person) -> list[dict[str, str]]:
    return [{"insz": person.insz} for person in persons]


def test_households_and_persons_who_have_the_right_now_are_counted_per_code(world: ExchangeWorld) -> None:
    world.deliver(A, "entitled", entitled(CHILD, BERT, RICH, FRED))
    world.deliver(B, "entitled", entitled(DORA, EMMA))
    name = world.evaluate().rpartition("-")[2]
    body = world.exchange.get(output_key(OPERATORS, YEAR, f"evaluation-{name}.csv")).decode()
    assert body.splitlines() == [
        "code;households;households-gained;persons;persons-gained",
        "OK;2;2;4;3",  # Bert had the right already
        "NOK;1;1;1;1",
        "ONHOLD;1;0;1;0",
    ]
    assert world.state()["evaluation"] == {
        "on": "2021-12-01",
        "codes": {
            "OK": {"households": 2, "households-gained": 2, "persons": 4, "persons-gained": 3},
            "NOK": {"households": 1, "households-gained": 1, "persons": 1, "persons-gained": 1},
            "ONHOLD": {"households": 1, "households-gained": 0, "persons": 1, "persons-gained": 0},
        },
    }
    assert output_key(OPERATORS, YEAR, f"evaluation-{name}.csv") in world.state()["outputs"]


def test_the_institute_may_bring_the_list_and_what_others_send_is_not_looked_at(world: ExchangeWorld) -> None:
    world.deliver(OPERATORS, "entitled", entitled(ANNA))
    world.deliver(TAX_OFFICE, "entitled", entitled(DORA))
    world.deliver("mutuality-z", "entitled", entitled(RICH))
    world.evaluate()
    assert world.evaluated() == ["OK;2;1;4;1", "NOK;1;0;1;0", "ONHOLD;1;0;1;0"]


def test_a_repeated_list_counts_once_and_a_later_evaluation_has_newer_lists(world: ExchangeWorld) -> None:
    world.deliver(A, "entitled", entitled(ANNA, CHILD, ANNA))
    world.deliver(B, "entitled", entitled(ANNA))
    first = world.evaluate()
    before = world.outputs()
    assert world.evaluate() == first
    assert world.outputs() == before
    assert world.evaluated()[0] == "OK;2;1;4;2"
    world.deliver(B, "entitled", entitled(DORA))
    assert world.evaluate(key="another") != first
    assert world.evaluated()[0] == "OK;2;2;4;3"


def test_what_was_found_is_for_those_who_run_the_exchange_alone(world: ExchangeWorld) -> None:
    world.deliver(A, "entitled", entitled(ANNA))
    world.evaluate()
    for party in (A, TAX_OFFICE):
        assert "evaluation" not in world.state(party)
        assert not any("evaluation" in key for key in world.state(party)["outputs"])


def test_an_evaluation_leaves_the_exchange_where_it_is(world: ExchangeWorld) -> None:
    world.deliver(A, "entitled", entitled(ANNA))
    before = world.state()
    world.evaluate()
    after = world.state()
    assert (after["state"], after["steps"], after["late"]) == ("results", before["steps"], {})
    world.resume("results")
    assert world.state()["state"] == "done"
    assert world.state()["evaluation"] == after["evaluation"]
    world.evaluate(key="once more")


def test_there_is_nothing_to_evaluate_without_a_list(world: ExchangeWorld) -> None:
    with pytest.raises(ConflictError) as missing:
        world.evaluate()
    assert missing.value.code == "nothing-delivered"


def test_a_list_that_is_being_taken_in_is_waited_for(world: ExchangeWorld) -> None:
    batch = world.deliver(A, "entitled", entitled(ANNA))
    assert world.batches.update(batch.id, state="loading", detail=BatchDetail(), expected=("done",))
    with pytest.raises(ConflictError) as loading:
        world.evaluate()
    assert loading.value.code == "batch-loading"


def test_the_codes_come_first() -> None:
    with few_shards():
        world = ExchangeWorld()
        with pytest.raises(NotFoundError):
            world.evaluate()
        world.start()
        world.deliver(A, "households", household(ANNA))
        world.deliver(A, "entitled", entitled(ANNA))
        for wait in ("households", "incomes-1"):
            with pytest.raises(ConflictError) as early:
                world.evaluate()
            assert early.value.code == "codes-missing"
            world.resume(wait)
        assert world.state()["state"] == "incomes-2"
        with pytest.raises(ConflictError) as early:
            world.evaluate()
        assert early.value.code == "codes-missing"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_evaluation_that_ends_late_does_not_replace_one_that_was_started_later(
    world: ExchangeWorld, after: bool
) -> None:
    world.deliver(A, "entitled", entitled(ANNA, CHILD))
    earlier = world.compare(key="earlier")
    world.deliver(B, "entitled", entitled(DORA))
    later = world.compare(key="later")
    counting = Lag()
    lagging(copy.deepcopy(world), counting).tell(earlier)
    assert len(counting.calls) > SHARDS
    for at, where in enumerate(counting.calls):
        tried = copy.deepcopy(world)

        def meanwhile(tried: ExchangeWorld = tried) -> None:
            tried.tell(later)

        lagging(tried, Lag(at, after, meanwhile)).tell(earlier)
        assert tried.evaluated()[0] == "OK;2;2;4;3", where
        assert tried.state()["evaluation"]["codes"]["OK"]["persons-gained"] == 3, where


def test_the_evaluation_that_was_started_last_is_shown_whichever_ends_last(world: ExchangeWorld) -> None:
    world.deliver(A, "entitled", entitled(ANNA, CHILD))
    earlier = world.compare(key="earlier")
    world.deliver(B, "entitled", entitled(DORA))
    later = world.compare(key="later")
    for execution in (earlier, later, earlier, later):
        world.tell(execution)
    assert world.evaluated()[0] == "OK;2;2;4;3"
    files = [key for key in world.outputs() if "/evaluation-" in key]
    assert len(files) == 2  # each keeps its own


def test_an_evaluation_of_an_earlier_version_is_shown_until_another_one_ends(world: ExchangeWorld) -> None:
    world.deliver(A, "entitled", entitled(ANNA))
    world.exchange.put(output_key(OPERATORS, YEAR, "evaluation.csv"), b"code;households\nOK;1\n")
    assert world.exchanges.note_evaluation(YEAR, EvaluationNote(date(2021, 11, 1), {"OK": {"households": 1}}))
    assert world.evaluated() == ["OK;1"]
    world.evaluate()
    assert world.evaluated()[0] == "OK;2;1;4;1"
