"""The case of a claim about health care: a payment that is claimed, or one that is claimed back.

It contains no name and no identity number.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day, Month


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of `claimed_on` about care of the month `care_in`.

    `kind`: the insured claims payment, or the insurer recovers what was not due. For a recovery,
    `fraud` says whether that was due to fraudulent acts for which the person who benefited is
    responsible, and `reimbursed_in` is the month of the reimbursement. A fact that is left out is
    not known.
    """

    __pydantic_config__ = CLOSED

    kind: Literal["payment", "recovery"]
    care_in: Month
    claimed_on: Day
    fraud: bool | None = None
    reimbursed_in: Month | None = None

    def __post_init__(self) -> None:
        if self.claimed_on.isoformat()[:7] < max(self.care_in, self.reimbursed_in or ""):
            raise PydanticCustomError("claimed-before", "care and reimbursement lie before the claim")
        if self.reimbursed_in is not None and self.reimbursed_in < self.care_in:
            raise PydanticCustomError("reimbursed-before-care", "care lies before its reimbursement")
        if self.kind == "payment" and (self.fraud is not None or self.reimbursed_in is not None):
            raise PydanticCustomError("only-for-recovery", "fraud and reimbursement belong to a recovery")
