"""Cognito: the accounts of a user pool, whose rights may change at any moment."""
# ruff: noqa: N803 - parameters are named as boto3 names them

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from local.simulator.client import Answer, Client, Hook, operation
from local.simulator.errors import Exceptions, RefusedError

MOST = 60
"""Groups or users of one page:
docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsersInGroup.html."""


@dataclass(slots=True)
class Account:
    """An account: its subject, which is its username too, its e-mail address and its name."""

    subject: str
    email: str
    name: str | None = None
    groups: set[str] = field(default_factory=set)
    enabled: bool = True

    def described(self, attributes: str) -> Answer:
        values = {"sub": self.subject, "email": self.email, **({"name": self.name} if self.name is not None else {})}
        return {
            "Username": self.subject,
            attributes: [{"Name": name, "Value": value} for name, value in values.items()],
            "Enabled": self.enabled,
            "UserStatus": "CONFIRMED",
        }


@dataclass(slots=True)
class Pool:
    """The accounts of the pool `id`, by subject, and the names of its groups.

    Whoever plays a world changes them as it likes.
    """

    id: str
    groups: frozenset[str]
    accounts: dict[str, Account] = field(default_factory=dict)
    page: int = MOST

    def reset(self) -> None:
        self.accounts.clear()

    def add(self, subject: str, name: str | None = None, *groups: str) -> Account:
        """Create an account."""
        account = Account(subject, f"{subject}@example.org", name, set(groups))
        self.accounts[subject] = account
        return account

    def find(self, username: str) -> Account | None:
        """The account by its subject or by its alias, the e-mail address."""
        found = self.accounts.get(username)
        if found is None:
            found = next((each for each in self.accounts.values() if each.email == username), None)
        return found


class Cognito(Client):
    """A double of boto3's client over `store`."""

    service = "cognito-idp"
    exceptions = Exceptions(
        "InternalErrorException", "ResourceNotFoundException", "TooManyRequestsException", "UserNotFoundException"
    )
    pages: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "admin_list_groups_for_user": {"NextToken": "NextToken"},
        "list_users_in_group": {"NextToken": "NextToken"},
    }

    def __init__(self, hook: Hook, store: Pool) -> None:
        super().__init__(hook)
        self._store = store

    @operation
    def admin_get_user(self, *, UserPoolId: str, Username: str) -> Answer:
        return self._account(UserPoolId, Username).described("UserAttributes")

    @operation
    def admin_list_groups_for_user(self, *, UserPoolId: str, Username: str, NextToken: str = "0") -> Answer:
        groups = [{"GroupName": name} for name in sorted(self._account(UserPoolId, Username).groups)]
        return self._page("Groups", groups, NextToken)

    @operation
    def list_users_in_group(self, *, UserPoolId: str, GroupName: str, NextToken: str = "0") -> Answer:
        self._require(UserPoolId)
        self._group(GroupName)
        users = [
            account.described("Attributes") for account in self._store.accounts.values() if GroupName in account.groups
        ]
        return self._page("Users", users, NextToken)

    @operation
    def admin_add_user_to_group(self, *, UserPoolId: str, Username: str, GroupName: str) -> Answer:
        self._group(GroupName)
        self._account(UserPoolId, Username).groups.add(GroupName)
        return {}

    @operation
    def admin_remove_user_from_group(self, *, UserPoolId: str, Username: str, GroupName: str) -> Answer:
        self._group(GroupName)
        self._account(UserPoolId, Username).groups.discard(GroupName)
        return {}

    def _group(self, name: str) -> None:
        if name not in self._store.groups:
            raise RefusedError("ResourceNotFoundException", "Group not found.")

    def _account(self, pool: str, username: str) -> Account:
        self._require(pool)
        found = self._store.find(username)
        if found is None:
            raise RefusedError("UserNotFoundException", "User does not exist.")
        return found

    def _require(self, pool: str) -> None:
        if pool != self._store.id:
            raise RefusedError("ResourceNotFoundException", f"User pool {pool} does not exist.")

    def _page(self, field_name: str, every: list[Answer], token: str) -> Answer:
        start = int(token)
        stop = start + self._store.page
        return {field_name: every[start:stop], **({"NextToken": str(stop)} if stop < len(every) else {})}
