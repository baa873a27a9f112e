"""The API of the contract: every call there, nothing else, and nobody unknown."""

from collections.abc import Iterator
from typing import Any

import pytest

from tegemoet.application.records import PERSON_ROLES
from tests.template.stack import Stack

PARTNERS = {
    ("GET", "/v1/schemes"),
    ("GET", "/v1/schemes/{scheme}"),
    ("GET", "/v1/schemes/{scheme}/parameters"),
    ("GET", "/v1/legislation"),
    ("GET", "/v1/legislation/{act}"),
    ("POST", "/v1/schemes/{scheme}/decisions"),
    ("GET", "/v1/decisions/{id}"),
    ("GET", "/v1/decisions/{id}/timeline"),
    ("GET", "/v1/decisions/{id}/letter"),
    ("GET", "/v1/decisions/{id}/documents/{name}"),
    ("GET", "/v1/decisions/{id}/days"),
    ("GET", "/v1/decisions/{id}/difference"),
    ("POST", "/v1/uploads"),
    ("GET", "/v1/batches"),
    ("GET", "/v1/batches/{id}"),
    ("GET", "/v1/increased-reimbursement/{year}"),
    ("POST", "/v1/increased-reimbursement/{year}/contact-check"),
}
OPERATORS = {
    ("GET", "/v1/premium-years/{year}"),
    ("POST", "/v1/premium-years/{year}/phases/{phase}"),
    ("GET", "/v1/premium-years/{year}/phases/{phase}"),
    ("GET", "/v1/premium-years/{year}/phases/{phase}/changes"),
    ("POST", "/v1/premium-years/{year}/phases/{phase}/approval"),
    ("POST", "/v1/premium-years/{year}/phases/{phase}/continuation"),
    ("POST", "/v1/premium-years/{year}/phases/{phase}/abandonment"),
    ("GET", "/v1/premium-years/{year}/exceptions"),
    ("POST", "/v1/premium-years/{year}/exceptions"),
    ("GET", "/v1/premium-years/{year}/exceptions/{id}"),
    ("POST", "/v1/premium-years/{year}/exceptions/{id}"),
    ("GET", "/v1/premium-years/{year}/values"),
    ("POST", "/v1/premium-years/{year}/values/{value}/confirmations"),
    ("GET", "/v1/premium-years/{year}/recoveries"),
    ("GET", "/v1/premium-years/{year}/reconciliation"),
    ("GET", "/v1/premium-years/{year}/reconciliation/picture"),
    ("GET", "/v1/premium-years/{year}/bank-files"),
    ("POST", "/v1/premium-years/{year}/bank-files/{file}/fetches"),
    ("POST", "/v1/premium-years/{year}/bank-files/{file}/withdrawals"),
    ("POST", "/v1/premium-years/{year}/bank-files/{file}/withdrawals/{proposal}/confirmation"),
    ("POST", "/v1/premium-years/{year}/close"),
    ("POST", "/v1/premium-years/{year}/close/{proposal}/confirmation"),
    ("POST", "/v1/batches/{id}/abandonment"),
    ("GET", "/v1/premium-years/{year}/practices/{riziv_number}"),
    ("GET", "/v1/premium-years/{year}/decisions/{id}"),
    ("GET", "/v1/premium-years/{year}/decisions/{id}/letter"),
    ("POST", "/v1/partners/{partner}/registrations"),
    ("GET", "/v1/partners"),
    ("GET", "/v1/partners/{partner}"),
    ("POST", "/v1/persons/{subject}/roles"),
    ("GET", "/v1/persons"),
    ("GET", "/v1/persons/{subject}"),
    ("GET", "/v1/debtor-accounts"),
    ("POST", "/v1/debtor-accounts/proposals"),
    ("POST", "/v1/debtor-accounts/proposals/{proposal}/confirmations"),
    ("POST", "/v1/increased-reimbursement/{year}"),
    ("POST", "/v1/increased-reimbursement/{year}/steps/{wait}"),
    ("POST", "/v1/increased-reimbursement/{year}/evaluation"),
}
OPEN = {("GET", "/v1/docs"), ("GET", "/v1/openapi.json")}


@pytest.fixture(scope="module")
def document(stack: Stack) -> dict[str, Any]:
    [api] = stack.of("AWS::ApiGateway::RestApi").values()
    body: dict[str, Any] = api["Body"]
    return body


