"""What the API refuses before any use case is asked, beside the problems of the domain."""

from tegemoet.domain.problems import Malformed, Problem


class TooLarge(Malformed):
    """The body is larger than the API takes."""

    code = "too-large"


class NotJson(Malformed):
    """The body is something else than JSON."""

    code = "unsupported-media-type"


class Unauthorized(Problem):
    """Nobody vouches for the caller."""

    code = "unauthorized"


class Forbidden(Problem):
    """The caller is known, and this is not among what the caller's role may do."""

    code = "forbidden"
