"""The calls of the state machine to the function `freeze`."""

from typing import Literal, NotRequired

from tegemoet.application.premium_year.freezing.numbers import assign_pharmacies, join_numbers
from tegemoet.application.premium_year.plan import FreezePorts, make_plan, parameters_of
from tegemoet.application.premium_year.running import RunCall, run_of
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.registry import scheme_named


class FreezeCall(RunCall):
    """A call for a run. `join` is for one shard of numbers."""

    action: Literal["plan", "join", "pharmacies"]
    shard: NotRequired[int]


def perform(call: FreezeCall, attempt: str, ports: FreezePorts) -> dict[str, object]:
    """Do what the call asks. Returns the shards of the plan, or else the id of the run.

    `attempt` = a name that no other call has. Raises NoPremiumForYearError, and ValueError for an
    unknown action.
    """
    run, facts, work = run_of(call), ports.facts, ports.work
    parameters = parameters_of(run.year)
    match call["action"]:
        case "plan":
            return {"shards": list(range(make_plan(run, parameters, ports).shards))}
        case "join":
            join_numbers(run, call["shard"], attempt=attempt, facts=facts, work=work)
        case "pharmacies":
            assign_pharmacies(
                run,
                scheme=scheme_named(SLUG),
                parameters=parameters,
                facts=facts,
                ledger=ports.ledger,
                work=work,
                digest_secret=ports.secrets.digest_secret(),
            )
        case _:
            raise ValueError("unknown action")
    return {"run": run.id}
