"""Problems that the API raises before it calls a use case, beside those of the domain."""

from tegemoet.domain.problems import MalformedError, NotPermittedError, ProblemError


class TooLargeError(MalformedError):
    """The body exceeds the maximum size."""

    code = "too-large"


class NotJsonError(MalformedError):
    """The body is not JSON."""

    code = "unsupported-media-type"


class UnauthorizedError(ProblemError):
    """The caller is not authenticated."""

    code = "unauthorized"


class ForbiddenError(NotPermittedError):
    """The caller is authenticated, and its role does not permit the operation."""
