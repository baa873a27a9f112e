"""Function `operations`: premium years, partners and exchanges, for persons."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.api.operations import ROUTERS
from tegemoet.api.resolver import Resolver
from tegemoet.api.services import YearServices

logger = Logger()
cloud: YearServices = Cloud(os.environ)
resolver = Resolver(*ROUTERS)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return resolver.serve(event, context, cloud)
