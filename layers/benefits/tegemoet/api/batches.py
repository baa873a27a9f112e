"""Routes of batches: the files that a partner dropped."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from tegemoet.api.callers import CASE_READERS, Caller
from tegemoet.api.links import links_to
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.pages import Cursor, Limit
from tegemoet.api.persons import person
from tegemoet.api.routes import Routes
from tegemoet.api.services import PartnerServices, YearServices
from tegemoet.api.shapes.common import Identifier
from tegemoet.api.shapes.files import (
    AbandonedBatch,
    Batch,
    BatchAbandoned,
    BatchAbandonment,
    BatchDetails,
    BatchPage,
)
from tegemoet.application import records
from tegemoet.domain.problems import Fault, InvalidError, NotFoundError

router = Routes[PartnerServices]("files")
operator_router = Routes[YearServices]("files")
"""Routes of the function `operations`."""

Filter = Annotated[str | None, Query(max_length=64)]
State = Annotated[records.BatchState | None, Query()]
Since = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$",
        description="A day or a moment (UTC). Only batches from then on are returned.",
    ),
]
Owner = Annotated[
    str | None,
    Query(
        max_length=64,
        description="The partner whose batches are listed. A partner lists its own and those of its predecessors. For"
        " an operator it defaults to the operators' batches; an approver must set it.",
    ),
]


@router.reads("/batches", *CASE_READERS, answer="A page of batches.")
def list_batches(
    scheme: Filter = None,
    state: State = None,
    since: Since = None,
    partner: Owner = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> BatchPage:
    """List batches, newest first.

    A file that was dropped without an announcement is found here. A partner lists those of its
    predecessors too; a case worker lists files of cases alone.
    """
    from tegemoet.application.intake import batches

    owners = _owners(router.caller, partner)
    wanted = batches.BatchFilter(scheme, state, since, _only_kind(router.caller))
    found, following = batches.list_batches(owners, wanted, limit, cursor, router.services.batches)
    return {"batches": [_brief(batch) for batch in found], "next": following}


@router.reads("/batches/<batch_id>", *CASE_READERS, answer="The batch.")
def get_batch(batch_id: Identifier) -> BatchDetails:
    """Retrieve the state, the row counts and the outputs of a batch."""
    from tegemoet.application.intake.batches import progress_of, require_batch
    from tegemoet.application.partners.grants import names_of
    from tegemoet.schemes.registry import data_of

    services = router.services
    owners = names_of(router.caller.partner, services.registrations)
    batch = require_batch(batch_id, owners, services.batches, _only_kind(router.caller))
    counts, refusal = batch.detail.counts, batch.detail.refusal
    done, total = progress_of(batch, services.batch_files)
    return {
        **_brief(batch),
        "rows": {"accepted": counts.accepted, "rejected": counts.rejected, "duplicate": counts.duplicates}
        if counts
        else None,
        "progress": {"done": done, "total": total},
        "refusal": {"code": refusal.code, "line": refusal.line, "column": refusal.column} if refusal else None,
        "abandonment": _abandonment(batch, router.caller),
        "links": links_to(batch.detail.outputs.items(), services.batch_links[data_of(batch.scheme)], services.clock),
    }


@operator_router.writes("/batches/<batch_id>/abandonment", "operator", answer="The batch was abandoned.")
def abandon_batch(
    batch_id: Identifier,
    body: Annotated[BatchAbandonment, Body()],
    idempotency_key: IdempotencyKey = None,
) -> BatchAbandoned:
    """Abandon a batch that is loading, so that it delays no run.

    It is never complete again, and nothing of it is used. Its file can be dropped again.
    """
    from tegemoet.application.exchange.arrivals import batch_ended
    from tegemoet.application.intake import batches

    services, by = operator_router.services, operator_router.caller.person

    def abandon() -> str:
        batch = batches.abandon_batch(batch_id, body.reason, by=by, batches=services.batches, clock=services.clock)
        batch_ended(
            batch,
            exchanges=services.exchanges,
            batches=services.batches,
            registrations=services.registrations,
            workflows=services.workflows,
        )
        return batch.id

    return {"batch": id_once(operator_router, idempotency_key, "batch", abandon), "abandoned": True}


def _only_kind(caller: Caller) -> str | None:
    """The one kind of file that the caller reads; None for whoever reads every kind."""
    from tegemoet.application.intake.keys import CASES

    return CASES if "case-worker" in caller.roles else None


def _owners(caller: Caller, named: str | None) -> list[str]:
    from tegemoet.application.partners.grants import names_of

    own = names_of(caller.partner, router.services.registrations)
    if own is not None:
        if named is not None and named not in own:
            raise NotFoundError("Unknown partner.", "partner-unknown")
        return own if named is None else [named]
    if named is not None:
        return [named]
    if "operator" in caller.roles:
        return [caller.own_partner]
    fault = Fault("/query/partner", "required")
    raise InvalidError("The query parameter `partner` is required.", "invalid", (fault,))


def _abandonment(batch: records.Batch, caller: Caller) -> AbandonedBatch | None:
    """Who abandoned the batch, when and why; a partner does not see who."""
    abandonment = batch.detail.abandonment
    if abandonment is None:
        return None
    by = None if caller.partner is not None else person(abandonment.by.subject, abandonment.by.name)
    return {"by": by, "at": abandonment.at, "reason": abandonment.reason}


def _brief(batch: records.Batch) -> Batch:
    return {
        "id": batch.id,
        "scheme": batch.scheme,
        "kind": batch.kind,
        "year": batch.year,
        "key": batch.key,
        "size": batch.size,
        "state": batch.state,
        "written_at": batch.written_at,
    }
