"""The route of what changed since the last release, which persons look at before they approve."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.api.callers import YEAR_READERS
from tegemoet.api.pages import Cursor, Limit, read_cursor, write_cursor
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes.premium_years import ChangePage, PhaseNumber, YearNumber
from tegemoet.api.years_shown import change_counts
from tegemoet.application.records import ChangeKind

router = Routes[YearServices]("premium years")
Kind = Annotated[ChangeKind | None, Query(description="Only changes of that kind.")]


@router.reads("/premium-years/<year>/phases/<phase>/changes", *YEAR_READERS, answer="A page of changes.")
def list_changes(
    year: YearNumber, phase: PhaseNumber, kind: Kind = None, limit: Limit = 100, cursor: Cursor = None
) -> ChangePage:
    """List what changed since the last release, as the phase's latest run was proposed.

    Accounts that came by an operator's file, by a choice or from another partner, registrations of
    partners, roles of persons, versions of the account that pays, confirmed values, and files that
    are not used. Before the first release of the year, everything counts as changed.
    """
    from tegemoet.application.premium_year.phase_state import phase_changes

    services, after = router.services, None if cursor is None else read_cursor(cursor)
    listed = phase_changes(year, phase, runs=services.runs, work=services.work)
    found, following = listed.changes.page(after, limit, kind)
    return {
        "run": listed.run,
        "since": listed.counted["since"] if listed.counted else None,
        "counts": change_counts(listed.counted),
        "changes": [{"id": change.id, "kind": change.kind, "facts": dict(change.facts)} for change in found],
        "next": None if following is None else write_cursor(following),
    }
