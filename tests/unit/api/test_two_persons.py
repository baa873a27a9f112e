"""Two persons at once on every route that a person may call: one wins, and the other is told.

The request of one person hangs at a call of a port, before it or after it, and that of the other
goes through meanwhile. Whatever the call, the outcome is that of one request alone, or of the two
one after the other.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from tegemoet.api.callers import Caller
from tegemoet.api.openapi import document
from tegemoet.application.records import Batch, BatchDetail, RunDetail
from tegemoet.domain.manual_review import YearException
from tegemoet.schemes.registry import SCHEMES
from tests.support import premium_world
from tests.support.api_world import (
    APPROVER,
    BOTH,
    OPERATOR,
    OTHER_TREASURER,
    REGISTRAR,
    TREASURER,
    Answer,
    World,
    in_another_process,
)
from tests.support.api_years import DECEMBER, JUNE, PHASE_1, PHASE_2, YEAR, Year
from tests.support.debtors import DEBTOR
from tests.support.fakes import FakeObjects
from tests.support.lagging import Lag, hanging

TOLD = (409, 422)
PERSONS = frozenset({"operator", "approver", "registrar", "treasurer"})
"""The roles of persons; a reader does nothing."""
OTHER = Caller("55e0-operator", frozenset({"operator"}), None, "Another Operator")
OTHER_REGISTRAR = Caller("6f00-registrar", frozenset({"registrar"}), None, "Another Registrar")
EXCHANGE = "/v1/increased-reimbursement/2020"
REGISTRATION = {"profile": "insurers", "from_year": 2020, "answerable": ["a"]}
NURSES = "/v1/premium-years/2025/values"
CONFIRMED = {"reason": "the letter of the institute"}
LOST = {"reason": "the bank never got it"}
UNFETCHED = {"fetches": 0}
ONE_OPEN = {"open_exceptions": 1, "reason": "it will not come"}
PROPOSALS = "/v1/debtor-accounts/proposals"
START = {"on": "2020-03-02", "insurers": {"insurer-a": "100"}, "tax_office": "tax-office"}
LIST = Batch(
    id="20211130T080000Z-0123456789ab",
    partner="insurer-a",
    scheme="increased-reimbursement",
    kind="entitled",
    year=2020,
    key="in/insurer-a/increased-reimbursement/2020/entitled/a.csv",
    version=None,
    written_at="2021-11-30T08:00:00Z",
    sequencer="1",
    size=1,
    state="done",
)
CASE = SCHEMES["convention-premium"].example

Call = tuple[Caller, str, Any]
"""Who sends what: the path and the body of a POST."""


@dataclass(frozen=True)
class Race:
    """Two requests at once on one route.

    `told` = the codes of which the one that loses gets one; empty where both are served, because
    `each` makes something of its own. `later` = the second is served where it comes after the
    first, and told where it comes meanwhile. `leaves` = fields of a run in which the one that loses
    leaves what it did before it lost.
    """

    route: str
    world: Callable[[], World]
    calls: Callable[[World], tuple[Call, Call]]
    told: frozenset[str] = frozenset()
    each: str = ""
    later: bool = False
    leaves: tuple[str, ...] = ()


# --- worlds ---------------------------------------------------------------------------------------


def year() -> Year:
    made = Year()
    nurse = premium_world.provider("v1-nurse", "41234502401", s1=20_000)
    made.premium.drop([*nurse, premium_world.account("v1-nurse")], partner="mutuality")
    return made


def with_run(state: str) -> Year:
    """A year with a run of phase 1 that is started, waiting or failed."""
    made = year()
    run = made.start(PHASE_1, DECEMBER)
    if state == "waiting":
        made.premium.evaluate(run)
    elif state != "started":
        detail = RunDetail(failure="Lambda.Unknown")
        assert made.runs.update(run.id, state="failed", detail=detail, expected=("started",))
    return made


def with_exception() -> Year:
    made = year()
    made.runs.keep_exceptions(2023, [YearException.about("late-facts", "b", {"kind": "accounts"})])
    return made


def closable(*, proposed: bool = False) -> Year:
    made = year()
    made.release(PHASE_1, DECEMBER)
    made.release(PHASE_2, JUNE)
    if proposed:
        assert made.order(f"{YEAR}/close", ONE_OPEN).status == 201
    return made


def with_file(*, proposed: bool = False) -> Year:
    """A year with a file for the bank, which somebody proposed to withdraw."""
    made = year()
    made.premium.pay_from()
    made.release(PHASE_1, DECEMBER)
    if proposed:
        assert made.order(f"{file_of(made)}/withdrawals", LOST).status == 201
    return made


def loading() -> World:
    made = year()
    batch = next(iter(made.batches.items.values()))
    made.batches.items[batch.id] = replace(batch, state="loading", detail=BatchDetail())
    return made


def empty() -> World:
    return World()


def with_account_proposed() -> World:
    made = World()
    assert made.post(PROPOSALS, DEBTOR, OPERATOR, key="p").status == 201
    return made


def with_two_accounts_proposed() -> World:
    made = with_account_proposed()
    other = {**DEBTOR, "account": {**DEBTOR["account"], "bic": "KREDBEBB"}}
    assert made.post(PROPOSALS, other, OPERATOR, key="q").status == 201
    return made


def parties(step: str | None = None) -> World:
    """A world whose parties may start an exchange; with a `step`, one that is at that step."""
    made = World()
    made.registrations.admit_insurers("insurer-a")
    made.registrations.admit("tax-office")
    if step is not None:
        assert made.post(EXCHANGE, START, OPERATOR, key="start").status == 202
        exchange = made.exchanges.items[2020]
        made.exchanges.items[2020] = replace(exchange, step=step, tokens={"token": step})  # type: ignore[arg-type,dict-item]
        made.workflows.waiting.add("token")
    if step == "done":
        made.batches.create(LIST)
    return made


def run_of(world: World) -> str:
    (run,) = world.runs.items
    return run


def exception_of(world: World) -> str:
    (found,) = world.runs.found[2023]
    return found


def file_of(world: World) -> str:
    """The path of the one file for the bank."""
    (found,) = world.get(f"{YEAR}/bank-files", OPERATOR).body["files"]
    return f"{YEAR}/bank-files/{found['message_id']}"


def approval(world: World, *, approve: bool = True) -> dict[str, Any]:
    run = world.runs.items[run_of(world)]
    return {"run": run.id, "control_sum": run.detail.control_sum, "approve": approve, "reason": "no"}


def both(first: Caller, second: Caller, path: Any, body: Any = None) -> Callable[[World], tuple[Call, Call]]:
    """The same request of two persons. What depends on the world is a function of it."""

    def calls(world: World) -> tuple[Call, Call]:
        where, what = (each(world) if callable(each) else each for each in (path, body))
        return (first, where, what), (second, where, what)

    return calls


ROUTES = "POST /v1"
PHASE = f"{ROUTES}/premium-years/{{year}}/phases/{{phase}}"
VALUE = f"{ROUTES}/premium-years/{{year}}/values/{{value}}/confirmations"
CLOSE = f"{ROUTES}/premium-years/{{year}}/close"
FILE = f"{ROUTES}/premium-years/{{year}}/bank-files/{{message_id}}"
FLOW = f"{ROUTES}/increased-reimbursement/{{year}}"


def approve_or_refuse(world: World) -> tuple[Call, Call]:
    path = f"{PHASE_1}/approval"
    return (APPROVER, path, approval(world)), (BOTH, path, approval(world, approve=False))


def resume_or_abandon(world: World) -> tuple[Call, Call]:
    run = run_of(world)
    abandon = {"run": run, "reason": "no"}
    return (OPERATOR, f"{PHASE_1}/continuation", {"run": run}), (OTHER, f"{PHASE_1}/abandonment", abandon)


def approve_or_abandon(world: World) -> tuple[Call, Call]:
    abandon = {"run": run_of(world), "reason": "no"}
    return (APPROVER, f"{PHASE_1}/approval", approval(world)), (OTHER, f"{PHASE_1}/abandonment", abandon)


def registrations(first: tuple[str, Any], second: tuple[str, Any]) -> Callable[[World], tuple[Call, Call]]:
    """Two registrations by two registrars: (partner, what differs from `REGISTRATION`)."""

    def calls(_: World) -> tuple[Call, Call]:
        (a, x), (b, y) = first, second
        path = "/v1/partners/{}/registrations"
        return (
            (REGISTRAR, path.format(a), {**REGISTRATION, **x}),
            (OTHER_REGISTRAR, path.format(b), {**REGISTRATION, **y}),
        )

    return calls


def two_roles(_: World) -> tuple[Call, Call]:
    path = f"/v1/persons/{APPROVER.principal}/roles"
    return (REGISTRAR, path, {"roles": ["operator"]}), (OTHER_REGISTRAR, path, {"roles": ["reader"]})


def fetch_or_withdraw(world: World) -> tuple[Call, Call]:
    file = file_of(world)
    return (TREASURER, f"{file}/fetches", None), (OTHER, f"{file}/withdrawals/1/confirmation", UNFETCHED)


def two_accounts(world: World) -> tuple[Call, Call]:
    first, second = (f"{PROPOSALS}/{proposal}/confirmations" for proposal in world.debtor_accounts.proposed)
    return (OTHER, first, None), (APPROVER, second, None)


def on_two_days(world: World) -> tuple[Call, Call]:
    path = f"{EXCHANGE}/steps/households"
    return (OPERATOR, path, {"on": "2020-04-15"}), (OTHER, path, {"on": "2020-04-16"})


RACES = (
    Race(PHASE, year, both(OPERATOR, OTHER, PHASE_1, DECEMBER), told=frozenset({"run-open"})),
    Race(
        f"{PHASE}/approval",
        lambda: with_run("waiting"),
        both(APPROVER, BOTH, f"{PHASE_1}/approval", approval),
        told=frozenset({"decided-already"}),
    ),
    Race(f"{PHASE}/approval", lambda: with_run("waiting"), approve_or_refuse, told=frozenset({"decided-already"})),
    Race(
        f"{PHASE}/approval",
        lambda: with_run("waiting"),
        approve_or_abandon,
        told=frozenset({"not-waiting", "approved-already", "run-ended"}),
    ),
    Race(
        f"{PHASE}/continuation",
        lambda: with_run("failed"),
        both(OPERATOR, OTHER, f"{PHASE_1}/continuation", lambda world: {"run": run_of(world)}),
        told=frozenset({"resumed-already"}),
    ),
    Race(
        f"{PHASE}/continuation",
        lambda: with_run("failed"),
        resume_or_abandon,
        told=frozenset({"not-failed"}),
        later=True,
        leaves=("attempt", "execution", "resumed_by", "resumed_by_name"),
    ),
    Race(
        f"{PHASE}/abandonment",
        lambda: with_run("started"),
        both(OPERATOR, OTHER, f"{PHASE_1}/abandonment", lambda world: {"run": run_of(world), "reason": "no"}),
        told=frozenset({"run-ended"}),
    ),
    Race(
        f"{ROUTES}/premium-years/{{year}}/exceptions/{{exception_id}}",
        with_exception,
        both(
            OPERATOR,
            OTHER,
            lambda world: f"{YEAR}/exceptions/{exception_of(world)}",
            {"choice": "noted", "reason": "looked at"},
        ),
        told=frozenset({"chosen-meanwhile"}),
        later=True,
    ),
    Race(
        f"{ROUTES}/premium-years/{{year}}/exceptions",
        with_exception,
        both(
            OPERATOR,
            OTHER,
            f"{YEAR}/exceptions",
            lambda world: {"exceptions": [exception_of(world)], "choice": "noted", "reason": "looked at"},
        ),
        told=frozenset({"chosen-meanwhile"}),
        later=True,
    ),
    Race(
        VALUE,
        empty,
        both(OPERATOR, OTHER, f"{NURSES}/premium-amount.nurse.399.19/confirmations", {**CONFIRMED, "value": "399.19"}),
        each="the same confirmation, which is that of the first",
    ),
    Race(
        VALUE,
        empty,
        lambda _: (
            (OPERATOR, f"{NURSES}/account-deadline.1/confirmations", {**CONFIRMED, "value": "2026-01-30"}),
            (OTHER, f"{NURSES}/account-deadline.1/confirmations", {**CONFIRMED, "value": "2026-01-31"}),
        ),
        told=frozenset({"confirmed-meanwhile"}),
        later=True,
    ),
    Race(CLOSE, closable, both(OPERATOR, OTHER, f"{YEAR}/close", ONE_OPEN), each="a proposal, which another confirms"),
    Race(
        f"{CLOSE}/{{proposal}}/confirmation",
        lambda: closable(proposed=True),
        both(OTHER, APPROVER, lambda world: f"{YEAR}/close/{next(iter(world.runs.proposals))}/confirmation"),
        told=frozenset({"year-closed", "run-open"}),
    ),
    Race(
        f"{ROUTES}/batches/{{batch_id}}/abandonment",
        loading,
        both(
            OPERATOR,
            OTHER,
            lambda world: f"/v1/batches/{next(iter(world.batches.items))}/abandonment",
            {"reason": "it stopped"},
        ),
        told=frozenset({"batch-ended"}),
    ),
    Race(
        f"{ROUTES}/partners/{{partner}}/registrations",
        empty,
        registrations(("fund", {"keys": ["101"]}), ("fund", {"keys": ["202"]})),
        told=frozenset({"registered-meanwhile"}),
        later=True,
    ),
    Race(
        f"{ROUTES}/partners/{{partner}}/registrations",
        empty,
        registrations(("fund", {"keys": ["101"]}), ("house", {"keys": ["101"]})),
        told=frozenset({"registered-meanwhile", "key-taken"}),
    ),
    Race(
        f"{ROUTES}/partners/{{partner}}/registrations",
        empty,
        registrations(
            ("fund", {"keys": ["101"], "predecessor": "rival"}), ("house", {"keys": ["202"], "predecessor": "rival"})
        ),
        told=frozenset({"registered-meanwhile", "predecessor-taken"}),
    ),
    Race(
        f"{ROUTES}/partners/{{partner}}/registrations",
        empty,
        registrations(
            ("mutuality", {"keys": ["101"], "predecessor": "rival"}),
            ("rival", {"keys": ["202"], "predecessor": "mutuality"}),
        ),
        told=frozenset({"registered-meanwhile", "predecessor-is-successor"}),
    ),
    Race(
        f"{ROUTES}/persons/{{subject}}/roles",
        empty,
        two_roles,
        told=frozenset({"changed-meanwhile"}),
        later=True,
    ),
    Race(
        f"{ROUTES}/debtor-accounts/proposals",
        empty,
        both(OPERATOR, OTHER, PROPOSALS, DEBTOR),
        each="a proposal, which another confirms",
    ),
    Race(
        f"{ROUTES}/debtor-accounts/proposals/{{proposal}}/confirmations",
        with_account_proposed,
        both(OTHER, APPROVER, lambda world: f"{PROPOSALS}/{next(iter(world.debtor_accounts.proposed))}/confirmations"),
        told=frozenset({"debtor-account-changed"}),
    ),
    Race(
        f"{ROUTES}/debtor-accounts/proposals/{{proposal}}/confirmations",
        with_two_accounts_proposed,
        two_accounts,
        told=frozenset({"debtor-account-changed"}),
    ),
    Race(
        f"{FILE}/fetches",
        with_file,
        both(TREASURER, OTHER_TREASURER, lambda world: f"{file_of(world)}/fetches"),
        each="a fetch, which is recorded",
    ),
    Race(
        f"{FILE}/fetches",
        lambda: with_file(proposed=True),
        fetch_or_withdraw,
        told=frozenset({"file-withdrawn", "fetches-differ"}),
    ),
    Race(
        f"{FILE}/withdrawals",
        with_file,
        both(OPERATOR, OTHER, lambda world: f"{file_of(world)}/withdrawals", LOST),
        each="a proposal, which another confirms",
    ),
    Race(
        f"{FILE}/withdrawals/{{proposal}}/confirmation",
        lambda: with_file(proposed=True),
        both(OTHER, APPROVER, lambda world: f"{file_of(world)}/withdrawals/1/confirmation", UNFETCHED),
        told=frozenset({"file-withdrawn"}),
    ),
    Race(FLOW, parties, both(OPERATOR, OTHER, EXCHANGE, START), told=frozenset({"flow-exists"})),
    Race(
        f"{FLOW}/steps/{{wait}}",
        lambda: parties("households"),
        both(OPERATOR, OTHER, f"{EXCHANGE}/steps/households", {"on": "2020-04-15"}),
        told=frozenset({"flow-elsewhere"}),
    ),
    Race(f"{FLOW}/steps/{{wait}}", lambda: parties("households"), on_two_days, told=frozenset({"flow-elsewhere"})),
    Race(
        f"{FLOW}/evaluation",
        lambda: parties("done"),
        both(OPERATOR, OTHER, f"{EXCHANGE}/evaluation", {"on": "2021-12-01"}),
        each="an evaluation with a file of its own; the later one is shown",
    ),
    Race(
        f"{FLOW}/contact-check",
        parties,
        both(OPERATOR, APPROVER, f"{EXCHANGE}/contact-check", {"size": 1}),
        each="an answer; nothing is stored",
    ),
    Race(
        f"{ROUTES}/uploads",
        empty,
        both(
            OPERATOR,
            OTHER,
            "/v1/uploads",
            {"scheme": "convention-premium", "year": 2023, "kind": "practices", "name": "a", "size": 10},
        ),
        each="a batch with a form of its own",
    ),
    Race(
        f"{ROUTES}/schemes/{{scheme}}/decisions",
        empty,
        both(OPERATOR, OTHER, "/v1/schemes/convention-premium/decisions", CASE),
        each="the same decision, which the case alone determines",
    ),
)


# --- the outcome of two requests ------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What the two were answered, and what is stored."""

    answers: tuple[tuple[int, str], tuple[int, str]]
    stored: Mapping[str, Any]


