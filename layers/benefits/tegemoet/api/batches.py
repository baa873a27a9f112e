"""Routes of batches: what became of one's drops."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.api.callers import READERS, Caller
from tegemoet.api.links import links_to
from tegemoet.api.pages import Cursor, Limit
from tegemoet.api.resolver import allow
from tegemoet.api.services import PartnerServices, Routes
from tegemoet.api.shapes import Batch, BatchDetails, BatchPage, Identifier
from tegemoet.application import ports
from tegemoet.domain.problems import Fault, Invalid, NotFound

router = Routes()
TAGS = ["files"]

Filter = Annotated[str | None, Query(max_length=64)]
State = Annotated[ports.BatchState | None, Query()]
Since = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$",
        description="A day or a moment (UTC): batches from then on.",
    ),
]
Owner = Annotated[str | None, Query(max_length=64, description="For persons: whose batches. A partner sees its own.")]


@router.get("/batches", tags=TAGS, openapi_extensions=allow(*READERS))
def list_batches(
    scheme: Filter = None,
    state: State = None,
    since: Since = None,
    partner: Owner = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> BatchPage:
    """One's own drops, newest first: how a direct drop is found. A page may be short and still have a next one."""
    from tegemoet.application.intake import batches

    held: PartnerServices = router.context["services"]
    owner = _owner(router.caller, partner)
    found, following = batches.list_batches(
        owner, batches.BatchFilter(scheme, state, since), limit, cursor, held.batches
    )
    return {"batches": [_brief(batch) for batch in found], "next": following}


@router.get("/batches/<batch_id>", tags=TAGS, openapi_extensions=allow(*READERS))
def get_batch(batch_id: Identifier) -> BatchDetails:
    """State, rows and outputs of one drop."""
    from tegemoet.application.intake.batches import progress_of, require_batch
    from tegemoet.schemes.registry import data_of

    held: PartnerServices = router.context["services"]
    batch = require_batch(batch_id, router.caller.partner, held.batches)
    detail = batch.detail
    done, total = progress_of(batch, held.batch_files)
    return {
        **_brief(batch),
        "rows": {"accepted": detail["accepted"], "rejected": detail["rejected"], "duplicate": detail["duplicates"]}
        if "accepted" in detail
        else None,
        "progress": {"done": done, "total": total},
        "refusal": {"code": detail["reason"], "line": detail["line"], "column": detail["column"]}
        if batch.state == "refused"
        else None,
        "links": links_to(detail.get("outputs", {}).items(), held.batch_links[data_of(batch.scheme)], held.clock),
    }


def _owner(caller: Caller, named: str | None) -> str:
    if caller.partner is not None:
        if named not in (None, caller.partner):
            raise NotFound("There is no such partner.", "partner-unknown")
        return caller.partner
    return caller.own_partner if named is None and "operator" in caller.roles else _said(named)


def _said(named: str | None) -> str:
    if named is None:
        raise Invalid("Whose batches is not said.", "invalid", (Fault("/query/partner", "required"),))
    return named


def _brief(batch: ports.Batch) -> Batch:
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
