"""What no rule decides: an operator reviews it and chooses."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class YearException:
    """Something of a premium year that requires a manual review.

    `id` = `<kind>.<subject>`; `facts` hold no personal data; `run` = the run that found it last,
    empty for what no run found. `choice`, its `reason` and `chosen_by` are None until an operator
    chooses.
    """

    id: str
    kind: str
    facts: Mapping[str, object]
    run: str = ""
    choice: str | None = None
    reason: str | None = None
    chosen_by: str | None = None

    @classmethod
    def about(cls, kind: str, subject: str, facts: Mapping[str, object]) -> "YearException":
        """The exception of that kind about a RIZIV number, a batch, or another subject."""
        return cls(f"{kind}.{subject}", kind, facts)

    @property
    def subject(self) -> str:
        return self.id[len(self.kind) + 1 :]
