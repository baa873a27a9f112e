"""The route of the reconciliation: where the money of a premium year is, and what does not fit."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from tegemoet.api.callers import YEAR_READERS
from tegemoet.api.routes import POLICY, Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import reconciliation as shapes
from tegemoet.api.shapes.common import Language
from tegemoet.api.shapes.premium_years import YearNumber
from tegemoet.application.records import RowCounts
from tegemoet.domain.money import euro, from_cents
from tegemoet.schemes.languages import DEFAULT_LANGUAGES

if TYPE_CHECKING:
    from tegemoet.application.premium_year.where_money_is import Compared, Money, PhaseMoney, Reconciliation, RunMoney

router = Routes[YearServices]("reconciliation")
PATH = "/premium-years/<year>/reconciliation"


@router.reads(PATH, *YEAR_READERS, "treasurer", answer="Where the money is, and what misfits.")
def get_reconciliation(year: YearNumber) -> shapes.Reconciled:
    """Follow every cent of the released runs from the decision to the bank.

    `holds` is false if two sides differ that must be the same: `checks` names what does not fit.
    `cash` says what the account that pays needs per execution day, before an approval too.
    """
    from tegemoet.application.premium_year.cash import cash_needed
    from tegemoet.application.premium_year.where_money_is import by_age

    services, clock = router.services, router.services.clock
    found, now = _reconciled(year), clock.now()
    cash = cash_needed(year, now, runs=services.runs, work=services.work, debtor_accounts=services.debtor_accounts)
    return {
        "year": year,
        "holds": found.holds,
        "money": _money(found.money),
        "rows": _rows(found.rows),
        "phases": [_phase(phase) for phase in found.phases],
        "runs": [_run(run) for run in found.runs],
        "checks": [_check(compared) for compared in found.compared],
        "waiting": [
            {
                "message_id": file.message_id,
                "execution": file.execution,
                "answer_by": file.answer_by,
                "transfers": file.transfers,
                "amount": _euro(file.cents),
            }
            for file in found.waiting
        ],
        "outstanding": [
            {"first": age.first, "last": age.last, "transfers": age.transfers, "amount": _euro(age.cents)}
            for age in by_age(found.waiting, now.date())
        ],
        "cash": [
            {"execution": need.execution, "released": _euro(need.released), "waiting": _euro(need.waiting)}
            for need in cash
        ],
    }


@router.reads(f"{PATH}/picture", *YEAR_READERS, "treasurer", answer="The picture, as an SVG image.")
def get_money_picture(year: YearNumber, lang: Language = DEFAULT_LANGUAGES.phases) -> Response[str]:
    """Draw where the money of the year is."""
    from tegemoet.application.premium_year.money_picture import draw

    return Response(200, "image/svg+xml", draw(year, _reconciled(year).money, lang), headers=POLICY)


def _reconciled(year: int) -> "Reconciliation":
    from tegemoet.application.premium_year.reconciliation import ReconciliationPorts, reconcile

    own = router.services
    return reconcile(year, ReconciliationPorts(own.batches, own.facts, own.runs, own.ledger, own.work))


def _euro(cents: int) -> str:
    return euro(from_cents(cents))


def _money(money: "Money") -> shapes.MoneyPlaces:
    places: Any = {name: _euro(cents) for name, cents in asdict(money).items()}
    return places  # type: ignore[no-any-return]


def _rows(counts: RowCounts) -> shapes.RowsRead:
    rows: Any = asdict(counts)
    return rows  # type: ignore[no-any-return]


def _phase(phase: "PhaseMoney") -> shapes.PhasePlaces:
    return {"phase": phase.phase, "money": _money(phase.money), "rows": _rows(phase.rows)}


def _run(run: "RunMoney") -> shapes.RunPlaces:
    return {
        "run": run.run,
        "phase": run.phase,
        "bank_files": run.has_files,
        "money": _money(run.money),
        "rows": None if run.rows is None else _rows(run.rows),
    }


def _check(compared: "Compared") -> shapes.CheckShown:
    misfits: Any = [asdict(misfit) for misfit in compared.misfits]
    check = compared.check
    return {
        "check": check.check,
        "holds": check.holds,
        "left": check.left,
        "right": check.right,
        "misfits": misfits,
        "others": compared.others,
    }
