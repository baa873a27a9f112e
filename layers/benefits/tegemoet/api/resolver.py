"""The REST resolver of both API functions: authorization, reading of bodies, error responses."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import OpenAPIRequestValidationMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError, ResponseValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.api import problems
from tegemoet.api.bodies import read_body
from tegemoet.api.callers import caller_of
from tegemoet.api.refusals import ForbiddenError, NotJsonError
from tegemoet.api.services import Common
from tegemoet.domain.problems import MalformedError, ProblemError

logger = Logger()


class _Guard(OpenAPIRequestValidationMiddleware):
    """Checks the caller before it reads the request.

    A caller without the role therefore learns nothing about the form of the request.
    """

    def handler(self, app: Any, next_middleware: NextMiddleware) -> Response[Any]:
        roles = (app.context["_route"].openapi_extensions or {}).get("x-roles")
        if roles is None:
            raise NotFoundError
        if roles:
            caller = caller_of(app.current_event.raw_event)
            if not caller.roles.intersection(roles):
                raise ForbiddenError("The caller's role does not permit this operation.")
            app.append_context(caller=caller)
        if app.current_event.http_method == "POST":
            content_type = (app.current_event.headers.get("content-type") or "application/json").split(";")[0]
            if content_type.strip().lower() != "application/json":
                raise NotJsonError("The content type must be application/json.")
        return super().handler(app, next_middleware)

    def _get_body(self, app: Any) -> Any:
        return app.current_event.json_body


class Resolver(APIGatewayRestResolver):
    """A REST resolver that authorizes callers, reads bodies strictly and answers with problems."""

    def __init__(self, *routers: Router) -> None:
        super().__init__(
            enable_validation=True,
            response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
            json_body_deserializer=read_body,
        )
        self._request_validation_middleware = _Guard()  # type: ignore[no-untyped-call]
        self.routers = routers
        for router in routers:
            self.include_router(router, prefix="/v1")
        self.exception_handler(ProblemError)(problems.respond)
        self.exception_handler(RequestValidationError)(lambda error: problems.respond(problems.invalid(error)))
        self.exception_handler(ResponseValidationError)(_failed)
        self.exception_handler(UnicodeDecodeError)(_unreadable)
        self.exception_handler(ServiceError)(_service_error)
        self.exception_handler(Exception)(_failed)

    def serve(self, event: dict[str, Any], context: LambdaContext, services: Common) -> dict[str, Any]:
        """The response to one request. The routes use `services`."""
        # A router belongs to the resolver that included
        # it last; the resolver that serves reclaims it.
        for router in self.routers:
            router.api_resolver = self
        self.append_context(services=services)  # type: ignore[no-untyped-call]
        answer = self.resolve(event, context)
        # Decisions and dossiers must not be cached, unless a route says otherwise.
        answer["multiValueHeaders"].setdefault("Cache-Control", ["no-store"])
        answer["multiValueHeaders"]["X-Content-Type-Options"] = ["nosniff"]
        return answer

    def name_operations(self) -> None:
        """Take the name, summary and description of each operation from its function."""
        for route in self._static_routes + self._dynamic_routes:
            route.operation_id = route.func.__name__
            summary, _, more = (route.func.__doc__ or "").partition("\n\n")
            route.summary = " ".join(summary.split()).rstrip(".")
            route.description = " ".join(more.split())


def _unreadable(_: UnicodeDecodeError) -> Response[str]:
    return problems.respond(MalformedError("The body is not UTF-8.", "json-invalid"))


def _service_error(error: ServiceError) -> Response[str]:
    """An unknown path or method, which the resolver itself rejects."""
    title = problems.TITLES.get(error.status_code, "Bad Request")
    return problems.answer(error.status_code, title.lower().replace(" ", "-"), f"{title}.")


def _failed(error: Exception) -> Response[str]:
    """An unexpected error.

    The log has its type and where it was raised, never its message, which may quote the input.
    """
    frames, trace = [], error.__traceback__
    while trace:
        frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    logger.error("request failed", error=type(error).__name__, at=frames[-8:])
    return problems.answer(500, "internal-error", "An internal error occurred.")
