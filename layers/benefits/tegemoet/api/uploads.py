"""The route of uploads."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import SENDERS
from tegemoet.api.links import expiry
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.routes import Routes
from tegemoet.api.services import PartnerServices
from tegemoet.api.shapes.files import Upload, UploadRequest

router = Routes[PartnerServices]("files")


@router.writes(
    "/uploads", *SENDERS, status=201, answer="A form that uploads the file, and the batch that the file becomes."
)
def post_upload(body: Annotated[UploadRequest, Body()], idempotency_key: IdempotencyKey = None) -> Upload:
    """Announce a file. A request with the same key returns a new form for the same batch.

    403 `kind-not-granted` if the partner is not registered for files of that kind and year.
    """
    from tegemoet.application.intake.batches import require_batch
    from tegemoet.application.intake.keys import CASES
    from tegemoet.application.intake.uploads import Announcement, announce
    from tegemoet.schemes.registry import data_of

    services, partner = router.services, router.caller.own_partner
    batches, registrations, clock = services.batches, services.registrations, services.clock
    announcement = Announcement(body.scheme, body.year, body.kind, body.name, body.size)
    batch_id = id_once(
        router,
        idempotency_key,
        "batch",
        lambda: (
            announce(
                announcement,
                partner=partner,
                key=str(idempotency_key),
                batches=batches,
                registrations=registrations,
                clock=clock,
                sender=None if router.caller.partner else router.caller.person,
            ).id
        ),
    )
    batch = require_batch(batch_id, [partner], batches)
    data = "health" if batch.kind == CASES else data_of(batch.scheme)  # cases of any scheme may hold health data
    form = services.forms[data].form(batch.key, body.size, batch.id)
    return {
        "batch": batch.id,
        "key": batch.key,
        "upload": {"url": form.url, "fields": dict(form.fields), "expires_at": expiry(clock)},
    }