def send(world: World, place: int, call: Call) -> tuple[int, str]:
    """Send the request of one of the two; its status, and the body, or the code of a problem."""
    caller, path, body = call
    answer: Answer = world.post(path, body, caller, key=f"key-of-{place}")
    return answer.status, answer.text if answer.status < 300 else answer.code


def stored(world: World) -> dict[str, Any]:
    """What every port has stored."""
    found: dict[str, Any] = {}
    for name, port in vars(world).items():
        if isinstance(port, FakeObjects):
            found[name] = port.bodies
        elif type(port).__module__.startswith("tests.support.fakes"):
            found[name] = vars(port)
    return copy.deepcopy(found)


def without(found: Mapping[str, Any], fields: tuple[str, ...]) -> Mapping[str, Any]:
    """What is stored, without these fields of the runs."""
    nothing: Any = dict.fromkeys(fields)
    runs = found["runs"]["items"].items()
    bare = {run_id: replace(run, detail=replace(run.detail, **nothing)) for run_id, run in runs}
    return {**found, "runs": {**found["runs"], "items": bare}}


def one_after_another(world: World, calls: tuple[Call, Call], *order: int) -> Outcome:
    answers = {place: send(world, place, calls[place]) for place in order}
    return Outcome((answers.get(0, (0, "")), answers.get(1, (0, ""))), stored(world))


