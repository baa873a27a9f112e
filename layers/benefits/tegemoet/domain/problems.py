"""Problems with a stable code. No message contains an input value: values may be personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A field at fault: its JSON Pointer and a stable code."""

    path: str
    code: str


VALIDATION_CODES: Mapping[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown-field",
    "unexpected_keyword_argument": "unknown-field",
    "literal_error": "not-a-choice",
}
"""Published codes for errors of pydantic; its other names are used with hyphens."""


def fault_at(steps: Sequence[int | str], kind: str, codes: Mapping[str, str] = VALIDATION_CODES) -> Fault:
    """The fault for an error of pydantic of that `kind` at `steps`.

    The name of an unknown field is input and may be an identity number, so the pointer is that of
    the object that contains the field.
    """
    code = codes.get(kind, kind.replace("_", "-"))
    return Fault(pointer(steps[:-1] if code == "unknown-field" else steps), code)


def pointer(steps: Sequence[int | str]) -> str:
    """The JSON Pointer (RFC 6901) of `steps`; empty for the whole document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


class ProblemError(Exception):
    """A rejected request, with a stable `code` and every field at fault.

    `detail` explains the problem to people.
    """

    code = "invalid"

    def __init__(self, detail: str, code: str | None = None, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.faults = faults


class InvalidError(ProblemError):
    """The input is invalid."""

    code = "invalid"


class MalformedError(InvalidError):
    """The input cannot be read: its JSON or its HTTP headers are malformed."""

    code = "malformed"


class NotFoundError(ProblemError):
    """The resource does not exist or belongs to another partner."""

    code = "not-found"


class ConflictError(ProblemError):
    """The operation is not possible in the current state."""

    code = "conflict"


class BatchLoadingError(ConflictError):
    """Files of the year are still loading.

    `batches` = their ids; `cut_off` = the moment to repeat the start with, so that later files do
    not delay it.
    """

    code = "batch-loading"

    def __init__(self, batches: Sequence[str], cut_off: str) -> None:
        super().__init__("Files that were written before the cut-off are loading.")
        self.batches, self.cut_off = batches, cut_off


class NotPermittedError(ProblemError):
    """The caller is known, and may not do this."""

    code = "forbidden"


class NotGrantedError(ProblemError):
    """The partner is not registered for files of that kind, or not for that year."""

    code = "kind-not-granted"

    def __init__(self) -> None:
        super().__init__("The partner is not registered for files of that kind and year.")


class NoPremiumForYearError(NotFoundError):
    """The premium year is unknown."""

    code = "no-premium-for-year"

    def __init__(self, year: int) -> None:
        super().__init__(f"There is no premium for the year {year}.")
        self.year = year


class NoExchangeForYearError(NotFoundError):
    """No exchange has figures for that year. The code keeps the former name of an exchange."""

    code = "no-flow-for-year"

    def __init__(self, year: int) -> None:
        super().__init__("There is no exchange for that year.")
        self.year = year


class ParameterUnknownError(ProblemError):
    """A parameter has no known value on a day. The value is never guessed."""

    code = "parameter-unknown"

    def __init__(self, parameter: str, on: str) -> None:
        super().__init__(
            f"No value is known for {parameter} on {on}. A figure that nobody publishes may be supplied with the case."
        )
        self.parameter = parameter
        self.on = on
