"""Route of the recoveries of a premium year: what has to come back, and what did."""

from typing import TYPE_CHECKING

from tegemoet.api.callers import YEAR_READERS
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import recoveries as shapes
from tegemoet.api.shapes.premium_years import YearNumber
from tegemoet.domain.money import euro, from_cents

if TYPE_CHECKING:
    from tegemoet.application.premium_year.recoveries import YearRecovery

router = Routes[YearServices]("recoveries")


@router.reads("/premium-years/<year>/recoveries", *YEAR_READERS, "treasurer", answer="A page of recoveries.")
def list_recoveries(year: YearNumber, limit: Limit = 100, cursor: Cursor = None) -> shapes.RecoveryPage:
    """List what released runs of phase 2 found to be paid and not due, and what came back since.

    Nothing is set off against a payment. Two operators settle what does not come back: each makes
    the choice `settled` on the exception `recovery.<riziv_number>.<cents>`.
    """
    from tegemoet.application.premium_year.recoveries import recoveries_of

    services = router.services
    found = recoveries_of(year, runs=services.runs, ledger=services.ledger, work=services.work).listed()
    shown, following = page(found, limit, cursor, lambda each: each.place)
    return {"year": year, "recoveries": [_shown(year, each) for each in shown], "next": following}


def _shown(year: int, recovery: "YearRecovery") -> shapes.Recovery:
    from tegemoet.application.premium_year.recoveries import printed_communication

    found = recovery.found
    return {
        "riziv_number": found.riziv_number,
        "profession": found.profession,
        "run": recovery.run,
        "reason": found.reason,
        "decision": f"{recovery.run}.{found.person}" if found.reason == "less-due" else None,
        "paid": euro(from_cents(found.paid)),
        "due": euro(from_cents(found.due)),
        "amount": euro(from_cents(recovery.cents)),
        "communication": printed_communication(year, found.riziv_number),
        "parts": [
            {"entry_id": part.entry_id, "movement": part.movement, "amount": euro(from_cents(part.cents))}
            for part in recovery.parts
        ],
        "remaining": euro(from_cents(recovery.remaining)),
        "state": recovery.state,
    }
