"""Checks a premium year of a deployed stack: drops, ledger, runs, payment files and the bank.

    python -m local.tools.check --stack tegemoet --year 2023 [--replay]
    python -m local.tools.check --stack tegemoet --year 2023 --endpoint http://127.0.0.1:4566
    python -m local.tools.check --stack tegemoet --redrive 2023-1-0a1b2c3d4e

Connects to AWS with the credentials of the environment, or with --endpoint to the cloud that `make
up` left running. Ends with 1 when a check does not hold, and names what does not fit by its id.
`--redrive` resumes a failed run at the step that failed; the local cloud does not support it.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import boto3

from local.cloud.session import ACCESS_KEY, LocalSession
from tegemoet.adapters.cloud import Cloud
from tegemoet.adapters.workflows import StepFunctions
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.reconciliation import ReconciliationPorts, reconcile
from tegemoet.application.premium_year.where_money_is import Compared
from tegemoet.application.premium_year.year_check import check_year, replay_run
from tegemoet.application.records import Run

OUTPUTS = {
    "CONTROL_TABLE": "ControlTable",
    "YEARS_TABLE": "YearsTable",
    "FACTS_TABLE": "FactsTable",
    "PARTNERS_TABLE": "PartnersTable",
    "LEDGER_TABLE": "LedgerTable",
    "OUTPUT_BUCKET": "OutputBucket",
    "WORK_BUCKET": "WorkBucket",
    "DIGEST_SECRET_ARN": "DigestSecret",
    "APPROVAL_KEY_ARN": "ApprovalKey",
}
"""Variables of a function's environment, by the output of the stack that has their value."""


def main(arguments: Sequence[str] | None = None, session: Any = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.tools.check", description=__doc__)
    parser.add_argument("--stack", default="tegemoet")
    parser.add_argument("--year", type=int)
    parser.add_argument("--replay", action="store_true", help="decide every case again and compare")
    parser.add_argument("--redrive", metavar="RUN")
    parser.add_argument("--sealed-from", default="", metavar="MOMENT", help="approvals before it have no seal")
    parser.add_argument("--endpoint", help="of the cloud on this machine")
    asked = parser.parse_args(arguments)
    if asked.year is None and asked.redrive is None:
        parser.error("--year or --redrive is needed")
    if session is None:
        session = LocalSession(asked.endpoint, ACCESS_KEY) if asked.endpoint else boto3.Session()
    found = session.client("cloudformation").describe_stacks(StackName=asked.stack)["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found}
    cloud = Cloud({name: outputs[output] for name, output in OUTPUTS.items()}, client=session.client)
    if asked.redrive:
        run = cloud.runs.get(asked.redrive)
        if run is None:
            parser.error("there is no such run")
        machines = StepFunctions(session.client("stepfunctions"), {"phase": outputs["PhaseWorkflow"]})
        machines.redrive("phase", str(run.detail.execution))
        return 0
    checks = check(cloud, asked.year, asked.replay, asked.sealed_from)
    for compared in checks:
        one = compared.check
        print(f"{'holds ' if one.holds else 'BROKEN'}  {one.check:<40} {one.left:>16} {one.right:>16}")
        for misfit in compared.misfits:
            print(f"          {misfit.id:<38} {misfit.left:>16} {misfit.right:>16}")
        if compared.others:
            print(f"          and {compared.others} more")
    return 0 if all(compared.check.holds for compared in checks) else 1


def check(cloud: Cloud, year: int, replay: bool, sealed_from: str = "") -> list[Compared]:
    """Every check of the year, in order; an approval before `sealed_from` needs no seal.

    The reconciliation comes last: every cent from the decision to the bank.
    """
    runs, work, secret = cloud.runs, cloud.work, cloud.secrets.digest_secret()
    checks = [
        Compared(one)
        for one in check_year(
            year,
            batches=cloud.batches,
            registrations=cloud.registrations,
            facts=cloud.facts,
            runs=runs,
            ledger=cloud.ledger,
            output=cloud.output,
            digest_secret=secret,
            seal=cloud.approval_seal,
            sealed_from=sealed_from,
        )
    ]
    if replay:
        decided: list[Run] = [r for phase in (1, 2) for r in runs.of_phase(year, phase) if r.state == "released"]
        for run in decided:
            if RunFolder(work, run.id).has_plan():
                checks.append(Compared(replay_run(run, digest_secret=secret, work=work)))
            else:
                print(f"The frozen cases of {run.id} are no longer kept: nothing is replayed.")
    reconciled = reconcile(year, ReconciliationPorts(cloud.batches, cloud.facts, runs, cloud.ledger, work))
    return [*checks, *reconciled.compared]


if __name__ == "__main__":
    sys.exit(main())
