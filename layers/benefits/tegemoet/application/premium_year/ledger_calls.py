"""What the function `settle` is called for: the only one that writes to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from tegemoet.application.ports import ApprovalSeal, Ledger, Objects, Runs
from tegemoet.application.premium_year.recoveries import Recovered
from tegemoet.application.premium_year.recovering import write_recovered
from tegemoet.application.premium_year.returns import Returned, withdraw_file, write_returns
from tegemoet.application.premium_year.settlement import close_ledger, settle_shard


class SettleCall(TypedDict):
    """Pay one shard of an approved run."""

    action: Literal["settle"]
    run: str
    shard: int


class WithdrawCall(TypedDict):
    """Return the payments of a file that the bank did not get."""

    action: Literal["withdraw"]
    run: str
    message_id: str


class ReturnCall(TypedDict):
    """Return payments that the bank did not make; `returned` = the fields of each `Returned`."""

    action: Literal["return"]
    year: int
    returned: Sequence[dict[str, object]]


class RecoverCall(TypedDict):
    """Write what came back of payments; `recovered` = the fields of each `Recovered`."""

    action: Literal["recover"]
    year: int
    recovered: Sequence[dict[str, object]]


class CloseCall(TypedDict):
    """Put the CLOSE entry of a year."""

    action: Literal["close"]
    year: int


LedgerCall = SettleCall | WithdrawCall | ReturnCall | RecoverCall | CloseCall


@dataclass(frozen=True, slots=True)
class LedgerPorts:
    """What the calls need. `work` = the bucket of the runs."""

    runs: Runs
    ledger: Ledger
    work: Objects
    seal: ApprovalSeal


def perform(call: LedgerCall, ports: LedgerPorts) -> dict[str, object]:
    """Do what the call says, and return what it was about. Raises what each of them raises."""
    runs, ledger, work = ports.runs, ports.ledger, ports.work
    match call["action"]:
        case "settle":
            settle_shard(call["run"], call["shard"], runs=runs, ledger=ledger, work=work, seal=ports.seal)
            return {"run": call["run"]}
        case "withdraw":
            withdraw_file(call["run"], call["message_id"], runs=runs, ledger=ledger, work=work)
            return {"withdrawn": call["message_id"]}
        case "return":
            write_returns(call["year"], (Returned.parse(each) for each in call["returned"]), ledger)
            return {"year": call["year"]}
        case "recover":
            write_recovered(call["year"], (Recovered.parse(each) for each in call["recovered"]), ledger)
            return {"year": call["year"]}
        case "close":
            close_ledger(call["year"], runs=runs, ledger=ledger)
            return {"closed": call["year"]}
