"""How premium years and their runs are shown, with the persons who acted."""

from datetime import date
from typing import TYPE_CHECKING

from tegemoet.api.pages import read_cursor, write_cursor
from tegemoet.api.persons import person
from tegemoet.api.shapes import premium_years as shapes
from tegemoet.application.records import Batch, BatchState, Closing, ClosingProposal, Confirmation, Run

if TYPE_CHECKING:
    from tegemoet.application.premium_year.overview import YearOverview
    from tegemoet.application.premium_year.summary import ChangesCounted
    from tegemoet.application.premium_year.values import YearValue


def run_in_brief(run: Run) -> shapes.RunInBrief:
    detail = run.detail
    return {
        "run": run.id,
        "state": run.state,
        "on": run.on,
        "cut_off": detail.cut_off,
        "control_sum": detail.control_sum,
        "started_at": run.started_at,
        "started": {"by": person(run.started_by, detail.started_by_name), "at": run.started_at},
        "approved": _act(detail.approved_by, detail.approved_by_name, detail.approved_at),
        "refused": _act(detail.refused_by, detail.refused_by_name, detail.refused_at),
        "reason": detail.reason,
        "released_at": detail.released_at,
    }


def change_counts(counted: "ChangesCounted | None") -> dict[str, int] | None:
    """How many changes of each kind; None before the run is proposed."""
    return None if counted is None else {str(kind): count for kind, count in counted["counts"].items()}


def _act(subject: str | None, name: str | None, at: str | None) -> shapes.Act | None:
    return None if subject is None else {"by": person(subject, name), "at": at or ""}


def shown_year(
    found: "YearOverview", state: BatchState | None, limit: int, cursor: str | None, today: date
) -> shapes.PremiumYear:
    """The year with one page of its files, those in `state` only if one is named."""
    before = None if cursor is None else read_cursor(cursor)
    files = [b for b in found.batches if state in (None, b.state) and (before is None or b.id < before)]
    year, until = found.state, found.parameters_until
    return {
        "year": found.year,
        "state": "closed" if year is not None and year.closed else "open",
        "open_run": year.open_run if year else None,
        "parameters": {"version": found.parameters_version, "until": until.isoformat() if until else None},
        "known": found.known.seen_from(today),
        "values": [value_shown(value) for value in found.values],
        "open_exceptions": found.exceptions,
        "phases": [
            {
                "phase": phase.phase,
                "first_day": phase.first_day.isoformat(),
                "released": phase.released,
                "runs": [run_in_brief(run) for run in phase.runs],
            }
            for phase in found.phases
        ],
        "proposals": [proposal_shown(proposal) for proposal in found.proposals],
        "closing": _closing(year.closing) if year is not None and year.closing is not None else None,
        "files": {name: found.files[name] for name in sorted(found.files)},
        "batches": [_file(batch) for batch in files[:limit]],
        "next": write_cursor(files[limit - 1].id) if len(files) > limit else None,
    }


def value_shown(value: "YearValue") -> shapes.YearValue:
    shown: shapes.YearValue = {
        "id": value.id,
        "name": value.name,
        "key": dict(value.key),
        "value": value.value,
        "unit": value.unit,
        "from": value.first.isoformat(),
        "until": value.last.isoformat(),
        "basis": value.basis,
        "source": value.source,
        "confirmed": value.confirmed is not None,
        "confirmations": [confirmation_shown(made) for made in value.confirmations],
    }
    if value.arithmetic:
        shown["arithmetic"] = value.arithmetic
    return shown


def confirmation_shown(made: Confirmation) -> shapes.Confirmed:
    return {"value": made.value, "reason": made.reason, "by": person(made.by.subject, made.by.name), "at": made.at}


def proposal_shown(proposal: ClosingProposal) -> shapes.ClosingProposal:
    return {
        "proposal": proposal.id,
        "year": proposal.year,
        "open_exceptions": proposal.open_exceptions,
        "reason": proposal.reason,
        "proposed_by": person(proposal.by.subject, proposal.by.name),
        "proposed_at": proposal.at,
    }


def _closing(closing: Closing) -> shapes.YearClosing:
    proposal, confirmed = closing.proposal, closing.confirmed_by
    return {
        "closed_on": closing.closed_on,
        "open_exceptions": proposal.open_exceptions,
        "reason": proposal.reason,
        "proposed": {"by": person(proposal.by.subject, proposal.by.name), "at": proposal.at},
        "confirmed": {"by": person(confirmed.subject, confirmed.name), "at": closing.confirmed_at},
    }


def _file(batch: Batch) -> shapes.YearFile:
    counts, refusal, abandonment = batch.detail.counts, batch.detail.refusal, batch.detail.abandonment
    return {
        "id": batch.id,
        "partner": batch.partner,
        "kind": batch.kind,
        "key": batch.key,
        "state": batch.state,
        "written_at": batch.written_at,
        "accepted": counts.accepted if counts else None,
        "rejected": counts.rejected if counts else None,
        "refusal": refusal.code if refusal else None,
        "sent_by": person(batch.sent_by.subject, batch.sent_by.name) if batch.sent_by else None,
        "abandoned": _act(abandonment.by.subject, abandonment.by.name, abandonment.at) if abandonment else None,
    }
