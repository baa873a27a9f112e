"""Corrects statements of PartiQL: who may run them, and how long a transaction of INSERTs takes.

The emulator asks for rights that do not exist on AWS, such as `dynamodb:BatchExecuteStatement` on
everything. AWS asks for `PartiQLInsert`, `PartiQLSelect`, … on the table or index of each statement
(docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html). The emulator also keeps the
policy of a table without looking at it. And it copies the whole table for each transaction, to
restore it where a statement fails, which takes a tenth of a second for some thousand items.
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, json_response
from ministack.services import dynamodb
from ministack.services._dynamodb_keywords import parse_statement

from local.cloud.emulator.signatures import require_parameters

SUCCESS = 200
STATEMENTS = {
    "dynamodb:ExecuteStatement": None,
    "dynamodb:BatchExecuteStatement": "Statements",
    "dynamodb:ExecuteTransaction": "TransactStatements",
}
"""Operation → the member of its request with its statements; None where the request is one."""
RIGHTS = {
    "SELECT": "dynamodb:PartiQLSelect",
    "INSERT": "dynamodb:PartiQLInsert",
    "UPDATE": "dynamodb:PartiQLUpdate",
    "DELETE": "dynamodb:PartiQLDelete",
    # not documented, and not used: it reads
    "EXISTS": "dynamodb:PartiQLSelect",
}


def follow_aws() -> None:
    """Replace the emulator's checks; RuntimeError where they are not as expected."""
    expected = ["iam_action", "body", "region", "account_id"]
    require_parameters(iam_actions, {"dynamodb_transaction_checks": expected}, __name__)
    require_parameters(iam_actions, {"_dynamodb_table_arn": ["table", "region", "account_id"]}, __name__)
    require_parameters(dynamodb, {"_execute_transaction": ["data"], "_transact_write_items": ["data"]}, __name__)
    stock, stock_transaction = iam_actions.dynamodb_transaction_checks, dynamodb._execute_transaction

    def checks(iam_action: str, body: bytes, region: str, account_id: str) -> list[tuple[str, str]]:
        if iam_action not in STATEMENTS:
            return list(stock(iam_action, body, region, account_id))
        request, member = json.loads(body or b"{}"), STATEMENTS[iam_action]
        asked = [_right(one, region, account_id) for one in (request[member] if member else [request])]
        return [right for right in asked if right is not None]

    def transaction(data: dict[str, Any]) -> Any:
        puts = [_conditional_put(one) for one in data.get("TransactStatements", [])]
        if None in puts:
            return stock_transaction(data)
        status, headers, body = dynamodb._transact_write_items(
            {"TransactItems": puts, "ClientRequestToken": data.get("ClientRequestToken")}
        )
        if status != SUCCESS:
            return status, headers, body.replace(b"ConditionalCheckFailed", b"DuplicateItem")
        return json_response({"Responses": []})

    iam_actions.dynamodb_transaction_checks, dynamodb._execute_transaction = checks, transaction
    if "dynamodb" in iam_evaluator._RESOURCE_POLICY_LOOKUPS:
        raise RuntimeError(f"the emulator changed: it looks at policies of tables; review {__name__}")
    dynamodb.policy_of_table = _policy
    iam_evaluator._RESOURCE_POLICY_LOOKUPS["dynamodb"] = ("dynamodb", "policy_of_table")


def _right(one: Mapping[str, Any], region: str, account_id: str) -> tuple[str, str] | None:
    """What a statement requires, and on what; None for a malformed one, which is refused."""
    try:
        parsed = parse_statement(one["Statement"], one.get("Parameters", []))
    except (KeyError, ValueError):
        return None
    arn = iam_actions._dynamodb_table_arn(parsed["table"], region, account_id)
    return RIGHTS[parsed["op"]], arn + (f"/index/{parsed['index']}" if parsed.get("index") else "")


def _conditional_put(one: Mapping[str, Any]) -> dict[str, Any] | None:
    """The action of TransactWriteItems that an INSERT is; None for any other statement."""
    try:
        parsed = parse_statement(one["Statement"], one.get("Parameters", []))
    except (KeyError, ValueError):
        return None
    table = dynamodb._tables.get(parsed["table"])
    if parsed["op"] != "INSERT" or table is None:
        return None
    item = parsed["item"]
    put = {"TableName": parsed["table"], "Item": item["M"] if set(item) == {"M"} else item}
    free = {"ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": {"#key": table["pk_name"]}}
    return {"Put": put | free}


def _policy(arn: str) -> tuple[str, str] | None:
    """The policy of the table of a resource, and the account that owns it."""
    found = dynamodb._resource_policies.get(arn.partition("/index/")[0])
    return (found["Policy"], get_account_id()) if found else None
