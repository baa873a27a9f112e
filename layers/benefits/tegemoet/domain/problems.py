"""What can go wrong, with a stable code. No message holds a value of the input: values may be personal data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One field at fault: JSON Pointer and stable code."""

    path: str
    code: str


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
