"""A deployed stack: where its parts are, and what
a person or a program does with it from outside.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import boto3
from botocore.exceptions import ClientError

from tegemoet.adapters.clock import SystemClock
from tegemoet.adapters.partners import DynamoRegistrations, DynamoRoles
from tegemoet.adapters.people import CognitoPeople
from tegemoet.application.partners.registering import RegistrationRequest, register
from tegemoet.application.partners.roles import RolePorts, RoleRequest, change_roles
from tegemoet.application.records import Person, PersonRole

PEOPLE: dict[PersonRole, str] = {
    "operator": "Omar Operator",
    "approver": "Ann Approver",
    "reader": "Rika Reader",
    "registrar": "Rik Registrar",
    "treasurer": "Tess Treasurer",
    "case-worker": "Cas Worker",
}
"""Role → name of the person of the local cloud who has it. The account is `local-<role>`."""
INSURER = "mutuality"
"""The partner of the case worker of the local cloud."""
HERE = Person("local-cloud", "The local cloud")
"""Who registers partners and gives roles on the local cloud."""


@dataclass(frozen=True)
class Stack:
    """A stack on the local cloud, by its name."""

    name: str
    url: str
    session: boto3.Session

    @cached_property
    def outputs(self) -> dict[str, str]:
        stack = self.session.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The values that it was deployed with, defaults too."""
        stack = self.session.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", [])}

    @cached_property
    def resources(self) -> dict[str, tuple[str, str]]:
        """Logical id -> (type, physical id)."""
        pages = (
            self.session.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        )
        return {
            resource["LogicalResourceId"]: (resource["ResourceType"], resource["PhysicalResourceId"])
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    def physical_id(self, logical_id: str) -> str:
        return self.resources[logical_id][1]

    def only(self, resource_type: str) -> str:
        """The physical id of the one resource of a type."""
        found = [physical for type_, physical in self.resources.values() if type_ == resource_type]
        if len(found) != 1:
            raise LookupError(f"{self.name} has {len(found)} {resource_type}")
        return found[0]

    @cached_property
    def api_url(self) -> str:
        """The address of the REST API, without a slash at its end."""
        api, stage = self.only("AWS::ApiGateway::RestApi"), self.only("AWS::ApiGateway::Stage")
        return f"{self.url}/_aws/execute-api/{api}/{stage}"

    def create_user(self, username: str, password: str, **attributes: str) -> str:
        """A person with an account in the user pool, and without a role; returns its `sub`."""
        cognito, pool = self.session.client("cognito-idp"), self.only("AWS::Cognito::UserPool")
        user = cognito.admin_create_user(
            UserPoolId=pool,
            Username=username,
            MessageAction="SUPPRESS",
            # AWS makes up one that the pool's policy takes; the emulator's may be too short for it.
            TemporaryPassword=password,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )["User"]
        self.set_password(username, password)
        return next(attribute["Value"] for attribute in user["Attributes"] if attribute["Name"] == "sub")

    def give_roles(self, subject: str, *roles: PersonRole, partner: str | None = None) -> None:
        """Let a person have these roles, by the register and by the user pool.

        The partner of a case worker is registered for every kind of file, unless somebody
        registered it.
        """
        dynamodb, table = self.session.client("dynamodb"), self.outputs["PartnersTable"]
        if partner is not None:
            self.admit(partner)
        groups = CognitoPeople(self.session.client("cognito-idp"), self.only("AWS::Cognito::UserPool"))
        ports = RolePorts(
            DynamoRoles(dynamodb, table), groups, groups, DynamoRegistrations(dynamodb, table), SystemClock()
        )
        change_roles(subject, RoleRequest(frozenset(roles), partner), by=HERE, ports=ports)

    def admit(self, partner: str) -> None:
        """Register the partner for every kind of file, unless somebody registered it."""
        registrations = DynamoRegistrations(self.session.client("dynamodb"), self.outputs["PartnersTable"])
        if all(registration.partner != partner for registration in registrations.all()):
            request = RegistrationRequest("operator", 2000, answerable=(HERE.subject,))
            register(partner, request, by=HERE, registrations=registrations, clock=SystemClock())

    def ensure_user(self, username: str, role: PersonRole) -> str:
        """The account of a person with that role, made on first use; returns a new password."""
        password = f"Aa1!{secrets.token_urlsafe(24)}"
        try:
            subject = self.create_user(username, password, name=PEOPLE[role])
        except ClientError as error:
            if error.response["Error"]["Code"] != "UsernameExistsException":
                raise
            self.set_password(username, password)
            subject = self.subject_of(username)
        self.give_roles(subject, role, partner=INSURER if role == "case-worker" else None)
        return password

    def subject_of(self, username: str) -> str:
        """The `sub` of the account of that name."""
        pool = self.only("AWS::Cognito::UserPool")
        found = self.session.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=username)
        return next(attribute["Value"] for attribute in found["UserAttributes"] if attribute["Name"] == "sub")

    def create_people(self) -> None:
        """The persons of the local cloud, one with each role, unless they are there already."""
        for role in PEOPLE:
            self.ensure_user(f"local-{role}", role)

    def set_password(self, username: str, password: str) -> None:
        """Give a person a password that needs no change at the first sign-in."""
        self.session.client("cognito-idp").admin_set_user_password(
            UserPoolId=self.only("AWS::Cognito::UserPool"), Username=username, Password=password, Permanent=True
        )

    def user_tokens(self, username: str, password: str, client_id: str) -> dict[str, str]:
        """IdToken, AccessToken and RefreshToken, as the client
        `client_id` gets them when that person signs in.
        """
        cognito, pool = self.session.client("cognito-idp"), self.only("AWS::Cognito::UserPool")
        client = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client_id)["UserPoolClient"]
        parameters = {"USERNAME": username, "PASSWORD": password}
        if secret := client.get("ClientSecret"):
            digest = hmac.new(secret.encode(), f"{username}{client_id}".encode(), hashlib.sha256).digest()
            parameters["SECRET_HASH"] = base64.b64encode(digest).decode()
        if "ALLOW_USER_PASSWORD_AUTH" in client.get("ExplicitAuthFlows", []):
            result = cognito.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
            return {key: str(value) for key, value in result["AuthenticationResult"].items()}
        admin = cognito.admin_initiate_auth(
            UserPoolId=pool, ClientId=client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        return {key: str(value) for key, value in admin["AuthenticationResult"].items()}

    def create_client(self, name: str, *scopes: str) -> tuple[str, str]:
        """An app client for client credentials, as a partner gets one: (client id, secret)."""
        client = self.session.client("cognito-idp").create_user_pool_client(
            UserPoolId=self.only("AWS::Cognito::UserPool"),
            ClientName=name,
            GenerateSecret=True,
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthScopes=list(scopes),
        )["UserPoolClient"]
        return client["ClientId"], client["ClientSecret"]

    def create_partner(self, name: str) -> tuple[str, str]:
        """An app client that the API knows as the partner `name`: (client id, secret)."""
        client, secret = self.create_client(f"partner-{name}", "tegemoet/partner")
        self.session.client("dynamodb").put_item(
            TableName=self.outputs["ControlTable"],
            Item={"pk": {"S": f"client#{client}"}, "sk": {"S": "partner"}, "partner": {"S": name}},
        )
        return client, secret

    def ensure_partner(self, name: str) -> tuple[str, bool]:
        """The app client of a partner, and whether it was made just now."""
        cognito, pool = self.session.client("cognito-idp"), self.only("AWS::Cognito::UserPool")
        pages = cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool)
        clients = (client for page in pages for client in page["UserPoolClients"])
        found = [client["ClientId"] for client in clients if client["ClientName"] == f"partner-{name}"]
        return (found[0], False) if found else (self.create_partner(name)[0], True)

    def client_secret(self, client_id: str) -> str:
        pool = self.only("AWS::Cognito::UserPool")
        described = self.session.client("cognito-idp").describe_user_pool_client(UserPoolId=pool, ClientId=client_id)
        return described["UserPoolClient"]["ClientSecret"]

    def client_token(self, client_id: str, secret: str | None = None, scopes: Sequence[str] = ()) -> str:
        """An access token by client credentials; all scopes the client has when none is named."""
        form = {"grant_type": "client_credentials"} | ({"scope": " ".join(scopes)} if scopes else {})
        credentials = f"{client_id}:{secret or self.client_secret(client_id)}"
        request = urllib.request.Request(  # noqa: S310 -- 127.0.0.1
            f"{self.url}/oauth2/token",
            data=urllib.parse.urlencode(form).encode(),
            headers={
                "Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return str(json.load(answer)["access_token"])
        except urllib.error.HTTPError as refused:
            raise PermissionError(f"{refused.code} {refused.read().decode()}") from refused

    def logs(self, function: str) -> list[str]:
        """What a function (by logical id) wrote to its log, in order."""
        pages = self.session.client("logs").get_paginator("filter_log_events")
        try:
            return [
                event["message"].rstrip("\n")
                for page in pages.paginate(logGroupName=f"/aws/lambda/{self.physical_id(function)}")
                for event in page["events"]
            ]
        except ClientError as missing:
            if missing.response["Error"]["Code"] == "ResourceNotFoundException":  # it never ran
                return []
            raise
