"""Problems that the API raises before it calls a use case, beside those of the domain."""

from tegemoet.domain.problems import Malformed, Problem


class TooLarge(Malformed):
    """The body exceeds the maximum size."""

    code = "too-large"


class NotJson(Malformed):
    """The body is not JSON."""

    code = "unsupported-media-type"


class Unauthorized(Problem):
    """The caller is not authenticated."""

    code = "unauthorized"


class Forbidden(Problem):
    """The caller is authenticated, and its role does not permit the operation."""

    code = "forbidden"
