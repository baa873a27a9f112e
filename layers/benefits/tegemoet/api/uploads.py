"""Route of uploads."""

from collections.abc import Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import SENDERS
from tegemoet.api.links import expiry
from tegemoet.api.once import IdempotencyKey, once
from tegemoet.api.resolver import allow
from tegemoet.api.services import PartnerServices, Routes
from tegemoet.api.shapes import Upload, UploadRequest

router = Routes()


@router.post(
    "/uploads",
    tags=["files"],
    status_code=201,
    response_description="A form that writes this one object, and the batch that it will be.",
    openapi_extensions=allow(*SENDERS),
)
def post_upload(body: Annotated[UploadRequest, Body()], idempotency_key: IdempotencyKey = None) -> Upload:
    """Announce a file. Sent again with the same key it gives a fresh form for the same batch."""
    from tegemoet.application.intake.batches import require_batch
    from tegemoet.application.intake.keys import CASES
    from tegemoet.application.intake.uploads import Announcement, announce
    from tegemoet.schemes.registry import data_of

    held: PartnerServices = router.context["services"]
    partner = router.caller.own_partner
    announcement = Announcement(body.scheme, body.year, body.kind, body.name, body.size)

    def make() -> Mapping[str, Any]:
        return {
            "batch": announce(
                announcement, partner=partner, key=str(idempotency_key), batches=held.batches, clock=held.clock
            ).id
        }

    batch = require_batch(once(router, idempotency_key, make)["batch"], partner, held.batches)
    if batch.kind == CASES:
        forms = held.case_forms
    elif data_of(batch.scheme) == "exchange":
        forms = held.exchange_forms
    else:
        forms = held.forms
    form = forms.form(batch.key, body.size, batch.id)
    return {
        "batch": batch.id,
        "key": batch.key,
        "upload": {"url": form.url, "fields": dict(form.fields), "expires_at": expiry(held.clock)},
    }
