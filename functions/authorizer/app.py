"""Function `authorizer`: identifies the caller of the API by its token, and its roles."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.cloud import Cloud
from tegemoet.api.tokens import Directory, InvalidTokenError, Issuer, caller_of, policy

logger = Logger()
cloud = Cloud(os.environ)
# Made while the function starts, because every call of the API waits for this function.
issuer = Issuer(cloud.variable("TOKEN_ISSUER"), cloud.variable("PERSON_CLIENT_ID"), cloud.issuer_keys)
known = Directory(cloud.clients, cloud.roles)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    try:
        caller = caller_of(event.get("authorizationToken") or "", issuer, known)
    except InvalidTokenError:
        # This very text makes API Gateway answer 401; anything else would be 500.
        raise Exception("Unauthorized") from None  # noqa: TRY002
    return policy(caller, event["methodArn"])
