"""The accounts of persons in a user pool of Cognito, whose groups are their roles."""

from typing import TYPE_CHECKING

from tegemoet.application.records import PERSON_ROLES, Account, Person, PersonRole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef

APPROVERS: PersonRole = "approver"


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
        return Account(person, self._groups_of(found["Username"]), found["Enabled"])

    def _groups_of(self, username: str) -> frozenset[str]:
        pages = self._client.get_paginator("admin_list_groups_for_user").paginate(
            UserPoolId=self._pool, Username=username
        )
        return frozenset(group["GroupName"] for page in pages for group in page["Groups"])

    def approvers(self) -> list[Account]:
        return self.members(APPROVERS)

    def members(self, group: PersonRole) -> list[Account]:
        """Every account in the group, as if it were in no other one."""
        pages = self._client.get_paginator("list_users_in_group").paginate(UserPoolId=self._pool, GroupName=group)
        return [
            Account(_person(user["Username"], user["Attributes"]), frozenset((group,)), user["Enabled"])
            for page in pages
            for user in page["Users"]
        ]

    def assign(self, subject: str, roles: "Collection[PersonRole]") -> None:
        present = self._groups_of(subject)
        for role in PERSON_ROLES:
            if role in roles and role not in present:
                self._client.admin_add_user_to_group(UserPoolId=self._pool, Username=subject, GroupName=role)
            elif role in present and role not in roles:
                self._client.admin_remove_user_from_group(UserPoolId=self._pool, Username=subject, GroupName=role)


def _person(username: str, attributes: "Iterable[AttributeTypeTypeDef]") -> Person:
    """The person by the attribute `name`, which only an administrator can change."""
    values = {attribute["Name"]: attribute.get("Value", "") for attribute in attributes}
    return Person(values["sub"], values.get("name") or username)