def at_once(world: World, calls: tuple[Call, Call], first: int, at: int, *, after: bool) -> Outcome:
    """One request hangs at its call `at` of a port, and the other goes through meanwhile."""
    answers = {}

    def meanwhile() -> None:
        with in_another_process():
            answers[1 - first] = send(world, 1 - first, calls[1 - first])

    answers[first] = send(hanging(world, Lag(at, after, meanwhile)), first, calls[first])
    return Outcome((answers[0], answers[1]), stored(world))


@cache
def prepared(race: Race) -> tuple[World, tuple[Call, Call], dict[tuple[int, ...], Outcome]]:
    """The world before the race, its requests, and what becomes of them without a race."""
    world = race.world()
    calls = race.calls(world)
    orders = ((0,), (1,), (0, 1), (1, 0))
    return world, calls, {order: one_after_another(copy.deepcopy(world), calls, *order) for order in orders}


def interleavings(race: Race) -> Iterator[tuple[str, World, Outcome]]:
    """Every place at which either request can hang, the world afterwards, and the outcome."""
    world, calls, _ = prepared(race)
    for first in (0, 1):
        counting = Lag()
        send(hanging(copy.deepcopy(world), counting), first, calls[first])
        for at, where in enumerate(counting.calls):
            for after in (False, True):
                tried = copy.deepcopy(world)
                outcome = at_once(tried, calls, first, at, after=after)
                yield f"{first} {'after' if after else 'before'} {where}", tried, outcome


