"""Function `api`: catalogue, decisions, uploads and batches, and the documentation."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.api import batches, catalogue, decisions, documentation, exchanges, uploads
from tegemoet.api.resolver import Resolver
from tegemoet.api.services import PartnerServices

logger = Logger()
cloud: PartnerServices = Cloud(os.environ)
resolver = Resolver(
    catalogue.router,
    decisions.router,
    uploads.router,
    batches.router,
    exchanges.state_router,
    documentation.router,
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return resolver.serve(event, context, cloud)