def calls(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield (method.upper(), path), operation


def test_the_api_has_exactly_the_calls_of_the_contract(document: dict[str, Any]) -> None:
    assert {call for call, _ in calls(document)} == PARTNERS | OPERATORS | OPEN


def test_every_call_asks_who_is_there_but_the_documentation(document: dict[str, Any]) -> None:
    for call, operation in calls(document):
        assert operation["security"] == ([{"NONE": []}] if call in OPEN else [{"Token": []}]), call


def test_a_call_of_an_operator_goes_to_the_function_that_may_start_a_phase(document: dict[str, Any]) -> None:
    for call, operation in calls(document):
        uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        assert ("OperationsFunction" if call in OPERATORS else "ApiFunction") in uri


def test_who_somebody_is_is_asked_again_after_a_minute(document: dict[str, Any]) -> None:
    authorizer = document["components"]["securitySchemes"]["Token"]
    assert authorizer["name"] == "Authorization"
    assert authorizer["x-amazon-apigateway-authorizer"]["type"] == "token"
    assert 0 < authorizer["x-amazon-apigateway-authorizer"]["authorizerResultTtlInSeconds"] <= 60


def test_there_is_one_stage_and_it_is_throttled_and_logged(stack: Stack) -> None:
    [stage] = stack.of("AWS::ApiGateway::Stage").values()
    [everything] = stage["MethodSettings"]
    assert (everything["ResourcePath"], everything["HttpMethod"]) == ("/*", "*")
    assert everything["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert everything["ThrottlingBurstLimit"] == {"Ref": "RequestsPerSecond"}
    assert everything["DataTraceEnabled"] is False
    assert stage["AccessLogSetting"]["DestinationArn"] == {"Fn::GetAtt": ["ApiAccessLogGroup", "Arn"]}


def test_the_stage_comes_after_the_role_that_writes_its_log(stack: Stack) -> None:
    [api] = stack.of("AWS::ApiGateway::RestApi")
    assert stack.resources["ApiAccessLogGroup"]["DependsOn"] == "ApiAccount"
    assert stack.resources["ApiAccount"]["DependsOn"] == api
    assert "ApiAccessLogGroup" not in str(stack.resources[api])


def test_the_access_log_says_neither_which_practice_nor_from_where(stack: Stack) -> None:
    [stage] = stack.of("AWS::ApiGateway::Stage").values()
    logged = stage["AccessLogSetting"]["Format"]
    assert "$context.resourcePath" in logged
    for personal in ("$context.path", "sourceIp", "userAgent", "$context.authorizer.claims", "querystring"):
        assert personal not in logged


def test_errors_of_the_gateway_are_problem_json_without_a_word_of_the_request(document: dict[str, Any]) -> None:
    answers = document["x-amazon-apigateway-gateway-responses"]
    assert {"UNAUTHORIZED", "ACCESS_DENIED", "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)
    for answer in answers.values():
        assert answer["responseParameters"] == {
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
        }
        assert "$" not in answer["responseTemplates"]["application/json"]


def test_nobody_opens_an_account_for_himself(stack: Stack) -> None:
    pool = stack.of("AWS::Cognito::UserPool")["UserPool"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Name": "admin_only", "Priority": 1}]


def test_every_role_of_persons_is_a_group_and_partners_have_one_scope(stack: Stack) -> None:
    groups = {group["GroupName"] for group in stack.of("AWS::Cognito::UserPoolGroup").values()}
    assert groups == {"operator", "approver", "reader", "registrar", "treasurer", "case-worker"} == set(PERSON_ROLES)
    [server] = stack.of("AWS::Cognito::UserPoolResourceServer").values()
    assert (server["Identifier"], [scope["ScopeName"] for scope in server["Scopes"]]) == ("tegemoet", ["partner"])


def test_no_partner_shares_the_client_of_persons(stack: Stack) -> None:
    [client] = stack.of("AWS::Cognito::UserPoolClient").values()
    assert "AllowedOAuthFlows" not in client
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_nobody_changes_the_name_under_which_acts_are_recorded(stack: Stack) -> None:
    """Without a list, a person may write every attribute of the own account, the name included."""
    [client] = stack.of("AWS::Cognito::UserPoolClient").values()
    assert client["WriteAttributes"] == ["locale"]
