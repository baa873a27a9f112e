"""Routers whose routes declare the roles that may call them, and know their caller and services."""

from collections.abc import Callable
from typing import Generic, TypeVar

from aws_lambda_powertools.event_handler.api_gateway import Router

from tegemoet.api.callers import Caller, Role
from tegemoet.api.services import Common

POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
"""For a page or picture: no script runs, nothing is fetched, no site may frame it."""

S_co = TypeVar("S_co", bound=Common, covariant=True)
Route = TypeVar("Route", bound=Callable[..., object])


class Routes(Router, Generic[S_co]):
    """The routes of one part of the API, `tag` in the OpenAPI document.

    A route publishes its roles there as `x-roles`, and the resolver's guard enforces them from
    there. `answer` describes the response of a successful request.
    """

    def __init__(self, tag: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._tag = tag

    def reads(self, path: str, *roles: Role, answer: str) -> Callable[[Route], Route]:
        """A GET route for `roles`."""
        return self.get(
            path, tags=[self._tag], response_description=answer, openapi_extensions={"x-roles": list(roles)}
        )

    def writes(self, path: str, *roles: Role, answer: str, status: int = 200) -> Callable[[Route], Route]:
        """A POST route for `roles`; `status` is that of a successful request."""
        return self.post(
            path,
            tags=[self._tag],
            status_code=status,
            response_description=answer,
            openapi_extensions={"x-roles": list(roles)},
        )

    def public(self, path: str) -> Callable[[Route], Route]:
        """A GET route that requires no token and is not in the OpenAPI document."""
        return self.get(path, include_in_schema=False, openapi_extensions={"x-roles": []})

    @property
    def caller(self) -> Caller:
        """The authenticated caller; the guard rejects requests without one."""
        found: Caller = self.context["caller"]
        return found

    @property
    def services(self) -> S_co:
        """The services of the function that serves the request."""
        found: S_co = self.context["services"]
        return found
