"""The accounts of persons in a user pool of Cognito."""

from typing import TYPE_CHECKING

from tegemoet.application.records import Account, Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef

APPROVERS = "approver"


class CognitoPeople:
    """The persons in the user pool `pool`."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool: str) -> None:
        self._client, self._pool = client, pool

    def person(self, subject: str) -> Account | None:
        try:
            found = self._client.admin_get_user(UserPoolId=self._pool, Username=subject)
        except self._client.exceptions.UserNotFoundException:
            return None
        person = _person(found["Username"], found["UserAttributes"])
        if person.subject != subject:
            return None  # a name that looks like the subject of somebody else
        pages = self._client.get_paginator("admin_list_groups_for_user").paginate(
            UserPoolId=self._pool, Username=found["Username"]
        )
        groups = frozenset(group["GroupName"] for page in pages for group in page["Groups"])
        return Account(person, groups, found["Enabled"])

    def approvers(self) -> list[Account]:
        pages = self._client.get_paginator("list_users_in_group").paginate(UserPoolId=self._pool, GroupName=APPROVERS)
        return [
            Account(_person(user["Username"], user["Attributes"]), frozenset((APPROVERS,)), user["Enabled"])
            for page in pages
            for user in page["Users"]
        ]


def _person(username: str, attributes: "Iterable[AttributeTypeTypeDef]") -> Person:
    """The person by the attribute `name`, which only an administrator can change."""
    values = {attribute["Name"]: attribute.get("Value", "") for attribute in attributes}
    return Person(values["sub"], values.get("name") or username)
