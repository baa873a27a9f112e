"""The calls of the state machine to the function `report`: report, approval and release."""

from dataclasses import dataclass
from typing import Literal, NotRequired, final

from tegemoet.application.ports import Events, Ledger, Objects, Runs
from tegemoet.application.premium_year.approval import expire, publish_refusal, request_approval
from tegemoet.application.premium_year.report import propose
from tegemoet.application.premium_year.running import RunCall, run_of
from tegemoet.application.premium_year.settlement import release


@final
class ReportCall(RunCall):
    """A call for a run. `ask` has the `token` of its task."""

    action: Literal["propose", "ask", "expire", "refuse", "release"]
    token: NotRequired[str]


@dataclass(frozen=True, slots=True)
class ReportPorts:
    """What the calls need: `work` and `output` are buckets."""

    runs: Runs
    work: Objects
    output: Objects
    ledger: Ledger
    events: Events


def perform(call: ReportCall, ports: ReportPorts) -> dict[str, object]:
    """Do what the call asks. Returns whether the run is approved, or else its id.

    Raises ValueError for an unknown action, and what the step raises.
    """
    run, runs, work, output, events = run_of(call), ports.runs, ports.work, ports.output, ports.events
    match call["action"]:
        case "propose":
            return {"approved": propose(run, runs=runs, work=work, output=output)}
        case "ask":
            request_approval(run, call["token"], runs=runs, work=work, events=events)
        case "expire":
            return {"approved": expire(run, runs=runs)}
        case "refuse":
            publish_refusal(run, runs=runs, events=events)
        case "release":
            release(run.id, runs=runs, ledger=ports.ledger, work=work, output=output, events=events)
        case _:
            raise ValueError("unknown action")
    return {"run": run.id}
