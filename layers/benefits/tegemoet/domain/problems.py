"""What can go wrong, with a stable code. No message holds a value of the input: values may be personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One field at fault: JSON Pointer and stable code."""

    path: str
    code: str


VALIDATION_CODES: Mapping[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown-field",
    "unexpected_keyword_argument": "unknown-field",
    "literal_error": "not-a-choice",
}
"""Codes of the contract for what the validating library calls otherwise; its other names are taken over, with hyphens."""


def fault_at(steps: Sequence[int | str], kind: str, codes: Mapping[str, str] = VALIDATION_CODES) -> Fault:
    """The fault of a `kind` that the validating library reports at `steps`.

    The name of an unknown field is input like any value (it may be an identity number): the pointer is that of what holds it.
    """
    code = codes.get(kind, kind.replace("_", "-"))
    return Fault(pointer(steps[:-1] if code == "unknown-field" else steps), code)


def pointer(steps: Sequence[int | str]) -> str:
    """The JSON Pointer (RFC 6901) of `steps`; the empty text is the whole document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


class Problem(Exception):  # noqa: N818 (named as in RFC 9457)
    """A refusal with a stable `code`; `faults` name every field at fault."""

    code = "invalid"

    def __init__(self, detail: str, code: str | None = None, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.faults = faults


class Invalid(Problem):
    """The input breaks its form or its rules."""

    code = "invalid"


class Malformed(Invalid):
    """The input cannot be read: it breaks the form of JSON or of HTTP."""

    code = "malformed"


class NotFound(Problem):
    """It does not exist, or it is not the caller's."""

    code = "not-found"


class Conflict(Problem):
    """It cannot be done in the present state."""

    code = "conflict"


class NoPremiumForYear(NotFound):
    """No data are known for that premium year."""

    code = "no-premium-for-year"

    def __init__(self, year: int) -> None:
        super().__init__(f"There is no premium for the year {year}.")
        self.year = year


class ParameterUnknown(Problem):
    """No value is known for a parameter on a day: an error that names both, never a guess."""

    code = "parameter-unknown"

    def __init__(self, parameter: str, on: str) -> None:
        super().__init__(f"No value is known for {parameter} on {on}.")
        self.parameter = parameter
        self.on = on
