"""A TOKEN authorizer: `allow …` may in, and the
handler hears who it is; `deny …` is known and may not.
"""


def handler(event, context):
    scheme, _, who = event["authorizationToken"].partition(" ")
    if scheme not in ("allow", "deny"):
        raise Exception("Unauthorized")  # noqa: TRY002 -- the word API Gateway answers 401 to
    return {
        "principalId": who,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Action": "execute-api:Invoke", "Effect": scheme.capitalize(), "Resource": event["methodArn"]}
            ],
        },
        "context": {"partner": who, "groups": "operators,approvers", "number": 3},
    }
