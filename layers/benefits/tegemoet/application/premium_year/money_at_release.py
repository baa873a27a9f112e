"""Where the money of a year is when a run is released: what was released before, and the run."""

from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year.invariants import Check
from tegemoet.application.premium_year.reconciliation import ReconciliationPorts, reconcile
from tegemoet.application.premium_year.where_money_is import Money
from tegemoet.application.records import Run

RETURNS = "returns-equal-answers"


def money_at_release(
    run: Run, decided: int, in_ledger: int, *, files: bool, ports: ReconciliationPorts
) -> tuple[Money, Check]:
    """Where the money of the year is once the run is released, in cents; `files` = it has files.

    The check is on what was released before, for the report: a cent of an earlier run that does not
    fit holds up nobody's payment, only the closing. It leaves out returns, because answers of the
    bank may be taken in at this very moment. Raises as `reconcile`.
    """
    found = reconcile(run.year, ports)
    before = [each.check for each in found.compared if not each.check.check.startswith(RETURNS)]
    check = invariants.none("reconciled-before", sum(not each.holds for each in before))
    sent = in_ledger if files else 0
    money = found.money + Money(
        decided=decided,
        not_written=decided - in_ledger,
        in_ledger=in_ledger,
        without_file=in_ledger - sent,
        in_files=sent,
        unanswered=sent,
    )
    return money, check
