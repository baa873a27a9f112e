"""The calls of the state machine to the function `report`: report, approval and release."""

from typing import Literal, NotRequired, final

from tegemoet.application.premium_year.approval import expire, publish_refusal, request_approval
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.releasing import ReportPorts, release
from tegemoet.application.premium_year.report import propose
from tegemoet.application.premium_year.running import RunCall, run_of
from tegemoet.application.records import RunReference


@final
class ReportCall(RunCall):
    """A call for a run. `ask` has the `token` of its task."""

    action: Literal["propose", "ask", "expire", "refuse", "release"]
    token: NotRequired[str]


def perform(call: ReportCall, attempt: str, ports: ReportPorts) -> dict[str, object]:
    """Do what the call asks. Returns whether the run is approved, or else its id.

    `attempt` = a name that no other call has. Raises ValueError for an unknown action, and what the
    step raises.
    """
    run = run_of(call)
    match call["action"]:
        case "propose":
            return {"approved": _propose(run, attempt, ports)}
        case "ask":
            request_approval(run, call["token"], runs=ports.runs, work=ports.work, events=ports.events)
        case "expire":
            return {"approved": expire(run, runs=ports.runs)}
        case "refuse":
            publish_refusal(run, runs=ports.runs, events=ports.events)
        case "release":
            release(run.id, attempt=attempt, parameters=parameters_of(run.year), ports=ports)
        case _:
            raise ValueError("unknown action")
    return {"run": run.id}


def _propose(run: RunReference, attempt: str, ports: ReportPorts) -> bool:
    return propose(
        run,
        attempt=attempt,
        parameters=parameters_of(run.year),
        runs=ports.runs,
        ledger=ports.ledger,
        work=ports.work,
        output=ports.output,
        debtor_accounts=ports.debtor_accounts,
    )