@pytest.fixture(autouse=True)
def _two_shards() -> Iterator[None]:
    with premium_world.two_shards():
        yield


def name(race: Race) -> str:
    same = [each for each in RACES if each.route == race.route]
    return f"{race.route.removeprefix(ROUTES)} {same.index(race) + 1}"


@pytest.mark.parametrize("race", RACES, ids=name)
def test_of_two_persons_at_once_one_wins_and_the_other_is_told(race: Race) -> None:
    _, calls, alone = prepared(race)
    assert bool(race.told) != bool(race.each)
    told = 0
    for where, world, outcome in interleavings(race):
        won = [place for place in (0, 1) if outcome.answers[place][0] < 300]
        lost = [place for place in (0, 1) if place not in won]
        served = [alone[0, 1], alone[1, 0]]
        if len(won) == 2:
            assert race.each or race.later, where
            assert outcome in served, where
            continue
        assert len(won) == 1, (where, outcome.answers)
        (winner,), (loser,) = won, lost
        told += 1
        status, code = outcome.answers[loser]
        assert (status in TOLD, code in race.told) == (True, True), (where, outcome.answers)
        assert outcome.answers[winner] == alone[(winner,)].answers[winner], where
        assert without(outcome.stored, race.leaves) == without(alone[(winner,)].stored, race.leaves), where
        # each may ask again: the one has its answer, and the other is told once more
        assert send(world, winner, calls[winner]) == outcome.answers[winner], where
        if not race.later:
            assert send(world, loser, calls[loser])[0] in TOLD, where
            assert stored(world) == outcome.stored, where
    assert bool(told) == bool(race.told)


@pytest.mark.parametrize("race", [race for race in RACES if race.told], ids=name)
def test_a_second_person_who_comes_later_is_told_too(race: Race) -> None:
    _, _, alone = prepared(race)
    for first, second in ((0, 1), (1, 0)):
        outcome = alone[first, second]
        assert outcome.answers[first][0] < 300
        status, code = outcome.answers[second]
        if race.later and status < 300:
            continue
        assert (status in TOLD, code in race.told) == (True, True), outcome.answers
        assert outcome.stored == alone[(first,)].stored


def test_every_route_on_which_a_person_may_write_is_in_the_table() -> None:
    routes = {
        f"{method.upper()} {path}"
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if method not in ("get", "parameters") and PERSONS.intersection(operation["x-roles"])
    }
    assert {race.route for race in RACES} == routes
