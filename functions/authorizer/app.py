"""Function `authorizer`: says who calls the API, from the bearer token, and in which roles."""

import os
from typing import Any

import boto3
import jwt
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.clients import DynamoClients
from tegemoet.api.tokens import Issuer, NotOursError, caller_of, policy

logger = Logger()
# Keys are fetched when a token names one that is not known yet, and again after an hour: a key that was withdrawn ends then.
keys = jwt.PyJWKClient(os.environ["JWKS_URL"], lifespan=3600, timeout=5)
issuer = Issuer(os.environ["TOKEN_ISSUER"], os.environ["PERSON_CLIENT_ID"], keys)
clients = DynamoClients(boto3.client("dynamodb"), os.environ["CONTROL_TABLE"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    try:
        caller = caller_of(event.get("authorizationToken") or "", issuer, clients)
    except NotOursError:
        # This very text makes API Gateway answer 401; anything else would be 500.
        raise Exception("Unauthorized") from None  # noqa: TRY002
    return policy(caller, event["methodArn"])
