"""Answers with what API Gateway told it about the request."""

import json


def handler(event, context):
    return {
        "statusCode": 201,
        "headers": {"Content-Type": "application/problem+json", "X-Seen": "yes"},
        "body": json.dumps(
            {
                "authorizer": event["requestContext"].get("authorizer"),
                "method": event["httpMethod"],
                "path": event["path"],
                "resource": event["resource"],
                "pathParameters": event["pathParameters"],
                "query": event["multiValueQueryStringParameters"],
                "idempotency": {key.lower(): value for key, value in event["headers"].items()}.get("idempotency-key"),
                "body": event["body"],
                "requestId": event["requestContext"]["requestId"],
            }
        ),
    }
